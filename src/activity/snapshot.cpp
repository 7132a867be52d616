// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/snapshot.h"

#include "session/changeplan.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QXmlStreamReader>

#include <utility>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

static constexpr int formatVersion = 1;

static QJsonObject errorPart(const Error &error)
{
    return {{u"error"_s, error.toJson()}};
}

// Every text of the answer, whatever it came from: a statement, a setting and a line of the log may hold a password.
static QJsonValue masked(const QJsonValue &value)
{
    if (value.isString())
        return session::maskedValue(value.toString());
    if (value.isArray()) {
        QJsonArray all;
        for (const QJsonValue &one : value.toArray())
            all.append(masked(one));
        return all;
    }
    if (!value.isObject())
        return value;
    QJsonObject all = value.toObject();
    for (auto one = all.begin(); one != all.end(); ++one)
        one.value() = masked(one.value());
    return all;
}

template<typename T>
static QJsonObject part(const Result<T> &read)
{
    return read ? read->toJson() : errorPart(read.error());
}

// Any answer as {"columns": […], "rows": [[…]]}: for parts that are only shown.
static QJsonObject tablePart(const Result<pg::Rows> &rows)
{
    if (!rows)
        return errorPart(rows.error());
    QJsonArray columns;
    for (const pg::Column &column : rows->columns())
        columns.append(column.name);
    QJsonArray all;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        QJsonArray cells;
        for (int column = 0; column < int(rows->columns().size()); ++column)
            cells.append(rows->isNull(row, column) ? QJsonValue(QJsonValue::Null) : QJsonValue(rows->text(row, column)));
        all.append(cells);
    }
    return {{u"columns"_s, columns}, {u"rows"_s, all}};
}

static QJsonObject logPart(pg::Connection &connection, const CancelToken &cancel)
{
    const auto readable = connection.runFile(u"activity/log_readable"_s, {}, {}, cancel);
    if (!readable)
        return errorPart(readable.error());
    if (!readable->boolean(0, "readable"_L1).value_or(false))
        return errorPart(Error{ErrorKind::Permission, u"not_permitted"_s, u"This role may not read the server's log file"_s, {},
                               u"To permit it: GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint), pg_stat_file(text) to it, or read the log on the server."_s, {}, {}, 0});
    const auto rows = connection.runFile(u"activity/log_tail"_s, {}, {}, cancel);
    if (!rows)
        return errorPart(rows.error());
    if (rows->isEmpty() || rows->isNull(0, 0))
        return errorPart(Error{ErrorKind::Client, u"no_log_file"_s, u"The server keeps no log file of its own"_s, {}, {}, {}, {}, 0});
    // "\\x6c6f67…": the file need not be in the database's encoding.
    const QByteArray text = QByteArray::fromHex(rows->bytes(0, 1).sliced(2).toByteArray());
    return {{u"file"_s, rows->text(0, 0)}, {u"text"_s, session::maskedLog(QString::fromUtf8(text.mid(text.indexOf('\n') + 1)))}};
}

// <table><row><query_id>…</query_id>…</row>…</table> of query_to_xml.
static QJsonObject statementsPart(const Result<pg::Rows> &answer)
{
    if (!answer)
        return errorPart(answer.error());
    if (answer->isEmpty())
        return errorPart(Error{ErrorKind::Client, u"not_installed"_s, u"pg_stat_statements is not installed in this database"_s, {}, {}, {}, {}, 0});
    QJsonArray all;
    QJsonObject statement;
    for (QXmlStreamReader xml(answer->text(0, 0)); !xml.atEnd();) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::StartElement && xml.name() != "table"_L1 && xml.name() != "row"_L1) {
            const QString name = xml.name().toString();
            statement.insert(name, xml.readElementText());
        } else if (token == QXmlStreamReader::EndElement && xml.name() == "row"_L1) {
            all.append(std::exchange(statement, {}));
        }
    }
    return {{u"statements"_s, all}};
}

