// SPDX-License-Identifier: GPL-3.0-or-later
// One table on both sides: its sums, then the buckets that differ, then the rows of these, side by side in the order of their keys' hashes. What is
// held here is a page of each side and the examples.
#include "backup/compareside.h"

#include <QJsonDocument>

#include <map>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

using Hash = std::pair<qint64, qint64>;

struct Entry {
    Hash key, row;
    qint64 count = 0;
};

// The rows of the differing buckets as they come, page by page.
class Reader
{
public:
    explicit Reader(Side &side) : m_side(side) {}
    // False: there are no more, or an error.
    bool peek(Entry &entry)
    {
        if (m_at == m_rows.size() && !m_ended) {
            auto rows = m_side.runFile("compare_fetch");
            if (!rows) {
                error = rows.error();
                m_ended = true;
                return false;
            }
            m_rows = *rows;
            m_at = 0;
            m_ended = m_rows.isEmpty();
        }
        if (m_ended)
            return false;
        const auto number = [&](int column) { return m_rows.integer(m_at, column).value_or(0); };
        entry = {{number(0), number(1)}, {number(2), number(3)}, number(4)};
        return true;
    }
    void next() { ++m_at; }
    // All entries of one key: one, unless an index is broken.
    QVector<Entry> group(Hash key)
    {
        QVector<Entry> entries;
        for (Entry entry; peek(entry) && entry.key == key; next())
            entries << entry;
        return entries;
    }
    std::optional<Error> error;

private:
    Side &m_side;
    pg::Rows m_rows;
    qsizetype m_at = 0;
    bool m_ended = false;
};

class Looking
{
public:
    Looking(Side &live, Side &rehearsed, const CompareChoice &choice, TableComparison &into) : m_live(live), m_rehearsed(rehearsed), m_choice(choice), m_into(into) {}

    Done look()
    {
        const auto statements = statementsOf(m_live, m_into.table, m_into.columns, m_into.key);
        if (!statements)
            return fail(statements.error());
        Result<pg::Rows> one, other;
        sideBySide([&] { one = m_live.run(statements->total); }, [&] { other = m_rehearsed.run(statements->total); });
        if (!one || !other)
            return fail(!one ? at(one.error(), u"live"_s) : at(other.error(), u"the rehearsed copy"_s));
        m_into.live = sumsOf(*one);
        m_into.rehearsed = sumsOf(*other);
        m_into.state = *m_into.live == *m_into.rehearsed ? TableComparison::State::Equal : TableComparison::State::Different;
        if (m_into.state == TableComparison::State::Equal) {
            m_into.onlyLive = m_into.onlyRehearsed = 0;
            if (!m_into.key.isEmpty())
                m_into.changed = 0;
            return {};
        }
        return m_choice.rows ? lookIntoRows(*statements) : Done();
    }

private:
    Done lookIntoRows(const TableStatements &statements)
    {
        const auto buckets = differingBuckets(m_live, m_rehearsed, statements, qMax(m_into.live->rows, m_into.rehearsed->rows));
        if (!buckets)
            return fail(buckets.error());
        const pg::Params which{buckets->mask, pg::Param(buckets->array())};
        Result<pg::Rows> one, other;
        sideBySide([&] { one = m_live.run(statements.cursor, which); }, [&] { other = m_rehearsed.run(statements.cursor, which); });
        if (!one || !other)
            return fail(!one ? one.error() : other.error());
        if (Done merged = merge(); !merged)
            return merged;
        for (Side *side : {&m_live, &m_rehearsed}) {
            if (auto closed = side->runFile("compare_close"); !closed)
                return fail(closed.error());
        }
        return readExamples(statements.examples);
    }

    Done merge()
    {
        Reader live(m_live), rehearsed(m_rehearsed);
        m_into.onlyLive = m_into.onlyRehearsed = 0;
        if (!m_into.key.isEmpty())
            m_into.changed = 0;
        for (Entry a, b;;) {
            if (m_live.cancel.isCancelled())
                return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled while rows were compared"_s);
            const bool isLive = live.peek(a), isRehearsed = rehearsed.peek(b);
            if (live.error || rehearsed.error)
                return fail(live.error ? *live.error : *rehearsed.error);
            if (!isLive && !isRehearsed)
                return {};
            const Hash key = !isRehearsed || (isLive && a.key < b.key) ? a.key : b.key;
            take(key, live.group(key), rehearsed.group(key));
        }
    }

