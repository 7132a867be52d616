// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/sample.h"

#include "base/clock.h"

#include <QElapsedTimer>

namespace howdah::metrics
{

using namespace Qt::StringLiterals;

namespace
{
// Columns of sql/metrics/sample*.sql. A name that this server's variant lacks is "not known", a NULL has a reason by its group.
constexpr const char *counterNames[] = {
    "xact_commit", "xact_rollback", "blks_hit", "blks_read", "tup_returned", "tup_fetched", "tup_inserted", "tup_updated", "tup_deleted",
    "temp_files", "temp_bytes", "deadlocks", "conflicts", "checksum_failures", "wal_lsn", "wal_records", "wal_fpi", "wal_bytes",
    "wal_buffers_full", "checkpoints_timed", "checkpoints_requested", "checkpoints_done", "restartpoints_done", "checkpoint_buffers",
    "buffers_clean", "maxwritten_clean", "buffers_alloc", "io_normal_hits", "io_normal_read_bytes", "archived_count",
    "archive_failed_count"};
constexpr const char *sessionGauges[] = {
    "connections_active", "connections_idle", "connections_idle_in_transaction", "connections_other", "connections_total",
    "locks_waiting", "longest_transaction_ms"};
constexpr const char *settingGauges[] = {"connections_max", "connections_usable", "block_size"};
constexpr const char *resetGroups[] = {"wal", "bgwriter", "checkpointer", "io"};

struct Reader {
    const pg::Rows &rows;
    Sample &sample;
    QString notKnown;
    QString ifNull;

    void read(const char *name, QMap<QString, qint64> &into) const
    {
        const QLatin1StringView view(name);
        const int column = rows.columnIndex(view);
        if (column < 0)
            sample.absent.insert(view, notKnown);
        else if (const auto value = rows.integer(0, column))
            into.insert(view, *value);
        else
            sample.absent.insert(view, ifNull);
    }
};

QMap<quint32, DatabaseCounters> parseDatabases(const QByteArray &lines)
{
    QMap<quint32, DatabaseCounters> databases;
    for (const QByteArray &line : lines.split('\n')) {
        const QList<QByteArray> fields = line.split(' ');
        if (fields.size() != 6)
            continue;
        databases.insert(fields[0].toUInt(), DatabaseCounters{fields[1].toLongLong(), fields[2].toLongLong(), fields[3].toLongLong(),
                                                              fields[4].toLongLong(), fields[5]});
    }
    return databases;
}

QJsonObject toObject(const QMap<QString, qint64> &values)
{
    QJsonObject object;
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        object.insert(it.key(), it.value()); // QJsonValue keeps 64-bit integers as such
    return object;
}

QJsonObject toObject(const QMap<QString, QString> &values)
{
    QJsonObject object;
    for (auto it = values.cbegin(); it != values.cend(); ++it)
        object.insert(it.key(), it.value());
    return object;
}
} // namespace

Result<Sample> readSample(pg::Connection &connection, const CancelToken &cancel)
{
    QElapsedTimer cost;
    cost.start();
    pg::RunOptions options;
    options.prepared = true;
    // No deadline of ours: statement_timeout ends a slow one, and a server that went silent is "no answer" from 10 s until the link is given up.
    const auto answer = connection.runFile(u"metrics/sample"_s, {}, options, cancel);
    if (!answer)
        return fail(Error(answer.error()).during(u"sample the server"_s));
    const pg::Rows &rows = *answer;
    Sample sample;
    sample.monotonicMs = Clock().monotonicMs();
    sample.serverMs = double(cost.nsecsElapsed()) / 1e6;
    const auto atMs = rows.size() == 1 ? rows.integer(0, "at_ms"_L1) : std::nullopt;
    if (!atMs)
        return fail(ErrorKind::Protocol, u"bad_sample"_s, u"The server's sample has no time"_s);
    sample.atMs = *atMs;
    sample.identity.systemIdentifier = rows.text(0, "system_identifier"_L1);
    sample.identity.postmasterStart = rows.real(0, "postmaster_start"_L1).value_or(0);
    sample.identity.inRecovery = rows.boolean(0, "in_recovery"_L1).value_or(false);
    sample.identity.timeline = rows.text(0, "timeline"_L1);
    sample.databases = parseDatabases(rows.text(0, "databases"_L1).toLatin1());

    Reader reader{rows, sample, u"not known on "_s + QString::number(connection.facts().serverVersionNum / 10000), {}};
    for (const char *name : counterNames) {
        const QLatin1StringView view(name);
        reader.ifNull = view == "checksum_failures"_L1 ? u"data checksums are off"_s
            : sample.identity.inRecovery               ? u"stands still in recovery"_s
                                                       : u"not counted by this server"_s;
        reader.read(name, sample.counters);
    }
    const QString grant = rows.text(0, "grant_text"_L1);
    reader.ifNull = grant.isEmpty() ? u"not known"_s : u"not permitted: "_s + grant;
    for (const char *name : sessionGauges)
        reader.read(name, sample.gauges);
    reader.ifNull = u"not known"_s;
    for (const char *name : settingGauges)
        reader.read(name, sample.gauges);
    for (const char *group : resetGroups) {
        const int column = rows.columnIndex(QLatin1StringView("reset_" + QByteArray(group)));
        if (column >= 0 && !rows.isNull(0, column))
            sample.resets.insert(QLatin1StringView(group), rows.text(0, column));
    }
    return sample;
}

QJsonObject Sample::toJson() const
{
    return {{u"at_ms"_s, atMs},
            {u"server_ms"_s, serverMs},
            {u"identity"_s, QJsonObject{{u"system_identifier"_s, identity.systemIdentifier},
                                        {u"postmaster_start"_s, identity.postmasterStart},
                                        {u"in_recovery"_s, identity.inRecovery},
                                        {u"timeline"_s, identity.timeline}}},
            {u"resets"_s, toObject(resets)},
            {u"counters"_s, toObject(counters)},
            {u"gauges"_s, toObject(gauges)},
            {u"absent"_s, toObject(absent)}};
}

} // namespace howdah::metrics
