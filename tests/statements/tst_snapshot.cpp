// SPDX-License-Identifier: GPL-3.0-or-later
// Readings of real servers, with extensions of their own version and older ones.
#include "statements/owntexts.h"
#include "statements/snapshot.h"

#include "support/testserver.h"

#include <QTest>

using namespace howdah;
using namespace howdah::statements;
using namespace Qt::StringLiterals;
using Link = std::unique_ptr<pg::Connection>;

class TestSnapshot : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<int>("major");
        for (const int major : {15, 16, 17, 18})
            QTest::addRow("%d", major) << major;
    }
    void init();
    void cleanupTestCase() { m_servers.clear(); }

    void everyFigureIsTheViews();
    void whatIsCountedIsTheExtensions_data();
    void whatIsCountedIsTheExtensions();
    void othersAreNotPermitted();
    void notInstalledAndNotLoadedAreSaid();
    void textsComeOnceAndForAllLives();
    void ourOwnAreTold();
    void whatDidNotChangeIsTakenOver();

private:
    Link open(const QString &role = u"postgres"_s);
    Snapshot snapshot(pg::Connection &link);

    std::map<int, std::unique_ptr<test::TestServer>> m_servers;
    test::TestServer *m_server = nullptr;
    int m_major = 0;
};

void TestSnapshot::init()
{
    QFETCH_GLOBAL(int, major);
    m_major = major;
    auto &server = m_servers[major];
    if (!server) {
        QString why;
        test::ServerSetup setup;
        setup.major = major;
        setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"pg_stat_statements.track=all"_s, u"pg_stat_statements.track_planning=on"_s, u"track_io_timing=on"_s, u"autovacuum=off"_s};
        server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql({"CREATE SCHEMA \"odd \"\"place\"", "CREATE EXTENSION pg_stat_statements SCHEMA \"odd \"\"place\"", "CREATE ROLE plain LOGIN",
                              "CREATE ROLE watcher LOGIN IN ROLE pg_monitor", "GRANT USAGE ON SCHEMA \"odd \"\"place\" TO PUBLIC",
                              "CREATE TABLE public.t AS SELECT i, repeat('x', 300) AS filler FROM generate_series(1, 20000) AS i"}, &why), qPrintable(why));
    }
    m_server = server.get();
}

Link TestSnapshot::open(const QString &role)
{
    auto link = pg::Connection::open(m_server->socketSpec().withRole(role), {});
    if (!link)
        qFatal("%s", qPrintable(link.error().text()));
    return std::move(*link);
}

Snapshot TestSnapshot::snapshot(pg::Connection &link)
{
    const auto read = readSnapshot(link);
    if (!read)
        qFatal("%s", qPrintable(read.error().text()));
    return *read;
}

