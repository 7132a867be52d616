// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ledger.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSysInfo>

#include <algorithm>

#include <pwd.h>
#include <unistd.h>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QString directionText(Direction direction)
{
    return direction == Direction::Up ? u"up"_s : u"down"_s;
}

QString thisClient()
{
    const passwd *user = ::getpwuid(::geteuid());
    return u"%1@%2"_s.arg(user ? QString::fromLocal8Bit(user->pw_name) : QString::number(::geteuid()), QSysInfo::machineHostName());
}

QJsonObject Event::toJson() const
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text); };
    return {{u"id"_s, id},
            {u"at_ms"_s, atMs},
            {u"run"_s, run},
            {u"version"_s, version},
            {u"name"_s, name},
            {u"direction"_s, directionText(direction)},
            {u"kind"_s, kind},
            {u"sha256"_s, sha256},
            {u"purpose"_s, orNull(purpose)},
            {u"statements_done"_s, statementsDone},
            {u"statements"_s, statements},
            {u"took_ms"_s, tookMs ? QJsonValue(*tookMs) : QJsonValue(QJsonValue::Null)},
            {u"sqlstate"_s, orNull(sqlstate)},
            {u"message"_s, orNull(message)},
            {u"invalid_indexes"_s, QJsonArray::fromStringList(invalidIndexes)},
            {u"role"_s, role},
            {u"who"_s, who},
            {u"client"_s, client},
            {u"server"_s, server}};
}

static bool saysHowItStands(const Event &event)
{
    return event.kind != "begun"_L1 && event.kind != "step"_L1 && event.kind != "failed"_L1;
}

const Event *Ledger::appliedBy(const QString &version) const
{
    const auto found = std::find_if(events.crbegin(), events.crend(), [&](const Event &one) { return one.version == version && saysHowItStands(one); });
    return found != events.crend() && found->direction == Direction::Up ? &*found : nullptr;
}

const Event *Ledger::cameBy(const QString &version) const
{
    const Event *by = appliedBy(version);
    if (!by || by->kind != "adopted"_L1)
        return by;
    const auto found = std::find_if(events.crbegin(), events.crend(), [&](const Event &one) { return one.version == version && saysHowItStands(one) && one.kind != "adopted"_L1; });
    return found != events.crend() && found->direction == Direction::Up ? &*found : by;
}

const Event *Ledger::interrupted(const QString &version) const
{
    const auto last = std::find_if(events.crbegin(), events.crend(), [&](const Event &one) { return one.version == version; });
    if (last == events.crend() || saysHowItStands(*last))
        return nullptr;
    // A failure of a migration with a transaction has left nothing: only one that was begun has.
    for (auto one = last; one != events.crend() && !(one->version == version && saysHowItStands(*one)); ++one) {
        if (one->version == version && (one->kind == "begun"_L1 || one->kind == "step"_L1))
            return &*last;
    }
    return nullptr;
}

static Result<QVector<Event>> readEvents(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"migrations/events"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<Event> events;
    events.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto text = [&](QLatin1StringView column) { return rows->text(row, column); };
        const auto number = [&](QLatin1StringView column) { return rows->integer(row, column).value_or(0); };
        Event event;
        event.id = number("id"_L1);
        event.atMs = number("at_ms"_L1);
        event.run = text("run"_L1);
        event.version = text("version"_L1);
        event.name = text("name"_L1);
        event.direction = text("direction"_L1) == "down"_L1 ? Direction::Down : Direction::Up;
        event.kind = text("kind"_L1);
        event.sha256 = text("sha256"_L1);
        event.meaning = text("meaning"_L1);
        event.purpose = text("purpose"_L1);
        event.file = rows->bytes(row, rows->columnIndex("file"_L1)).toByteArray();
        event.statementsDone = int(number("statements_done"_L1));
        event.statements = int(number("statements"_L1));
        event.hashes = text("hashes"_L1).split(u',', Qt::SkipEmptyParts);
        event.tookMs = rows->integer(row, "took_ms"_L1);
        event.sqlstate = text("sqlstate"_L1);
        event.message = text("message"_L1);
        const QJsonArray indexes = QJsonDocument::fromJson(text("invalid_indexes"_L1).toUtf8()).array();
        for (const QJsonValue &index : indexes)
            event.invalidIndexes << index.toString();
        event.xid = text("xid"_L1);
        event.role = text("role"_L1);
        event.who = text("who"_L1);
        event.client = text("client"_L1);
        event.server = text("server"_L1);
        events.append(event);
    }
    return events;
}

