// SPDX-License-Identifier: GPL-3.0-or-later
// The rescue's one transaction on live, from what waits in temporary tables to a COMMIT that was verified before it was sent.
#include "backup/rescue.h"

#include "backup/rescuework.h"
#include "session/commit.h"

#include <QElapsedTimer>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

tl::unexpected<Error> notVerified(const QString &what)
{
    return fail(ErrorKind::Client, u"not_verified"_s, what + u"; all of it was rolled back"_s, u"A trigger may change or drop rows: to silence triggers is one of the choices."_s);
}

} // namespace

Result<RescuePlan> planRescue(pg::Connection &live, pg::Connection &rehearsed, const RescueChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    RescuePlan plan;
    plan.choice = choice;
    RescueWork work(live, rehearsed, choice, progress, cancel);
    if (Done staged = work.stage(plan); !staged)
        return fail(staged.error());
    return plan; // the work's end rolls back
}

Result<RescueOutcome> rescue(pg::Connection &live, pg::Connection &rehearsed, const RescuePlan &plan, const Progress &progress, const CancelToken &cancel)
{
    QElapsedTimer timer;
    timer.start();
    if (!plan.isGood())
        return fail(ErrorKind::Client, u"blocked"_s, plan.blocked.join(u"; "_s));
    RescuePlan now;
    now.choice = plan.choice;
    RescueWork work(live, rehearsed, plan.choice, progress, cancel);
    QByteArrayList first;
    for (const RescueTablePlan &table : plan.tables) {
        if (!table.lock.isEmpty() && table.missing > 0)
            first << table.patience << table.lock;
    }
    if (Done staged = work.stage(now, first); !staged)
        return fail(staged.error());
    if (!now.isGood() || now.tables != plan.tables)
        return fail(ErrorKind::Client, u"changed_since"_s,
                    u"It is no more what was planned for: %1 planned, %2 now%3"_s.arg(plan.rows()).arg(now.rows()).arg(now.isGood() ? QString() : u" ("_s + now.blocked.join(u"; "_s) + u')'),
                    u"Nothing was changed. Plan it again."_s);
    auto outcome = work.write();
    if (outcome)
        outcome->tookMs = timer.elapsed();
    return outcome;
}

Result<RescueOutcome> RescueWork::write()
{
    if (const auto deferred = m_live.runFile("rescue_deferred"); !deferred)
        return fail(deferred.error());
    const bool silence = m_choice.triggers == RescueChoice::Triggers::Silence;
    if (silence) {
        if (const auto silenced = m_live.runFile("rescue_silence"); !silenced)
            return fail(silenced.error());
    }
    RescueOutcome outcome;
    for (const Staged &staged : std::as_const(m_staged)) {
        auto table = writeTable(staged);
        if (!table)
            return fail(at(table.error(), u"write %1 (all of it was rolled back)"_s.arg(staged.plan.wanted.table.text())));
        outcome.tables << *table;
    }
    if (const auto immediate = m_live.runFile("rescue_immediate"); !immediate)
        return fail(at(immediate.error(), u"look at what waited (all of it was rolled back)"_s));
    if (silence) {
        if (Done held = holdReferences(); !held)
            return fail(held.error());
    }
    for (qsizetype i = 0; i < m_staged.size(); ++i) {
        if (Done verified = verify(m_staged.at(i), outcome.tables[i]); !verified)
            return fail(at(verified.error(), u"verify %1"_s.arg(m_staged.at(i).plan.wanted.table.text())));
    }
    if (Done advanced = advanceSequences(outcome); !advanced)
        return fail(advanced.error());
    return commit(std::move(outcome));
}

Result<RescueOutcome::Table> RescueWork::writeTable(const Staged &staged)
{
    RescueOutcome::Table table;
    table.table = staged.plan.wanted.table;
    tell(u"Write"_s, table.table);
    if (staged.plan.changed > 0) {
        const auto updated = m_live.run(staged.statements.update);
        if (!updated)
            return fail(updated.error());
        table.overwritten = updated->affected();
        if (table.overwritten != staged.plan.changed)
            return notVerified(u"%1 rows were to be overwritten and %2 were"_s.arg(staged.plan.changed).arg(table.overwritten));
    }
    if (staged.plan.missing > 0) {
        const auto inserted = m_live.run(staged.statements.insert);
        if (!inserted)
            return fail(inserted.error());
        const RowSums written = sumsOf(*inserted);
        table.inserted = written.rows;
        // Without a key these are all there is; what was put in twice or otherwise shows here.
        if (staged.common.key.columns.isEmpty() && written.rows == staged.plan.rows.rows && written != staged.plan.rows)
            return notVerified(u"What the server put in is not what was brought"_s);
    }
    table.skipped = staged.plan.rows.rows - table.overwritten - table.inserted;
    const bool maySkip = m_choice.conflict == RescueChoice::Conflict::Skip;
    if (table.skipped < 0 || (table.skipped > 0 && !maySkip))
        return notVerified(u"%1 rows were brought and %2 written"_s.arg(staged.plan.rows.rows).arg(table.overwritten + table.inserted));
    return table;
}

