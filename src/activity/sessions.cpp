// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/sessions.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QJsonArray>

#include <algorithm>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

namespace
{

// "{1,2,0}" of an int4[].
QVector<int> numbersOf(QByteArrayView array)
{
    QVector<int> numbers;
    const QByteArray inner = array.size() > 2 ? array.sliced(1, array.size() - 2).toByteArray() : QByteArray();
    const QList<QByteArray> parts = inner.isEmpty() ? QList<QByteArray>() : inner.split(',');
    for (const QByteArray &part : parts)
        numbers.append(part.toInt());
    return numbers;
}

QJsonValue jsonOf(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue jsonOf(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

Backend backendOf(const pg::Rows &rows, qsizetype row)
{
    Backend backend;
    backend.pid = int(rows.integer(row, "pid"_L1).value_or(0));
    backend.leaderPid = int(rows.integer(row, "leader_pid"_L1).value_or(0));
    backend.database = rows.text(row, "database"_L1);
    backend.role = rows.text(row, "role"_L1);
    backend.application = rows.text(row, "application"_L1);
    backend.client = rows.text(row, "client"_L1);
    backend.type = rows.text(row, "backend_type"_L1);
    backend.state = rows.text(row, "state"_L1);
    backend.waitType = rows.text(row, "wait_type"_L1);
    backend.wait = rows.text(row, "wait"_L1);
    backend.backendMs = rows.integer(row, "backend_ms"_L1);
    backend.transactionMs = rows.integer(row, "xact_ms"_L1);
    backend.queryMs = rows.integer(row, "query_ms"_L1);
    backend.stateMs = rows.integer(row, "state_ms"_L1);
    backend.xidAge = rows.integer(row, "xid_age"_L1);
    backend.xminAge = rows.integer(row, "xmin_age"_L1);
    backend.queryId = rows.text(row, "query_id"_L1);
    backend.query = rows.text(row, "query"_L1);
    backend.blockedBy = numbersOf(rows.bytes(row, rows.columnIndex("blocked_by"_L1)));
    backend.permitted = rows.boolean(row, "permitted"_L1).value_or(false);
    backend.own = rows.boolean(row, "own"_L1).value_or(false);
    // The server puts a sentence in place of what may not be seen.
    if (!backend.permitted)
        backend.query.clear();
    return backend;
}

} // namespace

std::optional<qint64> Backend::horizonAge() const
{
    if (xidAge && xminAge)
        return std::max(*xidAge, *xminAge);
    return xidAge ? xidAge : xminAge;
}

QJsonObject Backend::toJson() const
{
    QJsonArray blockers;
    for (const int blocker : blockedBy)
        blockers.append(blocker);
    return {{u"pid"_s, pid},
            {u"leader_pid"_s, leaderPid ? QJsonValue(leaderPid) : QJsonValue(QJsonValue::Null)},
            {u"database"_s, jsonOf(database)},
            {u"role"_s, jsonOf(role)},
            {u"application"_s, application},
            {u"client"_s, jsonOf(client)},
            {u"type"_s, jsonOf(type)},
            {u"state"_s, jsonOf(state)},
            {u"wait_type"_s, jsonOf(waitType)},
            {u"wait"_s, jsonOf(wait)},
            {u"backend_ms"_s, jsonOf(backendMs)},
            {u"transaction_ms"_s, jsonOf(transactionMs)},
            {u"query_ms"_s, jsonOf(queryMs)},
            {u"state_ms"_s, jsonOf(stateMs)},
            {u"xid_age"_s, jsonOf(xidAge)},
            {u"xmin_age"_s, jsonOf(xminAge)},
            {u"horizon_age"_s, jsonOf(horizonAge())},
            {u"query_id"_s, jsonOf(queryId)},
            {u"query"_s, permitted ? QJsonValue(query) : QJsonValue(QJsonValue::Null)},
            {u"blocked_by"_s, blockers},
            {u"workers"_s, workers},
            {u"temp_bytes"_s, jsonOf(tempBytes)},
            {u"permitted"_s, permitted}};
}

Backend Backend::fromJson(const QJsonObject &json)
{
    const auto text = [&](QLatin1StringView name) { return json.value(name).toString(); };
    const auto number = [&](QLatin1StringView name) -> std::optional<qint64> {
        const QJsonValue value = json.value(name);
        return value.isDouble() ? std::optional<qint64>(value.toInteger()) : std::nullopt;
    };
    Backend backend;
    backend.pid = json.value("pid"_L1).toInt();
    backend.leaderPid = json.value("leader_pid"_L1).toInt();
    backend.database = text("database"_L1);
    backend.role = text("role"_L1);
    backend.application = text("application"_L1);
    backend.client = text("client"_L1);
    backend.type = text("type"_L1);
    backend.state = text("state"_L1);
    backend.waitType = text("wait_type"_L1);
    backend.wait = text("wait"_L1);
    backend.backendMs = number("backend_ms"_L1);
    backend.transactionMs = number("transaction_ms"_L1);
    backend.queryMs = number("query_ms"_L1);
    backend.stateMs = number("state_ms"_L1);
    backend.xidAge = number("xid_age"_L1);
    backend.xminAge = number("xmin_age"_L1);
    backend.queryId = text("query_id"_L1);
    backend.query = text("query"_L1);
    backend.workers = json.value("workers"_L1).toInt();
    backend.tempBytes = number("temp_bytes"_L1);
    backend.permitted = json.value("permitted"_L1).toBool();
    const QJsonArray blockers = json.value("blocked_by"_L1).toArray();
    for (const QJsonValue &blocker : blockers)
        backend.blockedBy.append(blocker.toInt());
    return backend;
}

Sessions Sessions::fromJson(const QJsonObject &json)
{
    Sessions sessions;
    sessions.atMs = json.value("at_ms"_L1).toInteger();
    sessions.mayReadAll = json.value("may_read_all"_L1).toBool();
    const QJsonArray all = json.value("sessions"_L1).toArray();
    for (const QJsonValue &backend : all)
        sessions.backends.append(Backend::fromJson(backend.toObject()));
    std::sort(sessions.backends.begin(), sessions.backends.end(), [](const Backend &a, const Backend &b) { return a.pid < b.pid; });
    return sessions;
}

const Backend *Sessions::find(int pid) const
{
    const auto found = std::lower_bound(backends.cbegin(), backends.cend(), pid, [](const Backend &one, int wanted) { return one.pid < wanted; });
    return found != backends.cend() && found->pid == pid ? &*found : nullptr;
}

QJsonObject Sessions::toJson() const
{
    QJsonArray all;
    for (const Backend &backend : backends)
        all.append(backend.toJson());
    return {{u"at_ms"_s, atMs}, {u"may_read_all"_s, mayReadAll}, {u"sessions"_s, all}};
}

// By backend; what temporary files are called tells whose they are.
static Result<QHash<int, qint64>> readTemp(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/temp"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the temporary files"_s));
    QHash<int, qint64> bytes;
    for (qsizetype row = 0; row < rows->size(); ++row)
        bytes.insert(int(rows->integer(row, "pid"_L1).value_or(0)), rows->integer(row, "bytes"_L1).value_or(0));
    return bytes;
}

