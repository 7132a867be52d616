// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/compareside.h"

#include <QJsonDocument>

#include <algorithm>
#include <bit>
#include <map>
#include <thread>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

QJsonArray arrayIn(const pg::Rows &rows, qsizetype row, QLatin1StringView column)
{
    return QJsonDocument::fromJson(rows.bytes(row, rows.columnIndex(column)).toByteArray()).array();
}

QStringList wordsOf(const QJsonValue &value)
{
    QStringList words;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &word : array)
        words << word.toString();
    return words;
}

TableFacts factsOf(const pg::Rows &rows, qsizetype row)
{
    TableFacts facts;
    facts.oid = quint32(rows.integer(row, "oid"_L1).value_or(0));
    facts.name = {rows.text(row, "schema"_L1), rows.text(row, "name"_L1)};
    facts.kind = rows.text(row, "kind"_L1).at(0);
    facts.persistence = rows.text(row, "persistence"_L1).at(0);
    facts.estimated = rows.integer(row, "estimated"_L1).value_or(-1);
    facts.filtered = rows.boolean(row, "filtered"_L1).value_or(true);
    facts.hasRules = rows.boolean(row, "has_rules"_L1).value_or(false);
    facts.mayInsert = rows.boolean(row, "may_insert"_L1).value_or(false);
    facts.mayUpdate = rows.boolean(row, "may_update"_L1).value_or(false);
    facts.mayLock = rows.boolean(row, "may_lock"_L1).value_or(false);
    const QJsonArray ancestors = arrayIn(rows, row, "ancestors"_L1), columns = arrayIn(rows, row, "columns"_L1), keys = arrayIn(rows, row, "keys"_L1),
                     triggers = arrayIn(rows, row, "triggers"_L1);
    for (const QJsonValue &one : ancestors)
        facts.ancestors << quint32(one.toInteger());
    for (const QJsonValue &one : columns) {
        const QJsonObject column = one.toObject();
        facts.columns.append({column["name"_L1].toString(), column["type"_L1].toString(), !column["generated"_L1].toString().isEmpty(), column["identity"_L1] == "a"_L1,
                              !column["identity"_L1].toString().isEmpty(), column["not_null"_L1].toBool(), column["default"_L1].toBool(), column["base"_L1].toString()});
    }
    for (const QJsonValue &one : keys)
        facts.keys.append({wordsOf(one.toObject()["columns"_L1]), wordsOf(one.toObject()["operators"_L1]), one.toObject()["primary"_L1].toBool(), one.toObject()["not_null"_L1].toBool()});
    for (const QJsonValue &one : triggers) {
        const QJsonObject trigger = one.toObject();
        facts.triggers.append({trigger["name"_L1].toString(), trigger["enabled"_L1].toString().at(0), trigger["insert"_L1].toBool(), trigger["update"_L1].toBool()});
    }
    return facts;
}

} // namespace

Result<std::optional<bool>> areTwo(pg::Connection &live, pg::Connection &rehearsed, const CancelToken &cancel)
{
    // Not known behind a pooler: then the addresses alone tell.
    for (pg::Connection *link : {&live, &rehearsed}) {
        if (!link->identity().isKnown())
            (void)link->readIdentity(cancel);
    }
    const pg::ServerIdentity &one = live.identity(), &other = rehearsed.identity();
    const bool same = one.isKnown() && other.isKnown() ? one.systemIdentifier == other.systemIdentifier && one.timeline == other.timeline && one.startedMs == other.startedMs
                                                       : live.spec().address() == rehearsed.spec().address();
    if (same && live.facts().database == rehearsed.facts().database)
        return fail(ErrorKind::Client, u"same_database"_s, u"Both links lead to the database %1 of one server: it would be compared with itself"_s.arg(live.facts().database));
    return one.isKnown() && other.isKnown() ? std::optional(one.systemIdentifier == other.systemIdentifier) : std::nullopt;
}

const ColumnFacts *TableFacts::find(const QString &column) const
{
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnFacts &one) { return one.name == column; });
    return found == columns.end() ? nullptr : &*found;
}

QByteArray jsonOf(const QStringList &words)
{
    return QJsonDocument(QJsonArray::fromStringList(words)).toJson(QJsonDocument::Compact);
}

