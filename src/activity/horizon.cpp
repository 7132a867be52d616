// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/horizon.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

QString Holder::remedy() const
{
    if (kind == "session"_L1)
        return state.startsWith("idle in transaction"_L1) ? u"Commit or roll back there, or terminate backend %1"_s.arg(pid)
                                                          : u"Wait for its statement, or cancel backend %1"_s.arg(pid);
    if (kind == "prepared transaction"_L1)
        return u"COMMIT PREPARED or ROLLBACK PREPARED '%1', in its database, by its owner"_s.arg(name);
    if (kind == "standby"_L1 || (kind == "slot"_L1 && state == "active"_L1 && detail.startsWith("physical"_L1)))
        return u"A query on the standby holds it by hot_standby_feedback: end that query there"_s;
    if (kind == "slot"_L1)
        return state == "active"_L1 ? u"Its consumer is behind: look there"_s : u"Start its consumer, or drop the slot when nobody needs it any more"_s;
    if (kind == "autovacuum"_L1)
        return u"It ends by itself"_s;
    return u"Not known: GRANT pg_monitor to this role shows what it is"_s;
}

DatabaseAge::Verdict DatabaseAge::verdict() const
{
    const auto of = [](qint64 age, qint64 forced, qint64 failsafe) {
        if (age >= stopAge - 40'000'000) // the server warns from 40 million before its stop (varsup.c, xidWarnLimit)
            return Verdict::NearStop;
        if (age >= failsafe)
            return Verdict::Failsafe;
        return age >= forced ? Verdict::Forced : Verdict::Ok;
    };
    return std::max(of(xidAge, freezeMaxAge, failsafeAge), of(multixactAge, multixactFreezeMaxAge, multixactFailsafeAge));
}

QString DatabaseAge::verdictText() const
{
    switch (verdict()) {
    case Verdict::Ok: break;
    case Verdict::Forced: return u"autovacuum is forced"_s;
    case Verdict::Failsafe: return u"beyond the failsafe"_s;
    case Verdict::NearStop: return u"near the stop"_s;
    }
    return u"ok"_s;
}

static Result<QVector<Holder>> readHolders(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/horizon_holders"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<Holder> holders;
    for (qsizetype row = 0; row < rows->size(); ++row)
        holders.append({rows->text(row, "kind"_L1), rows->text(row, "name"_L1), int(rows->integer(row, "pid"_L1).value_or(0)),
                        rows->text(row, "database"_L1), rows->text(row, "role"_L1), rows->text(row, "state"_L1), rows->integer(row, "age"_L1),
                        rows->integer(row, "held_ms"_L1), rows->text(row, "detail"_L1)});
    return holders;
}

static Result<QVector<DatabaseAge>> readDatabases(pg::Connection &connection, bool &mayReadAll, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/horizon_databases"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<DatabaseAge> databases;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto number = [&](QLatin1StringView column) { return rows->integer(row, column).value_or(0); };
        mayReadAll = rows->boolean(row, "may_read_all"_L1).value_or(false);
        databases.append({rows->text(row, "database"_L1), number("xid_age"_L1), number("multixact_age"_L1), number("freeze_max_age"_L1),
                          number("multixact_freeze_max_age"_L1), number("failsafe_age"_L1), number("multixact_failsafe_age"_L1)});
    }
    return databases;
}

static Result<QVector<TableAge>> readTables(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/horizon_tables"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<TableAge> tables;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto number = [&](QLatin1StringView column) { return rows->integer(row, column).value_or(0); };
        tables.append({quint32(number("relation_oid"_L1)), rows->text(row, "relation"_L1), number("xid_age"_L1), number("multixact_age"_L1),
                       number("freeze_max_age"_L1), std::max(rows->text(row, "last_vacuum"_L1), rows->text(row, "last_autovacuum"_L1)),
                       rows->integer(row, "dead_rows"_L1), rows->boolean(row, "vacuum_running"_L1)});
    }
    return tables;
}

Result<Horizon> readHorizon(pg::Connection &connection, const CancelToken &cancel)
{
    auto holders = readHolders(connection, cancel);
    bool mayReadAll = false;
    auto databases = holders ? readDatabases(connection, mayReadAll, cancel) : Result<QVector<DatabaseAge>>(fail(holders.error()));
    auto tables = databases ? readTables(connection, cancel) : Result<QVector<TableAge>>(fail(databases.error()));
    if (!tables)
        return fail(std::move(tables.error()).during(u"read the horizon"_s));
    return Horizon{QDateTime::currentMSecsSinceEpoch(), *std::move(holders), *std::move(databases), *std::move(tables), mayReadAll};
}