// The view's own row of a statement against ours, figure by figure: nobody runs it in between.
void TestSnapshot::everyFigureIsTheViews()
{
    const Link link = open();
    QVERIFY(link->run({"SET work_mem = '64kB'", {}}));
    QVERIFY(link->run({"SELECT count(*) FROM (SELECT i, filler FROM public.t ORDER BY filler, i DESC OFFSET 10) AS sorted", {}}));
    QVERIFY(link->run({"UPDATE public.t SET i = i + 1 WHERE i < 500", {}}));
    const Snapshot read = snapshot(*link);
    QVERIFY(read.mayReadAll);
    QCOMPARE(read.notPermitted, 0);
    QVERIFY(read.evictions && read.life.resetUs > 0);
    QVERIFY(read.life.checkpointerUs > 0 && read.life.postmasterUs > 0 && !read.life.systemIdentifier.isEmpty());
    QVERIFY(read.atMs <= read.endMs);
    QCOMPARE(read.hasSince, m_major >= 17);
    const QByteArray io = m_major >= 17 ? "shared_blk_read_time + shared_blk_write_time" : "blk_read_time + blk_write_time";
    const auto rows = link->run({"SELECT queryid, userid, dbid, toplevel, calls, total_exec_time, rows, shared_blks_hit, shared_blks_read, shared_blks_dirtied, shared_blks_written, wal_records, wal_bytes, wal_fpi, plans,"
                                 " total_plan_time, " + io + ", temp_blks_read, temp_blks_written, mean_exec_time, stddev_exec_time, temp_blk_read_time + temp_blk_write_time"
                                 " FROM \"odd \"\"place\".pg_stat_statements WHERE query LIKE '%sorted%' OR query LIKE 'UPDATE public.t%'", {}});
    QVERIFY2(rows, rows ? "" : qPrintable(rows.error().text()));
    QCOMPARE(rows->size(), 2);
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto number = [&](int column) { return rows->integer(row, column).value(); };
        const auto ms = [&](int column) { return qRound64(rows->real(row, column).value() * 1e6); };
        QList<Entry> found;
        for (auto it = read.entries.cbegin(); it != read.entries.cend(); ++it) {
            if (it.key().queryId == number(0) && it.key().roleId == quint32(number(1)) && it.key().databaseId == quint32(number(2)) && it.key().toplevel)
                found << *it;
        }
        QCOMPARE(found.size(), 1);
        const Counters &c = found.first().counters;
        QCOMPARE(c[Measure::Calls], number(4));
        QVERIFY(qAbs(c[Measure::ExecTime] - ms(5)) <= 1);
        QCOMPARE(c[Measure::Rows], number(6));
        QCOMPARE(c[Measure::SharedHit], number(7));
        QCOMPARE(c[Measure::SharedRead], number(8));
        QCOMPARE(c[Measure::SharedDirtied], number(9));
        QCOMPARE(c[Measure::SharedWritten], number(10));
        QCOMPARE(c[Measure::WalRecords], number(11));
        QCOMPARE(c[Measure::WalBytes], number(12));
        QCOMPARE(c[Measure::WalImages], number(13));
        QCOMPARE(c[Measure::Plans], number(14));
        QVERIFY(qAbs(c[Measure::PlanTime] - ms(15)) <= 1);
        QVERIFY(qAbs(c[Measure::ReadTime] + c[Measure::WriteTime] - ms(16)) <= 2);
        QCOMPARE(c[Measure::TempRead], number(17));
        QCOMPARE(c[Measure::TempWritten], number(18));
        QVERIFY(qAbs(*c.meanExecMs() - rows->real(row, 19).value()) < 1e-6);
        QVERIFY(qAbs(*c.stddevExecMs() - rows->real(row, 20).value()) < 1e-3);
        QVERIFY(qAbs(c[Measure::TempReadTime] + c[Measure::TempWriteTime] - ms(21)) <= 2);
    }
    QCOMPARE(bool(read.known & bitOf(Measure::WorkersWanted)), m_major >= 18);
    QCOMPARE(bool(read.known & bitOf(Measure::LocalReadTime)), m_major >= 17);
    QVERIFY(read.known & bitOf(Measure::JitTime));
}

void TestSnapshot::whatIsCountedIsTheExtensions_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<int>("measures");
    QTest::addColumn<bool>("info");
    QTest::newRow("1.4") << QByteArray("1.4") << 15 << false; // of PostgreSQL 9.6, kept by pg_upgrade ever since
    QTest::newRow("1.8") << QByteArray("1.8") << 20 << false;
    QTest::newRow("1.9") << QByteArray("1.9") << 20 << true;
    QTest::newRow("1.10") << QByteArray("1.10") << 24 << true;
}