Result<Sessions> readSessions(pg::Connection &connection, const CancelToken &cancel, Blockers blockers)
{
    QElapsedTimer clock;
    clock.start();
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/sessions"_s, {blockers == Blockers::Read ? u"t"_s : u"f"_s}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the sessions"_s));
    Sessions sessions;
    sessions.atMs = rows->isEmpty() ? QDateTime::currentMSecsSinceEpoch() : rows->integer(0, "at_ms"_L1).value_or(0);
    sessions.serverMs = double(clock.nsecsElapsed()) / 1e6;
    sessions.backends.reserve(rows->size());
    QHash<int, int> workers;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const Backend backend = backendOf(*rows, row);
        if (backend.leaderPid)
            ++workers[backend.leaderPid];
        // Of a server's own processes there is nothing that may not be seen but their role, which they lack.
        if (!backend.permitted && !backend.role.isEmpty())
            sessions.mayReadAll = false;
        sessions.backends.append(backend);
    }
    for (Backend &backend : sessions.backends)
        backend.workers = workers.value(backend.pid);
    if (rows->isEmpty() || !rows->boolean(0, "may_list_temp"_L1).value_or(false))
        return sessions;
    const auto temp = readTemp(connection, cancel);
    if (!temp)
        return fail(temp.error());
    for (Backend &backend : sessions.backends)
        backend.tempBytes = temp->value(backend.pid);
    return sessions;
}

void keepBlockers(Sessions &sessions, const Sessions &earlier)
{
    const qint64 sinceMs = sessions.atMs - earlier.atMs;
    for (Backend &backend : sessions.backends) {
        const Backend *before = earlier.find(backend.pid);
        // The same statement of the same backend, which waited then.
        if (backend.waitType == "Lock"_L1 && before && backend.backendMs >= sinceMs && backend.queryMs >= sinceMs)
            backend.blockedBy = before->blockedBy;
    }
}

} // namespace howdah::activity
