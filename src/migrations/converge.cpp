// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/converge.h"

#include <optional>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr int mostTries = 40;

// False: the server refused a statement, told in `into`.
static Result<bool> runAll(pg::Connection &scratch, const GeneratedFile &file, bool down, Replay &into, const CancelToken &cancel)
{
    if (file.transaction) {
        if (Done begun = scratch.command("BEGIN"); !begun)
            return fail(std::move(begun.error()));
    }
    for (const GeneratedStatement &statement : down ? file.down : file.up) {
        const auto done = scratch.run({statement.text.toUtf8(), {}}, {}, {}, cancel);
        if (done)
            continue;
        if (done.error().kind != ErrorKind::Sql || !scratch.isAlive())
            return fail(done.error());
        into.key = statement.key;
        into.statement = statement.text;
        into.refused = done.error().message;
        into.sqlstate = done.error().sqlstate;
        into.down = down;
        if (file.transaction)
            (void)scratch.command("ROLLBACK");
        return false;
    }
    if (file.transaction) {
        if (Done committed = scratch.command("COMMIT"); !committed)
            return fail(std::move(committed.error()));
    }
    return true;
}

static Result<bool> isReached(pg::Connection &scratch, const catalog::Snapshot &expected, bool down, Replay &into, const CancelToken &cancel)
{
    const auto reached = catalog::readSnapshot(scratch, cancel);
    if (!reached)
        return fail(reached.error());
    into.left = catalog::compare(*reached, expected);
    into.down = down;
    return into.left.isEmpty();
}

Result<Replay> replay(pg::Connection &scratch, const Generated &generated, const CancelToken &cancel)
{
    Replay told;
    for (const bool down : {false, true, false}) {
        for (qsizetype i = 0; i < generated.files.size(); ++i) {
            const GeneratedFile &file = generated.files.at(down ? generated.files.size() - 1 - i : i);
            const auto done = runAll(scratch, file, down, told, cancel);
            if (!done)
                return fail(done.error());
            if (!*done)
                return told;
        }
        const auto reached = isReached(scratch, down ? generated.back : generated.target, down, told, cancel);
        if (!reached)
            return fail(reached.error());
        if (!*reached)
            return told;
    }
    told.converges = true;
    told.down = false;
    return told;
}

// The state that the renames lead to, for what follows them.
static Result<catalog::Snapshot> afterRenames(pg::Connection &scratch, const GeneratedFile &file, const CancelToken &cancel)
{
    Replay told;
    const auto done = runAll(scratch, file, false, told, cancel);
    if (!done)
        return fail(done.error());
    if (!*done)
        return fail(ErrorKind::Client, u"bad_rename"_s, u"The server refused %1"_s.arg(told.statement), told.refused);
    return catalog::readSnapshot(scratch, cancel);
}

// Where the way back ends when renames are taken back too: at the first state, with the enum values that stay.
static catalog::Snapshot backBefore(const catalog::Snapshot &base, const catalog::Snapshot &back)
{
    catalog::Snapshot made = base;
    for (catalog::Item &item : made.items) {
        const catalog::Item *after = item.kind == "enum"_L1 ? back.find(item.key()) : nullptr;
        if (after)
            item.value = after->value;
    }
    return made;
}

// All that something stands on, directly or not.
static QStringList under(const QString &key, const catalog::Snapshot &in)
{
    QStringList all{key};
    for (qsizetype i = 0; i < all.size(); ++i) {
        for (const QString &on : in.dependencies.value(all.at(i))) {
            if (!all.contains(on))
                all << on;
        }
    }
    return all.mid(1);
}

static QString standsOn(const QString &key, const catalog::Snapshot &to, const QSet<QString> &stays)
{
    for (const QString &on : to.dependencies.value(key)) {
        if (stays.contains(on))
            return u"it stands on %1, which stays as it is"_s.arg(on);
    }
    return u"it does not come out as it should"_s;
}

// A column's types before and after; nullopt: it is none, or its type stays.
static std::optional<std::pair<QString, QString>> retyped(const catalog::Snapshot &from, const catalog::Snapshot &to, const QString &key)
{
    const catalog::Item *before = from.find(key), *after = to.find(key);
    if (!before || !after || before->kind != "column"_L1 || before->value.value("type"_L1) == after->value.value("type"_L1))
        return std::nullopt;
    return std::pair(before->value.value("type"_L1).toString(), after->value.value("type"_L1).toString());
}

