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
    backend.queryStartUs = rows.integer(row, "query_start_us"_L1);
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
    sessions.leftOut = json.value("left_out"_L1).toInt();
    sessions.leftOutActive = json.value("left_out_active"_L1).toInt();
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

bool Sessions::anyWaits() const
{
    return std::any_of(backends.cbegin(), backends.cend(), [](const Backend &one) { return one.isWaitingForLock(); });
}

QJsonObject Sessions::toJson() const
{
    QJsonArray all;
    for (const Backend &backend : backends)
        all.append(backend.toJson());
    return {{u"at_ms"_s, atMs}, {u"may_read_all"_s, mayReadAll}, {u"left_out"_s, leftOut}, {u"left_out_active"_s, leftOutActive}, {u"sessions"_s, all}};
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

namespace
{

// A statement begins a moment before the server shows it, so the older one of two readings may have missed its text.
constexpr qint64 marginMs = 1000;
constexpr qint64 tempEveryMs = 5000;

struct Answer {
    Sessions sessions;
    QVector<bool> hasText; // as its backends
    bool mayListTemp = false;
};

Result<Answer> ask(pg::Connection &connection, qint64 textsSinceMs, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/sessions"_s, {textsSinceMs}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the sessions"_s));
    Answer answer;
    Sessions &sessions = answer.sessions;
    sessions.atMs = rows->isEmpty() ? QDateTime::currentMSecsSinceEpoch() : rows->integer(0, "at_ms"_L1).value_or(0);
    sessions.serverMs = rows->isEmpty() ? 0 : double(rows->integer(rows->size() - 1, "spent_us"_L1).value_or(0)) / 1e3;
    sessions.backends.reserve(rows->size());
    answer.mayListTemp = !rows->isEmpty() && rows->boolean(0, "may_list_temp"_L1).value_or(false);
    const int text = rows->columnIndex("query"_L1);
    QHash<int, int> workers;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const Backend backend = backendOf(*rows, row);
        if (backend.leaderPid)
            ++workers[backend.leaderPid];
        // Of a server's own processes there is nothing that may not be seen but their role, which they lack.
        if (!backend.permitted && !backend.role.isEmpty())
            sessions.mayReadAll = false;
        answer.hasText.append(!rows->isNull(row, text) || !backend.permitted || !backend.queryMs);
        sessions.backends.append(backend);
    }
    for (Backend &backend : sessions.backends)
        backend.workers = workers.value(backend.pid);
    return answer;
}

Done addTemp(pg::Connection &connection, Sessions &sessions, const CancelToken &cancel)
{
    const auto temp = readTemp(connection, cancel);
    if (!temp)
        return fail(temp.error());
    for (Backend &backend : sessions.backends)
        backend.tempBytes = temp->value(backend.pid);
    sessions.tempAtMs = sessions.atMs;
    return {};
}

// false: a text is neither here nor there.
bool fill(Answer &answer, const Sessions &earlier)
{
    const qint64 sinceMs = answer.sessions.atMs - earlier.atMs;
    bool whole = true;
    for (qsizetype i = 0; i < answer.sessions.backends.size(); ++i) {
        Backend &backend = answer.sessions.backends[i];
        const Backend *before = earlier.find(backend.pid);
        if (before && backend.backendMs < sinceMs)
            before = nullptr; // the number was given away again
        if (before)
            backend.tempBytes = before->tempBytes;
        // The same statement as it was then, whatever the server's clock did meanwhile.
        const bool same = before && before->permitted && backend.queryStartUs && backend.queryStartUs == before->queryStartUs;
        if (answer.hasText.at(i))
            continue;
        if (same)
            backend.query = before->query;
        whole = whole && same;
    }
    answer.sessions.tempAtMs = earlier.tempAtMs;
    return whole;
}

} // namespace

Result<Sessions> readSessions(pg::Connection &connection, const CancelToken &cancel)
{
    return readSessionsAfter(connection, {}, cancel);
}

Result<Sessions> readSessionsAfter(pg::Connection &connection, const Sessions &earlier, const CancelToken &cancel)
{
    auto answer = ask(connection, std::max<qint64>(0, earlier.atMs - marginMs), cancel);
    if (answer && !fill(*answer, earlier)) // a right was given meanwhile
        answer = ask(connection, 0, cancel);
    if (!answer)
        return fail(std::move(answer.error()));
    if (answer->mayListTemp && answer->sessions.atMs - answer->sessions.tempAtMs >= tempEveryMs) {
        if (auto added = addTemp(connection, answer->sessions, cancel); !added)
            return fail(std::move(added.error()));
    }
    return std::move(answer->sessions);
}

} // namespace howdah::activity
