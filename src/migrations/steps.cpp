// SPDX-License-Identifier: GPL-3.0-or-later
// A migration without a transaction: statement after statement, each with its line, taken up where an earlier run stopped.
#include "migrations/runner.h"

#include "base/units.h"
#include "migrations/ddl.h"
#include "query/hazards.h"
#include "session/changeplan.h"

#include <QCryptographicHash>
#include <QElapsedTimer>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// Neither gives up while it waits for snapshots that are older than itself: broken off, a CONCURRENTLY leaves an invalid index.
bool isPatient(const QByteArray &statement)
{
    const Ddl ddl = recognise(statement);
    return ddl.concurrently || ddl.kind == Ddl::Kind::Vacuum || std::any_of(ddl.actions.cbegin(), ddl.actions.cend(), [](const Action &action) { return action.concurrently; });
}

// What a second time does no harm, or is seen in the catalogs.
bool mayRunAgain(const QByteArray &statement)
{
    const Ddl ddl = recognise(statement);
    using Kind = Ddl::Kind;
    return ddl.kind == Kind::Set || ddl.kind == Kind::Vacuum || ddl.kind == Kind::Analyze || ddl.kind == Kind::Reindex || ddl.kind == Kind::Refresh
        || (ddl.kind == Kind::Drop && ddl.ifExists) || (ddl.kind == Kind::Create && ddl.ifNotExists);
}

QString hashOf(const QByteArray &text)
{
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(16));
}

} // namespace

QString Runner::statementHash(const Section &section, int index)
{
    return hashOf(section.statements.at(size_t(index)).text);
}

// Only those that a CONCURRENTLY of this file makes: somebody else's are his.
Result<QVector<Runner::InvalidIndex>> Runner::invalidIndexes(const Section &section)
{
    QVector<Ddl> makers;
    for (const query::Piece &piece : section.statements) {
        if (const Ddl ddl = recognise(piece.text); ddl.concurrently && (ddl.kind == Ddl::Kind::Create || ddl.kind == Ddl::Kind::Reindex))
            makers.append(ddl);
    }
    QVector<InvalidIndex> indexes;
    if (makers.isEmpty())
        return indexes;
    const auto rows = m_connection.runFile(u"migrations/invalid_indexes"_s, {}, {}, m_cancel);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const QString index = rows->text(row, "index"_L1), relation = rows->text(row, "relation"_L1);
        const bool ours = std::any_of(makers.cbegin(), makers.cend(), [&](const Ddl &maker) {
            if (maker.kind == Ddl::Kind::Create && !maker.name.isEmpty())
                return sameRelation(index.section(u'.', -1), maker.name);
            const auto &named = maker.relations;
            return std::any_of(named.cbegin(), named.cend(), [&](const QString &one) { return sameRelation(relation, one) || sameRelation(index, one) || sameRelation(index, one + u"_ccnew"_s); });
        });
        if (ours)
            indexes.append({index, rows->bytes(row, rows->columnIndex("drop_statement"_L1)).toByteArray()});
    }
    return indexes;
}

static QStringList namesOf(const auto &indexes)
{
    QStringList names;
    for (const auto &index : indexes)
        names << index.name;
    return names;
}

// A CONCURRENTLY that was broken off leaves an index that no query uses and every write pays for.
Done Runner::dropLeftBehind(const Way &way, const QStringList &before)
{
    const auto indexes = invalidIndexes(*way.section);
    if (!indexes)
        return fail(indexes.error());
    for (const InvalidIndex &index : *indexes) {
        if (before.contains(index.name))
            continue;
        tellOf(way, Told::What::Dropped, 0, index.name);
        if (const auto dropped = m_connection.run({index.drop, {}}, {}, {}, m_cancel); !dropped)
            return fail(Error(dropped.error()).during(u"drop the invalid index %1"_s.arg(index.name)));
    }
    return {};
}

// It was cut off while the next statement ran, or just before or after: nobody has seen what became of that one.
Done Runner::cutOff(const Way &way, int &done, QStringList &hashes)
{
    if (done >= int(way.section->statements.size()))
        return {};
    const QByteArray &text = way.section->statements.at(size_t(done)).text;
    const Ddl ddl = recognise(text);
    if (mayRunAgain(text))
        return {};
    if (ddl.concurrently && ddl.kind == Ddl::Kind::Create && !ddl.name.isEmpty()) {
        // Half made it is dropped before it is made again; whole, it was done.
        const auto there = m_connection.runFile(u"migrations/index_valid"_s, {ddl.name, ddl.relations.value(ddl.relations.size() - 1)}, {}, m_cancel);
        if (!there)
            return fail(there.error());
        if (!there->isEmpty() && there->boolean(0, 0).value_or(false)) {
            hashes << hashOf(text);
            ++done;
        }
        return {};
    }
    return fail(ErrorKind::Client, u"outcome_unknown"_s,
                u"%1 was cut off at statement %2 of %3, and nobody saw what became of that one: %4"_s.arg(way.file->name).arg(done + 1).arg(way.section->statements.size())
                    .arg(units::oneLine(session::masked(QString::fromUtf8(text)).left(200))),
                u"Look whether it stands, and say `howdahctl migrate resolve %1 --statement-done` or --statement-not-done; the next run goes on from there."_s.arg(way.file->version));
}