Done Side::begin(bool writes, int lockTimeoutMs, const QByteArrayList &first)
{
    if (connection.transactionState() == pg::TransactionState::Open || connection.transactionState() == pg::TransactionState::Failed)
        return fail(ErrorKind::Client, u"in_transaction"_s, u"A transaction is open on this link already"_s, u"Commit or roll it back first."_s);
    if (auto begun = connection.command(writes ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !begun)
        return begun;
    m_open = true;
    for (const QByteArray &statement : first) {
        if (const auto done = run(statement); !done)
            return fail(done.error());
    }
    if (const auto set = runFile("compare_settings", {QByteArray(QByteArray::number(lockTimeoutMs) + "ms")}); !set)
        return fail(set.error());
    return readTables();
}

void Side::end()
{
    if (m_open && connection.isAlive())
        (void)connection.command("ROLLBACK");
    m_open = false;
}

Done Side::readTables()
{
    const auto rows = runFile("compare_tables");
    if (!rows)
        return fail(at(rows.error(), u"read the tables of %1"_s.arg(connection.facts().database)));
    m_tables.clear();
    for (qsizetype row = 0; row < rows->size(); ++row)
        m_tables.append(factsOf(*rows, row));
    std::sort(m_tables.begin(), m_tables.end(), [](const TableFacts &a, const TableFacts &b) { return a.name < b.name; });
    return {};
}

const TableFacts *Side::find(const TableName &table) const
{
    const auto found = std::lower_bound(m_tables.begin(), m_tables.end(), table, [](const TableFacts &facts, const TableName &name) { return facts.name < name; });
    return found == m_tables.end() || found->name != table ? nullptr : &*found;
}

Result<pg::Rows> Side::run(const QByteArray &text, const pg::Params &params)
{
    return connection.run({text, {}}, params, {}, cancel);
}

Result<pg::Rows> Side::runFile(const char *name, const pg::Params &params)
{
    return connection.runFile(u"backup/"_s + QLatin1StringView(name), params, {}, cancel);
}

void sideBySide(const std::function<void()> &live, const std::function<void()> &rehearsed)
{
    std::thread other(rehearsed);
    live();
    other.join();
}

CommonTable commonOf(const TableFacts &live, const TableFacts &rehearsed)
{
    CommonTable common;
    QStringList onlyLive, onlyRehearsed, generated, types;
    for (const ColumnFacts &column : live.columns) {
        const ColumnFacts *other = rehearsed.find(column.name);
        if (!other)
            onlyLive << column.name;
        else if (column.generated)
            generated << column.name; // by what the others are
        else
            common.columns << column.name;
        if (other && other->type != column.type)
            types << u"%1: %2 in live, %3 in the rehearsed copy"_s.arg(column.name, column.type, other->type);
    }
    for (const ColumnFacts &column : rehearsed.columns) {
        if (!live.find(column.name))
            onlyRehearsed << column.name;
    }
    common.lost = onlyRehearsed;
    for (const auto &[what, names] : {std::pair(u"only in live: "_s, onlyLive), {u"only in the rehearsed copy: "_s, onlyRehearsed}, {u"generated, and not compared: "_s, generated}, {u"of another type: "_s, types}}) {
        if (!names.isEmpty())
            common.notes << what + names.join(u", "_s);
    }
    for (const KeyFacts &key : live.keys) {
        const auto isCommon = [&](const QString &column) { return common.columns.contains(column); };
        const bool there = std::any_of(rehearsed.keys.begin(), rehearsed.keys.end(), [&](const KeyFacts &other) {
            return other.notNull && QSet<QString>(other.columns.begin(), other.columns.end()) == QSet<QString>(key.columns.begin(), key.columns.end());
        });
        if (key.notNull && there && std::all_of(key.columns.begin(), key.columns.end(), isCommon)) {
            common.key = key;
            break;
        }
    }
    return common;
}

Result<TableStatements> statementsOf(Side &side, const TableName &table, const QStringList &columns, const QStringList &key)
{
    const auto rows = side.runFile("compare_statements", {table.schema, table.name, jsonOf(columns), jsonOf(key)});
    if (!rows)
        return fail(rows.error());
    const auto text = [&](int column) { return rows->bytes(0, column).toByteArray(); };
    return TableStatements{text(0), text(1), text(2), text(3)};
}

RowSums sumsOf(const pg::Rows &rows, qsizetype row)
{
    return {rows.integer(row, "n"_L1).value_or(0), rows.bytes(row, rows.columnIndex("h1"_L1)).toByteArray(), rows.bytes(row, rows.columnIndex("h2"_L1)).toByteArray()};
}

QByteArray Buckets::array() const
{
    QByteArray text = "{";
    for (const qint64 bucket : differing)
        text += (text.size() > 1 ? "," : "") + QByteArray::number(bucket);
    return text + '}';
}

Result<Buckets> differingBuckets(Side &live, Side &rehearsed, const TableStatements &statements, qint64 rows)
{
    constexpr qint64 rowsEach = 256, most = 65536;
    Buckets buckets;
    buckets.mask = qint64(std::bit_ceil(quint64(std::clamp<qint64>(rows / rowsEach, 1, most)))) - 1;
    Result<pg::Rows> one, other;
    sideBySide([&] { one = live.run(statements.buckets, {buckets.mask}); }, [&] { other = rehearsed.run(statements.buckets, {buckets.mask}); });
    if (!one || !other)
        return fail(!one ? one.error() : other.error());
    std::map<qint64, RowSums> sums;
    for (qsizetype row = 0; row < one->size(); ++row)
        sums.emplace(one->integer(row, 0).value_or(-1), sumsOf(*one, row));
    for (qsizetype row = 0; row < other->size(); ++row) {
        const qint64 bucket = other->integer(row, 0).value_or(-1);
        const auto found = sums.find(bucket);
        if (found == sums.end() || found->second != sumsOf(*other, row))
            buckets.differing << bucket;
        if (found != sums.end())
            sums.erase(found);
    }
    for (const auto &[bucket, unused] : sums)
        buckets.differing << bucket;
    std::sort(buckets.differing.begin(), buckets.differing.end());
    return buckets;
}

} // namespace howdah::backup