void TestSnapshot::whatIsCountedIsTheExtensions()
{
    QFETCH(QByteArray, version);
    QFETCH(int, measures);
    QFETCH(bool, info);
    const Link link = open();
    QVERIFY(link->run({"DROP DATABASE IF EXISTS old WITH (FORCE)", {}}));
    QVERIFY(link->run({"CREATE DATABASE old", {}}));
    pg::ConnectionSpec spec = m_server->socketSpec();
    spec.database = u"old"_s;
    {
        auto old = pg::Connection::open(spec, {});
        QVERIFY(old);
        const auto made = (*old)->run({"CREATE EXTENSION pg_stat_statements SCHEMA public VERSION '" + version + "'", {}});
        QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
        QVERIFY((*old)->run({"SELECT 'of the old one', count(*) FROM pg_catalog.pg_class", {}}));
        const Snapshot read = snapshot(**old);
        QCOMPARE(qPopulationCount(read.known), uint(measures));
        QCOMPARE(read.evictions.has_value(), info);
        QCOMPARE(read.life.resetUs > 0, info);
        QVERIFY(!read.hasSince);
        QVERIFY(!read.entries.isEmpty());
        qint64 calls = 0, time = 0;
        bool anyMost = false;
        for (const Entry &entry : read.entries) {
            calls += entry.counters[Measure::Calls];
            time += entry.counters[Measure::ExecTime];
            QVERIFY(entry.mostMs >= entry.leastMs);
            anyMost = anyMost || entry.mostMs > 0; // of what was planned and never run there is none
        }
        QVERIFY(calls > 0 && time > 0 && anyMost);
    }
    QVERIFY(link->run({"DROP DATABASE old WITH (FORCE)", {}}));
}

void TestSnapshot::othersAreNotPermitted()
{
    const Link plain = open(u"plain"_s);
    QVERIFY(plain->run({"SELECT 'of plain'", {}}));
    const Snapshot own = snapshot(*plain);
    QVERIFY(!own.mayReadAll);
    QVERIFY(own.notPermitted > 0);
    QVERIFY(!own.entries.isEmpty());
    for (auto it = own.entries.cbegin(); it != own.entries.cend(); ++it)
        QCOMPARE(it.key().roleId, own.roleId);
    QCOMPARE(own.life.checkpointerUs, 0);
    const Link watcher = open(u"watcher"_s);
    const Snapshot all = snapshot(*watcher);
    QVERIFY(all.mayReadAll);
    QCOMPARE(all.notPermitted, 0);
    QVERIFY(all.entries.size() > own.entries.size());
    QVERIFY(all.life.checkpointerUs > 0);
}