// Where an earlier run stopped: so many statements stand, as they were then.
Done Runner::takeUp(const Way &way, int &done, QStringList &hashes, QStringList &before)
{
    const Event *last = m_ledger.interrupted(way.file->version);
    if (!last || last->direction != way.direction)
        return {};
    for (auto event = m_ledger.events.crbegin(); event != m_ledger.events.crend(); ++event) {
        if (event->version == way.file->version && event->kind == "begun"_L1) {
            before = event->invalidIndexes;
            break;
        }
    }
    QStringList now;
    for (int i = 0; i < std::min(last->statementsDone, int(way.section->statements.size())); ++i)
        now << statementHash(*way.section, i);
    if (now != last->hashes)
        return fail(ErrorKind::Client, u"changed_since"_s, u"%1 stopped after %2 of its statements, and these were edited since"_s.arg(way.file->name).arg(last->statementsDone),
                    u"Take the edit back; or put it right by hand and say `howdahctl migrate resolve %1 --applied` or --not-applied."_s.arg(way.file->version));
    done = last->statementsDone;
    hashes = last->hashes;
    // What they set for the session is what the rest stands on.
    for (int i = 0; i < done; ++i) {
        const QByteArray &text = way.section->statements.at(size_t(i)).text;
        if (query::natureOf(text).kind == query::Nature::Kind::Set) {
            if (Done set = statement(way, i); !set)
                return set;
        }
    }
    if (last->kind != "failed"_L1) {
        if (Done seen = cutOff(way, done, hashes); !seen)
            return seen;
    }
    return dropLeftBehind(way, before);
}

Done Runner::oneByOne(Way &way)
{
    QElapsedTimer clock;
    clock.start();
    auto invalid = invalidIndexes(*way.section);
    if (!invalid)
        return fail(std::move(invalid.error()));
    int done = 0;
    QStringList hashes, before = namesOf(*invalid);
    if (Done taken = takeUp(way, done, hashes, before); !taken)
        return taken;
    const auto line = [&](const QString &kind) {
        Event event = eventOf(way, kind);
        event.statementsDone = done;
        event.hashes = hashes;
        return event;
    };
    // Without our cancel: a statement that stands has its line.
    const auto write = [&](const Event &event) -> Done {
        const auto added = addEvent(m_connection, event);
        return added ? Done() : Done(fail(added.error()));
    };
    if (!m_ledger.interrupted(way.file->version)) {
        Event begun = line(u"begun"_s);
        begun.invalidIndexes = before;
        if (Done written = write(begun); !written)
            return written;
    }
    while (done < int(way.section->statements.size())) {
        const QByteArray &text = way.section->statements.at(size_t(done)).text;
        const bool patient = isPatient(text);
        if (Done set = setTimeouts(*way.section, patient); !set)
            return fails(way, line(u"failed"_s), std::move(set.error()));
        Done ran = statement(way, done);
        QStringList left;
        if (patient && m_connection.isAlive()) {
            if (const auto now = invalidIndexes(*way.section))
                left = namesOf(*now);
            left.removeIf([&](const QString &name) { return before.contains(name); });
        }
        if (ran && !left.isEmpty())
            ran = fail(ErrorKind::Client, u"invalid_index"_s, u"%1 was left invalid: IF NOT EXISTS found it and did nothing"_s.arg(left.join(u", "_s)), u"Run it again: it is dropped first."_s);
        if (!ran) {
            Error error = std::move(ran.error());
            if (!m_connection.isAlive()) {
                error.detail += u" What became of statement %1 is not known; the next run looks for it."_s.arg(done + 1);
                return fail(std::move(error));
            }
            // The dropping of what it left may meet the same lock: that is one more try.
            bool goesOn = false;
            while (!goesOn && triesAgain(error)) {
                Done next = again(way, error, [&] { return dropLeftBehind(way, before); });
                goesOn = next.has_value();
                if (!goesOn)
                    error = std::move(next.error());
            }
            if (goesOn)
                continue;
            error.detail += (error.detail.isEmpty() ? u""_s : u" "_s) + u"Its first %1 statements stand; the next run goes on behind them."_s.arg(done);
            Event failed = line(u"failed"_s);
            failed.invalidIndexes = left;
            if (!left.isEmpty() && error.reason != "invalid_index"_L1)
                error.detail += u" Left behind, invalid: %1; the next run drops it first."_s.arg(left.join(u", "_s));
            return fails(way, failed, std::move(error));
        }
        hashes << hashOf(text);
        ++done;
        if (Done written = write(line(u"step"_s)); !written)
            return written;
        if (m_cancel.isCancelled())
            return fails(way, line(u"failed"_s), Error{ErrorKind::Cancelled, u"cancelled"_s, u"Given up after statement %1"_s.arg(done), {}, {}, {}, {}, 0});
    }
    if (Done held = check(way); !held) {
        Error error = std::move(held.error());
        error.detail += (error.detail.isEmpty() ? u""_s : u" "_s) + u"All of its statements stand, but not its row in schema_migrations: the next run asks again."_s;
        return fails(way, line(u"failed"_s), std::move(error));
    }
    Event event = line(u"done"_s);
    event.tookMs = clock.elapsed();
    if (Done begun = m_connection.command("BEGIN"); !begun)
        return begun;
    const auto version = m_connection.runFile(way.direction == Direction::Up ? u"migrations/add_version"_s : u"migrations/remove_version"_s, {way.file->version});
    const auto added = version ? addEvent(m_connection, event) : Result<QString>(fail(version.error()));
    if (!added) {
        (void)m_connection.command("ROLLBACK");
        return fail(added.error());
    }
    const session::CommitTicket ticket{*added, m_connection.identity()};
    Done committed = m_connection.command("COMMIT");
    return committed || m_connection.isAlive() ? committed : afterLostCommit(way, ticket, committed.error());
}

} // namespace howdah::migrations