QJsonObject readSnapshot(pg::Connection &connection, const QVector<WaitSample> &waits, const CancelToken &cancel)
{
    const pg::LinkFacts &facts = connection.facts();
    QJsonArray samples;
    for (const WaitSample &sample : waits) {
        QJsonObject json = sample.toJson();
        json.insert(u"at_ms"_s, sample.atMs);
        samples.append(json);
    }
    const QJsonObject whole{{u"howdah_incident"_s, formatVersion},
                            {u"at_ms"_s, QDateTime::currentMSecsSinceEpoch()},
                            {u"server"_s, QJsonObject{{u"address"_s, connection.spec().address()}, {u"database"_s, facts.database}, {u"version"_s, facts.serverVersion},
                                                      {u"role"_s, facts.role}, {u"in_recovery"_s, facts.inRecovery}}},
                            {u"sessions"_s, part(readSessions(connection, cancel))},
                            {u"locks"_s, part(readLocks(connection, cancel))},
                            {u"waits"_s, samples},
                            {u"progress"_s, part(readTasks(connection, cancel))},
                            {u"horizon"_s, part(readHorizon(connection, cancel))},
                            {u"settings"_s, tablePart(connection.runFile(u"activity/settings_changed"_s, {}, {}, cancel))},
                            {u"statements"_s, statementsPart(connection.runFile(u"activity/top_statements"_s, {}, {}, cancel))},
                            {u"log"_s, logPart(connection, cancel)}};
    return masked(whole).toObject();
}

Result<Snapshot> snapshotOf(const QByteArray &file)
{
    const QJsonObject json = QJsonDocument::fromJson(file).object();
    const int version = json.value("howdah_incident"_L1).toInt();
    if (version < 1)
        return fail(ErrorKind::Client, u"not_a_snapshot"_s, u"The file is no snapshot of an incident"_s);
    if (version > formatVersion)
        return fail(ErrorKind::Client, u"newer_snapshot"_s, u"The snapshot was made by a newer Howdah"_s);
    Snapshot snapshot;
    snapshot.json = json;
    snapshot.atMs = json.value("at_ms"_L1).toInteger();
    const QJsonObject server = json.value("server"_L1).toObject();
    snapshot.server = u"%1/%2"_s.arg(server.value("address"_L1).toString(), server.value("database"_L1).toString());
    snapshot.version = server.value("version"_L1).toString();
    snapshot.sessions = Sessions::fromJson(json.value("sessions"_L1).toObject());
    snapshot.locks = lockTreeOf(snapshot.sessions, Locks::fromJson(json.value("locks"_L1).toObject()));
    const QJsonArray samples = json.value("waits"_L1).toArray();
    for (const QJsonValue &sample : samples)
        snapshot.waits.append(WaitSample::fromJson(sample.toObject().value("at_ms"_L1).toInteger(), sample.toObject()));
    snapshot.tasks = Tasks::fromJson(json.value("progress"_L1).toObject());
    snapshot.horizon = Horizon::fromJson(json.value("horizon"_L1).toObject());
    for (const auto *name : {"sessions", "locks", "progress", "horizon", "settings", "statements", "log"}) {
        const QJsonObject error = json.value(QLatin1StringView(name)).toObject().value("error"_L1).toObject();
        if (!error.isEmpty())
            snapshot.missing << u"%1: %2"_s.arg(QLatin1StringView(name), error.value("message"_L1).toString());
    }
    return snapshot;
}

std::optional<Error> nothingIn(const Snapshot &snapshot)
{
    const QJsonObject error = snapshot.json.value("sessions"_L1).toObject().value("error"_L1).toObject();
    if (error.isEmpty())
        return std::nullopt;
    Error why;
    why.kind = ErrorKind::Connection;
    why.reason = error.value("reason"_L1).toString();
    why.message = u"Nothing was kept, since the sessions could not be read: "_s + error.value("message"_L1).toString();
    why.sqlstate = error.value("sqlstate"_L1).toString();
    return why;
}

} // namespace howdah::activity
