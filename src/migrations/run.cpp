// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/runner.h"

#include "base/units.h"

#include <QDeadlineTimer>
#include <QJsonArray>
#include <QUuid>

#include <poll.h>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 lockKey = 0x686F776461680001; // "howdah" and a number; nobody else's
constexpr int pollMs = 250;

bool older(const QString &one, const QString &other)
{
    return one.size() != other.size() ? one.size() < other.size() : one < other;
}

Done cancelled()
{
    return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s);
}

} // namespace

QJsonObject Run::toJson() const
{
    QJsonArray all;
    for (const Step &step : done)
        all.append(QJsonObject{{u"version"_s, step.version}, {u"name"_s, step.name}, {u"direction"_s, directionText(step.direction)}, {u"ms"_s, step.ms}, {u"tries"_s, step.tries}});
    QJsonObject json{{u"run"_s, id}, {u"done"_s, all}};
    if (error)
        json.insert(u"error"_s, error->toJson());
    return json;
}

Runner::Runner(pg::Connection &connection, const Folder &folder, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
    : m_connection(connection), m_folder(folder), m_options(options), m_tell(tell), m_cancel(cancel)
{
    m_run.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
}

Done Runner::ready()
{
    const auto server = m_connection.runFile(u"migrations/server"_s, {}, {}, m_cancel);
    if (!server)
        return fail(server.error());
    // A pooler tells a number of its own when it lets us in, or gives another backend to the next statement.
    const auto again = m_connection.runFile(u"migrations/server"_s, {}, {}, m_cancel);
    if (!again)
        return fail(again.error());
    if (server->integer(0, "pid"_L1) != m_connection.facts().backendPid || again->integer(0, "pid"_L1) != m_connection.facts().backendPid)
        return fail(ErrorKind::Client, u"pooler"_s, u"A pooler stands before %1"_s.arg(m_connection.spec().address()),
                    u"In transaction mode it would lose the runners' lock and the settings: name the server's own address and port."_s);
    if (server->boolean(0, "in_recovery"_L1).value_or(true))
        return fail(ErrorKind::Client, u"standby"_s, u"%1 is a standby: it can't be written to"_s.arg(m_connection.spec().address()), u"Name the primary."_s);
    (void)m_connection.readIdentity(m_cancel);
    if (!m_options.systemIdentifier.isEmpty() && m_connection.identity().systemIdentifier != m_options.systemIdentifier)
        return fail(ErrorKind::Client, u"another_server"_s,
                    u"%1 is not the cluster that is meant: it is %2, not %3"_s.arg(m_connection.spec().address(), m_connection.identity().systemIdentifier, m_options.systemIdentifier),
                    u"Check where the name leads to."_s);
    return enter(m_connection, m_options, m_cancel);
}

Done enter(pg::Connection &connection, const RunOptions &options, const CancelToken &cancel)
{
    const auto set = connection.runFile(u"migrations/settings"_s, {options.searchPath, options.role.isEmpty() ? u"none"_s : options.role}, {}, cancel);
    if (set)
        return {};
    Error error = set.error();
    if (error.sqlstate == "42501"_L1) {
        error.kind = ErrorKind::Permission;
        error.reason = u"not_of_role"_s;
        error.hint = u"To permit it: GRANT %1 TO %2 WITH SET TRUE"_s.arg(options.role, connection.facts().role);
    }
    return fail(std::move(error).during(u"act as the role %1"_s.arg(options.role)));
}

Done Runner::takeLock()
{
    const QDeadlineTimer deadline(m_options.otherRunnerMs);
    for (bool told = false;;) {
        const auto locked = m_connection.runFile(u"migrations/lock"_s, {lockKey}, {}, m_cancel);
        if (!locked)
            return fail(locked.error());
        if (locked->boolean(0, 0).value_or(false))
            return {};
        const auto holder = m_connection.runFile(u"migrations/lock_holder"_s, {lockKey}, {}, m_cancel);
        const QString who = holder && !holder->isEmpty()
            ? u"backend %1 of %2 (%3)"_s.arg(holder->text(0, "pid"_L1), holder->text(0, "role"_L1), units::oneLine(holder->text(0, "application"_L1)))
            : u"another"_s;
        if (deadline.hasExpired())
            return fail(ErrorKind::Client, u"locked"_s, u"Another run of migrations is under way: %1"_s.arg(who), u"Wait for it, or look at it with `howdahctl activity sessions`."_s);
        if (!std::exchange(told, true))
            m_tell({Told::What::Waits, {}, 0, 0, who, 0, 0});
        pollfd wake{m_cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, pollMs);
        if (m_cancel.isCancelled())
            return cancelled();
    }
}

Done Runner::refresh()
{
    auto ledger = readLedger(m_connection, m_cancel);
    if (ledger && (!ledger->hasVersions || !ledger->hasEvents)) {
        if (Done made = createLedger(m_connection, m_cancel); !made)
            return made;
        ledger = readLedger(m_connection, m_cancel);
    }
    if (!ledger)
        return fail(std::move(ledger.error()));
    m_ledger = *std::move(ledger);
    return {};
}

Run Runner::locked(const std::function<Done()> &work)
{
    const auto all = [&]() -> Done {
        if (Done is = ready(); !is)
            return is;
        if (Done taken = takeLock(); !taken)
            return taken;
        // Read anew: another may just have been at work.
        Done done = refresh();
        if (done) {
            m_watch = std::make_unique<Watch>(m_connection, [this](const Blocked &blocked) {
                QStringList who;
                for (const Blocker &one : blocked.by)
                    who << one.text();
                m_tell({blocked.by.isEmpty() ? Told::What::Free : Told::What::Blocked, {}, 0, 0, who.join(u"; "_s), blocked.waiting, 0});
            });
            done = work();
            m_watch.reset();
        }
        if (m_connection.isAlive())
            (void)m_connection.runFile(u"migrations/unlock"_s, {lockKey});
        return done;
    };
    if (Done done = all(); !done)
        m_run.error = std::move(done.error());
    return std::move(m_run);
}

Done Runner::mayGoUp(const State &state) const
{
    QStringList edited, late;
    for (const Entry &entry : state.entries) {
        if (entry.standing == Standing::Edited)
            edited << entry.name;
        if (entry.standing == Standing::OutOfOrder)
            late << entry.name;
    }
    if (!edited.isEmpty() && !m_options.allowEdited)
        return fail(ErrorKind::Client, u"edited"_s, u"Edited since it was applied: %1"_s.arg(edited.join(u", "_s)),
                    u"Take the edit back and make it a migration of its own; or, where it is right, `howdahctl migrate adopt VERSION --reason …`."_s);
    if (!late.isEmpty() && !m_options.allowOutOfOrder)
        return fail(ErrorKind::Client, u"out_of_order"_s, u"Older than what is applied: %1"_s.arg(late.join(u", "_s)),
                    u"As after a merge: give it a newer time in its name, or say --allow-out-of-order."_s);
    return {};
}

Run Runner::up(const Upwards &wanted)
{
    return locked([&]() -> Done {
        const State state = stateOf(m_folder, m_ledger);
        if (Done may = mayGoUp(state); !may)
            return may;
        if (!wanted.upTo.isEmpty() && !m_folder.find(wanted.upTo))
            return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1"_s.arg(wanted.upTo));
        int left = wanted.most;
        for (const Entry &entry : state.entries) {
            const bool pending = entry.standing == Standing::Pending || entry.standing == Standing::OutOfOrder || entry.standing == Standing::Interrupted;
            if (!pending || left == 0 || (!wanted.upTo.isEmpty() && older(wanted.upTo, entry.version)))
                continue;
            const File *file = m_folder.find(entry.version);
            if (const Event *stopped = m_ledger.interrupted(entry.version); stopped && stopped->direction == Direction::Down)
                return fail(ErrorKind::Client, u"interrupted_down"_s, u"The way back of %1 was interrupted after %2 of %3 statements"_s.arg(entry.name).arg(stopped->statementsDone).arg(stopped->statements),
                            u"Finish it with `howdahctl migrate down`."_s);
            if (Done gone = go({file, &file->up, Direction::Up}); !gone)
                return gone;
            --left;
        }
        return {};
    });
}

Result<File> Runner::fileOf(const QString &version) const
{
    if (const File *file = m_folder.find(version))
        return *file;
    const Event *by = m_ledger.appliedBy(version);
    if (!by || by->file.isEmpty())
        return fail(ErrorKind::Client, u"no_text"_s, u"Migration %1 has no file here, and its text was not kept"_s.arg(version), u"Bring the file back, or undo it by hand and say `howdahctl migrate resolve`."_s);
    return parseFile(by->name, by->file);
}

Done Runner::downOne(const QString &version)
{
    auto file = fileOf(version);
    if (!file)
        return fail(std::move(file.error()));
    // What is undone is what was done: an edited file's way back may be another's.
    if (const Event *by = m_ledger.appliedBy(version); by && by->meaning != file->meaning && !by->file.isEmpty() && !m_options.allowEdited) {
        file = parseFile(by->name, by->file);
        if (!file)
            return fail(std::move(file.error()));
    }
    if (file->down.statements.empty())
        return fail(ErrorKind::Client, u"irreversible"_s,
                    file->irreversible.isEmpty() ? u"%1 has no way back"_s.arg(file->name) : u"%1 has no way back: %2"_s.arg(file->name, file->irreversible),
                    u"Undo it by a new migration."_s);
    return go({&*file, &file->down, Direction::Down});
}

Run Runner::down(const Downwards &wanted)
{
    return locked([&]() -> Done {
        QStringList back = wayBack(m_ledger);
        if (!wanted.downTo.isEmpty()) {
            const qsizetype at = back.indexOf(wanted.downTo);
            if (at < 0)
                return fail(ErrorKind::Client, u"not_applied"_s, u"%1 is not applied"_s.arg(wanted.downTo));
            back = back.first(at);
        } else {
            back = back.first(std::min<qsizetype>(back.size(), wanted.most));
        }
        for (const QString &version : std::as_const(back)) {
            if (Done gone = downOne(version); !gone)
                return gone;
        }
        return {};
    });
}

Run up(pg::Connection &connection, const Folder &folder, const Upwards &wanted, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    return Runner(connection, folder, options, tell, cancel).up(wanted);
}

Run down(pg::Connection &connection, const Folder &folder, const Downwards &wanted, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    return Runner(connection, folder, options, tell, cancel).down(wanted);
}

} // namespace howdah::migrations
