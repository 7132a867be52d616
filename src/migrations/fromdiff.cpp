// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/fromdiff.h"

#include <QFile>
#include <QFileInfo>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

Result<Desired> desiredOf(pg::Connection &connection, const Folder &folder, const Ledger &ledger, const CancelToken &cancel)
{
    QStringList pending, gone;
    for (const File &file : folder.files) {
        if (!ledger.isApplied(file.version))
            pending << file.name;
    }
    // Whatever they would change would come out as a difference, and into a migration.
    const State state = stateOf(folder, ledger);
    for (const Entry &entry : state.repeatables) {
        if (entry.standing == Standing::Pending)
            pending << entry.version;
    }
    for (const QString &version : ledger.versions) {
        if (!folder.find(version))
            gone << version;
    }
    if (ledger.hasVersions && !pending.isEmpty())
        return fail(ErrorKind::Client, u"pending"_s, u"Not yet run there: %1"_s.arg(pending.join(u", "_s)), u"Run `howdahctl migrate up` on it first."_s);
    if (!gone.isEmpty())
        return fail(ErrorKind::Client, u"missing"_s, u"Applied there, and no file of the folder: %1"_s.arg(gone.join(u", "_s)), u"Bring the files back first."_s);
    auto snapshot = catalog::readSnapshot(connection, cancel);
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    auto roles = roleNames(connection, cancel);
    if (!roles)
        return fail(std::move(roles.error()));
    return Desired{*std::move(snapshot), *std::move(roles)};
}

Result<Desired> desiredOfScript(const QString &path, const ScratchServer &server, const CancelToken &cancel)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
    auto scratch = Scratch::make(server.spec, server.password, server.ours, cancel);
    if (!scratch)
        return fail(std::move(scratch.error()));
    const auto loaded = (*scratch)->load(file.readAll(), cancel);
    if (!loaded)
        return fail(loaded.error());
    if (!loaded->left.isEmpty())
        return fail(ErrorKind::Client, u"not_loaded"_s, u"%1 does not run as a whole: %2"_s.arg(path, loaded->left.join(u"; "_s)), u"Roles and extensions that it names must be there."_s);
    auto snapshot = catalog::readSnapshot((*scratch)->connection(), cancel);
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    return Desired{*std::move(snapshot), {}};
}

Result<FromDiff> fromDiff(const Desired &desired, const Folder &folder, const ScratchServer &server, const FromDiffOptions &options, const Progress &progress, const CancelToken &cancel)
{
    Replayed current;
    const FreshScratch fresh = [&]() -> Result<pg::Connection *> {
        current = {};
        auto made = replayed(server, folder.files + folder.repeatables, desired.roles, options.searchPath, desired.snapshot.serverVersion, progress, cancel);
        if (!made)
            return fail(std::move(made.error()));
        current = *std::move(made);
        return &current.scratch->connection();
    };
    GenerateOptions wanted;
    wanted.title = options.title;
    auto generated = converging(fresh, desired.snapshot, options.renames, wanted, cancel);
    if (!generated)
        return fail(std::move(generated.error()));
    return FromDiff{*std::move(generated), desired.snapshot.notSeen + current.left};
}

Result<QStringList> writeGenerated(const QString &folder, const Generated &generated, const QString &purpose, qint64 nowMs)
{
    QStringList paths;
    const auto undone = [&paths](Error error) {
        for (const QString &path : std::as_const(paths))
            QFile::remove(path);
        return fail(std::move(error));
    };
    for (const GeneratedFile &file : generated.files) {
        auto path = newFile(folder, file.title, purpose, nowMs, file.section(false), file.section(true), file.transaction ? QByteArray() : QByteArray("transaction:false"));
        if (!path)
            return undone(std::move(path.error()));
        paths << *path;
    }
    QStringList names;
    for (const QString &path : std::as_const(paths))
        names << QFileInfo(path).fileName();
    const auto now = readFolder(folder);
    if (!now)
        return undone(now.error());
    if (const auto followed = followSum(*now, names); !followed)
        return fail(followed.error());
    return paths;
}

} // namespace howdah::migrations
