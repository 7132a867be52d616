// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL of another tool's migrations before it runs: of Alembic what it writes offline, of Sqitch its scripts.
#include "migrations/foreignprogram.h"

#include <QDir>
#include <QRegularExpression>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

bool isWord(const QByteArray &statement, std::initializer_list<const char *> words)
{
    const QByteArray text = statement.trimmed().toUpper();
    return std::any_of(words.begin(), words.end(), [&](const char *word) { return text == word; });
}

// "-- Running upgrade 3a, 2b -> 4c": which one begins where.
QVector<std::pair<qsizetype, QString>> marksOf(const QByteArray &sql)
{
    QVector<std::pair<qsizetype, QString>> marks;
    static const QRegularExpression running(u"^-- Running (?:(upgrade) .*-> *(\\S+)|(downgrade) (\\S+))"_s);
    qsizetype offset = 0;
    const QList<QByteArray> lines = sql.split('\n');
    for (const QByteArray &line : lines) {
        if (const auto is = running.match(QString::fromUtf8(line)); is.hasMatch())
            marks.append({offset, is.captured(1).isEmpty() ? is.captured(4) : is.captured(2)});
        offset += line.size() + 1;
    }
    return marks;
}

Result<QVector<ForeignScript>> alembicScripts(const ForeignProject &project, const ForeignWanted &wanted, const ForeignAccess &access, const CancelToken &cancel)
{
    if (project.heads.size() > 1)
        return fail(ErrorKind::Client, u"several_heads"_s, u"Alembic writes its SQL from one head alone, and the database stands at %1"_s.arg(project.heads.join(u", "_s)));
    auto arguments = foreignArguments(project, wanted, access.spec);
    if (!arguments)
        return fail(std::move(arguments.error()));
    // The last one is the revision: FROM:TO.
    const QString from = project.heads.value(0, u"base"_s);
    QString to = arguments->takeLast();
    if (to.startsWith(u'-') || to.startsWith(u'+')) {
        // By so many: along the line of parents, as far as it is one.
        QString at = project.heads.value(0);
        for (int left = to.mid(1).toInt(); to.startsWith(u'-') && left > 0; --left)
            at = project.find(at) ? project.find(at)->parents.value(0) : QString();
        to = to.startsWith(u'-') ? (at.isEmpty() ? u"base"_s : at) : project.pending.value(to.mid(1).toInt() - 1, u"head"_s);
    }
    const auto call = foreignCall(project, access, *arguments + QStringList{from + u':' + to, u"--sql"_s});
    if (!call)
        return fail(call.error());
    const auto written = tool::runChecked(call->command, cancel);
    if (!written)
        return fail(Error(written.error()).during(u"have Alembic write its SQL"_s));
    if (written->truncated)
        return fail(ErrorKind::Tool, u"too_large"_s, u"Alembic's SQL is larger than what is looked at"_s);
    return scriptsOf(written->output, marksOf(written->output), project.table.isEmpty() ? QByteArray("alembic_version") : project.table.section(u'.', -1).toUtf8());
}

} // namespace

QVector<ForeignScript> scriptsOf(const QByteArray &sql, const QVector<std::pair<qsizetype, QString>> &marks, const QByteArray &ownTable)
{
    QVector<ForeignScript> scripts;
    bool transaction = false, fresh = true;
    qsizetype behind = 0; // of the piece before
    for (const query::Piece &piece : query::split(sql)) {
        const qsizetype from = std::exchange(behind, piece.end);
        if (isWord(piece.text, {"BEGIN", "COMMIT", "START TRANSACTION", "END"})) {
            transaction = isWord(piece.text, {"BEGIN", "START TRANSACTION"});
            fresh = true;
            continue;
        }
        if (piece.kind == query::Piece::Kind::Command || (!ownTable.isEmpty() && piece.text.contains(ownTable)))
            continue; // psql's own, and the row that says what is applied
        QString id;
        for (const auto &[offset, name] : marks)
            id = offset <= piece.begin ? name : id;
        if (std::exchange(fresh, false) || scripts.isEmpty()) {
            ForeignScript script;
            script.line = 1 + int(sql.first(from).count('\n'));
            script.file.up.transaction = transaction;
            scripts.append(script);
        }
        ForeignScript &script = scripts.last();
        script.file.text += sql.sliced(from, piece.end - from);
        if (!id.isEmpty() && !script.ids.contains(id))
            script.ids << id;
    }
    for (ForeignScript &script : scripts) {
        script.file.name = script.ids.join(u", "_s);
        script.file.up.text = script.file.text;
        script.file.up.statements = query::split(script.file.text);
    }
    return scripts;
}

Result<QVector<ForeignScript>> foreignScripts(const ForeignProject &project, const ForeignWanted &wanted, const ForeignAccess &access, const CancelToken &cancel)
{
    if (project.tool == "alembic"_L1)
        return alembicScripts(project, wanted, access, cancel);
    if (const auto arguments = foreignArguments(project, wanted, access.spec); !arguments)
        return fail(arguments.error());
    QStringList ids;
    const auto isEnd = [&](const ForeignMigration &one) { return one.id == wanted.to || one.key == wanted.to; };
    if (wanted.down) {
        for (auto one = project.migrations.crbegin(); one != project.migrations.crend() && !(wanted.to.isEmpty() ? ids.size() == std::max(wanted.count, 1) : isEnd(*one)); ++one) {
            if (one->applied)
                ids << one->id;
        }
    } else {
        for (const ForeignMigration &one : project.migrations) {
            if (one.applied || (wanted.count > 0 && ids.size() == wanted.count))
                continue;
            ids << one.id;
            if (isEnd(one))
                break;
        }
    }
    QVector<ForeignScript> scripts;
    const QString folder = QDir(project.scripts).filePath(wanted.down ? u"../revert"_s : u"."_s);
    for (const QString &id : std::as_const(ids)) {
        QFile file(QDir(QDir::cleanPath(folder)).filePath(id + u".sql"_s));
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorKind::Io, u"unreadable"_s, u"%1 could not be read: %2"_s.arg(file.fileName(), file.errorString()));
        scripts += scriptsOf(file.readAll(), {{0, id}}, {});
    }
    return scripts;
}

QList<Finding> lintForeign(const ForeignScript &script, const LintFacts &facts)
{
    LintFile file = lintFileOf(script.file);
    file.irreversible = u"its tool's own affair"_s;
    QList<Finding> findings = lint(file, facts);
    findings.removeIf([](const Finding &one) { return one.rule == "purpose"_L1 || one.hazard == 52; });
    return findings;
}

} // namespace howdah::migrations
