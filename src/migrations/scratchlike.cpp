// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/scratchlike.h"

#include "migrations/schemadump.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr qsizetype mostTold = 5;

static Done replayed(Scratch &scratch, const Folder &folder, const Ledger &ledger, const LikeOptions &options, Likeness &like, const Progress &progress, const CancelToken &cancel)
{
    const Applied applied = appliedFiles(folder, ledger);
    if (!applied.missing.isEmpty())
        return fail(ErrorKind::Client, u"no_text"_s, u"%1 applied migrations have neither file nor kept text: %2"_s.arg(applied.missing.size()).arg(applied.missing.join(u", "_s)),
                    u"Bring their files back, or install the server's pg_dump: without either the schema can't be made a second time."_s);
    if (!options.base.isEmpty()) {
        const auto loaded = scratch.load(options.base, cancel);
        if (!loaded)
            return fail(loaded.error());
        like.left = loaded->left;
    }
    if (Done replayed = scratch.replay(applied.files, progress, cancel); !replayed) {
        Error error = std::move(replayed.error());
        if (error.kind == ErrorKind::Sql)
            error.hint = u"What stood there before the first migration (roles, extensions, schemas) is given with --base FILE; or install the server's pg_dump."_s;
        return fail(std::move(error));
    }
    like.left += scratch.takeLeft();
    like.basis += u"replay of %1%2"_s.arg(applied.text(), options.base.isEmpty() ? QString() : u" on what stood before them"_s);
    return {};
}

Result<Likeness> makeLike(Scratch &scratch, pg::Connection &target, const Folder &folder, const Ledger &ledger, const LikeOptions &options, const Progress &progress, const CancelToken &cancel)
{
    Likeness like;
    auto snapshot = catalog::readSnapshot(target, cancel);
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    like.target = *std::move(snapshot);
    const auto roles = roleNames(target, cancel);
    if (!roles)
        return fail(roles.error());
    if (const auto without = scratch.makeRoles(*roles, cancel); !without)
        return fail(without.error());
    if (Done entered = scratch.enter(options.searchPath, {}, cancel); !entered)
        return fail(std::move(entered.error()));
    const auto dumped = options.access ? dumpSchema(*options.access, target.facts().serverVersionNum / 10000, cancel) : Result<QByteArray>(fail(Error()));
    if (!dumped && dumped.error().kind == ErrorKind::Cancelled)
        return fail(dumped.error());
    if (dumped) {
        const auto loaded = scratch.load(*dumped, cancel);
        if (!loaded)
            return fail(loaded.error());
        like.left = loaded->left;
        like.basis = u"pg_dump of the target's schema"_s;
    } else if (Done done = replayed(scratch, folder, ledger, options, like, progress, cancel); !done) {
        return fail(std::move(done.error()));
    }
    if (const int here = scratch.connection().facts().serverVersionNum / 10000, there = target.facts().serverVersionNum / 10000; here != there)
        like.basis += u", on PostgreSQL %1 in place of %2, which may lock otherwise"_s.arg(here).arg(there);
    like.basis += u"; "_s;
    const auto made = catalog::readSnapshot(scratch.connection(), cancel);
    if (!made)
        return fail(made.error());
    like.differences = catalog::compare(like.target, *made);
    if (like.differences.isEmpty()) {
        like.basis += u"the schema is as the target's"_s;
        return like;
    }
    QStringList told;
    for (const catalog::Difference &one : like.differences.first(std::min(mostTold, like.differences.size())))
        told << one.text();
    like.basis += u"the schema differs from the target's in %1 objects: %2%3"_s.arg(like.differences.size()).arg(told.join(u", "_s), like.differences.size() > mostTold ? u", …"_s : QString());
    return like;
}

} // namespace howdah::migrations
