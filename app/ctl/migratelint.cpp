// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratelint.h"

#include "base/savefile.h"
#include "base/units.h"
#include "migrations/ddl.h"
#include "migrations/folder.h"
#include "migrations/lintfacts.h"
#include "migrations/validatelater.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QLocale>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QString levelWord(Level level)
{
    return level == Level::Error ? u"error"_s : level == Level::Warning ? u"warning"_s : u"note"_s;
}

QJsonObject toJson(const File &file, const Finding &finding)
{
    return {{u"file"_s, file.name},
            {u"line"_s, lineOf(file, finding)},
            {u"direction"_s, finding.down ? u"down"_s : u"up"_s},
            {u"hazard"_s, finding.hazard ? QJsonValue(finding.hazard) : QJsonValue(QJsonValue::Null)},
            {u"rule"_s, finding.rule},
            {u"level"_s, levelWord(finding.level)},
            {u"lock"_s, finding.lock.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(finding.lock)},
            {u"reason"_s, finding.reason},
            {u"safe"_s, finding.safe},
            {u"fixable"_s, !finding.fixes.isEmpty()},
            {u"waived"_s, finding.waived.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(finding.waived)}};
}

// "public.orders, about 1,200,000 rows": of the relations of the statement, where the server was asked.
QString sizesOf(const File &file, const Finding &finding, const LintFacts &facts)
{
    QStringList sizes;
    for (const query::Piece &piece : (finding.down ? file.down : file.up).statements) {
        if (finding.length == 0 || finding.offset < piece.begin || finding.offset >= piece.begin + piece.text.size())
            continue;
        for (const QString &relation : recognise(piece.text).relations) {
            if (const auto rows = facts.tableRows.constFind(relation); rows != facts.tableRows.cend())
                sizes << u"%1, about %2 rows"_s.arg(relation, QLocale(QLocale::English).toString(*rows));
        }
    }
    return sizes.join(u"; "_s);
}

QString textOf(const File &file, const Finding &finding, const LintFacts &facts)
{
    QString text = u"%1:%2: %3: %4 [%5]\n"_s.arg(file.name).arg(lineOf(file, finding)).arg(levelWord(finding.level), finding.reason, finding.rule);
    if (!finding.waived.isEmpty())
        return text + u"    waived: %1\n"_s.arg(finding.waived);
    if (!finding.lock.isEmpty())
        text += u"    lock: %1\n"_s.arg(finding.lock);
    if (const QString sizes = sizesOf(file, finding, facts); !sizes.isEmpty())
        text += u"    size: %1\n"_s.arg(sizes);
    if (!finding.safe.isEmpty())
        text += u"    safe: %1%2\n"_s.arg(finding.safe, finding.fixes.isEmpty() ? QString() : u" (--fix writes it)"_s);
    return text;
}

Result<QVector<const File *>> chosen(const Folder &folder, const LintOptions &options)
{
    QVector<const File *> files;
    for (const std::string &name : options.names) {
        const QString wanted = QString::fromStdString(name);
        const auto found = std::find_if(folder.files.cbegin(), folder.files.cend(), [&](const File &one) {
            return one.version == wanted || one.name == QFileInfo(wanted).fileName();
        });
        if (found == folder.files.cend())
            return fail(ErrorKind::Client, u"no_such_file"_s, u"There is no migration %1 in %2"_s.arg(wanted, folder.path));
        files.append(&*found);
    }
    for (qsizetype i = 0; options.names.empty() && i < folder.files.size(); ++i)
        files.append(&folder.files.at(i));
    return files;
}

Result<LintFacts> factsFor(Ctl &ctl, const MigrateOptions &migrate, const LintOptions &options, const QVector<const File *> &files)
{
    LintFacts facts;
    facts.serverMajor = options.major;
    if (options.connected) {
        auto connection = connectTo(ctl, migrate, Ctl::Link::Profile);
        if (!connection)
            return fail(std::move(connection.error()));
        auto read = readLintFacts(**connection, files, ctl.cancel());
        if (!read)
            return fail(std::move(read.error()));
        facts = *std::move(read);
    }
    facts.runnerSetsTimeouts = !options.plain;
    return facts;
}

} // namespace

Result<Answer> lintFiles(Ctl &ctl, const MigrateOptions &migrate, const LintOptions &options)
{
    const auto folder = readFolder(folderOf(migrate));
    if (!folder)
        return fail(folder.error());
    if (options.fix && options.names.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"--fix rewrites files: name those that are meant"_s, u"One that is applied already is better left as it is."_s);
    const auto files = chosen(*folder, options);
    if (!files)
        return fail(files.error());
    const auto facts = factsFor(ctl, migrate, options, *files);
    if (!facts)
        return fail(facts.error());
    QJsonArray all, fixed, made;
    QString text;
    QStringList written;
    int standing = 0;
    for (const File *file : *files) {
        QList<Finding> findings = lint(lintFileOf(*file), *facts);
        File now = *file;
        if (const QByteArray better = options.fix ? withFixes(*file, findings) : file->text; better != file->text) {
            auto parsed = parseFile(file->name, better);
            if (!parsed)
                return fail(std::move(parsed.error()));
            if (Done saved = saveFile(QDir(folder->path).filePath(file->name), better, 0644); !saved)
                return fail(std::move(saved.error()));
            now = *std::move(parsed);
            findings = lint(lintFileOf(now), *facts);
            fixed.append(now.name);
            written << now.name;
            text += u"%1: rewritten\n"_s.arg(now.name);
            const ValidateLater later = validateLater(*file, now);
            if (!later.up.isEmpty()) {
                const auto path = newFile(folder->path, now.title() + u" validate"_s, u"validate what %1 has added, with nobody waiting"_s.arg(now.name), QDateTime::currentMSecsSinceEpoch(), later.up, later.down);
                if (!path)
                    return fail(path.error());
                made.append(*path);
                written << QFileInfo(*path).fileName();
                text += u"%1: made, it validates the constraint\n"_s.arg(*path);
            }
            for (const QString &relation : later.unnamed)
                text += u"%1: the new constraint of %2 has no name: give it one, and a file with its VALIDATE CONSTRAINT\n"_s.arg(now.name, relation);
        } else if (options.fix) {
            text += u"%1: nothing in it can be rewritten by rule\n"_s.arg(now.name);
        }
        for (const Finding &finding : std::as_const(findings)) {
            all.append(toJson(now, finding));
            text += textOf(now, finding, *facts);
            standing += finding.waived.isEmpty() && finding.level != Level::Note ? 1 : 0;
        }
    }
    if (!written.isEmpty()) {
        const auto after = readFolder(folder->path);
        const auto followed = after ? followSum(*after, written) : Result<bool>(fail(after.error()));
        if (!followed)
            return fail(followed.error());
        text += sumText(*followed);
    }
    text += u"%1 files, %2 findings, %3 that are no notes\n"_s.arg(files->size()).arg(all.size()).arg(standing);
    return Answer{{{u"files"_s, files->size()}, {u"findings"_s, all}, {u"fixed"_s, fixed}, {u"made"_s, made}, {u"standing"_s, standing}}, text, standing ? ExitCode::Findings : ExitCode::Success};
}

} // namespace howdah::ctl
