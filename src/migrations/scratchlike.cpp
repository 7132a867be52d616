// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/scratchlike.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr qsizetype mostTold = 5;

Result<Likeness> makeLike(Scratch &scratch, pg::Connection &target, const Folder &folder, const Ledger &ledger, const QByteArray &base, const QString &searchPath, const Progress &progress, const CancelToken &cancel)
{
    Likeness like;
    auto snapshot = catalog::readSnapshot(target, cancel);
    if (!snapshot)
        return fail(std::move(snapshot.error()));
    like.target = *std::move(snapshot);
    const Applied applied = appliedFiles(folder, ledger);
    if (!applied.missing.isEmpty())
        return fail(ErrorKind::Client, u"no_text"_s, u"%1 applied migrations have neither file nor kept text: %2"_s.arg(applied.missing.size()).arg(applied.missing.join(u", "_s)),
                    u"Bring their files back: without them the schema can't be made a second time."_s);
    const auto roles = roleNames(target, cancel);
    if (!roles)
        return fail(roles.error());
    if (const auto without = scratch.makeRoles(*roles, cancel); !without)
        return fail(without.error());
    if (Done entered = scratch.enter(searchPath, cancel); !entered)
        return fail(std::move(entered.error()));
    if (!base.isEmpty()) {
        const auto loaded = scratch.load(base, cancel);
        if (!loaded)
            return fail(loaded.error());
        like.left = loaded->left;
    }
    if (Done replayed = scratch.replay(applied.files, progress, cancel); !replayed) {
        Error error = std::move(replayed.error());
        if (error.kind == ErrorKind::Sql)
            error.hint = u"What stood there before the first migration (roles, extensions, schemas) is given with --base FILE."_s;
        return fail(std::move(error));
    }
    const auto made = catalog::readSnapshot(scratch.connection(), cancel);
    if (!made)
        return fail(made.error());
    like.differences = catalog::compare(like.target, *made);
    like.basis = u"replay of %1 applied migrations%2; "_s.arg(applied.files.size()).arg(base.isEmpty() ? QString() : u" on what stood before them"_s);
    if (like.differences.isEmpty()) {
        like.basis += u"the schema is as the target's"_s;
        return like;
    }
    QStringList told;
    for (const catalog::Difference &one : like.differences.first(std::min(mostTold, like.differences.size())))
        told << one.text();
    like.basis += u"the schema differs from the target's in %1 objects, which no migration made so: %2%3"_s.arg(like.differences.size()).arg(told.join(u", "_s), like.differences.size() > mostTold ? u", …"_s : QString());
    return like;
}

} // namespace howdah::migrations
