// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/drift.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

Result<Replayed> replayed(const ScratchServer &server, const QVector<File> &files, const QStringList &roles, const QString &searchPath, int serverVersion, const Progress &progress,
                          const CancelToken &cancel)
{
    auto scratch = Scratch::make(server.spec, server.password, server.ours, cancel);
    if (!scratch)
        return fail(std::move(scratch.error()));
    const int major = (*scratch)->connection().facts().serverVersionNum / 10000;
    if (serverVersion > 0 && major != serverVersion / 10000)
        return fail(ErrorKind::Client, u"other_major"_s, u"The scratch server is PostgreSQL %1 and the database %2: they word the same definitions differently"_s.arg(major).arg(serverVersion / 10000),
                    u"Name one of the same version with --sandbox."_s);
    auto missing = (*scratch)->makeRoles(roles, cancel);
    if (!missing)
        return fail(std::move(missing.error()));
    QStringList left;
    if (!missing->isEmpty())
        left << u"the scratch server has no role %1: rights of these differ for that alone"_s.arg(missing->join(u", "_s));
    if (!server.base.isEmpty()) {
        const auto loaded = (*scratch)->load(server.base, cancel);
        if (!loaded)
            return fail(loaded.error());
        for (const QString &one : loaded->left)
            left << u"of the base, %1"_s.arg(one);
    }
    if (!server.role.isEmpty()) {
        const auto own = (*scratch)->connection().runFile(u"migrations/scratch_owner"_s, {server.role}, {}, cancel);
        if (!own)
            return fail(own.error());
        if (auto given = (*scratch)->connection().run({own->text(0, 0).toUtf8(), {}}, {}, {}, cancel); !given)
            return fail(std::move(given.error()).during(u"give the scratch database to %1"_s.arg(server.role)));
    }
    if (Done entered = (*scratch)->enter(searchPath, server.role, cancel); !entered)
        return fail(std::move(entered.error()));
    if (Done done = (*scratch)->replay(files, progress, cancel); !done)
        return fail(std::move(done.error()));
    left += (*scratch)->takeLeft();
    return Replayed{*std::move(scratch), std::move(left)};
}

Result<Drift> driftOf(pg::Connection &target, const Folder &folder, const Ledger &ledger, const ScratchServer &server, const QString &searchPath, const Progress &progress, const CancelToken &cancel)
{
    const Applied applied = appliedFiles(folder, ledger);
    if (!applied.missing.isEmpty())
        return fail(ErrorKind::Io, u"no_text"_s, u"What was applied as %1 is known to nobody: neither the folder nor the ledger has its text"_s.arg(applied.missing.join(u", "_s)),
                    u"Bring the files back; until then nothing can be said."_s);
    const auto is = catalog::readSnapshot(target, cancel);
    if (!is)
        return fail(is.error());
    const auto roles = roleNames(target, cancel);
    if (!roles)
        return fail(roles.error());
    const auto made = replayed(server, applied.files, *roles, searchPath, is->serverVersion, progress, cancel);
    if (!made)
        return fail(made.error());
    const auto should = catalog::readSnapshot(made->scratch->connection(), cancel);
    if (!should)
        return fail(should.error());
    return Drift{catalog::compare(*should, *is), is->notSeen + made->left};
}

} // namespace howdah::migrations
