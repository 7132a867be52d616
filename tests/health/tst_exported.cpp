// SPDX-License-Identifier: GPL-3.0-or-later
// What is exported of real servers against their own views, asked here in this test's words, and starts through resets, crashes and a failover.
#include "health/starts.h"
#include "metrics/tiersampler.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QHash>
#include <QTest>

#include <atomic>
#include <csignal>
#include <thread>

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

metrics::Tiers readTiers(pg::Connection &connection)
{
    metrics::Tiers tiers;
    for (const Tier tier : metrics::allTiers) {
        if (const auto reading = metrics::readTier(connection, tier))
            tiers.insert(tier, *reading);
        else
            qWarning("%s", qPrintable(reading.error().text()));
    }
    return tiers;
}

QString keyOf(const Series &series, const SeriesPoint &point)
{
    QString key = series.name;
    for (const Attribute &attribute : point.attributes)
        key += u' ' + attribute.value;
    return key;
}

double real(const metrics::Number &value)
{
    return std::visit([](auto v) { return double(v); }, value);
}

// Sessions that write, read, roll back and sort, until it is destroyed.
class Load
{
public:
    explicit Load(const test::TestServer &server)
    {
        m_thread = std::thread([this, &server] {
            auto link = server.admin();
            for (int i = 0; link && !m_stop; ++i) {
                auto run = [&](const QByteArray &text) { (void)(*link)->run({text, {}}); };
                run("INSERT INTO public.loaded SELECT g, repeat('x', 200) FROM generate_series(1, 500) g");
                run("UPDATE public.loaded SET t = 'y' WHERE i = 1");
                run("SELECT count(*) FROM public.loaded");
                run("SELECT t FROM public.loaded WHERE i = 7 LIMIT 1");
                (void)(*link)->command("BEGIN");
                run("DELETE FROM public.loaded WHERE i = 2");
                (void)(*link)->command("ROLLBACK");
                if (i % 5 == 4)
                    run("CHECKPOINT");
            }
        });
    }
    ~Load()
    {
        m_stop = true;
        m_thread.join();
    }

private:
    std::atomic<bool> m_stop = false;
    std::thread m_thread;
};

struct Asked {
    QString key; // of the point
    QByteArray sql;
    double scale = 1;
};
} // namespace

class TestExported : public QObject
{
    Q_OBJECT
private slots:
    void liesBetweenTheServersOwnReadings_data()
    {
        QTest::addColumn<int>("major");
        for (const int major : {15, 16, 17, 18})
            QTest::addRow("%d", major) << major;
    }

