// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratediff.h"

#include "migrations/converge.h"
#include "migrations/drift.h"
#include "migrations/lintfacts.h"

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

Result<Place> placeFor(Ctl &ctl, const SandboxOptions &options, pg::Connection *target)
{
    if (target)
        (void)target->readIdentity(ctl.cancel());
    auto base = baseScript(options);
    if (!base)
        return fail(std::move(base.error()));
    auto sandbox = sandboxFor(ctl, options, target);
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    ScratchServer server{sandbox->spec(), sandbox->password(), sandbox->isPrivate(), *std::move(base)};
    return Place{*std::move(sandbox), std::move(server)};
}

QJsonArray jsonOf(const QVector<catalog::Difference> &differences)
{
    QJsonArray all;
    for (const catalog::Difference &one : differences)
        all.append(one.toJson());
    return all;
}

// What is wanted, and what can't be told of it.
struct Desired {
    catalog::Snapshot snapshot;
    QStringList roles;
    Place place;
};

// The base is every file of the folder: what was not run there yet, or is no longer a file, would come out as a difference that it is not.
Done isLevel(const Folder &folder, const Ledger &ledger)
{
    QStringList pending, gone;
    for (const File &file : folder.files) {
        if (!ledger.isApplied(file.version))
            pending << file.name;
    }
    for (const QString &version : ledger.versions) {
        if (!folder.find(version))
            gone << version;
    }
    if (ledger.hasVersions && !pending.isEmpty())
        return fail(ErrorKind::Client, u"pending"_s, u"Not yet run there: %1"_s.arg(pending.join(u", "_s)), u"Run `howdahctl migrate up` on it first."_s);
    if (!gone.isEmpty())
        return fail(ErrorKind::Client, u"missing"_s, u"Applied there, and no file of the folder: %1"_s.arg(gone.join(u", "_s)), u"Bring the files back first."_s);
    return {};
}

Result<Desired> desiredOfFile(Ctl &ctl, const QString &path, const SandboxOptions &sandbox)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
    auto place = placeFor(ctl, sandbox, nullptr);
    if (!place)
        return fail(std::move(place.error()));
    auto scratch = Scratch::make(place->server.spec, place->server.password, place->server.ours, ctl.cancel());
    if (!scratch)
        return fail(std::move(scratch.error()));
    const auto loaded = (*scratch)->load(file.readAll(), ctl.cancel());
    if (!loaded)
        return fail(loaded.error());
    // A schema that came in part is another schema: what is missing of it would be dropped.
    if (!loaded->left.isEmpty())
        return fail(ErrorKind::Client, u"not_loaded"_s, u"%1 does not run as a whole: %2"_s.arg(path, loaded->left.join(u"; "_s)), u"Roles and extensions that it names must be there."_s);
    auto snapshot = catalog::readSnapshot((*scratch)->connection(), ctl.cancel());
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    return Desired{*std::move(snapshot), {}, *std::move(place)};
}

Result<Desired> desiredOf(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff, const SandboxOptions &sandbox, const Folder &folder)
{
    const QString from = QString::fromStdString(diff.from);
    if (from.endsWith(".sql"_L1) || QFile::exists(from))
        return desiredOfFile(ctl, from, sandbox);
    if (from.contains("://"_L1))
        ctl.url = diff.from;
    else if (!from.isEmpty())
        ctl.useProfile(from);
    auto connection = ctl.connect(Ctl::Link::Profile);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto ledger = ledgerOf(ctl, **connection, options);
    if (!ledger)
        return fail(ledger.error());
    if (Done level = isLevel(folder, *ledger); !level)
        return fail(std::move(level.error()));
    auto snapshot = catalog::readSnapshot(**connection, ctl.cancel());
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    auto roles = roleNames(**connection, ctl.cancel());
    if (!roles)
        return fail(std::move(roles.error()));
    auto place = placeFor(ctl, sandbox, connection->get());
    if (!place)
        return fail(std::move(place.error()));
    return Desired{*std::move(snapshot), *std::move(roles), *std::move(place)};
}