void TestSnapshot::notInstalledAndNotLoadedAreSaid()
{
    pg::ConnectionSpec spec = m_server->socketSpec();
    spec.database = u"template1"_s;
    {
        auto bare = pg::Connection::open(spec, {});
        QVERIFY(bare);
        const auto read = readSnapshot(**bare);
        QVERIFY(!read);
        QCOMPARE(read.error().reason, u"not_installed"_s);
        QVERIFY(read.error().hint.contains(u"CREATE EXTENSION"_s));
    }
    if (m_major != 18)
        return; // one server more is enough
    QString why;
    const auto unloaded = test::TestServer::start({}, &why);
    QVERIFY2(unloaded, qPrintable(why));
    QVERIFY(unloaded->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public"}));
    auto link = unloaded->admin();
    QVERIFY(link);
    const auto read = readSnapshot(**link);
    QVERIFY(!read);
    QVERIFY2(read.error().hint.contains(u"shared_preload_libraries"_s), qPrintable(read.error().text()));
}

void TestSnapshot::textsComeOnceAndForAllLives()
{
    const Link link = open();
    const QByteArray marker = "SELECT 'of the texts', count(*) FROM public.t";
    const QByteArray longOne = "SELECT count(*) AS long_one FROM public.t WHERE filler IS NULL " + QByteArray("OR filler IS NULL ").repeated(12'000);
    QVERIFY(link->run({marker, {}}));
    const auto ran = link->run({longOne, {}});
    QVERIFY2(ran, ran ? "" : qPrintable(ran.error().text()));
    QCOMPARE(readTexts(*link, {})->size(), 0);
    const Snapshot read = snapshot(*link);
    QVector<Key> keys;
    for (auto it = read.entries.cbegin(); it != read.entries.cend(); ++it) {
        keys << it.key();
        Key life = it.key();
        life.sinceUs = 1;
        keys << life;
    }
    const auto texts = readTexts(*link, keys);
    QVERIFY2(texts, texts ? "" : qPrintable(texts.error().text()));
    QCOMPARE(texts->size(), m_major >= 17 ? keys.size() : texts->size());
    int found = 0;
    bool cut = false;
    for (auto it = texts->cbegin(); it != texts->cend(); ++it) {
        found += it->text == "SELECT $1, count(*) FROM public.t"_L1;
        if (it->text.contains("long_one"_L1)) {
            cut = true;
            QVERIFY(!it->isWhole());
            QCOMPARE(it->text.size(), textLimit);
            QVERIFY(it->length > 200'000);
        }
    }
    QCOMPARE(found, 2); // of two lives
    QVERIFY(cut);
    // Of one key alone.
    const auto one = readTexts(*link, {keys.first()});
    QVERIFY(one);
    QCOMPARE(one->size(), 1);
    QCOMPARE(one->value(keys.first()).text, texts->value(keys.first()).text);
    const auto names = readNames(*link);
    QVERIFY(names);
    QCOMPARE(names->roles.value(read.roleId), u"postgres"_s);
    QVERIFY(names->databases.values().contains(u"template1"_s));
}

void TestSnapshot::ourOwnAreTold()
{
    const Link link = open();
    QVERIFY(link->runFile(u"activity/waits"_s));
    QVERIFY(link->runFile(u"metrics/sample"_s));
    QVERIFY(link->run({"SELECT 'a user''s', count(*) FROM pg_catalog.pg_stat_activity", {}}));
    snapshot(*link);
    const Snapshot read = snapshot(*link);
    QVector<Key> keys;
    for (auto it = read.entries.cbegin(); it != read.entries.cend(); ++it)
        keys << it.key();
    const auto texts = readTexts(*link, keys);
    QVERIFY(texts);
    QStringList own;
    for (const Text &text : *texts) {
        if (isOwnText(text.text))
            own << text.text;
        else
            QVERIFY2(!text.text.contains("pg_stat_statements("_L1) || !text.text.contains("howdah"_L1), qPrintable(text.text));
    }
    const auto has = [&](QLatin1StringView part) { return std::any_of(own.cbegin(), own.cend(), [&](const QString &text) { return text.contains(part); }); };
    QVERIFY(has("pg_stat_statements($"_L1));
    QVERIFY(has("pg_stat_statements_info()"_L1));
    QVERIFY(has("AS postmaster_us"_L1));
    QVERIFY(has("xact_commit"_L1));
    QVERIFY(has("AS wait_type"_L1));
    QVERIFY(!has("public.t"_L1));
    QVERIFY(!has("SELECT $1, count(*)"_L1));
}

// Held against an earlier reading it says what a whole one says, through a reset of one statement too, and does not ask for what has not changed.
void TestSnapshot::whatDidNotChangeIsTakenOver()
{
    const Link link = open(u"watcher"_s), plain = open(u"plain"_s), admin = open();
    const auto ofOthers = [](const Snapshot &read) {
        QHash<Key, Entry> others;
        for (auto it = read.entries.cbegin(); it != read.entries.cend(); ++it) {
            if (it.key().roleId != read.roleId)
                others.insert(it.key(), *it);
        }
        return others;
    };
    const auto since = [&](const Snapshot &before) {
        const auto read = readSnapshot(*link, {}, &before);
        if (!read)
            qFatal("%s", qPrintable(read.error().text()));
        return *read;
    };
    for (const char *text : {"SELECT 1", "SELECT 1, 2", "SELECT 1, 2, 3"})
        QVERIFY(plain->run({text, {}}));
    (void)snapshot(*link);
    const Snapshot first = snapshot(*link);
    QVERIFY(plain->run({"SELECT 1, 2", {}}));
    QVERIFY(plain->run({"SELECT 1, 2, 3, 4", {}}));
    const Snapshot second = since(first);
    QCOMPARE(ofOthers(second), ofOthers(snapshot(*link)));
    QVERIFY(ofOthers(second) != ofOthers(first));
    Snapshot doctored = second;
    const Key some = ofOthers(second).cbegin().key();
    doctored.entries[some].counters[Measure::Calls] = 777;
    QCOMPARE(since(doctored).entries.value(some).counters[Measure::Calls], 777);
    QVERIFY(admin->run({"SELECT \"odd \"\"place\".pg_stat_statements_reset($1, $2, $3)", {}},
                       {QByteArray::number(some.roleId), QByteArray::number(some.databaseId), QByteArray::number(some.queryId)}));
    const Snapshot third = since(second);
    QVERIFY(!third.entries.contains(some));
}

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
