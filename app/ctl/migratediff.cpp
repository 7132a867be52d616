// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratediff.h"

#include "migrations/converge.h"
#include "migrations/drift.h"
#include "migrations/lintfacts.h"
#include "stack/sandbox.h"

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

Result<stack::Sandbox> sandboxFor(Ctl &ctl, const DiffOptions &diff, pg::Connection *target)
{
    stack::SandboxChoice choice;
    choice.mayBeTarget = diff.sandboxMayBeTarget;
    if (!diff.sandbox.empty()) {
        auto parsed = pg::parseUrl(QString::fromStdString(diff.sandbox));
        if (!parsed)
            return fail(std::move(parsed.error()));
        choice.given = parsed->spec;
        choice.password = std::move(parsed->password);
    }
    if (target) {
        choice.leastMajor = target->facts().serverVersionNum / 10000;
        (void)target->readIdentity(ctl.cancel());
        choice.targetIdentifier = target->identity().systemIdentifier;
    }
    return stack::openSandbox(choice, ctl.progress(), ctl.cancel());
}

ScratchServer serverOf(const stack::Sandbox &sandbox)
{
    return {sandbox.spec(), sandbox.password(), sandbox.isPrivate()};
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
    QStringList notes;
    stack::Sandbox sandbox;
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

Result<Desired> desiredOfFile(Ctl &ctl, const QString &path, const DiffOptions &diff)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
    auto sandbox = sandboxFor(ctl, diff, nullptr);
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    const ScratchServer server = serverOf(*sandbox);
    auto scratch = Scratch::make(server.spec, server.password, server.ours, ctl.cancel());
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
    return Desired{*std::move(snapshot), {}, {}, *std::move(sandbox)};
}

Result<Desired> desiredOf(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff, const Folder &folder)
{
    const QString from = QString::fromStdString(diff.from);
    if (from.endsWith(".sql"_L1) || QFile::exists(from))
        return desiredOfFile(ctl, from, diff);
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
    auto sandbox = sandboxFor(ctl, diff, connection->get());
    if (!sandbox)
        return fail(std::move(sandbox.error()));
    return Desired{*std::move(snapshot), *std::move(roles), {}, *std::move(sandbox)};
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

Result<Answer> newFromDiff(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff)
{
    const auto folder = folderOrNone(folderOf(options));
    if (!folder)
        return fail(folder.error());
    const auto desired = desiredOf(ctl, options, diff, *folder);
    if (!desired && (desired.error().reason == "pending"_L1 || desired.error().reason == "missing"_L1))
        return Answer{{{u"error"_s, desired.error().toJson()}}, desired.error().text() + u'\n', desired.error().reason == "pending"_L1 ? ExitCode::Pending : ExitCode::Drift};
    if (!desired)
        return fail(desired.error());
    Replayed current;
    const FreshScratch fresh = [&]() -> Result<pg::Connection *> {
        current = {};
        auto made = replayed(serverOf(desired->sandbox), folder->files, desired->roles, QString::fromStdString(options.searchPath), desired->snapshot.serverVersion, ctl.progress(), ctl.cancel());
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
    QStringList notes = desired->snapshot.notSeen;
    if (!current.missingRoles.isEmpty())
        notes << u"the scratch server has no role %1"_s.arg(current.missingRoles.join(u", "_s));
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
    for (const QString &one : std::as_const(notes))
        text += u"not looked at: %1\n"_s.arg(one);
    text += u"Run forth and back in %1: it leads where it should%2\n"_s.arg(desired->sandbox.where(), generated->unsupported.isEmpty() ? QString() : u", but for what is not written"_s);
    return Answer{{{u"files"_s, QJsonArray::fromStringList(*paths)},
                   {u"unsupported"_s, QJsonArray::fromStringList(generated->unsupported)},
                   {u"one_way"_s, QJsonArray::fromStringList(generated->oneWay)},
                   {u"not_seen"_s, QJsonArray::fromStringList(notes)},
                   {u"sandbox"_s, desired->sandbox.where()}},
                  text, generated->unsupported.isEmpty() ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> drift(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto sandbox = sandboxFor(ctl, diff, stand->connection.get());
    if (!sandbox)
        return fail(sandbox.error());
    const auto found = driftOf(*stand->connection, stand->folder, stand->ledger, serverOf(*sandbox), QString::fromStdString(options.searchPath), ctl.progress(), ctl.cancel());
    if (!found)
        return fail(found.error());
    QString text;
    for (const catalog::Difference &one : found->differences)
        text += one.text() + u'\n';
    for (const QString &one : found->notSeen)
        text += u"not looked at: %1\n"_s.arg(one);
    text += found->differences.isEmpty() ? u"The database is what its %1 migrations make\n"_s.arg(stand->ledger.versions.size())
                                         : u"%1 differences to what its %2 migrations make in %3\n"_s.arg(found->differences.size()).arg(stand->ledger.versions.size()).arg(sandbox->where());
    return Answer{{{u"differences"_s, jsonOf(found->differences)},
                   {u"not_seen"_s, QJsonArray::fromStringList(found->notSeen)},
                   {u"migrations"_s, stand->ledger.versions.size()},
                   {u"sandbox"_s, sandbox->where()}},
                  text, found->differences.isEmpty() ? ExitCode::Success : ExitCode::Drift};
}

} // namespace howdah::ctl
