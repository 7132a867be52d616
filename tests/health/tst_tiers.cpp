// SPDX-License-Identifier: GPL-3.0-or-later
// The slower tiers against real servers: what fails, is not permitted or is held by another costs its own metric alone; and none of them
// delays the samples of each second.
#include "health/serverwatch.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;
using metrics::Tier;

namespace
{
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

QStringList namesOf(const QVector<Series> &all)
{
    QStringList names;
    for (const Series &series : all)
        names << series.name;
    return names;
}

// A slot tier that takes so long: no sample looks at the slots.
QList<QByteArray> slowSlots(int seconds)
{
    return {"SELECT pg_create_physical_replication_slot('slow')", "ALTER VIEW pg_catalog.pg_replication_slots RENAME TO pg_replication_slots_quick",
            "CREATE VIEW pg_catalog.pg_replication_slots AS SELECT r.* FROM (SELECT pg_sleep(" + QByteArray::number(seconds)
                + ") OFFSET 0) AS s, pg_catalog.pg_replication_slots_quick AS r"};
}
} // namespace

class TestTiers : public QObject
{
    Q_OBJECT
private slots:
    // One role without any right: what it may not know is absent, and all else is there.
    void withoutRights()
    {
        QString why;
        const auto server = test::TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE ROLE plain LOGIN PASSWORD 'plain'", "CREATE DATABASE closed", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC",
                              "CREATE TABLE public.own (i int PRIMARY KEY)"}, &why), qPrintable(why));
        auto admin = server->admin();
        QVERIFY(admin);
        const QString closed = (*admin)->run({"SELECT oid::text FROM pg_database WHERE datname = 'closed'", {}})->text(0, 0);
        auto link = pg::Connection::open(server->spec().withRole(u"plain"_s), Secret("plain"));
        QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
        const auto sample = metrics::readSample(**link), whole = metrics::readSample(**admin);
        QVERIFY(sample && whole);
        const auto tiers = readTiers(**link);
        QVERIFY2(tiers[Tier::Replication].absent.startsWith(u"not permitted"_s), qPrintable(tiers[Tier::Replication].absent));
        const QVector<Series> all = seriesOf(*sample, tiers);
        // Exactly what needs a right is missing, of what a superuser sees.
        QStringList missing;
        const QStringList seen = namesOf(all);
        for (const QString &name : namesOf(seriesOf(*whole, readTiers(**admin)))) {
            if (!seen.contains(name))
                missing << name;
        }
        QCOMPARE(missing, (QStringList{u"howdah.postgresql.connection.count"_s, u"howdah.postgresql.lock.waiters"_s,
                                       u"howdah.postgresql.replication.standbys"_s, u"howdah.postgresql.transaction.max_duration"_s}));
        // A database that it may not enter has no size; the others have theirs, and its counters are there.
        QHash<QString, QStringList> databases;
        for (const Series &series : all) {
            for (const SeriesPoint &point : series.points) {
                if (point.attributes.size() == 1 && point.attributes[0].key == AttributeKey::DatabaseOid)
                    databases[series.name] << point.attributes[0].value;
            }
        }
        QCOMPARE(databases.value(u"postgresql.db_size"_s).size(), 3);
        QVERIFY(!databases.value(u"postgresql.db_size"_s).contains(closed));
        QVERIFY(databases.value(u"postgresql.commits"_s).contains(closed));
    }

    // As a version to come, or a fork: the column costs itself.
    void aColumnThatIsGone_data()
    {
        QTest::addColumn<int>("tier");
        QTest::addColumn<QByteArray>("view");
        QTest::addColumn<QByteArray>("column");
        QTest::addColumn<QString>("value");
        QTest::addRow("databases") << int(Tier::Databases) << QByteArray("pg_stat_database") << QByteArray("deadlocks") << u"deadlocks"_s;
        QTest::addRow("reset") << int(Tier::Databases) << QByteArray("pg_stat_database") << QByteArray("stats_reset") << QString();
        QTest::addRow("tables") << int(Tier::Tables) << QByteArray("pg_stat_all_tables") << QByteArray("n_tup_hot_upd") << u"n_tup_hot_upd"_s;
        QTest::addRow("blocks") << int(Tier::Tables) << QByteArray("pg_statio_all_tables") << QByteArray("tidx_blks_hit") << u"tidx_blks_hit"_s;
        QTest::addRow("indexes") << int(Tier::Indexes) << QByteArray("pg_stat_all_indexes") << QByteArray("idx_tup_read") << u"idx_tup_read"_s;
        QTest::addRow("archiver") << int(Tier::Archiver) << QByteArray("pg_stat_archiver") << QByteArray("failed_count") << u"failed_count"_s;
        QTest::addRow("checkpoints") << int(Tier::Checkpoints) << QByteArray("pg_stat_checkpointer") << QByteArray("slru_written") << u"slru_buffers"_s;
        QTest::addRow("io") << int(Tier::Io) << QByteArray("pg_stat_io") << QByteArray("evictions") << u"evictions"_s;
    }

    void aColumnThatIsGone()
    {
        QFETCH(int, tier);
        QFETCH(QByteArray, view);
        QFETCH(QByteArray, column);
        QFETCH(QString, value);
        if (!m_server) {
            test::ServerSetup setup;
            setup.settings = {u"allow_system_table_mods=on"_s};
            QString why;
            m_server = test::TestServer::start(setup, &why);
            QVERIFY2(m_server, qPrintable(why));
            QVERIFY2(m_server->sql({"CREATE TABLE public.own (i int PRIMARY KEY, t text)"}, &why), qPrintable(why));
        }
        auto link = m_server->admin();
        QVERIFY(link);
        QString why;
        const auto values = [](const metrics::TierReading &reading) {
            QSet<QString> all;
            for (const metrics::TierRow &row : reading.rows)
                all += QSet<QString>(row.values.keyBegin(), row.values.keyEnd());
            return all;
        };
        const auto before = metrics::readTier(**link, Tier(tier));
        QVERIFY(before);
        QSet<QString> expected = values(*before);
        QVERIFY(value.isEmpty() || expected.remove(value));
        QVERIFY(!expected.isEmpty());
        QVERIFY2(m_server->sql({"ALTER VIEW pg_catalog." + view + " RENAME COLUMN " + column + " TO gone"}, &why), qPrintable(why));
        auto fresh = m_server->admin();
        const auto after = metrics::readTier(**fresh, Tier(tier));
        QVERIFY(after);
        QVERIFY2(after->absent.isEmpty(), qPrintable(after->absent));
        QCOMPARE(values(*after), expected);
        QVERIFY2(m_server->sql({"ALTER VIEW pg_catalog." + view + " RENAME COLUMN gone TO " + column}, &why), qPrintable(why));
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

    // What takes too long is ended by the link's statement_timeout and says so; the others are read.
    void aSlowTierTimesOutAlone()
    {
        test::ServerSetup setup;
        setup.settings = {u"allow_system_table_mods=on"_s};
        QString why;
        const auto server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql(slowSlots(60), &why), qPrintable(why));
        auto link = server->admin();
        QVERIFY(link && (*link)->command("SET statement_timeout = 500"));
        const auto tiers = readTiers(**link);
        QCOMPARE(tiers.size(), qsizetype(std::size(metrics::allTiers)));
        for (auto it = tiers.cbegin(); it != tiers.cend(); ++it)
            QVERIFY2(it.key() == Tier::Slots ? it->absent.startsWith(u"timed out: "_s) && it->rows.isEmpty() : it->absent.isEmpty(), qPrintable(it->absent));
    }

    void aSlowTierDelaysNoSample()
    {
        test::ServerSetup setup;
        setup.settings = {u"allow_system_table_mods=on"_s};
        QString why;
        const auto server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql(slowSlots(4), &why), qPrintable(why));
        const auto prepare = [&server](const CancelToken &) -> Result<pg::Prepared> { return pg::Prepared{server->password(), {}}; };
        ServerWatch watch(u"a"_s, server->spec(), prepare);
        const auto gap = longestGap(watch, [](const QVector<Series> &all) { return namesOf(all).contains(u"howdah.postgresql.replication.slots"_s); });
        QVERIFY2(gap && *gap < 2500, qPrintable(QString::number(gap.value_or(-1))));
    }

    // HOWDAH_TABLES: how many; 20,000 by `ctest -L long`.
    void manyTables()
    {
        const int count = std::max(1000, qEnvironmentVariableIntValue("HOWDAH_TABLES"));
        test::ServerSetup setup;
        setup.settings = {u"fsync=off"_s, u"autovacuum=off"_s, u"max_locks_per_transaction=512"_s};
        QString why;
        const auto server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        for (int from = 0; from < count; from += 1000) {
            QVERIFY2(server->sql({"DO $$ BEGIN FOR i IN " + QByteArray::number(from) + ".." + QByteArray::number(from + 999)
                                  + " LOOP EXECUTE format('CREATE TABLE public.t%s (i int PRIMARY KEY, t text)', i); END LOOP; END $$"}, &why), qPrintable(why));
        }
        auto link = server->admin();
        QVERIFY(link);
        for (const Tier tier : metrics::allTiers) {
            QElapsedTimer took;
            took.start();
            const auto reading = metrics::readTier(**link, tier);
            QVERIFY(reading && reading->absent.isEmpty());
            qInfo("%s: %lld ms, %d rows", qPrintable(metrics::tierName(tier)), took.elapsed(), int(reading->rows.size()));
            QVERIFY(took.elapsed() < 5000); // the monitor link's statement_timeout
        }
        const auto prepare = [&server](const CancelToken &) -> Result<pg::Prepared> { return pg::Prepared{server->password(), {}}; };
        ServerWatch watch(u"a"_s, server->spec(), prepare);
        const auto gap = longestGap(watch, [](const QVector<Series> &all) { return namesOf(all).contains(u"postgresql.table.size"_s); });
        QVERIFY(gap);
        qInfo("%d tables: the longest way from one sample to the next: %lld ms", count, *gap);
        QVERIFY(*gap < 2500);
    }

private:
    // Between one sample and the next, until `done` and six of them; nullopt: that never came.
    static std::optional<qint64> longestGap(ServerWatch &watch, const std::function<bool(const QVector<Series> &)> &done)
    {
        QVector<qint64> at;
        bool isDone = false;
        const auto heard = connect(&watch, &ServerWatch::changed, &watch, [&](const Standing &standing) {
            if (at.isEmpty() || at.last() != standing.sampledMs)
                at << standing.sampledMs;
            isDone = isDone || done(standing.series);
        });
        watch.start();
        const bool came = QTest::qWaitFor([&] { return isDone && at.size() >= 6; }, 30'000);
        disconnect(heard);
        qint64 longest = 0;
        for (qsizetype i = 1; i < at.size(); ++i)
            longest = std::max(longest, at[i] - at[i - 1]);
        return came ? std::optional(longest) : std::nullopt;
    }

    std::unique_ptr<test::TestServer> m_server;
};

QTEST_GUILESS_MAIN(TestTiers)
#include "tst_tiers.moc"