    void take(Hash key, const QVector<Entry> &live, const QVector<Entry> &rehearsed)
    {
        std::map<Hash, qint64> more; // above 0: rows of the rehearsed copy
        for (const Entry &entry : rehearsed)
            more[entry.row] += entry.count;
        for (const Entry &entry : live)
            more[entry.row] -= entry.count;
        qint64 here = 0, there = 0;
        for (const auto &[row, count] : more)
            (count < 0 ? here : there) += qAbs(count);
        const qint64 changed = m_into.key.isEmpty() ? 0 : qMin(here, there);
        here -= changed;
        there -= changed;
        *m_into.onlyLive += here;
        *m_into.onlyRehearsed += there;
        if (m_into.changed)
            *m_into.changed += changed;
        const auto wanted = [&](RowExample::What what, qint64 count) {
            if (count > 0 && m_wanted[what].size() < m_choice.examples)
                m_wanted[what] << key;
        };
        wanted(RowExample::What::OnlyRehearsed, there);
        wanted(RowExample::What::OnlyLive, here);
        wanted(RowExample::What::Changed, changed);
    }

    Done readExamples(const QByteArray &statement)
    {
        using What = RowExample::What;
        std::map<Hash, RowExample> shown;
        for (const auto &[what, keys] : m_wanted) {
            for (const Hash &key : keys)
                shown[key].what = what;
        }
        for (const bool isLive : {true, false}) {
            QByteArray halves = "{";
            for (const auto &[key, example] : shown) {
                if (example.what != (isLive ? What::OnlyRehearsed : What::OnlyLive))
                    halves += (halves.size() > 1 ? "," : "") + QByteArray::number(key.first);
            }
            if (halves.size() == 1)
                continue;
            const auto rows = (isLive ? m_live : m_rehearsed).run(statement, {pg::Param(QByteArray(halves + '}'))});
            if (!rows)
                return fail(rows.error());
            for (qsizetype row = 0; row < rows->size(); ++row) {
                const auto found = shown.find({rows->integer(row, 0).value_or(0), rows->integer(row, 1).value_or(0)});
                if (found == shown.end())
                    continue;
                found->second.key = QJsonDocument::fromJson(rows->bytes(row, 2).toByteArray()).array();
                (isLive ? found->second.live : found->second.rehearsed) = QJsonDocument::fromJson(rows->bytes(row, 3).toByteArray()).object();
            }
        }
        for (const auto &[key, example] : shown)
            m_into.examples << example;
        std::stable_sort(m_into.examples.begin(), m_into.examples.end(), [](const RowExample &a, const RowExample &b) { return a.what < b.what; });
        return {};
    }

    Side &m_live;
    Side &m_rehearsed;
    const CompareChoice &m_choice;
    TableComparison &m_into;
    std::map<RowExample::What, QVector<Hash>> m_wanted;
};

bool endsAll(const Error &error, const Side &live, const Side &rehearsed)
{
    return error.kind == ErrorKind::Cancelled || !live.connection.isAlive() || !rehearsed.connection.isAlive();
}

} // namespace

Done compareTable(Side &live, Side &rehearsed, const TableFacts &one, const TableFacts &other, const CompareChoice &choice, TableComparison &into)
{
    using State = TableComparison::State;
    if (one.filtered || other.filtered) {
        into.state = State::NotPermitted;
        into.why = u"row security would leave rows out for %1"_s.arg(one.filtered ? live.connection.facts().role : rehearsed.connection.facts().role);
        return {};
    }
    if (one.persistence == u'u' || other.persistence == u'u') {
        into.why = u"unlogged: no recovery brings its rows back"_s;
        return {};
    }
    const CommonTable common = commonOf(one, other);
    into.columns = common.columns;
    into.key = common.key.columns;
    into.notes = common.notes;
    if (common.columns.isEmpty()) {
        into.why = u"no columns in common"_s;
        return {};
    }
    if (into.key.isEmpty())
        into.notes << u"no key that both sides have: what was changed is told as one row only here and one only there"_s;
    for (Side *side : {&live, &rehearsed}) {
        if (auto saved = side->connection.command("SAVEPOINT howdah_table"); !saved)
            return saved;
    }
    const Done looked = Looking(live, rehearsed, choice, into).look();
    if (!looked) {
        if (endsAll(looked.error(), live, rehearsed))
            return looked;
        into.live = into.rehearsed = std::nullopt; // half of an answer is none
        into.onlyLive = into.onlyRehearsed = into.changed = std::nullopt;
        into.examples.clear();
        into.state = looked.error().sqlstate == "42501"_L1 ? State::NotPermitted : State::NotCompared;
        into.why = looked.error().sqlstate == "55P03"_L1 ? u"locked by another session"_s : looked.error().text();
    }
    if (looked && into.state == State::Equal && !common.lost.isEmpty()) {
        into.state = State::Different;
        into.why = u"equal in the columns of both, and live has lost %1"_s.arg(common.lost.join(u", "_s));
    }
    for (Side *side : {&live, &rehearsed}) {
        if (auto back = side->connection.command("ROLLBACK TO SAVEPOINT howdah_table"); !back)
            return back;
    }
    return {};
}

} // namespace howdah::backup