Result<QStringList> writeFiles(const QString &folder, const Generated &generated, const QString &purpose)
{
    QStringList paths;
    for (const GeneratedFile &file : generated.files) {
        auto path = newFile(folder, file.title, purpose, QDateTime::currentMSecsSinceEpoch(), file.section(false), file.section(true), file.transaction ? QByteArray() : QByteArray("transaction:false"));
        if (!path) {
            for (const QString &one : std::as_const(paths)) // all of them or none
                QFile::remove(one);
            return fail(std::move(path.error()));
        }
        paths << *path;
    }
    return paths;
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
    const auto desired = desiredOf(ctl, options, diff, sandbox, *folder);
    if (!desired && (desired.error().reason == "pending"_L1 || desired.error().reason == "missing"_L1))
        return Answer{{{u"error"_s, desired.error().toJson()}}, desired.error().text() + u'\n', desired.error().reason == "pending"_L1 ? ExitCode::Pending : ExitCode::Drift};
    if (!desired)
        return fail(desired.error());
    Replayed current;
    const FreshScratch fresh = [&]() -> Result<pg::Connection *> {
        current = {};
        auto made = replayed(desired->place.server, folder->files, desired->roles, QString::fromStdString(options.searchPath), desired->snapshot.serverVersion, ctl.progress(), ctl.cancel());
        if (!made)
            return fail(std::move(made.error()));
        current = *std::move(made);
        return &current.scratch->connection();
    };
    QStringList renames;
    for (const std::string &rename : diff.renames)
        renames << QString::fromStdString(rename);
    GenerateOptions wanted;
    wanted.title = QString::fromStdString(options.word);
    const auto generated = converging(fresh, desired->snapshot, renames, wanted, ctl.cancel());
    if (!generated)
        return fail(generated.error());
    if (!generated->questions.isEmpty() && !diff.drops) {
        QStringList questions;
        for (const RenameQuestion &question : generated->questions)
            questions << question.text();
        return fail(ErrorKind::Client, u"rename_or_drop"_s, questions.join(u"; "_s), u"Where nothing was renamed, say --drops."_s);
    }
    const QStringList notes = desired->snapshot.notSeen + current.left;
    if (generated->isEmpty())
        return Answer{{{u"files"_s, QJsonArray()}, {u"unsupported"_s, QJsonArray()}, {u"not_seen"_s, QJsonArray::fromStringList(notes)}},
                      u"There is no difference, and no file was written\n"_s + (notes.isEmpty() ? QString() : u"Not looked at: %1\n"_s.arg(notes.join(u"; "_s))), ExitCode::Success};
    const auto paths = writeFiles(folderOf(options), *generated, QString::fromStdString(options.purpose));
    if (!paths)
        return fail(paths.error());
    const auto now = readFolder(folderOf(options));
    if (!now)
        return fail(now.error());
    if (Done written = writeSum(*now); !written)
        return fail(std::move(written.error()));
    QString text;
    for (const QString &path : *paths)
        text += path + u'\n';
    for (const QString &one : generated->unsupported)
        text += u"not written: %1\n"_s.arg(one);
    for (const QString &one : generated->oneWay)
        text += u"no way back: %1\n"_s.arg(one);
    for (const QString &one : notes)
        text += u"not looked at: %1\n"_s.arg(one);
    text += u"Run forth and back in %1: it leads where it should%2\n"_s.arg(desired->place.sandbox.where(), generated->unsupported.isEmpty() ? QString() : u", but for what is not written"_s);
    return Answer{{{u"files"_s, QJsonArray::fromStringList(*paths)},
                   {u"unsupported"_s, QJsonArray::fromStringList(generated->unsupported)},
                   {u"one_way"_s, QJsonArray::fromStringList(generated->oneWay)},
                   {u"not_seen"_s, QJsonArray::fromStringList(notes)},
                   {u"sandbox"_s, desired->place.sandbox.where()}},
                  text, generated->unsupported.isEmpty() ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> drift(Ctl &ctl, const MigrateOptions &options, const SandboxOptions &sandbox)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto place = placeFor(ctl, sandbox, stand->connection.get());
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
