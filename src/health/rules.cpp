// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/rules.h"

#include "base/units.h"

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
using Judged = std::optional<Finding>;

constexpr qint64 minute = 60;
constexpr double transactionNumbers = 2147483648.0; // half of 2^32 is what may lie between the oldest and the newest

Finding warning(const QString &message)
{
    return {Verdict::Warning, message};
}

Finding critical(const QString &message)
{
    return {Verdict::Critical, message};
}

std::optional<qint64> number(const Reading &reading, const QString &name)
{
    const auto it = reading.numbers.constFind(name);
    return it == reading.numbers.cend() ? std::nullopt : std::optional<qint64>(*it);
}

QString ago(qint64 seconds)
{
    return units::duration(seconds * 1000);
}

Judged above(const Reading &reading, const QString &name, qint64 warnFrom, qint64 criticalFrom, const QString &message)
{
    const auto seconds = number(reading, name);
    if (!seconds || *seconds < warnFrom)
        return std::nullopt;
    return Finding{*seconds >= criticalFrom ? Verdict::Critical : Verdict::Warning, message.arg(ago(*seconds))};
}

Judged connections(const Reading &reading)
{
    const auto used = number(reading, u"connections_used"_s);
    const auto usable = number(reading, u"connections_usable"_s);
    if (!used || !usable || *usable <= 0 || *used * 100 < *usable * 75)
        return std::nullopt;
    const QString message = u"%1 of %2 usable connections are taken"_s.arg(*used).arg(*usable);
    return *used * 100 >= *usable * 90 ? critical(message) : warning(message);
}

Judged longTransaction(const Reading &reading)
{
    return above(reading, u"longest_transaction_seconds"_s, 5 * minute, 24 * 60 * minute, u"A transaction has been open for %1: vacuum cannot remove rows newer than it"_s);
}

Judged idleInTransaction(const Reading &reading)
{
    return above(reading, u"longest_idle_in_transaction_seconds"_s, 5 * minute, 24 * 60 * minute, u"A session has been idle in a transaction that pins rows for %1"_s);
}

Judged lockWait(const Reading &reading)
{
    return above(reading, u"longest_lock_wait_seconds"_s, minute, 5 * minute, u"A session has waited for a lock for %1"_s);
}

Judged archiver(const Reading &reading)
{
    const auto failing = number(reading, u"archive_failing_seconds"_s);
    if (!failing)
        return std::nullopt;
    const QString message = u"Archiving %1 fails, for %2 now: WAL piles up until it works"_s.arg(reading.lastFailedWal, ago(*failing));
    return *failing >= 5 * minute ? critical(message) : warning(message);
}

Judged archiveOff(const Reading &reading)
{
    if (reading.archiveMode != "off"_L1)
        return std::nullopt;
    return warning(u"WAL is not archived: no recovery to a point in time"_s);
}

Judged wraparound(const Reading &reading)
{
    const auto age = number(reading, u"xid_age"_s);
    const auto freezeAt = number(reading, u"freeze_max_age"_s);
    if (!age)
        return std::nullopt;
    const double share = double(*age) / transactionNumbers;
    const QString message = u"%1 of the transaction numbers are used up: vacuum does not freeze"_s.arg(units::ratio(share));
    if (share >= 0.75)
        return critical(message);
    if (share >= 0.5 || (freezeAt && double(*age) > 1.25 * double(*freezeAt)))
        return warning(message);
    return std::nullopt;
}

Judged multixact(const Reading &reading)
{
    const auto age = number(reading, u"multixact_age"_s);
    if (!age || double(*age) < 0.5 * transactionNumbers)
        return std::nullopt;
    const double share = double(*age) / transactionNumbers;
    const QString message = u"%1 of the multixact numbers are used up: vacuum does not freeze"_s.arg(units::ratio(share));
    return share >= 0.75 ? critical(message) : warning(message);
}

Judged checksums(const Reading &reading)
{
    if (const qint64 failures = number(reading, u"checksum_failures"_s).value_or(0); failures > 0)
        return critical(u"%1 pages failed their checksum: disk or memory is faulty"_s.arg(failures));
    if (!reading.flags.value(u"data_checksums"_s, true))
        return warning(u"Data checksums are off"_s);
    return std::nullopt;
}

// Never critical by itself; and a ratio of the server's whole statistics says little before much was read.
Judged cacheHit(const Reading &reading)
{
    if (!reading.cacheHitRatio || *reading.cacheHitRatio >= 95 || number(reading, u"blocks_read"_s).value_or(0) < 100'000)
        return std::nullopt;
    return warning(u"Buffer hit is %1 since statistics began"_s.arg(units::ratio(*reading.cacheHitRatio / 100)));
}

Judged settings(const Reading &reading)
{
    if (!reading.flags.value(u"fsync"_s, true))
        return critical(u"fsync is off: a crash destroys the cluster"_s);
    if (!reading.flags.value(u"full_page_writes"_s, true))
        return critical(u"full_page_writes is off: a crash may leave torn pages"_s);
    if (!reading.flags.value(u"autovacuum"_s, true))
        return critical(u"autovacuum or track_counts is off"_s);
    return std::nullopt;
}

Judged slots_(const Reading &reading)
{
    const auto of = [&](const QString &state) { return number(reading, u"slots_"_s + state).value_or(0); };
    if (of(u"lost"_s) + of(u"unreserved"_s) > 0)
        return critical(u"%1 replication slots lost WAL they need, %2 are about to"_s.arg(of(u"lost"_s)).arg(of(u"unreserved"_s)));
    if (of(u"extended"_s) > 0)
        return warning(u"%1 replication slots hold more WAL than max_wal_size"_s.arg(of(u"extended"_s)));
    if (of(u"inactive"_s) > 0)
        return warning(u"%1 replication slots are inactive and keep WAL"_s.arg(of(u"inactive"_s)));
    return std::nullopt;
}

Judged prepared(const Reading &reading)
{
    const qint64 count = number(reading, u"old_prepared"_s).value_or(0);
    return count > 0 ? Judged(warning(u"%1 transactions have been prepared for over 5 min"_s.arg(count))) : std::nullopt;
}
} // namespace

const QVector<Rule> &rules()
{
    static const QVector<Rule> all{
        {u"connections"_s, connections}, {u"long_transaction"_s, longTransaction}, {u"idle_in_transaction"_s, idleInTransaction},
        {u"lock_wait"_s, lockWait},      {u"archive_failing"_s, archiver},         {u"archive_off"_s, archiveOff},
        {u"wraparound"_s, wraparound},   {u"multixact"_s, multixact},              {u"checksums"_s, checksums},
        {u"cache_hit"_s, cacheHit},      {u"settings"_s, settings},                {u"slots"_s, slots_},
        {u"prepared"_s, prepared}};
    return all;
}

} // namespace howdah::health
