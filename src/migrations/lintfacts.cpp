// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/lintfacts.h"

#include "migrations/ddl.h"
#include "pg/quote.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static LintSection lintSectionOf(const Section &section)
{
    return {section.text, section.transaction, section.lockTimeoutMs.value_or(0) > 0, section.statementTimeoutMs.value_or(0) > 0};
}

LintFile lintFileOf(const File &file)
{
    return {file.name, file.purpose, lintSectionOf(file.up), lintSectionOf(file.down), file.irreversible};
}

Result<LintFacts> readLintFacts(pg::Connection &connection, const QVector<const File *> &files, const CancelToken &cancel)
{
    QSet<QString> names;
    for (const File *file : files) {
        for (const Section *section : {&file->up, &file->down}) {
            for (const query::Piece &piece : section->statements) {
                const Ddl ddl = recognise(piece.text);
                names += QSet<QString>(ddl.relations.cbegin(), ddl.relations.cend());
            }
        }
    }
    const QJsonArray wanted = QJsonArray::fromStringList(names.values());
    const auto rows = connection.runFile(u"migrations/lint_facts"_s, {QJsonDocument(wanted).toJson(QJsonDocument::Compact)}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read what the server knows of these tables"_s));
    LintFacts facts;
    facts.serverMajor = connection.facts().serverVersionNum / 10'000;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const QString relation = rows->text(row, "relation"_L1);
        if (const auto count = rows->integer(row, "rows"_L1))
            facts.tableRows.insert(relation, *count);
        if (rows->boolean(row, "partitioned"_L1).value_or(false))
            facts.partitioned.insert(relation);
        const QJsonObject columns = QJsonDocument::fromJson(rows->text(row, "columns"_L1).toUtf8()).object();
        for (auto column = columns.begin(); column != columns.end(); ++column)
            facts.columnTypes.insert(relation + u'.' + column.key(), column.value().toString());
    }
    return facts;
}

int lineOf(const File &file, const Finding &finding)
{
    const Section &section = finding.down ? file.down : file.up;
    // What is said of the whole file stands at its beginning.
    return finding.rule == "purpose"_L1 ? 1 : file.lineAt(section.begin + std::min(finding.offset, section.text.size()));
}

QByteArray withFixes(const File &file, const QList<Finding> &findings)
{
    struct Place {
        qsizetype at;
        Fix fix;
    };
    QList<Place> places;
    for (const Finding &finding : findings) {
        if (!finding.waived.isEmpty())
            continue;
        for (const Fix &fix : finding.fixes)
            places.append({(finding.down ? file.down : file.up).begin + fix.offset, fix});
    }
    // From the back, so that the places before it stay what they are; two of one place are one.
    std::stable_sort(places.begin(), places.end(), [](const Place &one, const Place &other) { return one.at > other.at; });
    QByteArray text = file.text;
    qsizetype before = text.size() + 1;
    for (const Place &place : std::as_const(places)) {
        if (place.at + place.fix.length > before || place.at == before)
            continue;
        text.replace(place.at, place.fix.length, place.fix.text);
        before = place.at;
    }
    return text;
}

QByteArray withWaiver(const File &file, const Finding &finding, const QString &reason)
{
    // Of no statement, but of the file, of its way back or of a comment.
    static const QSet<QString> ofNone{u"purpose"_s, u"todo"_s, u"waiver-reason"_s, u"unused-waiver"_s};
    QString why = reason.simplified();
    while (why.startsWith(u',') || why.startsWith(u'-') || why.startsWith(u':') || why.startsWith(u' '))
        why.remove(0, 1); // which would be read as more rules, or as none
    if (why.isEmpty() || finding.rule.isEmpty() || ofNone.contains(finding.rule) || finding.length <= 0 || !finding.waived.isEmpty())
        return file.text;
    const Section &section = finding.down ? file.down : file.up;
    const auto found = std::find_if(section.statements.cbegin(), section.statements.cend(), [&](const query::Piece &piece) { return piece.begin <= finding.offset && finding.offset < piece.end; });
    if (found == section.statements.cend())
        return file.text;
    const qsizetype at = section.begin + found->begin;
    const qsizetype line = file.text.lastIndexOf('\n', at - 1) + 1;
    const QByteArray before = file.text.mid(line, at - line);
    const QByteArray waiver = pg::commentLine(u"howdah:ignore %1 %2"_s.arg(finding.rule, why)).toUtf8() + '\n';
    QByteArray text = file.text;
    // On a line of its own, which where something else stands before the statement has to be made.
    if (before.trimmed().isEmpty())
        text.insert(line, before + waiver);
    else
        text.insert(at, '\n' + waiver);
    return text;
}

} // namespace howdah::migrations
