// SPDX-License-Identifier: GPL-3.0-or-later
// Every counter that leaves, as it stands in a body of OTLP, against psql: what psql reads before and after it, in this test's own words, while
// pgbench runs. The set that is compared is the set that is exported.
#include "health/otlpbody.h"
#include "health/starts.h"
#include "metrics/tiersampler.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;
using metrics::Tier;

namespace
{
// So long nothing else is waited for: what must not come has had its time.
void passed(qint64 ms)
{
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY(timer.hasExpired(ms));
}

// A counter: series, the word that tells it from others of the series, what psql is to read for it.
struct Counted {
    QByteArray series, word, value;
};

// One view: its counters, and what a row of it is of.
struct View {
    QByteArray from, row; // row: empty, there is but one
    QVector<Counted> counters;
};

QVector<View> viewsOf(int major)
{
    QVector<View> views{
        {"pg_stat_database", "datid",
         {{"postgresql.commits", "", "xact_commit"}, {"postgresql.rollbacks", "", "xact_rollback"}, {"postgresql.blks_hit", "", "blks_hit"},
          {"postgresql.blks_read", "", "blks_read"}, {"postgresql.tup_returned", "", "tup_returned"}, {"postgresql.tup_fetched", "", "tup_fetched"},
          {"postgresql.tup_inserted", "", "tup_inserted"}, {"postgresql.tup_updated", "", "tup_updated"}, {"postgresql.tup_deleted", "", "tup_deleted"},
          {"postgresql.temp_files", "", "temp_files"}, {"postgresql.temp.io", "", "temp_bytes"}, {"postgresql.deadlocks", "", "deadlocks"},
          {"howdah.postgresql.conflicts", "", "conflicts"}, {"howdah.postgresql.checksum.failures", "", "checksum_failures"},
          {"howdah.postgresql.sessions", "", "sessions"}, {"howdah.postgresql.session.ended", "abandoned", "sessions_abandoned"},
          {"howdah.postgresql.session.ended", "fatal", "sessions_fatal"}, {"howdah.postgresql.session.ended", "killed", "sessions_killed"},
          {"howdah.postgresql.session.time", "active", "active_time / 1000"}, {"howdah.postgresql.session.time", "any", "session_time / 1000"},
          {"howdah.postgresql.session.time", "idle in transaction", "idle_in_transaction_time / 1000"},
          {"howdah.postgresql.block.time", "read", "blk_read_time / 1000"}, {"howdah.postgresql.block.time", "write", "blk_write_time / 1000"}}},
        {"pg_stat_user_tables", "(SELECT oid FROM pg_database WHERE datname = current_database()) || ' ' || relid",
         {{"postgresql.sequential_scans", "", "seq_scan"}, {"howdah.postgresql.table.sequential_rows", "", "seq_tup_read"},
          {"howdah.postgresql.table.index_scans", "", "idx_scan"}, {"postgresql.operations", "ins", "n_tup_ins"}, {"postgresql.operations", "upd", "n_tup_upd"},
          {"postgresql.operations", "del", "n_tup_del"}, {"postgresql.operations", "hot_upd", "n_tup_hot_upd"},
          {"postgresql.table.vacuum.count", "", "vacuum_count"}, {"howdah.postgresql.table.maintenance.count", "autovacuum", "autovacuum_count"},
          {"howdah.postgresql.table.maintenance.count", "analyze", "analyze_count"},
          {"howdah.postgresql.table.maintenance.count", "autoanalyze", "autoanalyze_count"}}},
        {"pg_statio_user_tables", "(SELECT oid FROM pg_database WHERE datname = current_database()) || ' ' || relid",
         {{"postgresql.blocks_read", "heap_read", "heap_blks_read"}, {"postgresql.blocks_read", "heap_hit", "heap_blks_hit"},
          {"postgresql.blocks_read", "idx_read", "idx_blks_read"}, {"postgresql.blocks_read", "idx_hit", "idx_blks_hit"},
          {"postgresql.blocks_read", "toast_read", "toast_blks_read"}, {"postgresql.blocks_read", "toast_hit", "toast_blks_hit"},
          {"postgresql.blocks_read", "tidx_read", "tidx_blks_read"}, {"postgresql.blocks_read", "tidx_hit", "tidx_blks_hit"}}},
        {"pg_stat_user_indexes", "(SELECT oid FROM pg_database WHERE datname = current_database()) || ' ' || indexrelid",
         {{"postgresql.index.scans", "", "idx_scan"}, {"howdah.postgresql.index.entries", "", "idx_tup_read"}}},
        {"pg_stat_wal", "",
         {{"howdah.postgresql.wal.records", "", "wal_records"}, {"howdah.postgresql.wal.fpi", "", "wal_fpi"}, {"howdah.postgresql.wal.size", "", "wal_bytes"},
          {"howdah.postgresql.wal.buffers_full", "", "wal_buffers_full"}}},
        {"pg_stat_bgwriter", "",
         {{"postgresql.bgwriter.buffers.writes", "bgwriter", "buffers_clean"}, {"postgresql.bgwriter.maxwritten", "", "maxwritten_clean"},
          {"postgresql.bgwriter.buffers.allocated", "", "buffers_alloc"}}},
        {"pg_stat_archiver", "", {{"howdah.postgresql.archiver.count", "archived", "archived_count"}, {"howdah.postgresql.archiver.count", "failed", "failed_count"}}},
    };
    if (major >= 17) {
        views << View{"pg_stat_checkpointer", "",
                      {{"postgresql.bgwriter.checkpoint.count", "scheduled", "num_timed"}, {"postgresql.bgwriter.checkpoint.count", "requested", "num_requested"},
                       {"howdah.postgresql.restartpoint.count", "scheduled", "restartpoints_timed"},
                       {"howdah.postgresql.restartpoint.count", "requested", "restartpoints_req"},
                       {"howdah.postgresql.restartpoint.count", "done", "restartpoints_done"}, {"postgresql.bgwriter.duration", "write", "write_time"},
                       {"postgresql.bgwriter.duration", "sync", "sync_time"}, {"postgresql.bgwriter.buffers.writes", "checkpoints", "buffers_written"}}};
    } else {
        views << View{"pg_stat_bgwriter", "",
                      {{"postgresql.bgwriter.checkpoint.count", "scheduled", "checkpoints_timed"},
                       {"postgresql.bgwriter.checkpoint.count", "requested", "checkpoints_req"}, {"postgresql.bgwriter.duration", "write", "checkpoint_write_time"},
                       {"postgresql.bgwriter.duration", "sync", "checkpoint_sync_time"}, {"postgresql.bgwriter.buffers.writes", "checkpoints", "buffers_checkpoint"},
                       {"postgresql.bgwriter.buffers.writes", "backend", "buffers_backend"},
                       {"postgresql.bgwriter.buffers.writes", "backend_fsync", "buffers_backend_fsync"}}};
    }
    if (major >= 18)
        views << View{"pg_stat_checkpointer", "",
                      {{"howdah.postgresql.checkpoint.done", "", "num_done"}, {"howdah.postgresql.checkpoint.slru_buffers", "", "slru_written"}}};
    if (major < 16)
        return views;
    View io{"pg_stat_io", "backend_type || ' ' || object || ' ' || context", {}};
    for (const char *word : {"read", "write", "writeback", "extend", "fsync"}) {
        io.counters << Counted{"howdah.postgresql.io.operations", word, QByteArray(word) + 's'}
                    << Counted{"howdah.postgresql.io.time", word, QByteArray(word) + "_time / 1000"};
    }
    for (const char *word : {"read", "write", "extend"})
        io.counters << Counted{"howdah.postgresql.io.size", word, QByteArray(word) + (major >= 18 ? "_bytes" : "s * op_bytes")};
    io.counters << Counted{"howdah.postgresql.io.buffers", "hit", "hits"} << Counted{"howdah.postgresql.io.buffers", "evict", "evictions"}
                << Counted{"howdah.postgresql.io.buffers", "reuse", "reuses"};
    return views << io;
}

// As text: 64 bits where it has no point or exponent.
using Values = QHash<QString, QByteArray>;

bool isLess(const QByteArray &a, const QByteArray &b)
{
    bool exactA = false, exactB = false;
    const qint64 left = a.toLongLong(&exactA), right = b.toLongLong(&exactB);
    if (exactA && exactB)
        return left < right;
    const double x = a.toDouble(), y = b.toDouble();
    return x < y - 1e-9 * std::max(1.0, std::abs(y)); // one is scaled by the server, the other by us
}

// The sums of a body of OTLP that only grow, and since when each counts.
Values countersIn(const QByteArray &body, QHash<QString, QString> &starts)
{
    Values values;
    for (const QJsonValue &metric : QJsonDocument::fromJson(body)["resourceMetrics"_L1][0]["scopeMetrics"_L1][0]["metrics"_L1].toArray()) {
        if (!metric["sum"_L1]["isMonotonic"_L1].toBool())
            continue;
        for (const QJsonValue &point : metric["sum"_L1]["dataPoints"_L1].toArray()) {
            QString key = metric["name"_L1].toString();
            for (const QJsonValue &attribute : point["attributes"_L1].toArray())
                key += u' ' + attribute["value"_L1]["stringValue"_L1].toString();
            const QJsonValue real = point["asDouble"_L1];
            values.insert(key, real.isUndefined() ? point["asInt"_L1].toString().toLatin1() : QByteArray::number(real.toDouble(), 'g', 17));
            starts.insert(key, point["startTimeUnixNano"_L1].toString());
        }
    }
    return values;
}
} // namespace