static tl::unexpected<Error> doesNotConverge(const Replay &told)
{
    QStringList left;
    for (const catalog::Difference &one : told.left)
        left << one.text();
    const QString way = told.down ? u"back"_s : u"forth"_s;
    Error error;
    error.kind = ErrorKind::Sql;
    error.reason = u"does_not_converge"_s;
    error.message = u"What was generated does not lead where it should, and was not written"_s;
    error.detail = told.statement.isEmpty() ? u"On the way %1 these were other than they should be: %2"_s.arg(way, left.join(u"; "_s)) : u"On the way %1 the server refused: %2: %3"_s.arg(way, told.statement, told.refused);
    return tl::unexpected(std::move(error));
}

Result<Generated> converging(const FreshScratch &fresh, const catalog::Snapshot &to, const QStringList &renames, const GenerateOptions &options, const CancelToken &cancel)
{
    auto first = fresh();
    if (!first)
        return fail(std::move(first.error()));
    auto base = catalog::readSnapshot(**first, cancel);
    if (!base)
        return fail(std::move(base.error()));
    catalog::Snapshot from = *base;
    std::optional<GeneratedFile> renamed;
    if (!renames.isEmpty()) {
        auto file = renameFile(renames, from, options.title);
        if (!file)
            return fail(std::move(file.error()));
        auto after = afterRenames(**first, *file, cancel);
        if (!after)
            return fail(std::move(after.error()));
        renamed = *std::move(file);
        from = *std::move(after);
        first = fresh();
        if (!first)
            return fail(std::move(first.error()));
    }
    GenerateOptions wanted = options;
    Replay last;
    for (int tries = 0; tries < mostTries; ++tries) {
        Generated generated = generate(from, to, wanted);
        if (renamed) {
            generated.files.prepend(*renamed);
            generated.back = backBefore(*base, generated.back);
        }
        if (generated.isEmpty())
            return generated;
        const auto scratch = tries == 0 ? first : fresh();
        if (!scratch)
            return fail(scratch.error());
        const auto told = replay(**scratch, generated, cancel);
        if (!told)
            return fail(told.error());
        if (told->converges)
            return generated;
        last = *told;
        const qsizetype before = wanted.impossible.size() + wanted.byCast.size() + wanted.byText.size();
        // A body that is a text tells the server nothing of what it stands on before it is read.
        constexpr int mostLater = 5;
        const bool names = told->sqlstate == "42P01"_L1 || told->sqlstate == "42883"_L1 || told->sqlstate == "42703"_L1 || told->sqlstate == "42704"_L1;
        if (names && (told->key.startsWith("function "_L1) || told->key.startsWith("procedure "_L1)) && wanted.later.value(told->key) < mostLater) {
            ++wanted.later[told->key];
            continue;
        }
        const auto differs = [&](const QString &key) { return from.find(key) ? !to.find(key) || from.find(key)->value != to.find(key)->value : to.find(key) != nullptr; };
        const auto cannot = [&](const QString &key, const QString &why) {
            if (differs(key)) {
                wanted.impossible.insert(key, why);
                return;
            }
            // What had to be made again for the sake of something under it: that one stays as it is.
            for (const QString &one : under(key, from)) {
                if (differs(one))
                    wanted.impossible.insert(one, u"%1 stands on it: %2"_s.arg(key, why));
            }
        };
        // What is learned of two types holds for every column of theirs.
        auto *casts = told->sqlstate == "42804"_L1 ? &wanted.byCast : told->sqlstate == "42846"_L1 ? &wanted.byText : nullptr;
        const auto types = retyped(told->down ? to : from, told->down ? from : to, told->key);
        if (casts && types && !casts->contains(*types))
            casts->insert(*types);
        else if (!told->key.isEmpty())
            cannot(told->key, u"the server refuses: %1"_s.arg(told->refused.simplified()));
        for (const catalog::Difference &one : told->left)
            cannot(one.key(), standsOn(one.key(), to, generated.stays));
        if (wanted.impossible.size() + wanted.byCast.size() + wanted.byText.size() == before)
            break; // nothing more that could be left out
    }
    return doesNotConverge(last);
}

} // namespace howdah::migrations
