// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include "base/json.h"
#include "base/worker.h"

#include <QStandardPaths>

#include <algorithm>
#include <cstdio>

namespace howdah::bench
{

const QVector<Benchmark> &allBenchmarks()
{
    using enum Limit::Kind;
    static const QVector<Benchmark> all{
        {QStringLiteral("start"), QStringLiteral("From exec to first paint and an idle loop, against pgModeler's visible window"),
         {{QStringLiteral("ratio"), 0.5}, {QStringLiteral("peak_rss_mb"), 120, Count}}, runStart},
        {QStringLiteral("tree"), QStringLiteral("20 schemas of 1,000 tables, one expanded, against psql listing it"),
         {{QStringLiteral("first_paint_ms"), 150}, {QStringLiteral("peak_rss_mb"), 250, Count}, {QStringLiteral("stall_max_ms"), 50}}, runTree},
        {QStringLiteral("overview"), QStringLiteral("The overview open for so many seconds: the server's cost of a sample, memory, stalls"),
         {{QStringLiteral("server_ms"), 5}, {QStringLiteral("rss_growth_mb"), 3, Count}}, runOverview},
        {QStringLiteral("grid"), QStringLiteral("2 million rows of 10 columns into the grid (--long: 20 million), against psql with FETCH_COUNT=10000"),
         {{QStringLiteral("first_rows_ms"), 50}, {QStringLiteral("ratio"), 1.15}, {QStringLiteral("peak_rss_mb"), 400, Count}, {QStringLiteral("sort_ms"), 1000},
          {QStringLiteral("stall_p999_ms"), 16}, {QStringLiteral("stall_max_ms"), 50}}, runGrid,
         {{QStringLiteral("peak_rss_mb"), 400, Count}, {QStringLiteral("stall_max_ms"), 50}}},
        {QStringLiteral("cancel"), QStringLiteral("100 cancels of a statement whose reader has stalled, each confirmed in pg_stat_activity, against psql's"),
         {{QStringLiteral("p99_ms"), 500}, {QStringLiteral("unconfirmed"), 0, Count}, {QStringLiteral("links_lost"), 0, Count}}, runCancel},
        {QStringLiteral("locks"), QStringLiteral("50,000 locks, 500 sessions, 200 waiting: the lock tree, the server's cost while the pane is open and closed, against psql"),
         {{QStringLiteral("tree_ms"), 1000}, {QStringLiteral("peak_rss_mb"), 150, Count}, {QStringLiteral("stall_max_ms"), 50},
          {QStringLiteral("server_ms_per_s"), 5}, {QStringLiteral("closed_calls"), 0, Count}}, runLocks},
        {QStringLiteral("migrate"), QStringLiteral("1,000 migrations by the runner against psql with the same statements and transactions; 1,000 files linted"),
         {{QStringLiteral("ratio"), 1.3}, {QStringLiteral("lint_ms"), 2000}, {QStringLiteral("peak_rss_mb"), 150, Count}}, runMigrate},
        // By time: 0.97 of pg_basebackup's and pg_dump's speed, 0.9 of pg_verifybackup's.
        {QStringLiteral("backup"), QStringLiteral("A 5 GB cluster (--size MB): base backup, compressed, verification and dump against pg_basebackup, pg_verifybackup and pg_dump; the window of 10,000 segments"),
         {{QStringLiteral("ratio"), 1 / 0.97}, {QStringLiteral("compressed_ratio"), 1 / 0.97}, {QStringLiteral("verify_ratio"), 1 / 0.9}, {QStringLiteral("dump_ratio"), 1 / 0.97}, {QStringLiteral("window_ms"), 1000},
          {QStringLiteral("peak_rss_mb"), 200, Count}}, runBackup},
        {QStringLiteral("statements"), QStringLiteral("5,000 statements with 8 MB of text: a snapshot's cost to the server, against psql asking the view, and to the console; a week of them in the store"),
         // 5 ms where the view takes 18; on a machine on which count(*) alone takes longer (count_ms) the ratio says as much.
         {{QStringLiteral("server_ms"), 5}, {QStringLiteral("ratio"), 5.0 / 18}, {QStringLiteral("console_ms"), 20}, {QStringLiteral("week_ms"), 100}, {QStringLiteral("store_mb"), 200, Count}}, runStatements},
        {QStringLiteral("serve"), QStringLiteral("2,000 requests a second on /health/database of howdahctl serve: what they cost the database and the console, against psql as a probe"),
         // Of 40,000: a sample or a tier that fell into one span and not into the other.
         {{QStringLiteral("statements_by_requests"), 10, Count}, {QStringLiteral("failed"), 0, Count}, {QStringLiteral("requests_short_of_rate"), 20, Count}, {QStringLiteral("cores"), 0.5}, {QStringLiteral("rss_growth_mb"), 3, Count}}, runServe},
    };
    return all;
}

int runChild(const QString &name, const QStringList &arguments)
{
    QJsonObject object;
    if (name == QStringLiteral("tree"))
        object = treeChild(arguments);
    else if (name == QStringLiteral("overview"))
        object = overviewChild(arguments);
    else if (name == QStringLiteral("grid"))
        object = gridChild(arguments);
    else if (name == QStringLiteral("locks"))
        object = locksChild(arguments);
    else if (name == QStringLiteral("backup"))
        object = backupChild(arguments);
    else
        object.insert(QStringLiteral("error"), QStringLiteral("no such child"));
    // The store's thread closes its file after its owner is gone: before Qt's own end.
    Worker::joinClosed(5000);
    const QByteArray line = jsonLine(object);
    std::fwrite(line.constData(), 1, size_t(line.size()), stdout);
    std::fflush(stdout);
    return object.contains(QStringLiteral("error")) ? 1 : 0;
}

double median(QVector<double> values)
{
    if (values.isEmpty())
        return 0;
    std::sort(values.begin(), values.end());
    const qsizetype middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Result<QString> peerProgram(const QString &name)
{
    const QString path = QStandardPaths::findExecutable(name);
    if (path.isEmpty())
        return fail(ErrorKind::Tool, QStringLiteral("peer_missing"), QStringLiteral("The peer ") + name + QStringLiteral(" is not installed"),
                    QStringLiteral("apt-get install ") + name);
    return path;
}

} // namespace howdah::bench