QJsonObject Horizon::toJson() const
{
    const auto orNull = [](const std::optional<qint64> &value) { return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null); };
    QJsonArray holderList;
    for (const Holder &holder : holders)
        holderList.append(QJsonObject{{u"kind"_s, holder.kind},
                                      {u"name"_s, holder.name},
                                      {u"pid"_s, holder.pid ? QJsonValue(holder.pid) : QJsonValue(QJsonValue::Null)},
                                      {u"database"_s, holder.database},
                                      {u"role"_s, holder.role},
                                      {u"state"_s, holder.state},
                                      {u"age"_s, orNull(holder.age)},
                                      {u"held_ms"_s, orNull(holder.heldMs)},
                                      {u"detail"_s, holder.detail},
                                      {u"remedy"_s, holder.remedy()}});
    QJsonArray databaseList;
    for (const DatabaseAge &database : databases)
        databaseList.append(QJsonObject{{u"database"_s, database.name},
                                        {u"xid_age"_s, database.xidAge},
                                        {u"multixact_age"_s, database.multixactAge},
                                        {u"freeze_max_age"_s, database.freezeMaxAge},
                                        {u"failsafe_age"_s, database.failsafeAge},
                                        {u"multixact_freeze_max_age"_s, database.multixactFreezeMaxAge},
                                        {u"multixact_failsafe_age"_s, database.multixactFailsafeAge},
                                        {u"verdict"_s, database.verdictText()}});
    QJsonArray tableList;
    for (const TableAge &table : tables)
        tableList.append(QJsonObject{{u"relation"_s, table.name},
                                     {u"xid_age"_s, table.xidAge},
                                     {u"multixact_age"_s, table.multixactAge},
                                     {u"freeze_max_age"_s, table.freezeMaxAge},
                                     {u"last_vacuum"_s, table.lastVacuum.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(table.lastVacuum)},
                                     {u"dead_rows"_s, orNull(table.deadRows)},
                                     {u"vacuum_running"_s, table.vacuumRunning ? QJsonValue(*table.vacuumRunning) : QJsonValue(QJsonValue::Null)}});
    return {{u"at_ms"_s, atMs}, {u"may_read_all"_s, mayReadAll}, {u"holders"_s, holderList}, {u"databases"_s, databaseList}, {u"tables"_s, tableList}};
}

Horizon Horizon::fromJson(const QJsonObject &json)
{
    const auto number = [](const QJsonObject &of, QLatin1StringView name) {
        const QJsonValue value = of.value(name);
        return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
    };
    const auto each = [&json](QLatin1StringView name, auto add) {
        const QJsonArray all = json.value(name).toArray();
        for (const QJsonValue &one : all)
            add(one.toObject());
    };
    Horizon horizon;
    horizon.atMs = json.value("at_ms"_L1).toInteger();
    horizon.mayReadAll = json.value("may_read_all"_L1).toBool();
    each("holders"_L1, [&](const QJsonObject &one) {
        horizon.holders.append({one.value("kind"_L1).toString(), one.value("name"_L1).toString(), one.value("pid"_L1).toInt(), one.value("database"_L1).toString(),
                                one.value("role"_L1).toString(), one.value("state"_L1).toString(), number(one, "age"_L1), number(one, "held_ms"_L1),
                                one.value("detail"_L1).toString()});
    });
    each("databases"_L1, [&](const QJsonObject &one) {
        const auto count = [&](QLatin1StringView name) { return number(one, name).value_or(0); };
        horizon.databases.append({one.value("database"_L1).toString(), count("xid_age"_L1), count("multixact_age"_L1), count("freeze_max_age"_L1),
                                  count("multixact_freeze_max_age"_L1), count("failsafe_age"_L1), count("multixact_failsafe_age"_L1)});
    });
    each("tables"_L1, [&](const QJsonObject &one) {
        TableAge table;
        table.name = one.value("relation"_L1).toString();
        table.xidAge = number(one, "xid_age"_L1).value_or(0);
        table.multixactAge = number(one, "multixact_age"_L1).value_or(0);
        table.freezeMaxAge = number(one, "freeze_max_age"_L1).value_or(0);
        table.lastVacuum = one.value("last_vacuum"_L1).toString();
        table.deadRows = number(one, "dead_rows"_L1);
        if (one.value("vacuum_running"_L1).isBool())
            table.vacuumRunning = one.value("vacuum_running"_L1).toBool();
        horizon.tables.append(table);
    });
    return horizon;
}

} // namespace howdah::activity
