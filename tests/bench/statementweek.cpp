// SPDX-License-Identifier: GPL-3.0-or-later
#include "statementweek.h"

#include "bench.h"
#include "statementload.h"

#include "statements/ranking.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFileInfo>

#include <algorithm>
#include <ctime>

namespace howdah::bench
{

using namespace statements;

namespace
{

constexpr qint64 minuteMs = 60'000;
constexpr qint64 weekMinutes = 7 * 24 * 60;
constexpr qint64 finelyMinutes = 7 * 60; // what is kept of single minutes, and the hour that is not over
constexpr int lists = 9;

Key keyOf(int i)
{
    return {10, 5, qint64(mixed(quint64(i), 1ULL << 40)), i % 17 != 0, 0};
}

// What most statements count in: time, rows, blocks; of a tenth the blocks and WAL that they wrote too.
Counters countersOf(int i, qint64 minute)
{
    const quint64 chance = mixed(quint64(i) + kStatements, quint64(minute));
    const auto calls = qint64(1 + chance % 200);
    const auto meanNs = qint64(50'000 + mixed(quint64(i), 2) % 20'000'000);
    Counters counters;
    counters[Measure::Calls] = calls;
    counters[Measure::ExecTime] = calls * meanNs + qint64(chance % 100'000);
    counters[Measure::Rows] = calls * qint64(1 + i % 40);
    counters[Measure::SharedHit] = calls * qint64(4 + i % 300);
    if (i % 3 == 0) {
        counters[Measure::SharedRead] = qint64(chance % 5000);
        counters[Measure::ReadTime] = qint64(chance % 5000) * 60'000;
    }
    if (i % 10 == 9) {
        counters[Measure::SharedDirtied] = calls;
        counters[Measure::WalRecords] = calls * 3;
        counters[Measure::WalBytes] = calls * 420;
    }
    counters.execSquares = double(calls) * double(meanNs) * double(meanNs) * 1.3e-12;
    return counters;
}

Reading readingOf(qint64 from, qint64 to, QVector<bool> &told)
{
    Reading reading;
    reading.interval.fromMs = from * minuteMs;
    reading.interval.toMs = to * minuteMs;
    for (int i = 0; i < kStatements; ++i) {
        Change change{keyOf(i), {}};
        for (qint64 minute = from; minute < to; ++minute) {
            if (runsIn(i, minute))
                change.counters += countersOf(i, minute);
        }
        if (change.counters.isZero())
            continue;
        reading.interval.changes.append(change);
        if (!told[i]) {
            const QString text = QString::fromLatin1(statementText(i));
            reading.texts.insert(change.key, {text, text.size()});
            told[i] = true;
        }
    }
    reading.names.roles.insert(10, QStringLiteral("orders_app"));
    reading.names.databases.insert(5, QStringLiteral("orders"));
    return reading;
}

} // namespace

double threadCpuMs()
{
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

Result<QJsonObject> measureWeek(const QString &path, int stepMinutes)
{
    const QString source = historySource(QStringLiteral("bench"));
    auto store = store::Store::open(path);
    if (!store)
        return fail(store.error());
    const qint64 end = QDateTime::currentMSecsSinceEpoch() / minuteMs;
    const qint64 begin = end - weekMinutes;
    QVector<bool> told(kStatements);
    QVector<double> keeping;
    qint64 changes = 0;
    QElapsedTimer clock;
    clock.start();
    for (qint64 from = begin; from < end;) {
        const qint64 to = end - from > finelyMinutes ? std::min(from + stepMinutes, end - finelyMinutes) : from + 1;
        const Reading reading = readingOf(from, to, told);
        const double before = threadCpuMs();
        const auto kept = keep(**store, source, reading, to * minuteMs);
        if (!kept)
            return fail(kept.error());
        if (!kept->written)
            return fail(ErrorKind::Client, QStringLiteral("not_written"), QStringLiteral("A reading of the week was not kept"));
        if (end - from <= finelyMinutes) { // those before are of other steps
            keeping << threadCpuMs() - before;
            changes += reading.interval.changes.size();
        }
        from = to;
    }
    const double fedSeconds = double(clock.elapsed()) / 1e3;

    // As a console finds it that was started just now.
    store->reset();
    store = store::Store::open(path);
    if (!store)
        return fail(store.error());
    QVector<double> listing;
    TopList list;
    qsizetype first = 0;
    for (int i = 0; i < lists; ++i) {
        clock.restart();
        auto read = historyOf(**store, source, begin * minuteMs, end * minuteMs);
        if (!read)
            return fail(read.error());
        list = *std::move(read);
        first = ranked(list, Order::Total, {}).size();
        listing << double(clock.nsecsElapsed()) / 1e6;
    }
    // A list of less than all of it would be the fastest.
    if (list.fromMs > begin * minuteMs || list.toMs != end * minuteMs || list.gaps.lostMs != 0 || first != kStatements)
        return fail(ErrorKind::Client, QStringLiteral("not_all"), QStringLiteral("The week's list has %1 of %2 statements").arg(first).arg(kStatements));
    const qint64 bytes = QFileInfo(path).size() + QFileInfo(path + QStringLiteral("-wal")).size();
    return QJsonObject{{QStringLiteral("week_ms"), median(listing)},
                       {QStringLiteral("week_first_ms"), listing.constFirst()},
                       {QStringLiteral("store_mb"), double(bytes) / 1e6},
                       {QStringLiteral("keep_ms"), median(keeping)},
                       {QStringLiteral("keep_max_ms"), *std::max_element(keeping.cbegin(), keeping.cend())},
                       {QStringLiteral("changes_per_minute"), double(changes) / double(keeping.size())},
                       {QStringLiteral("fed_step_minutes"), stepMinutes},
                       {QStringLiteral("fed_s"), fedSeconds}};
}

} // namespace howdah::bench