class TestExported : public QObject
{
    Q_OBJECT
private slots:
    void liesBetweenPsqlsReadings_data()
    {
        QTest::addColumn<int>("major");
        for (const int major : {15, 16, 17, 18})
            QTest::addRow("%d", major) << major;
    }
    void liesBetweenPsqlsReadings();

private:
    QProcessEnvironment environment() const;
    QStringList server() const { return {u"-h"_s, u"127.0.0.1"_s, u"-p"_s, QString::number(m_server->port()), u"-U"_s, u"postgres"_s}; }
    bool write(const QString &name, const QByteArray &text) const;
    void psql(Values &into) const;

    std::unique_ptr<test::TestServer> m_server;
    QTemporaryDir m_folder;
};

QProcessEnvironment TestExported::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server->password().data()));
    environment.insert(u"PGSSLMODE"_s, u"verify-full"_s);
    environment.insert(u"PGSSLROOTCERT"_s, m_server->caFile());
    return environment;
}

bool TestExported::write(const QString &name, const QByteArray &text) const
{
    QFile file(m_folder.filePath(name));
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

void TestExported::psql(Values &into) const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.start(u"psql"_s, QStringList{u"-XAtq"_s, u"-F"_s, u"\t"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-f"_s, m_folder.filePath(u"ask.sql"_s)} + server()
                                 + QStringList{u"postgres"_s});
    QVERIFY2(process.waitForFinished(60'000) && process.exitCode() == 0, process.readAllStandardError().constData());
    for (const QByteArray &line : process.readAllStandardOutput().split('\n')) {
        const QList<QByteArray> fields = line.split('\t');
        if (fields.size() == 2 && !fields[1].isEmpty()) // NULL: not known, and to have no point
            into.insert(QString::fromUtf8(fields[0]), fields[1]);
    }
}

void TestExported::liesBetweenPsqlsReadings()
{
    QFETCH(int, major);
    // HOWDAH_EXPORTED_S: for how long; `ctest -L long` has ten minutes of it.
    const int seconds = std::max(8, qEnvironmentVariableIntValue("HOWDAH_EXPORTED_S"));
    test::ServerSetup setup;
    setup.major = major;
    setup.settings = {u"track_io_timing=on"_s, u"track_wal_io_timing=on"_s, u"archive_mode=on"_s, u"archive_command=true"_s, u"autovacuum_naptime=5"_s,
                      u"shared_buffers=4MB"_s};
    QString why;
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QByteArray ask;
    QSet<QByteArray> series;
    for (const View &view : viewsOf(major)) {
        for (const Counted &counted : view.counters) {
            series.insert(counted.series);
            const QByteArray word = counted.word.isEmpty() ? QByteArray("NULL") : QByteArray('\'' + counted.word + '\'');
            const QByteArray row = view.row.isEmpty() ? QByteArray("NULL") : view.row;
            ask += "SELECT concat_ws(' ', '" + counted.series + "', " + word + ", " + row + "), " + counted.value + " FROM " + view.from + ";\n";
        }
    }
    QVERIFY(write(u"ask.sql"_s, ask));
    // Beside pgbench's own transactions what moves the rarer counters.
    QVERIFY(write(u"rare.sql"_s, "BEGIN;\nDELETE FROM pgbench_history WHERE tid = 1;\nROLLBACK;\nSET work_mem = '64kB';\n"
                                 "SELECT count(*) FROM (SELECT filler FROM pgbench_accounts ORDER BY filler, abalance LIMIT 20000) s;\n"
                                 "SELECT pg_switch_wal();\nCHECKPOINT;\nVACUUM ANALYZE pgbench_tellers;\n"));
    const auto pgbench = [&](QProcess &process, const QStringList &arguments) {
        process.setProcessEnvironment(environment());
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(u"pgbench"_s, server() + arguments + QStringList{u"postgres"_s});
    };
    QProcess prepared, bench;
    pgbench(prepared, {u"-i"_s, u"-q"_s});
    QVERIFY2(prepared.waitForFinished(60'000) && prepared.exitCode() == 0, prepared.readAll().constData());
    pgbench(bench, {u"-n"_s, u"-c"_s, u"4"_s, u"-R"_s, u"60"_s, u"-T"_s, QString::number(seconds + 30), u"-b"_s, u"tpcb-like@40"_s, u"-f"_s,
                    m_folder.filePath(u"rare.sql"_s) + u"@1"_s});
    QVERIFY(bench.waitForStarted());

    auto own = m_server->admin();
    QVERIFY(own);
    Starts starts;
    Values first, last;
    QHash<QString, QString> since;
    int rounds = 0;
    qint64 compared = 0;
    QElapsedTimer ran;
    ran.start();
    while (!ran.hasExpired(seconds * 1000LL)) {
        Values before, after;
        psql(before);
        const auto sample = metrics::readSample(**own);
        QVERIFY2(sample, sample ? "" : qPrintable(sample.error().text()));
        metrics::Tiers tiers;
        for (const Tier tier : metrics::allTiers) {
            const auto reading = metrics::readTier(**own, tier);
            QVERIFY2(reading, reading ? "" : qPrintable(reading.error().text()));
            QVERIFY2(reading->absent.isEmpty() || (tier == Tier::Io && major == 15), qPrintable(reading->absent));
            tiers.insert(tier, *reading);
        }
        psql(after);
        if (QTest::currentTestFailed())
            return;
        QVector<Series> all = seriesOf(*sample, tiers);
        starts.mark(all, *sample);
        QHash<QString, QString> startOf;
        const Values exported = countersIn(otlpBody(all, otlpResource(u"a"_s), OtlpEncoding::Json), startOf);
        QVERIFY(exported.size() > 100);
        for (auto it = exported.cbegin(); it != exported.cend(); ++it) {
            QVERIFY2(before.contains(it.key()) || after.contains(it.key()), qPrintable(QString(u"exported, and psql has none: "_s + it.key())));
            const QByteArray from = before.value(it.key(), "0"), to = after.value(it.key(), "0"); // a row may have come in between
            const QByteArray said = it.key().toUtf8() + ": " + it.value() + " between " + from + " and " + to;
            QVERIFY2(!isLess(it.value(), from) && !isLess(to, it.value()), said.constData());
            if (const auto was = last.constFind(it.key()); was != last.cend()) {
                QVERIFY2(!isLess(it.value(), *was), said.constData());
                QCOMPARE(startOf.value(it.key()), since.value(it.key())); // nothing was reset
            } else {
                first.insert(it.key(), it.value());
            }
        }
        for (auto it = before.cbegin(); it != before.cend(); ++it)
            QVERIFY2(exported.contains(it.key()), qPrintable(QString(u"psql has it, and it is not exported: "_s + it.key())));
        last = exported;
        since = startOf;
        compared += exported.size();
        ++rounds;
        QVERIFY2(bench.state() == QProcess::Running, bench.readAll().constData());
        passed(seconds > 60 ? 1000 : 100);
    }
    bench.terminate();
    bench.waitForFinished(10'000);
    m_server.reset();
    // Under this load most of them moved: a constant between its own two readings would prove nothing.
    QSet<QString> moved;
    int movedPoints = 0;
    for (auto it = last.cbegin(); it != last.cend(); ++it) {
        if (!isLess(first.value(it.key()), it.value()))
            continue;
        ++movedPoints;
        moved.insert(it.key().section(u' ', 0, 0));
    }
    qInfo("%d: %lld values of %d counters in %d rounds over %lld s; %d counters of %d moved, of %d series of %d", major, compared, int(last.size()), rounds,
          ran.elapsed() / 1000, movedPoints, int(last.size()), int(moved.size()), int(series.size()));
    QVERIFY(rounds >= std::max(2, seconds / 10));
    QVERIFY2(moved.size() * 3 >= series.size() * 2, qPrintable(QStringList(moved.values()).join(u' ')));
}

QTEST_GUILESS_MAIN(TestExported)
#include "tst_exported.moc"
