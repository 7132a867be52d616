// SPDX-License-Identifier: GPL-3.0-or-later
// One migration, in one direction.
#include "migrations/runner.h"

#include "base/units.h"
#include "migrations/ddl.h"
#include "migrations/piecesink.h"
#include "migrations/verify.h"
#include "query/hazards.h"
#include "session/changeplan.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

#include <algorithm>

#include <poll.h>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

bool Runner::triesAgain(const Error &error)
{
    return error.reason != "retries_exhausted"_L1 && (error.sqlstate == "55P03"_L1 || error.sqlstate == "40P01"_L1); // lock_timeout, deadlock
}

void Runner::tellOf(const Way &way, Told::What what, int statement, const QString &text, qint64 ms) const
{
    m_tell({what, way.file->name, statement, int(way.section->statements.size()), text, 0, ms});
}

Event Runner::eventOf(const Way &way, const QString &kind) const
{
    Event event;
    event.run = m_run.id;
    event.version = way.file->version;
    event.name = way.file->name;
    event.direction = way.direction;
    event.kind = kind;
    event.sha256 = way.file->sha256;
    event.meaning = way.file->meaning;
    event.purpose = way.file->purpose;
    event.statements = int(way.section->statements.size());
    event.who = m_who;
    event.client = m_options.client;
    // The text once, where it says how the migration stands: so it can be undone when its file is gone.
    if (kind != "step"_L1 && kind != "failed"_L1)
        event.file = way.file->text;
    return event;
}

Done Runner::setTimeouts(const Section &section, bool patient)
{
    const std::pair wanted(section.lockTimeoutMs.value_or(patient ? 0 : m_options.lockTimeoutMs), section.statementTimeoutMs.value_or(m_options.statementTimeoutMs));
    if (wanted == m_timeouts)
        return {};
    const auto set = m_connection.runFile(u"migrations/timeouts"_s, {QString::number(wanted.first), QString::number(wanted.second)}, {}, m_cancel);
    if (!set)
        return fail(set.error());
    m_timeouts = wanted;
    return {};
}

// Whether it may leave the session otherwise than it was: settings, role, prepared statements, the lock.
bool Runner::changesSession(const Section &section)
{
    return std::any_of(section.statements.cbegin(), section.statements.cend(), [](const query::Piece &piece) {
        using Kind = Ddl::Kind;
        const Kind kind = recognise(piece.text).kind;
        return kind == Kind::Set || kind == Kind::Discard || kind == Kind::Do || kind == Kind::Call || kind == Kind::Query || kind == Kind::Unknown
            || piece.text.toLower().contains("set_config");
    });
}

// What a migration has set is not the next one's, in whatever way it did; and the lock is still ours.
Done Runner::restoreSettings(const Section &section)
{
    if (!changesSession(section) || !m_connection.isAlive())
        return {};
    m_timeouts = {-1, -1};
    for (const auto *text : {"RESET SESSION AUTHORIZATION", "RESET ALL"}) {
        if (Done reset = m_connection.command(text); !reset)
            return reset;
    }
    if (Done entered = enter(m_connection, m_options, {}); !entered)
        return entered;
    return keepLock();
}

Done Runner::statement(const Way &way, int index)
{
    const query::Piece &piece = way.section->statements.at(size_t(index));
    tellOf(way, Told::What::Statement, index + 1, units::oneLine(session::masked(QString::fromUtf8(piece.text)).left(200)));
    PieceSink sink(piece, [&](const QString &text) { tellOf(way, Told::What::Notice, index + 1, session::masked(text)); });
    Done done = m_connection.execute({piece.text, {}}, {}, sink, {}, m_cancel);
    if (done)
        return done;
    Error error = std::move(done.error());
    // Where it stands in the file; the position is of the statement.
    const qsizetype in = error.position > 0 ? query::scriptOffset(way.section->text, piece, error.position) : piece.begin;
    if (error.sqlstate == "25001"_L1)
        error.hint = u"Give it a file of its own, with `-- migrate:up transaction:false`."_s;
    m_run.failedAt = Run::Place{way.file->version, way.file->name, way.direction, way.file->lineAt(way.section->begin + in), index + 1, int(way.section->statements.size())};
    error.context = u"%1, line %2, statement %3 of %4"_s.arg(way.file->name).arg(way.file->lineAt(way.section->begin + in)).arg(index + 1).arg(way.section->statements.size());
    return fail(std::move(error));
}

// A try that ended in lock_timeout or deadlock; an error: no further one. `before`: what has to be put right first.
Done Runner::again(Way &way, const Error &error, const std::function<Done()> &before)
{
    QStringList who;
    const QVector<Blocker> blockers = m_watch->takeLast();
    for (const Blocker &one : blockers)
        who << one.text();
    const QString inTheWay = who.isEmpty() ? (m_watch->isOn() ? u"nobody was seen in the way"_s : u"who stood in the way is not known: no further connection could be had"_s) : who.join(u"; "_s);
    if (way.tries >= m_options.lockTries) {
        Error last = error;
        last.kind = ErrorKind::Client;
        last.reason = u"retries_exhausted"_s;
        last.detail = u"Tried %1 times; in the way last: %2"_s.arg(way.tries).arg(inTheWay);
        last.hint = u"End what stands in the way (howdahctl activity terminate PID), choose a quieter hour, or allow a longer --lock-timeout."_s;
        return fail(std::move(last));
    }
    // Longer each time, and never two runners at once.
    const int base = std::min(30'000, 250 << std::min(way.tries, 7));
    const int pause = base / 2 + int(QRandomGenerator::global()->bounded(base / 2 + 1));
    ++way.tries;
    tellOf(way, Told::What::TriesAgain, way.tries, inTheWay, pause);
    pollfd wake{m_cancel.eventFd(), POLLIN, 0};
    ::poll(&wake, 1, pause);
    return m_cancel.isCancelled() ? Done(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s)) : before();
}

