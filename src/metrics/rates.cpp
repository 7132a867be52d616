// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/rates.h"

#include <algorithm>
#include <cmath>

namespace howdah::metrics
{

using namespace Qt::StringLiterals;

namespace
{
std::optional<qint64> valueOf(const QMap<QString, qint64> &values, const QString &name)
{
    const auto it = values.constFind(name);
    return it == values.cend() ? std::nullopt : std::optional<qint64>(*it);
}

std::optional<double> gaugeOf(const Sample &sample, const QString &name)
{
    const auto value = valueOf(sample.gauges, name);
    return value ? std::optional<double>(double(*value)) : std::nullopt;
}

// nullopt: not in both, or it went down, which a counter does only by a reset.
std::optional<qint64> deltaOf(const Sample &before, const Sample &after, const QString &name)
{
    const auto from = valueOf(before.counters, name);
    const auto to = valueOf(after.counters, name);
    if (!from || !to || *to < *from)
        return std::nullopt;
    return *to - *from;
}

std::optional<double> shareOf(qint64 hits, qint64 reads)
{
    if (hits + reads <= 0)
        return std::nullopt; // nothing was asked for: undefined, neither 0 nor 100 %
    return double(hits) / double(hits + reads);
}

bool wasReset(const Sample &before, const Sample &after, const QString &group)
{
    return before.resets.value(group) != after.resets.value(group);
}

// What ended every series, as the word of a dashed line; empty: the same server went on.
QString identityEvent(const ServerIdentity &before, const ServerIdentity &after)
{
    if (!before.systemIdentifier.isEmpty() && !after.systemIdentifier.isEmpty()
        && before.systemIdentifier != after.systemIdentifier)
        return u"other server"_s;
    if (before.inRecovery && !after.inRecovery)
        return u"promoted"_s;
    if (!before.inRecovery && after.inRecovery)
        return u"now a standby"_s;
    if (!before.timeline.isEmpty() && !after.timeline.isEmpty() && before.timeline != after.timeline)
        return u"promoted"_s; // behind one address: the new primary answered before the standby was seen
    if (before.postmasterStart != after.postmasterStart)
        return u"restarted"_s;
    return {};
}

// The server's clock against ours. A sample's server time lies within its round trip, so beyond that and a quarter of a period for the
// timers' slack, the server's clock was set.
bool clockStepped(const Sample &before, const Sample &after, qint64 periodMs)
{
    if (before.monotonicMs == 0 || after.monotonicMs == 0)
        return false;
    const double here = double(after.monotonicMs - before.monotonicMs);
    const double there = double(after.atMs - before.atMs);
    const double slack = double(periodMs) / 4;
    return there < here - after.serverMs - slack || there > here + before.serverMs + slack;
}

struct DatabaseDelta {
    qint64 commits = 0, rollbacks = 0, hits = 0, reads = 0;
};

// nullopt: a database was reset. stats_reset alone does not tell: after a crash it stays NULL while the counters fall (trap 3).
std::optional<DatabaseDelta> databasesBetween(const Sample &before, const Sample &after)
{
    DatabaseDelta sum;
    for (auto it = after.databases.cbegin(); it != after.databases.cend(); ++it) {
        const DatabaseCounters &to = *it;
        const auto earlier = before.databases.constFind(it.key());
        const DatabaseCounters from = earlier == before.databases.cend() ? DatabaseCounters() : *earlier; // created since: from 0
        if (earlier != before.databases.cend()
            && (to.reset != from.reset || to.commits < from.commits || to.rollbacks < from.rollbacks
                || to.blocksHit < from.blocksHit || to.blocksRead < from.blocksRead))
            return std::nullopt;
        sum.commits += to.commits - from.commits;
        sum.rollbacks += to.rollbacks - from.rollbacks;
        sum.hits += to.blocksHit - from.blocksHit;
        sum.reads += to.blocksRead - from.blocksRead;
    }
    return sum; // a database dropped since takes its last moments with it
}

std::optional<double> checkpointsBetween(const Sample &before, const Sample &after)
{
    std::optional<qint64> delta;
    if (after.identity.inRecovery) {
        delta = deltaOf(before, after, u"restartpoints_done"_s); // a standby's checkpoints stand still (trap 11)
    } else if (after.counters.contains(u"checkpoints_done"_s)) {
        delta = deltaOf(before, after, u"checkpoints_done"_s);
    } else {
        // Before 18 only those begun are counted, skipped ones among them.
        const auto timed = deltaOf(before, after, u"checkpoints_timed"_s);
        const auto requested = deltaOf(before, after, u"checkpoints_requested"_s);
        if (timed && requested)
            delta = *timed + *requested;
    }
    return delta ? std::optional<double>(double(*delta)) : std::nullopt;
}
} // namespace

std::optional<double> ioHitShare(qint64 hits, qint64 readBytes, qint64 blockSize)
{
    if (blockSize <= 0 || hits < 0 || readBytes < 0)
        return std::nullopt;
    return shareOf(hits, readBytes / blockSize);
}

Point firstPoint(const Sample &sample)
{
    Point point;
    point.atMs = sample.atMs;
    point.active = gaugeOf(sample, u"connections_active"_s);
    point.idle = gaugeOf(sample, u"connections_idle"_s);
    point.idleInTransaction = gaugeOf(sample, u"connections_idle_in_transaction"_s);
    point.otherState = gaugeOf(sample, u"connections_other"_s);
    point.connections = gaugeOf(sample, u"connections_total"_s);
    point.usable = gaugeOf(sample, u"connections_usable"_s);
    point.locksWaiting = gaugeOf(sample, u"locks_waiting"_s);
    return point;
}

Point pointBetween(const Sample &before, const Sample &after, qint64 periodMs)
{
    Point point = firstPoint(after);
    point.event = identityEvent(before.identity, after.identity);
    if (!point.event.isEmpty())
        return point;
    // By the times measured in the samples, never by the period aimed at (trap 10). One long interval, as after sleep, must not become
    // one fat point.
    const qint64 elapsedMs = after.atMs - before.atMs;
    if (elapsedMs <= 0 || elapsedMs > 3 * periodMs || after.monotonicMs - before.monotonicMs > 3 * periodMs
        || clockStepped(before, after, periodMs))
        return point;
    const double seconds = double(elapsedMs) / 1000;

    bool reset = wasReset(before, after, u"wal"_s) || wasReset(before, after, u"bgwriter"_s);
    if (const auto databases = databasesBetween(before, after)) {
        point.commits = double(databases->commits) / seconds;
        point.rollbacks = double(databases->rollbacks) / seconds;
        point.bufferHit = shareOf(databases->hits, databases->reads);
    } else {
        reset = true;
    }
    // A position in the log: no reset of statistics touches it.
    if (const auto wal = deltaOf(before, after, u"wal_lsn"_s))
        point.walBytes = double(*wal) / seconds;
    if (wasReset(before, after, u"checkpointer"_s))
        reset = true;
    else
        point.checkpoints = checkpointsBetween(before, after);
    if (wasReset(before, after, u"io"_s)) {
        reset = true;
    } else {
        const auto hits = deltaOf(before, after, u"io_normal_hits"_s);
        const auto bytes = deltaOf(before, after, u"io_normal_read_bytes"_s);
        if (hits && bytes)
            point.bufferHitNormal = ioHitShare(*hits, *bytes, after.gauges.value(u"block_size"_s));
    }
    if (reset)
        point.event = u"statistics reset"_s;
    return point;
}

namespace
{
// The names in the store and in howdahctl's answer.
struct Field {
    QLatin1StringView name;
    std::optional<double> Point::*value;
};
constexpr Field fields[] = {
    {"buffer_hit"_L1, &Point::bufferHit},
    {"buffer_hit_normal"_L1, &Point::bufferHitNormal},
    {"commits"_L1, &Point::commits},
    {"rollbacks"_L1, &Point::rollbacks},
    {"wal_bytes"_L1, &Point::walBytes},
    {"active"_L1, &Point::active},
    {"idle"_L1, &Point::idle},
    {"idle_in_transaction"_L1, &Point::idleInTransaction},
    {"other"_L1, &Point::otherState},
    {"connections"_L1, &Point::connections},
    {"usable"_L1, &Point::usable},
    {"locks_waiting"_L1, &Point::locksWaiting},
    {"checkpoints"_L1, &Point::checkpoints},
};
} // namespace

QJsonObject Point::toJson() const
{
    QJsonObject object;
    for (const Field &field : fields) {
        const std::optional<double> &v = this->*field.value;
        if (v && std::isfinite(*v))
            object.insert(field.name, *v); // what is unknown has no entry
    }
    if (!event.isEmpty())
        object.insert("event"_L1, event);
    return object;
}

Point Point::fromJson(qint64 atMs, const QJsonObject &values)
{
    Point point;
    point.atMs = atMs;
    for (const Field &field : fields) {
        const QJsonValue v = values.value(field.name);
        if (v.isDouble())
            point.*field.value = v.toDouble();
    }
    point.event = values.value("event"_L1).toString();
    return point;
}

} // namespace howdah::metrics
