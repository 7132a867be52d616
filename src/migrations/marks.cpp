// SPDX-License-Identifier: GPL-3.0-or-later
// What is marked without being run: each with its line in the ledger, in one transaction.
#include "migrations/runner.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

Done Runner::mark(const File &file, Direction direction, const QString &kind, const QString &message, bool writesVersion)
{
    Way way{&file, &file.up, direction};
    Event event = eventOf(way, kind);
    event.message = message;
    if (Done begun = m_connection.command("BEGIN"); !begun)
        return begun;
    Done written;
    if (writesVersion) {
        const auto version = m_connection.runFile(direction == Direction::Up ? u"migrations/add_version"_s : u"migrations/remove_version"_s, {file.version}, {}, m_cancel);
        if (!version)
            written = fail(version.error());
    }
    if (written) {
        if (const auto added = addEvent(m_connection, event, {}, m_cancel); !added)
            written = fail(added.error());
    }
    if (!written) {
        (void)m_connection.command("ROLLBACK");
        return written;
    }
    if (Done committed = m_connection.command("COMMIT"); !committed)
        return committed;
    m_run.done.append({file.version, file.name, direction, 0, 1, true});
    return {};
}

// Whether the statement at which it stopped stands: known to a person alone.
Done Runner::markStatement(const File &file, const Event &interrupted, bool stands)
{
    const Section &section = interrupted.direction == Direction::Up ? file.up : file.down;
    const Way way{&file, &section, interrupted.direction};
    Event event = eventOf(way, stands ? u"step"_s : u"failed"_s);
    event.statementsDone = interrupted.statementsDone;
    event.hashes = interrupted.hashes;
    event.message = stands ? u"said to stand"_s : u"said not to have run"_s;
    if (stands) {
        if (interrupted.statementsDone >= int(section.statements.size()))
            return fail(ErrorKind::Client, u"nothing_to_resolve"_s, u"All statements of %1 stand; run it again"_s.arg(file.name));
        event.hashes << statementHash(section, interrupted.statementsDone);
        ++event.statementsDone;
    }
    const auto added = addEvent(m_connection, event);
    if (!added)
        return fail(added.error());
    m_run.done.append({file.version, file.name, interrupted.direction, 0, 1, true});
    return {};
}

static tl::unexpected<Error> noSuchVersion(const QString &version)
{
    return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1 in the folder"_s.arg(version));
}

Run baseline(pg::Connection &connection, const Folder &folder, const QString &version, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    Runner runner(connection, folder, options, tell, cancel);
    return runner.locked([&]() -> Done {
        if (!folder.find(version))
            return noSuchVersion(version);
        for (const File &file : folder.files) {
            if (isOlder(version, file.version) || runner.ledger().isApplied(file.version))
                continue;
            if (Done marked = runner.mark(file, Direction::Up, u"baseline"_s, {}, true); !marked)
                return marked;
        }
        return {};
    });
}

Run adopt(pg::Connection &connection, const Folder &folder, const QString &version, const QString &reason, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    Runner runner(connection, folder, options, tell, cancel);
    return runner.locked([&]() -> Done {
        const File *file = folder.find(version);
        if (!file)
            return noSuchVersion(version);
        if (!runner.ledger().isApplied(version))
            return fail(ErrorKind::Client, u"not_applied"_s, u"%1 is not applied"_s.arg(file->name));
        if (runner.ledger().interrupted(version))
            return fail(ErrorKind::Client, u"interrupted"_s, u"%1 was interrupted on its way"_s.arg(file->name), u"Finish it, or say `howdahctl migrate resolve`."_s);
        if (reason.trimmed().isEmpty())
            return fail(ErrorKind::Client, u"no_reason"_s, u"Why the edited file is right is kept with it"_s, u"Say --reason …"_s);
        return runner.mark(*file, Direction::Up, u"adopted"_s, reason, false);
    });
}

Run resolve(pg::Connection &connection, const Folder &folder, const QString &version, Resolved how, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    Runner runner(connection, folder, options, tell, cancel);
    return runner.locked([&]() -> Done {
        const Event *interrupted = runner.ledger().interrupted(version);
        // Its file may be gone: the ledger has the text that was begun.
        Result<File> file = folder.find(version) ? Result<File>(*folder.find(version)) : runner.begunFile(version);
        if (!file)
            return noSuchVersion(version);
        if (how == Resolved::StatementDone || how == Resolved::StatementNotDone) {
            if (!interrupted)
                return fail(ErrorKind::Client, u"nothing_to_resolve"_s, u"%1 was not interrupted"_s.arg(file->name));
            return runner.markStatement(*file, *interrupted, how == Resolved::StatementDone);
        }
        const bool applied = how == Resolved::Applied, is = runner.ledger().isApplied(version);
        if (!interrupted)
            return fail(ErrorKind::Client, u"nothing_to_resolve"_s, u"%1 was not interrupted; it is %2"_s.arg(file->name, is ? u"applied"_s : u"not applied"_s));
        return runner.mark(*file, applied ? Direction::Up : Direction::Down, u"resolved"_s, {}, is != applied);
    });
}

} // namespace howdah::migrations