// The failure's own line; that it can't be written does not hide why it failed.
Done Runner::fails(const Way &way, const Event &event, Error error)
{
    Event line = event;
    line.sqlstate = error.sqlstate;
    line.message = session::maskedValue(error.text());
    if (m_connection.isAlive())
        (void)addEvent(m_connection, line);
    (void)restoreSettings(*way.section);
    return fail(std::move(error));
}

Done Runner::go(const Way &asked)
{
    Way way = asked;
    QElapsedTimer clock;
    clock.start();
    // DISCARD and DEALLOCATE, wherever they stand, take what was prepared with them.
    m_prepares = m_prepares && !changesSession(*way.section);
    tellOf(way, Told::What::Begins);
    m_run.failedAt = Run::Place{way.file->version, way.file->name, way.direction, 0, 0, int(way.section->statements.size())};
    const Event *stopped = m_ledger.interrupted(way.file->version);
    if (stopped && stopped->direction == way.direction && way.section->transaction && (stopped->statementsDone > 0 || stopped->kind != "failed"_L1))
        return fail(ErrorKind::Client, u"changed_since"_s, u"%1 stopped after %2 of its statements without a transaction, and has one now"_s.arg(way.file->name).arg(stopped->statementsDone),
                    u"Take the edit back; or put it right by hand and say `howdahctl migrate resolve %1 --applied` or --not-applied."_s.arg(way.file->version));
    if (Done set = way.section->transaction ? setTimeouts(*way.section, false) : Done(); !set)
        return set;
    if (Done gone = way.section->transaction ? inTransaction(way) : oneByOne(way); !gone)
        return gone;
    m_run.done.append({way.file->version, way.file->name, way.direction, clock.elapsed(), way.tries});
    m_run.failedAt.reset();
    tellOf(way, Told::What::Done, 0, {}, clock.elapsed());
    return restoreSettings(*way.section);
}

static Error rolledBack(Error error)
{
    error.detail += (error.detail.isEmpty() ? u""_s : error.detail.endsWith(u'.') ? u" "_s : u". "_s) + u"Rolled back: nothing of this migration stands."_s;
    return error;
}

Done Runner::inTransaction(Way &way)
{
    for (;;) {
        bool committing = false;
        session::CommitTicket ticket;
        Done tried = oneTry(way, committing, ticket);
        if (tried)
            return tried;
        Error error = std::move(tried.error());
        if (!m_connection.isAlive())
            return committing ? afterLostCommit(way, ticket, error) : Done(fail(std::move(error)));
        (void)m_connection.command("ROLLBACK");
        if (!triesAgain(error))
            return fails(way, eventOf(way, u"failed"_s), rolledBack(std::move(error)));
        if (Done next = again(way, error, [] { return Done(); }); !next)
            return fails(way, eventOf(way, u"failed"_s), rolledBack(std::move(next.error())));
    }
}

Done Runner::check(const Way &way)
{
    const File *script = way.direction == Direction::Up ? m_folder.check(way.file->version) : nullptr;
    if (!script)
        return {};
    m_prepares = m_prepares && !changesSession(script->up);
    return runCheck(m_connection, *script, m_cancel);
}

Done Runner::oneTry(const Way &way, bool &committing, session::CommitTicket &ticket)
{
    QElapsedTimer clock;
    clock.start();
    if (Done begun = m_connection.command("BEGIN"); !begun)
        return begun;
    Event event = eventOf(way, u"done"_s);
    for (int i = 0; i < int(way.section->statements.size()); ++i) {
        if (Done done = statement(way, i); !done)
            return done;
        event.hashes << statementHash(*way.section, i);
    }
    if (Done held = check(way); !held)
        return held;
    event.statementsDone = event.statements;
    event.tookMs = clock.elapsed();
    pg::RunOptions often;
    often.prepared = m_prepares;
    if (!way.file->isRepeatable()) {
        const auto version = m_connection.runFile(way.direction == Direction::Up ? u"migrations/add_version"_s : u"migrations/remove_version"_s, {way.file->version}, often, m_cancel);
        if (!version)
            return fail(version.error());
    }
    const auto added = addEvent(m_connection, event, often, m_cancel);
    if (!added)
        return fail(added.error());
    ticket = {*added, m_connection.identity()};
    committing = true;
    return m_connection.command("COMMIT");
}

Done Runner::afterLostCommit(const Way &way, const session::CommitTicket &ticket, const Error &lost)
{
    using What = session::CommitFate::What;
    const session::CommitFate fate = session::resolveCommit(m_connection, ticket, 20'000, m_cancel);
    Error error = lost;
    error.hint = u"Run it again: it goes on from there."_s;
    switch (fate.what) {
    case What::Committed:
        m_run.done.append({way.file->version, way.file->name, way.direction, 0, way.tries});
        error.detail = u"The link was lost in the COMMIT of %1, which the server says is committed"_s.arg(way.file->name);
        break;
    case What::RolledBack:
    case What::NothingWritten:
        error.detail = u"The link was lost in the COMMIT of %1, which the server says is rolled back"_s.arg(way.file->name);
        break;
    case What::InProgress:
    case What::Unknown:
        error.kind = ErrorKind::Client;
        error.reason = u"outcome_unknown"_s;
        error.detail = u"The link was lost in the COMMIT of %1; what became of it is %2"_s.arg(way.file->name, session::fateText(fate));
        error.hint = u"Look with `howdahctl migrate status` once the server answers: where it is applied, its version stands there."_s;
        break;
    }
    return fail(std::move(error));
}

} // namespace howdah::migrations
