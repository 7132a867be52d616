// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratediff.h"

#include "migrations/fromdiff.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

struct Place {
    stack::Sandbox sandbox;
    ScratchServer server;
};

Result<Place> placeFor(Ctl &ctl, const MigrateOptions &migrate, const SandboxOptions &options, pg::Connection *target)
{
    if (target)
        (void)target->readIdentity(ctl.cancel());
    auto base = baseScript(options);
    if (!base)
        return fail(std::move(base.error()));
    auto sandbox = sandboxFor(ctl, options, target);
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    ScratchServer server{sandbox->spec(), sandbox->password(), sandbox->isPrivate(), *std::move(base), QString::fromStdString(migrate.role)};
    return Place{*std::move(sandbox), std::move(server)};
}

QJsonArray jsonOf(const QVector<catalog::Difference> &differences)
{
    QJsonArray all;
    for (const catalog::Difference &one : differences)
        all.append(one.toJson());
    return all;
}

Result<Folder> folderOrNone(const QString &path)
{
    if (QDir(path).exists())
        return readFolder(path);
    Folder none;
    none.path = path;
    return none;
}

} // namespace

Result<Answer> newFromDiff(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff, const SandboxOptions &sandbox)
{
    const auto folder = folderOrNone(folderOf(options));
    if (!folder)
        return fail(folder.error());
    const QString from = QString::fromStdString(diff.from);
    const bool script = from.endsWith(".sql"_L1) || QFile::exists(from);
    std::unique_ptr<pg::Connection> connection;
    Result<Desired> desired;
    if (!script) {
        if (!from.isEmpty() && !options.target.empty())
            return fail(ErrorKind::Client, u"usage"_s, u"--target names the server to read, and --from-diff another: one of them"_s);
        if (from.contains("://"_L1))
            ctl.url = diff.from;
        else if (!from.isEmpty())
            ctl.useProfile(from);
        auto link = connectTo(ctl, options, Ctl::Link::Profile);
        if (!link)
            return fail(std::move(link.error()));
        connection = *std::move(link);
        const auto ledger = ledgerOf(ctl, *connection, options);
        if (!ledger)
            return fail(ledger.error());
        desired = desiredOf(*connection, *folder, *ledger, ctl.cancel());
        if (!desired && (desired.error().reason == "pending"_L1 || desired.error().reason == "missing"_L1))
            return Answer{{{u"error"_s, desired.error().toJson()}}, desired.error().text() + u'\n', desired.error().reason == "pending"_L1 ? ExitCode::Pending : ExitCode::Drift};
    }
    const auto place = placeFor(ctl, options, sandbox, connection.get());
    if (!place)
        return fail(place.error());
    if (script)
        desired = desiredOfScript(from, place->server, ctl.cancel());
    if (!desired)
        return fail(desired.error());
    FromDiffOptions wanted{QString::fromStdString(options.word), {}, QString::fromStdString(options.searchPath)};
    for (const std::string &rename : diff.renames)
        wanted.renames << QString::fromStdString(rename);
    const auto made = fromDiff(*desired, *folder, place->server, wanted, ctl.progress(), ctl.cancel());
    if (!made)
        return fail(made.error());
    const Generated *generated = &made->generated;
    if (!generated->questions.isEmpty() && !diff.drops) {
        QStringList questions;
        for (const RenameQuestion &question : generated->questions)
            questions << question.text();
        return fail(ErrorKind::Client, u"rename_or_drop"_s, questions.join(u"; "_s), u"Where nothing was renamed, say --drops."_s);
    }
    const QStringList &notes = made->notSeen;
    if (generated->isEmpty())
        return Answer{{{u"files"_s, QJsonArray()}, {u"unsupported"_s, QJsonArray()}, {u"not_seen"_s, QJsonArray::fromStringList(notes)}},
                      u"There is no difference, and no file was written\n"_s + (notes.isEmpty() ? QString() : u"Not looked at: %1\n"_s.arg(notes.join(u"; "_s))), ExitCode::Success};
    const auto paths = writeGenerated(folderOf(options), *generated, QString::fromStdString(options.purpose), QDateTime::currentMSecsSinceEpoch());
    if (!paths)
        return fail(paths.error());
    QString text;
    for (const QString &path : *paths)
        text += path + u'\n';
    for (const QString &one : generated->unsupported)
        text += u"not written: %1\n"_s.arg(one);
    for (const QString &one : generated->oneWay)
        text += u"no way back: %1\n"_s.arg(one);
    for (const QString &one : notes)
        text += u"not looked at: %1\n"_s.arg(one);
    text += u"Run forth, back and forth again in %1: it leads where it should%2\n"_s.arg(place->sandbox.where(), generated->unsupported.isEmpty() ? QString() : u", but for what is not written"_s);
    return Answer{{{u"files"_s, QJsonArray::fromStringList(*paths)},
                   {u"unsupported"_s, QJsonArray::fromStringList(generated->unsupported)},
                   {u"one_way"_s, QJsonArray::fromStringList(generated->oneWay)},
                   {u"not_seen"_s, QJsonArray::fromStringList(notes)},
                   {u"sandbox"_s, place->sandbox.where()}},
                  text, generated->unsupported.isEmpty() ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> drift(Ctl &ctl, const MigrateOptions &options, const SandboxOptions &sandbox)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto place = placeFor(ctl, options, sandbox, stand->connection.get());
    if (!place)
        return fail(place.error());
    const auto found = driftOf(*stand->connection, stand->folder, stand->ledger, place->server, QString::fromStdString(options.searchPath), ctl.progress(), ctl.cancel());
    if (!found)
        return fail(found.error());
    QString text;
    for (const catalog::Difference &one : found->differences)
        text += one.text() + u'\n';
    for (const QString &one : found->notSeen)
        text += u"not looked at: %1\n"_s.arg(one);
    text += found->differences.isEmpty() ? u"The database is what its %1 migrations make\n"_s.arg(stand->ledger.versions.size())
                                         : u"%1 differences to what its %2 migrations make in %3\n"_s.arg(found->differences.size()).arg(stand->ledger.versions.size()).arg(place->sandbox.where());
    return Answer{{{u"differences"_s, jsonOf(found->differences)},
                   {u"not_seen"_s, QJsonArray::fromStringList(found->notSeen)},
                   {u"migrations"_s, stand->ledger.versions.size()},
                   {u"sandbox"_s, place->sandbox.where()}},
                  text, found->differences.isEmpty() ? ExitCode::Success : ExitCode::Drift};
}

} // namespace howdah::ctl