// With silenced triggers the server looks at no foreign key, and holds nothing for it: so it is done here.
Done RescueWork::holdReferences()
{
    for (const Staged &staged : std::as_const(m_staged)) {
        for (const ForeignKey &key : staged.foreignKeys) {
            if (key.partial)
                return fail(ErrorKind::Client, u"not_verified"_s, u"%1 of %2 can't be looked at while triggers rest: %3"_s.arg(key.name, staged.plan.wanted.table.text(), key.whyPartial()));
            const auto held = m_live.run(key.hold);
            const auto remaining = held ? m_live.run(key.remaining) : held;
            if (!remaining)
                return fail(at(remaining.error(), u"look at %1 (all of it was rolled back)"_s.arg(key.name)));
            if (remaining->integer(0, 0) != 0)
                return notVerified(u"%1 rows of %2 would refer to nothing (%3)"_s.arg(remaining->text(0, 0), staged.plan.wanted.table.text(), key.name));
        }
    }
    return {};
}

Done RescueWork::verify(const Staged &staged, RescueOutcome::Table &table)
{
    tell(u"Verify"_s, table.table);
    const auto rows = m_live.run(staged.statements.verify);
    if (!rows)
        return fail(rows.error());
    table.verified = sumsOf(*rows);
    const qint64 written = table.inserted + table.overwritten;
    if (table.verified.rows != written || (table.skipped == 0 && table.verified != staged.plan.rows))
        return notVerified(u"%1 rows were written, and of what was brought live has %2"_s.arg(written).arg(table.verified.text()));
    return {};
}

Done RescueWork::advanceSequences(RescueOutcome &outcome)
{
    for (const Staged &staged : std::as_const(m_staged)) {
        for (const RescueSequence &sequence : staged.sequences) {
            const auto reached = m_live.run(sequence.reached);
            if (!reached)
                return fail(reached.error());
            const auto to = reached->integer(0, 0);
            if (!sequence.owned || !to)
                continue;
            // What stands behind is held, so that nobody takes it further than we would set it.
            const auto behind = m_live.run(sequence.behind, {*to});
            if (!behind)
                return fail(at(behind.error(), u"look at %1 (all rows were rolled back)"_s.arg(sequence.name)));
            if (!behind->boolean(0, 0).value_or(true))
                continue;
            const auto held = m_live.run(sequence.hold);
            const auto moved = held ? m_live.run(sequence.advance, {*to}) : held;
            if (!moved)
                return fail(at(moved.error(), u"set %1 forward (all rows were rolled back)"_s.arg(sequence.name)));
            if (!moved->isNull(0, 0))
                outcome.sequences << u"%1 to %2"_s.arg(sequence.name).arg(*to);
        }
    }
    return {};
}

Result<RescueOutcome> RescueWork::commit(RescueOutcome outcome)
{
    qint64 written = 0;
    for (const RescueOutcome::Table &table : std::as_const(outcome.tables))
        written += table.inserted + table.overwritten;
    outcome.message = u"%1 %2 brought back into %3 %4"_s.arg(written).arg(written == 1 ? u"row"_s : u"rows"_s).arg(outcome.tables.size()).arg(outcome.tables.size() == 1 ? u"table"_s : u"tables"_s);
    const auto ticket = session::noteBeforeCommit(m_live.connection, m_live.cancel);
    if (!ticket)
        return fail(ticket.error());
    const Done committed = m_live.connection.command("COMMIT");
    m_live.committed();
    if (committed)
        return outcome;
    if (m_live.connection.isAlive())
        return fail(at(committed.error(), u"commit"_s));
    const session::CommitFate fate = session::resolveCommit(m_live.connection, *ticket, 20'000, m_live.cancel);
    using What = session::CommitFate::What;
    if (fate.what == What::RolledBack)
        return fail(at(committed.error(), u"commit (rolled back, as the server says on a new link)"_s));
    outcome.outcomeUnknown = fate.what == What::Unknown || fate.what == What::InProgress;
    outcome.message += outcome.outcomeUnknown ? u"; the link was lost in COMMIT, and whether it took effect is %1"_s.arg(session::fateText(fate)) : u"; %1"_s.arg(session::fateText(fate));
    return outcome;
}

QJsonObject RescueOutcome::toJson() const
{
    QJsonArray all;
    for (const Table &table : tables)
        all << QJsonObject{{u"schema"_s, table.table.schema}, {u"name"_s, table.table.name}, {u"inserted"_s, table.inserted}, {u"overwritten"_s, table.overwritten}, {u"skipped"_s, table.skipped},
                           {u"verified_rows"_s, table.verified.rows}, {u"verified_hash"_s, QString::fromLatin1(table.verified.first + '/' + table.verified.second)}};
    return {{u"tables"_s, all}, {u"sequences"_s, QJsonArray::fromStringList(sequences)}, {u"took_ms"_s, tookMs}, {u"outcome_unknown"_s, outcomeUnknown}, {u"message"_s, message}};
}

} // namespace howdah::backup
