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

constexpr int pollMs = 250;

Done cancelled()
{
    return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s);
}

} // namespace

QJsonObject Run::toJson() const
{
    QJsonArray all;
    for (const Step &step : done)
        all.append(QJsonObject{{u"version"_s, step.version}, {u"name"_s, step.name}, {u"direction"_s, directionText(step.direction)}, {u"ms"_s, step.ms}, {u"tries"_s, step.tries}, {u"marked"_s, step.marked}});
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

static Error roleRefused(Error error, const QString &role, const pg::Connection &connection)
{
    if (error.sqlstate == "42501"_L1) {
        error.kind = ErrorKind::Permission;
        error.reason = u"not_of_role"_s;
        error.hint = u"To permit it: GRANT %1 TO %2 WITH SET TRUE"_s.arg(role, connection.facts().role);
    }
    return std::move(error).during(u"act as the role %1"_s.arg(role));
}

Done enter(pg::Connection &connection, const RunOptions &options, const CancelToken &cancel)
{
    const auto set = connection.runFile(u"migrations/settings"_s, {options.searchPath, options.role.isEmpty() ? u"none"_s : options.role}, {}, cancel);
    return set ? Done() : fail(roleRefused(set.error(), options.role, connection));
}

Done actAs(pg::Connection &connection, const QString &role, const CancelToken &cancel)
{
    const auto set = connection.runFile(u"migrations/as_role"_s, {role.isEmpty() ? u"none"_s : role}, {}, cancel);
    return set ? Done() : fail(roleRefused(set.error(), role, connection));
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
        const QString holder = otherRunner(m_connection, m_cancel).value_or(QString());
        const QString who = holder.isEmpty() ? u"another"_s : holder;
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

Result<QString> otherRunner(pg::Connection &connection, const CancelToken &cancel)
{
    const auto holder = connection.runFile(u"migrations/lock_holder"_s, {lockKey}, {}, cancel);
    if (!holder)
        return fail(holder.error());
    if (holder->isEmpty())
        return QString();
    return u"backend %1 of %2 (%3)"_s.arg(holder->text(0, "pid"_L1), holder->text(0, "role"_L1), units::oneLine(holder->text(0, "application"_L1)));
}

Done Runner::keepLock()
{
    const auto holder = m_connection.runFile(u"migrations/lock_holder"_s, {lockKey});
    if (!holder)
        return fail(holder.error());
    const bool ours = !holder->isEmpty() && holder->integer(0, "pid"_L1) == m_connection.facts().backendPid;
    return ours ? Done() : takeLock();
}

Done Runner::refresh()
{
    auto ledger = readLedger(m_connection, m_cancel);
    if (ledger && (!ledger->hasVersions || !ledger->hasEvents)) {
        if (Done made = createLedger(m_connection, *ledger, m_cancel); !made)
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
                m_tell({blocked.by.isEmpty() ? Told::What::Free : Told::What::Blocked, {}, 0, 0, who.join(u"; "_s), blocked.waiting, 0, blocked.by.isEmpty() ? 0 : blocked.by.constFirst().pid});
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

Done mayGoUp(const State &state, const RunOptions &options)
{
    QStringList edited, late;
    for (const Entry &entry : state.entries) {
        if (entry.standing == Standing::Edited)
            edited << entry.name;
        if (entry.standing == Standing::OutOfOrder)
            late << entry.name;
    }
    if (!edited.isEmpty() && !options.allowEdited)
        return fail(ErrorKind::Client, u"edited"_s, u"Edited since it was applied: %1"_s.arg(edited.join(u", "_s)),
                    u"Take the edit back and make it a migration of its own; or, where it is right, `howdahctl migrate adopt VERSION --reason …`."_s);
    if (!late.isEmpty() && !options.allowOutOfOrder)
        return fail(ErrorKind::Client, u"out_of_order"_s, u"Older than what is applied: %1"_s.arg(late.join(u", "_s)),
                    u"As after a merge: give it a newer time in its name, or say --allow-out-of-order."_s);
    return {};
}

// What was confirmed is what is done, whatever came between.
Done Runner::asPlanned(const QStringList &now) const
{
    if (!m_options.planned || *m_options.planned == now)
        return {};
    return fail(ErrorKind::Client, u"changed_meanwhile"_s, u"What was planned (%1) is not what is to be done now (%2): another run came between"_s.arg(
                    m_options.planned->join(u", "_s), now.isEmpty() ? u"nothing"_s : now.join(u", "_s)),
                u"Look at it again with `howdahctl migrate plan`."_s);
}

Done Runner::noneInterrupted(const QString &but) const
{
    for (const Event &event : m_ledger.events) {
        if (event.version != but && m_ledger.interrupted(event.version))
            return fail(ErrorKind::Client, u"interrupted"_s, u"%1 was interrupted on its way"_s.arg(event.name), u"Finish it with `howdahctl migrate up`, or say `howdahctl migrate resolve`."_s);
    }
    return {};
}

QStringList plannedUp(const Folder &folder, const Ledger &ledger, const Upwards &wanted)
{
    QStringList versions;
    const State state = stateOf(folder, ledger);
    for (const Entry &entry : state.entries) {
        if (isPending(entry.standing) && (wanted.only.isEmpty() || wanted.only == entry.version) && versions.size() != wanted.most && (wanted.upTo.isEmpty() || !isOlder(wanted.upTo, entry.version)))
            versions << entry.version;
    }
    // They stand on all of the migrations: not where only some are run.
    for (const Entry &entry : state.repeatables) {
        if (entry.standing == Standing::Pending && wanted.most < 0 && wanted.upTo.isEmpty() && wanted.only.isEmpty())
            versions << entry.version;
    }
    return versions;
}

QStringList plannedDown(const Ledger &ledger, const Downwards &wanted)
{
    const QStringList back = wayBack(ledger);
    return back.first(wanted.downTo.isEmpty() ? std::clamp<qsizetype>(wanted.most, 0, back.size()) : std::max<qsizetype>(0, back.indexOf(wanted.downTo)));
}

Run Runner::up(const Upwards &wanted)
{
    return locked([&]() -> Done {
        if (Done may = mayGoUp(stateOf(m_folder, m_ledger), m_options); !may)
            return may;
        if (!wanted.upTo.isEmpty() && !m_folder.find(wanted.upTo))
            return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1"_s.arg(wanted.upTo));
        const QStringList versions = plannedUp(m_folder, m_ledger, wanted);
        if (Done same = asPlanned(versions); !same)
            return same;
        if (Done same = m_options.stillSo ? m_options.stillSo(m_connection) : Done(); !same)
            return same;
        for (const QString &version : versions) {
            const File *file = m_folder.find(version);
            const Event *stopped = m_ledger.interrupted(version);
            if (!file)
                return fail(ErrorKind::Client, u"interrupted"_s, u"%1 was interrupted, and its file is not here"_s.arg(stopped ? stopped->name : version),
                            u"Bring the file back, or say `howdahctl migrate resolve`."_s);
            if (stopped && stopped->direction == Direction::Down)
                return fail(ErrorKind::Client, u"interrupted"_s, u"The way back of %1 was interrupted after %2 of %3 statements"_s.arg(file->name).arg(stopped->statementsDone).arg(stopped->statements),
                            u"Finish it with `howdahctl migrate down`."_s);
            if (stopped && m_ledger.isApplied(version))
                return fail(ErrorKind::Client, u"interrupted"_s, u"%1 was interrupted here, and another runner has applied it since"_s.arg(file->name),
                            u"Look at what stands, and say `howdahctl migrate resolve %1 --applied`."_s.arg(version));
            if (Done gone = go({file, &file->up, Direction::Up}); !gone)
                return gone;
        }
        return {};
    });
}

Result<File> fileToUndo(const Folder &folder, const Ledger &ledger, const QString &version, bool allowEdited)
{
    const File *file = folder.find(version);
    const Event *by = ledger.appliedBy(version);
    const bool kept = by && !by->file.isEmpty();
    // What is undone is what was done: an edited file's way back may be another's.
    if (file && (!kept || by->meaning == file->meaning || allowEdited))
        return *file;
    if (!kept)
        return fail(ErrorKind::Client, u"no_text"_s, u"Migration %1 has no file here, and its text was not kept"_s.arg(version), u"Bring the file back, or undo it by hand and say `howdahctl migrate resolve`."_s);
    return parseFile(by->name, by->file);
}

Result<File> Runner::begunFile(const QString &version) const
{
    for (auto event = m_ledger.events.crbegin(); event != m_ledger.events.crend(); ++event) {
        if (event->version == version && !event->file.isEmpty())
            return parseFile(event->name, event->file);
    }
    return fail(ErrorKind::Client, u"no_text"_s, u"Nothing is known of migration %1"_s.arg(version));
}

static Done hasWayBack(const File &file)
{
    if (!file.down.statements.empty())
        return {};
    return fail(ErrorKind::Client, u"irreversible"_s, file.irreversible.isEmpty() ? u"%1 has no way back"_s.arg(file.name) : u"%1 has no way back: %2"_s.arg(file.name, file.irreversible),
                u"Undo it by a new migration."_s);
}

Done Runner::downOne(const QString &version)
{
    const auto file = fileToUndo(m_folder, m_ledger, version, m_options.allowEdited);
    if (!file)
        return fail(file.error());
    if (Done back = hasWayBack(*file); !back)
        return back;
    return go({&*file, &file->down, Direction::Down});
}

Run Runner::down(const Downwards &wanted)
{
    return locked([&]() -> Done {
        if (!wanted.downTo.isEmpty() && !m_ledger.isApplied(wanted.downTo))
            return fail(ErrorKind::Client, u"not_applied"_s, u"%1 is not applied"_s.arg(wanted.downTo));
        const QStringList versions = plannedDown(m_ledger, wanted);
        if (Done same = asPlanned(versions); !same)
            return same;
        if (wanted.downTo.isEmpty() && wanted.most > versions.size())
            return fail(ErrorKind::Client, u"too_many"_s, u"Only %1 are applied, not %2"_s.arg(versions.size()).arg(wanted.most), u"A version is named with --to."_s);
        if (Done none = noneInterrupted(versions.value(0)); !none)
            return none;
        if (const Event *stopped = m_ledger.interrupted(versions.value(0)); stopped && stopped->direction == Direction::Up)
            return noneInterrupted({});
        for (const QString &version : versions) {
            if (Done gone = downOne(version); !gone)
                return gone;
        }
        return {};
    });
}

Run Runner::redo()
{
    return locked([&]() -> Done {
        const QString version = wayBack(m_ledger).value(0);
        if (version.isEmpty())
            return fail(ErrorKind::Client, u"not_applied"_s, u"Nothing is applied"_s);
        if (Done same = asPlanned({version}); !same)
            return same;
        // Both ways are looked at before the first step.
        const File *file = m_folder.find(version);
        if (!file)
            return fail(ErrorKind::Client, u"no_text"_s, u"Migration %1 has no file here: it could not be run again"_s.arg(version));
        const auto undo = fileToUndo(m_folder, m_ledger, version, m_options.allowEdited);
        if (!undo)
            return fail(undo.error());
        if (Done back = hasWayBack(*undo); !back)
            return back;
        if (Done none = noneInterrupted({}); !none)
            return none;
        if (Done gone = downOne(version); !gone)
            return gone;
        return go({file, &file->up, Direction::Up});
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

Run redo(pg::Connection &connection, const Folder &folder, const RunOptions &options, const Tell &tell, const CancelToken &cancel)
{
    return Runner(connection, folder, options, tell, cancel).redo();
}

} // namespace howdah::migrations