Result<Ledger> readLedger(pg::Connection &connection, const CancelToken &cancel)
{
    const auto tables = connection.runFile(u"migrations/tables"_s, {}, {}, cancel);
    if (!tables)
        return fail(Error(tables.error()).during(u"read the ledger of migrations"_s));
    Ledger ledger;
    ledger.hasVersions = tables->boolean(0, "has_versions"_L1).value_or(false);
    ledger.hasEvents = tables->boolean(0, "has_events"_L1).value_or(false);
    ledger.hasSchema = tables->boolean(0, "has_schema"_L1).value_or(false);
    if (tables->boolean(0, "of_rails"_L1).value_or(false))
        return fail(ErrorKind::Client, u"foreign_table"_s, u"public.schema_migrations is that of Rails, which has public.ar_internal_metadata beside it"_s, u"It is left alone."_s);
    const QString columns = tables->text(0, "versions_columns"_L1);
    if (ledger.hasVersions && columns != "version character varying"_L1)
        return fail(ErrorKind::Client, u"foreign_table"_s, u"public.schema_migrations is another tool's: it has the columns %1"_s.arg(columns),
                    u"It is left alone. dbmate's has one column, version."_s);
    if (ledger.hasVersions) {
        const auto versions = connection.runFile(u"migrations/versions"_s, {}, {}, cancel);
        if (!versions) {
            Error error = versions.error();
            if (error.sqlstate == "42501"_L1)
                error.hint = u"Do it as the role that owns the table: --role OWNER; or GRANT SELECT ON public.schema_migrations to this one."_s;
            return fail(std::move(error).during(u"read the applied versions"_s));
        }
        for (qsizetype row = 0; row < versions->size(); ++row)
            ledger.versions << versions->text(row, 0);
    }
    if (ledger.hasEvents) {
        auto events = readEvents(connection, cancel);
        if (!events)
            return fail(std::move(events.error()).during(u"read the ledger of migrations"_s));
        ledger.events = *std::move(events);
    }
    return ledger;
}

Done createLedger(pg::Connection &connection, const Ledger &missing, const CancelToken &cancel)
{
    if (Done begun = connection.command("BEGIN"); !begun)
        return begun;
    // Only what is missing: IF NOT EXISTS asks for the right to make it first.
    for (const auto &[name, wanted] : {std::pair("create_versions", !missing.hasVersions), std::pair("create_schema", !missing.hasSchema),
                                       std::pair("create_event", !missing.hasEvents), std::pair("protect_event", !missing.hasEvents)}) {
        if (!wanted)
            continue;
        const auto made = connection.runFile(u"migrations/"_s + QLatin1StringView(name), {}, {}, cancel);
        if (made)
            continue;
        Error error = made.error();
        (void)connection.command("ROLLBACK");
        if (error.sqlstate == "42501"_L1) {
            error.kind = ErrorKind::Permission;
            error.reason = u"may_not_create"_s;
            error.hint = u"To permit it: GRANT CREATE ON DATABASE %1 and ON SCHEMA public to %2; or let a role that may run the first migration."_s.arg(
                connection.facts().database, connection.facts().role);
        }
        return fail(std::move(error).during(u"make the ledger of migrations"_s));
    }
    return connection.command("COMMIT");
}

// A text[] as the server reads it.
static QString arrayOf(QStringList texts)
{
    for (QString &text : texts)
        text = u'"' + text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
    return u'{' + texts.join(u',') + u'}';
}

Result<QString> addEvent(pg::Connection &connection, const Event &event, const pg::RunOptions &options, const CancelToken &cancel)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? pg::Param() : pg::Param(text); };
    const auto added = connection.runFile(u"migrations/add_event"_s,
                                          {event.run, event.version, event.name, directionText(event.direction), event.kind, event.sha256, event.meaning,
                                           orNull(event.purpose), event.file.isNull() ? pg::Param() : pg::Param(event.file), event.statementsDone, event.statements,
                                           arrayOf(event.hashes), event.tookMs ? pg::Param(*event.tookMs) : pg::Param(), orNull(event.sqlstate), orNull(event.message),
                                           arrayOf(event.invalidIndexes), event.who, event.client},
                                          options, cancel);
    if (!added)
        return fail(Error(added.error()).during(u"write the ledger of migrations"_s));
    return added->text(0, 0);
}

} // namespace howdah::migrations