    void liesBetweenTheServersOwnReadings()
    {
        QFETCH(int, major);
        test::ServerSetup setup;
        setup.major = major;
        setup.settings = {u"track_io_timing=on"_s, u"archive_mode=on"_s, u"archive_command=true"_s};
        QString why;
        const auto server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE TABLE public.loaded (i int, t text)", "CREATE INDEX loaded_i ON public.loaded (i)"}, &why), qPrintable(why));
        auto own = server->admin(), other = server->admin();
        QVERIFY(own && other);
        const auto oidOf = [&](const QByteArray &sql) { return (*own)->run({sql, {}})->text(0, 0); };
        const QString db = oidOf("SELECT oid FROM pg_database WHERE datname = 'postgres'");
        const QString table = db + u' ' + oidOf("SELECT 'public.loaded'::regclass::oid");
        const QString index = db + u' ' + oidOf("SELECT 'public.loaded_i'::regclass::oid");
        const auto ofDb = [](const QByteArray &column) -> QByteArray { return "SELECT " + column + " FROM pg_stat_database WHERE datname = 'postgres'"; };
        const auto ofTable = [](const QByteArray &column) -> QByteArray { return "SELECT " + column + " FROM pg_stat_user_tables WHERE relname = 'loaded'"; };
        const QByteArray checkpointer = major >= 17 ? "pg_stat_checkpointer" : "pg_stat_bgwriter";
        QVector<Asked> all{
            {u"postgresql.commits "_s + db, ofDb("xact_commit")},
            {u"postgresql.rollbacks "_s + db, ofDb("xact_rollback")},
            {u"postgresql.blks_hit "_s + db, ofDb("blks_hit")},
            {u"postgresql.blks_read "_s + db, ofDb("blks_read")},
            {u"postgresql.blks_hit 0"_s, "SELECT blks_hit FROM pg_stat_database WHERE datid = 0"},
            {u"postgresql.tup_inserted "_s + db, ofDb("tup_inserted")},
            {u"postgresql.tup_returned "_s + db, ofDb("tup_returned")},
            {u"howdah.postgresql.sessions "_s + db, ofDb("sessions")},
            {u"howdah.postgresql.session.time active "_s + db, ofDb("active_time"), 0.001},
            {u"howdah.postgresql.block.time write "_s + db, ofDb("blk_write_time"), 0.001},
            {u"postgresql.operations ins "_s + table, ofTable("n_tup_ins")},
            {u"postgresql.operations hot_upd "_s + table, ofTable("n_tup_hot_upd")},
            {u"postgresql.sequential_scans "_s + table, ofTable("seq_scan")},
            {u"postgresql.blocks_read heap_hit "_s + table, "SELECT heap_blks_hit FROM pg_statio_user_tables WHERE relname = 'loaded'"},
            {u"postgresql.table.size "_s + table, "SELECT pg_relation_size('public.loaded')"},
            {u"postgresql.index.scans "_s + index, "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'loaded_i'"},
            {u"postgresql.index.size "_s + index, "SELECT pg_relation_size('public.loaded_i')"},
            {u"postgresql.db_size "_s + db, "SELECT pg_database_size('postgres')"},
            {u"howdah.postgresql.wal.records"_s, "SELECT wal_records FROM pg_stat_wal"},
            {u"howdah.postgresql.wal.size"_s, "SELECT wal_bytes FROM pg_stat_wal"},
            {u"howdah.postgresql.wal.position"_s, "SELECT pg_current_wal_insert_lsn() - '0/0'"},
            {u"postgresql.bgwriter.buffers.allocated"_s, "SELECT buffers_alloc FROM pg_stat_bgwriter"},
            {u"postgresql.bgwriter.checkpoint.count requested"_s, "SELECT " + QByteArray(major >= 17 ? "num_requested" : "checkpoints_req") + " FROM " + checkpointer},
            {u"postgresql.bgwriter.duration write"_s, "SELECT " + QByteArray(major >= 17 ? "write_time" : "checkpoint_write_time") + " FROM " + checkpointer},
            {u"postgresql.bgwriter.buffers.writes checkpoints"_s, "SELECT " + QByteArray(major >= 17 ? "buffers_written" : "buffers_checkpoint") + " FROM " + checkpointer},
            {u"howdah.postgresql.archiver.count archived"_s, "SELECT archived_count FROM pg_stat_archiver"},
        };
        if (major >= 16) {
            const QByteArray where = " FROM pg_stat_io WHERE backend_type = 'client backend' AND object = 'relation' AND context = 'normal'";
            all << Asked{u"howdah.postgresql.io.operations extend client backend relation normal"_s, "SELECT extends" + where}
                << Asked{u"howdah.postgresql.io.buffers hit client backend relation normal"_s, "SELECT hits" + where}
                << Asked{u"howdah.postgresql.io.size extend client backend relation normal"_s,
                         (major >= 18 ? "SELECT extend_bytes" : "SELECT extends * op_bytes") + where}
                << Asked{u"howdah.postgresql.io.time extend client backend relation normal"_s, "SELECT extend_time" + where, 0.001};
        }
        const auto ask = [&] {
            QVector<double> values;
            for (const Asked &asked : all) {
                const auto rows = (*other)->run({asked.sql, {}});
                values << (rows && !rows->isEmpty() ? rows->real(0, 0).value_or(-1) * asked.scale : -1);
            }
            return values;
        };
        Load load(*server);
        passed(1500);
        QVector<double> first;
        for (int round = 0; round < 8; ++round) {
            const QVector<double> before = ask();
            const auto sample = metrics::readSample(**own);
            QVERIFY2(sample, sample ? "" : qPrintable(sample.error().text()));
            const auto tiers = readTiers(**own);
            const QVector<double> after = ask();
            for (auto it = tiers.cbegin(); it != tiers.cend(); ++it)
                QVERIFY2(it->absent.isEmpty() || (it.key() == Tier::Io && major == 15), qPrintable(it->absent));
            QHash<QString, double> got;
            for (const Series &series : seriesOf(*sample, tiers)) {
                for (const SeriesPoint &point : series.points)
                    got.insert(keyOf(series, point), real(point.value));
            }
            QVERIFY(got.size() > 60);
            for (qsizetype i = 0; i < all.size(); ++i) {
                const QByteArray said = QStringLiteral("%1: %2 between %3 and %4").arg(all[i].key).arg(got.value(all[i].key, -1), 0, 'f', 6)
                                            .arg(before[i], 0, 'f', 6).arg(after[i], 0, 'f', 6).toUtf8();
                QVERIFY2(before[i] >= 0 && got.contains(all[i].key), said.constData());
                QVERIFY2(got.value(all[i].key) >= before[i] - 1e-9 && got.value(all[i].key) <= after[i] + 1e-9, said.constData());
            }
            if (round == 0)
                first = before;
            passed(200);
        }
        // Under this load most of them moved: a constant between its own two readings would prove nothing.
        const QVector<double> last = ask();
        int moved = 0;
        for (qsizetype i = 0; i < all.size(); ++i)
            moved += last[i] > first[i];
        QVERIFY2(moved * 3 >= all.size() * 2, qPrintable(u"%1 of %2 moved"_s.arg(moved).arg(all.size())));
    }

