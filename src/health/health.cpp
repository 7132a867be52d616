// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/health.h"

#include "health/rules.h"

#include <QJsonArray>

#include <algorithm>

namespace howdah::health
{

using namespace Qt::StringLiterals;

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok: return u"ok"_s;
    case Verdict::Warning: return u"warning"_s;
    case Verdict::Critical: return u"critical"_s;
    case Verdict::Unknown: return u"unknown"_s;
    }
    return {};
}

QJsonObject Report::toJson() const
{
    return {{u"verdict"_s, verdictName(verdict)},
            {u"errors"_s, QJsonArray::fromStringList(errors)},
            {u"warnings"_s, QJsonArray::fromStringList(warnings)},
            {u"not_permitted"_s, QJsonArray::fromStringList(notPermitted)},
            {u"source"_s, source},
            {u"details"_s, details}};
}

namespace
{
// What was found decides; where nothing was found but not everything could be asked, the answer is not "ok".
Verdict verdictOf(const Report &report)
{
    if (!report.errors.isEmpty())
        return Verdict::Critical;
    if (!report.warnings.isEmpty())
        return Verdict::Warning;
    return report.notPermitted.isEmpty() ? Verdict::Ok : Verdict::Unknown;
}

void add(Report &report, const Finding &finding)
{
    (finding.verdict == Verdict::Critical ? report.errors : report.warnings) << finding.message;
}

// The owner's elements are {"code", "message"}; a plain text is taken as well.
void addMessages(const QJsonValue &list, QStringList &into)
{
    for (const QJsonValue &entry : list.toArray())
        into << (entry.isObject() ? entry.toObject().value("message"_L1).toString() : entry.toString());
}

// By the element's code (connections_high, connections_exhausted), never by its words.
bool speaksOfConnections(const QJsonValue &list)
{
    const QJsonArray entries = list.toArray();
    return std::any_of(entries.cbegin(), entries.cend(),
                       [](const QJsonValue &entry) { return entry.toObject().value("code"_L1).toString().startsWith("connections_"_L1); });
}

Report fromOwnFunction(const QJsonObject &details, const QString &name)
{
    Report report;
    report.source = name;
    report.details = details;
    addMessages(details.value("errors"_L1), report.errors);
    addMessages(details.value("warnings"_L1), report.warnings);

    // The function warns of connections late; our threshold is the same wherever the figures come from.
    const QJsonObject connections = details.value("connections"_L1).toObject();
    const bool spoken = speaksOfConnections(details.value("errors"_L1)) || speaksOfConnections(details.value("warnings"_L1));
    if (!spoken && connections.value("used"_L1).isDouble() && connections.value("usable"_L1).isDouble()) {
        Reading reading;
        reading.numbers.insert(u"connections_used"_s, connections.value("used"_L1).toInteger());
        reading.numbers.insert(u"connections_usable"_s, connections.value("usable"_L1).toInteger());
        for (const Rule &rule : rules()) {
            if (const auto finding = rule.judge(reading); finding && rule.code == "connections"_L1)
                add(report, *finding);
        }
    }
    const QString status = details.value("status"_L1).toString();
    if (report.errors.isEmpty() && status == "critical"_L1)
        report.errors << u"%1 says critical"_s.arg(name);
    else if (report.errors.isEmpty() && report.warnings.isEmpty() && status != "healthy"_L1)
        report.warnings << u"%1 says %2"_s.arg(name, status.isEmpty() ? u"no status"_s : status);
    report.verdict = verdictOf(report);
    return report;
}

Result<std::optional<Report>> readOwnFunction(pg::Connection &connection, const QString &function, const CancelToken &cancel)
{
    const auto found = connection.runFile(u"health/ownfunction"_s, {function}, {}, cancel);
    if (!found)
        return fail(found.error());
    if (found->isEmpty())
        return std::optional<Report>();
    // The server worded the call itself, with its own quoting.
    const pg::Statement call{found->text(0, "call"_L1).toUtf8(), {}};
    const auto rows = connection.run(call, {}, {}, cancel);
    if (!rows) {
        if (rows.error().kind == ErrorKind::Sql || rows.error().kind == ErrorKind::Permission)
            return std::optional<Report>(); // the function itself fails: we can still ask directly
        return fail(rows.error());
    }
    const QJsonValue report = rows->isEmpty() ? QJsonValue() : rows->json(0, 0);
    if (!report.isObject())
        return std::optional<Report>();
    return std::optional<Report>(fromOwnFunction(report.toObject(), found->text(0, "name"_L1)));
}

Reading toReading(const pg::Rows &rows)
{
    Reading reading;
    for (const auto &name : {"connections_used"_L1, "connections_usable"_L1, "longest_transaction_seconds"_L1, "longest_idle_in_transaction_seconds"_L1,
                             "longest_lock_wait_seconds"_L1, "blocks_read"_L1, "checksum_failures"_L1, "archive_failing_seconds"_L1, "xid_age"_L1,
                             "multixact_age"_L1, "freeze_max_age"_L1, "old_prepared"_L1, "slots_inactive"_L1, "slots_extended"_L1,
                             "slots_unreserved"_L1, "slots_lost"_L1}) {
        if (const auto value = rows.integer(0, name))
            reading.numbers.insert(name, *value);
    }
    for (const auto &name : {"autovacuum"_L1, "fsync"_L1, "full_page_writes"_L1, "data_checksums"_L1}) {
        if (const auto value = rows.boolean(0, name))
            reading.flags.insert(name, *value);
    }
    reading.cacheHitRatio = rows.real(0, "cache_hit_ratio"_L1);
    reading.archiveMode = rows.text(0, "archive_mode"_L1);
    reading.lastFailedWal = rows.text(0, "last_failed_wal"_L1);
    return reading;
}

QJsonValue integerOrNull(const pg::Rows &rows, QLatin1StringView column)
{
    const auto value = rows.integer(0, column);
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonObject directDetails(const pg::Rows &rows, const Reading &reading, bool detailed)
{
    QJsonObject details{{u"server_version"_s, rows.text(0, "server_version"_L1)},
                        {u"in_recovery"_s, rows.boolean(0, "in_recovery"_L1).value_or(false)},
                        {u"connections"_s, QJsonObject{{u"used"_s, integerOrNull(rows, "connections_used"_L1)},
                                                       {u"usable"_s, integerOrNull(rows, "connections_usable"_L1)}}},
                        {u"cache_hit_ratio"_s, reading.cacheHitRatio ? QJsonValue(*reading.cacheHitRatio) : QJsonValue()}};
    if (!detailed)
        return details;
    for (const auto &name : {"uptime_seconds"_L1, "longest_transaction_seconds"_L1, "longest_idle_in_transaction_seconds"_L1, "longest_lock_wait_seconds"_L1,
                             "checksum_failures"_L1, "deadlocks"_L1, "archive_failing_seconds"_L1, "last_archived_seconds"_L1, "xid_age"_L1,
                             "multixact_age"_L1, "pending_restart"_L1, "old_prepared"_L1, "slots_inactive"_L1, "slots_lost"_L1})
        details.insert(name, integerOrNull(rows, name));
    for (auto it = reading.flags.cbegin(); it != reading.flags.cend(); ++it)
        details.insert(it.key(), it.value());
    details.insert("archive_mode"_L1, reading.archiveMode);
    return details;
}
} // namespace

Result<Report> readHealth(pg::Connection &connection, bool detailed, const CancelToken &cancel)
{
    auto own = readOwnFunction(connection, detailed ? u"detailed_health_check"_s : u"simple_health_check"_s, cancel);
    if (!own)
        return fail(Error(own.error()).during(u"check the server's health"_s));
    if (*own)
        return **own;

    const auto rows = connection.runFile(u"health/direct"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"check the server's health"_s));
    Report report;
    report.source = u"direct"_s;
    const Reading reading = toReading(*rows);
    report.details = directDetails(*rows, reading, detailed);
    if (const QString grant = rows->text(0, "grant_text"_L1); !grant.isEmpty())
        report.notPermitted << u"Sessions and their states: "_s + grant;
    for (const Rule &rule : rules()) {
        if (const auto finding = rule.judge(reading))
            add(report, *finding);
    }
    report.verdict = verdictOf(report);
    return report;
}

} // namespace howdah::health