    // One role without any right: what it may not know is absent, and all else is there.
    void withoutRights()
    {
        QString why;
        const auto server = test::TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE ROLE plain LOGIN PASSWORD 'plain'"}, &why), qPrintable(why));
        pg::ConnectionSpec spec = server->spec().withRole(u"plain"_s);
        auto link = pg::Connection::open(spec, Secret("plain"));
        QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
        const auto sample = metrics::readSample(**link);
        QVERIFY(sample);
        const auto tiers = readTiers(**link);
        QVERIFY2(tiers[Tier::Replication].absent.startsWith(u"not permitted"_s), qPrintable(tiers[Tier::Replication].absent));
        bool hasCommits = false;
        for (const Series &series : seriesOf(*sample, tiers)) {
            QVERIFY2(!series.name.startsWith(u"howdah.postgresql.replication.standbys"_s), qPrintable(series.name));
            QVERIFY2(series.name != "howdah.postgresql.connection.count"_L1, "0 sessions were told");
            hasCommits = hasCommits || series.name == "postgresql.commits"_L1;
        }
        QVERIFY(hasCommits);
    }

    // Who holds a table exclusively costs its size alone, and nobody waits for it.
    void aLockedTableHasNoSize()
    {
        QString why;
        const auto server = test::TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE TABLE public.held AS SELECT g AS i FROM generate_series(1, 1000) g", "CREATE INDEX held_i ON public.held (i)",
                              "CREATE TABLE public.free AS SELECT 1 AS i"}, &why), qPrintable(why));
        auto holder = server->admin();
        QVERIFY(holder);
        QVERIFY((*holder)->command("BEGIN"));
        QVERIFY((*holder)->run({"LOCK TABLE public.held", {}}));
        pg::Session session(server->spec(), server->password(), pg::Session::Purpose::Monitor);
        metrics::TierSampler sampler(&session, 0.02);
        sampler.start();
        QTRY_COMPARE_WITH_TIMEOUT(sampler.tiers().size(), qsizetype(std::size(metrics::allTiers)), 20'000);
        const auto namesWith = [&](Tier tier, const QString &value) {
            QStringList names;
            for (const metrics::TierRow &row : sampler.tiers()[tier].rows) {
                if (row.values.contains(value))
                    names << row.words.value(u"name"_s);
            }
            names.sort();
            return names;
        };
        QCOMPARE(namesWith(Tier::Tables, u"seq_scan"_s), (QStringList{u"free"_s, u"held"_s}));
        QCOMPARE(namesWith(Tier::Tables, u"size"_s), QStringList{u"free"_s});
        QCOMPARE(namesWith(Tier::Indexes, u"idx_scan"_s), QStringList{u"held_i"_s});
        QCOMPARE(namesWith(Tier::Indexes, u"size"_s), QStringList());
        QVERIFY((*holder)->command("ROLLBACK"));
        QTRY_COMPARE_WITH_TIMEOUT(namesWith(Tier::Tables, u"size"_s).size(), 2, 20'000);
        // A lost link leaves no old reading in its place.
        QVERIFY(server->stop());
        QTRY_VERIFY_WITH_TIMEOUT(sampler.tiers().isEmpty(), 20'000);
        sampler.stop();
    }

    void neverBackwardsWithoutANewStart()
    {
        QString why;
        const auto server = test::TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE TABLE public.loaded (i int, t text)", "CREATE INDEX loaded_i ON public.loaded (i)"}, &why), qPrintable(why));
        Starts starts;
        {
            Load load(*server);
            look(*server, starts);
            passed(700);
            look(*server, starts);
            QCOMPARE(m_fell, 0);
            QCOMPARE(m_newStarts, 0);

            QVERIFY2(server->sql({"SELECT pg_stat_reset()", "SELECT pg_stat_reset_shared('wal')"}, &why), qPrintable(why));
            look(*server, starts);
            QVERIFY(m_fell > 10 && m_newStarts >= m_fell);
            QVERIFY(m_fellNames.contains(u"postgresql.commits"_s) && m_fellNames.contains(u"howdah.postgresql.wal.records"_s));
            QVERIFY(m_fellNames.contains(u"postgresql.operations"_s));
        }
        // A crash of one session: the postmaster goes on, every statistic is gone.
        auto victim = server->admin();
        QVERIFY(victim);
        m_fell = 0;
        const auto began = (*victim)->run({"SELECT pg_postmaster_start_time()", {}})->text(0, 0);
        QCOMPARE(::kill((*victim)->facts().backendPid, SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(server->admin().has_value(), 20'000);
        look(*server, starts);
        QVERIFY(m_fell > 10);
        QCOMPARE((*server->admin())->run({"SELECT pg_postmaster_start_time()", {}})->text(0, 0), began);

        { Load load(*server); } // for a moment
        look(*server, starts);
        m_fell = 0;
        QVERIFY(server->stopAtOnce());
        QVERIFY2(server->startAgain(&why), qPrintable(why));
        look(*server, starts);
        QVERIFY(m_fell > 10);

        // Behind the same address another server: a copy that was a standby and is promoted.
        passed(300);
        look(*server, starts);
        QVERIFY(server->stop());
        test::ServerSetup copy;
        copy.copyOf = server.get();
        copy.dataFiles = {u"standby.signal"_s};
        const auto standby = test::TestServer::start(copy, &why);
        QVERIFY2(standby, qPrintable(why));
        look(*standby, starts);
        QVERIFY2(standby->sql({"SELECT pg_promote()"}, &why), qPrintable(why));
        look(*standby, starts);
        passed(300);
        look(*standby, starts);
    }

private:
    // One reading of all, against the last one.
    void look(const test::TestServer &server, Starts &starts)
    {
        passed(1100); // statistics reach the views once a second
        auto link = server.admin();
        QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
        const auto sample = metrics::readSample(**link);
        QVERIFY2(sample, sample ? "" : qPrintable(sample.error().text()));
        auto all = seriesOf(*sample, readTiers(**link));
        starts.mark(all, *sample);
        for (const Series &series : all) {
            if (series.kind != SeriesKind::Counter)
                continue;
            for (const SeriesPoint &point : series.points) {
                const QString key = keyOf(series, point);
                QVERIFY2(point.startMs > 0 && point.startMs <= point.atMs, qPrintable(key));
                if (const auto last = m_last.constFind(key); last != m_last.cend()) {
                    const bool fell = real(point.value) < real(last->value);
                    QVERIFY2(point.startMs >= last->startMs, qPrintable(QString(key + u": an older start")));
                    QVERIFY2(!fell || point.startMs > last->startMs, qPrintable(QString(key + u": backwards with the same start")));
                    QVERIFY2(!fell || point.startMs > last->atMs, qPrintable(QString(key + u": a start before the last point")));
                    m_fell += fell;
                    m_newStarts += point.startMs > last->startMs;
                    if (fell)
                        m_fellNames << series.name;
                }
                m_last.insert(key, point);
            }
        }
    }

    QHash<QString, SeriesPoint> m_last;
    QStringList m_fellNames;
    int m_fell = 0;
    int m_newStarts = 0;
};

QTEST_GUILESS_MAIN(TestExported)
#include "tst_exported.moc"
