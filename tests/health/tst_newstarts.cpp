// SPDX-License-Identifier: GPL-3.0-or-later
// Since when each counter counts, on real servers: through every reset there is, crashes and a failover no series goes backwards without a new
// start. What is asserted is asserted of every exported counter, by its key.
#include "health/serverwatch.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
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
// So long nothing else is waited for: statistics reach the views once a second.
void passed(qint64 ms)
{
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY(timer.hasExpired(ms));
}

bool isLess(const metrics::Number &a, const metrics::Number &b)
{
    const auto *left = std::get_if<qint64>(&a);
    const auto *right = std::get_if<qint64>(&b);
    if (left && right)
        return *left < *right;
    const auto real = [](auto v) { return double(v); };
    return std::visit(real, a) < std::visit(real, b);
}

// Sessions that write, read, roll back and sort, until it is destroyed.
class Load
{
public:
    explicit Load(const test::TestServer &server)
    {
        m_thread = std::thread([this, &server] {
            auto link = server.admin();
            for (int i = 0; link && (*link)->isAlive() && !m_stop; ++i) {
                auto run = [&](const QByteArray &text) { (void)(*link)->run({text, {}}); };
                run("INSERT INTO public.loaded SELECT g, repeat('x', 200) FROM generate_series(1, 500) g");
                run("UPDATE public.loaded SET t = 'y' WHERE i = 1");
                run("SELECT count(*) FROM public.loaded");
                run("SELECT t FROM public.loaded WHERE i = 7 LIMIT 1");
                (void)(*link)->command("BEGIN");
                run("DELETE FROM public.loaded WHERE i = 2");
                (void)(*link)->command("ROLLBACK");
                if (i % 5 == 4) {
                    run("CHECKPOINT");
                    run("SELECT pg_switch_wal()");
                }
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

// What was exported so far, and what must hold for it.
class Exported
{
public:
    int fell = 0, newStarts = 0, counters = 0;
    QSet<QString> fellRows; // of SeriesPoint

    void take(const QVector<Series> &all)
    {
        fell = newStarts = counters = 0;
        fellRows.clear();
        previous = m_last;
        for (const Series &series : all) {
            if (series.kind != SeriesKind::Counter)
                continue;
            for (const SeriesPoint &point : series.points)
                take(keyOf(series, point), point);
        }
    }

    QHash<QString, SeriesPoint> previous; // before the last take()

    static QString keyOf(const Series &series, const SeriesPoint &point)
    {
        QString key = series.name;
        for (const Attribute &attribute : point.attributes)
            key += u' ' + attribute.value;
        return key;
    }

private:
    void take(const QString &key, const SeriesPoint &point)
    {
        ++counters;
        QVERIFY2(point.startMs > 0 && point.startMs <= point.atMs, qPrintable(key));
        if (const auto last = m_last.constFind(key); last != m_last.cend()) {
            const bool less = isLess(point.value, last->value);
            QVERIFY2(point.startMs >= last->startMs, qPrintable(QString(key + u": an older start")));
            QVERIFY2(!less || point.startMs > last->startMs, qPrintable(QString(key + u": backwards with the same start")));
            QVERIFY2(point.startMs == last->startMs || point.startMs > last->atMs, qPrintable(QString(key + u": a start before the last point")));
            QVERIFY2(point.atMs >= last->atMs, qPrintable(QString(key + u": an older reading")));
            fell += less;
            newStarts += point.startMs > last->startMs;
            if (less)
                fellRows.insert(point.row);
        }
        m_last.insert(key, point);
    }

    QHash<QString, SeriesPoint> m_last;
};

// One address, behind which now the one, now the other server is. On the test's thread.
class Address : public QTcpServer
{
public:
    quint16 target = 0;

protected:
    void incomingConnection(qintptr handle) override
    {
        auto *in = new QTcpSocket(this);
        auto *out = new QTcpSocket(in);
        in->setSocketDescriptor(handle);
        connect(in, &QTcpSocket::readyRead, out, [in, out] { out->write(in->readAll()); });
        connect(out, &QTcpSocket::readyRead, in, [in, out] { in->write(out->readAll()); });
        connect(out, &QTcpSocket::disconnected, in, &QTcpSocket::disconnectFromHost);
        connect(out, &QTcpSocket::errorOccurred, in, [in] { in->abort(); });
        connect(in, &QTcpSocket::disconnected, in, &QObject::deleteLater);
        out->connectToHost(u"127.0.0.1"_s, target);
    }
};

std::unique_ptr<test::TestServer> started(int major, QString *why)
{
    test::ServerSetup setup;
    setup.major = major;
    setup.hba << u"local replication all trust"_s;
    setup.settings = {u"archive_mode=on"_s, u"archive_command=true"_s, u"autovacuum=off"_s};
    auto server = test::TestServer::start(setup, why);
    if (server && !server->sql({"CREATE TABLE public.loaded (i int, t text)", "CREATE INDEX loaded_i ON public.loaded (i)",
                                "CREATE TABLE public.other (i int PRIMARY KEY)", "INSERT INTO public.other VALUES (1)"}, why))
        server.reset();
    return server;
}

void majors()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 18})
        QTest::addRow("%d", major) << major;
}
} // namespace

class TestNewStarts : public QObject
{
    Q_OBJECT
private slots:
    void resets_data() { majors(); }
    void resets();
    void crashes_data() { majors(); }
    void crashes();
    void theWatchThroughACrashAndAFailover();

private:
    // One reading of all.
    void look(const test::TestServer &server, Starts &starts, Exported &exported)
    {
        passed(1100);
        auto link = server.admin();
        QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
        const auto sample = metrics::readSample(**link);
        QVERIFY2(sample, sample ? "" : qPrintable(sample.error().text()));
        metrics::Tiers tiers;
        for (const Tier tier : metrics::allTiers) {
            const auto reading = metrics::readTier(**link, tier);
            QVERIFY(reading);
            tiers.insert(tier, *reading);
        }
        m_all = seriesOf(*sample, tiers);
        starts.mark(m_all, *sample);
        exported.take(m_all);
    }

    QVector<Series> m_all;
};

void TestNewStarts::resets()
{
    QFETCH(int, major);
    QString why;
    const auto server = started(major, &why);
    QVERIFY2(server, qPrintable(why));
    auto admin = server->admin();
    QVERIFY(admin);
    const auto text = [&](const QByteArray &sql) {
        const auto rows = (*admin)->run({sql, {}});
        return rows && !rows->isEmpty() ? rows->text(0, 0) : QString();
    };
    const QString db = text("SELECT oid::text FROM pg_database WHERE datname = 'postgres'");
    const QString table = u"tables/"_s + db + u'/' + text("SELECT 'public.loaded'::regclass::oid::text");
    struct Reset {
        QByteArray sql;
        QStringList rows;  // that begin so were reset
        QByteArray since;  // when, as the server tells it; empty: it does not
    };
    const auto shared = [](const char *what, const char *view, const QStringList &rows) {
        return Reset{"SELECT pg_stat_reset_shared('" + QByteArray(what) + "')", rows, "SELECT extract(epoch FROM max(stats_reset)) FROM " + QByteArray(view)};
    };
    QVector<Reset> resets{
        {"SELECT pg_stat_reset()", {u"databases/"_s + db, u"tables/"_s + db, u"indexes/"_s + db},
         "SELECT extract(epoch FROM stats_reset) FROM pg_stat_database WHERE datname = 'postgres'"},
        shared("wal", "pg_stat_wal", {u"wal"_s}),
        shared("archiver", "pg_stat_archiver", {u"archiver"_s}),
        shared("bgwriter", "pg_stat_bgwriter", major >= 17 ? QStringList{u"bgwriter"_s} : QStringList{u"bgwriter"_s, u"checkpoints"_s}),
        {"SELECT pg_stat_reset_single_table_counters('public.loaded'::regclass)", {table}, {}},
    };
    if (major >= 17)
        resets << shared("checkpointer", "pg_stat_checkpointer", {u"checkpoints"_s});
    if (major >= 16)
        resets << shared("io", "pg_stat_io", {u"io/"_s});

    Starts starts;
    Exported exported;
    Load load(*server);
    passed(1500);
    look(*server, starts, exported);
    look(*server, starts, exported);
    QCOMPARE(exported.fell, 0);
    QCOMPARE(exported.newStarts, 0);
    int fell = 0;
    for (const Reset &reset : std::as_const(resets)) {
        QVERIFY2(server->sql({reset.sql}, &why), qPrintable(why));
        const qint64 sinceMs = reset.since.isEmpty() ? 0 : qint64(text(reset.since).toDouble() * 1000);
        look(*server, starts, exported);
        if (QTest::currentTestFailed())
            return;
        fell += exported.fell; // of one group on a busy machine the load may have grown beyond what it was before: its start is new all the same
        int ofReset = 0;
        for (const Series &series : std::as_const(m_all)) {
            for (const SeriesPoint &point : series.points) {
                const auto was = exported.previous.constFind(Exported::keyOf(series, point));
                if (series.kind != SeriesKind::Counter || was == exported.previous.cend())
                    continue;
                const QByteArray said = reset.sql + ": " + Exported::keyOf(series, point).toUtf8() + " since " + QByteArray::number(point.startMs - was->atMs);
                const bool isOfReset = std::any_of(reset.rows.cbegin(), reset.rows.cend(), [&](const QString &row) { return point.row.startsWith(row); });
                ofReset += isOfReset;
                if (!isOfReset) // it goes on, or is of no length where the server can't tell which row was reset
                    QVERIFY2(point.startMs == was->startMs || point.startMs == point.atMs, said.constData());
                else if (sinceMs > 0 && !point.row.contains(u'/' + db + u'/'))
                    QVERIFY2(point.startMs == sinceMs, said.constData());
                else
                    QVERIFY2(point.startMs > was->atMs, said.constData());
            }
        }
        QVERIFY2(ofReset > 0, reset.sql.constData());
        for (const QString &row : std::as_const(exported.fellRows)) {
            QVERIFY2(std::any_of(reset.rows.cbegin(), reset.rows.cend(), [&](const QString &of) { return row.startsWith(of); }),
                     qPrintable(QString(QString::fromUtf8(reset.sql) + u": fell "_s + row)));
        }
    }
    QVERIFY(fell > 0);
}

void TestNewStarts::crashes()
{
    QFETCH(int, major);
    QString why;
    const auto server = started(major, &why);
    QVERIFY2(server, qPrintable(why));
    // What has a reset of its own loses it by a crash, what has none must be told otherwise.
    QVERIFY2(server->sql({"SELECT pg_stat_reset()"}, &why), qPrintable(why));
    Starts starts;
    Exported exported;
    const auto work = [&] {
        Load load(*server);
        passed(1500);
        look(*server, starts, exported);
    };
    const auto crashed = [&] {
        look(*server, starts, exported);
        QVERIFY2(exported.fell > 10, qPrintable(QString::number(exported.fell)));
        QCOMPARE(exported.newStarts, exported.counters); // every one: a crash leaves nothing
    };
    work();
    if (QTest::currentTestFailed())
        return;
    // One session is killed: the postmaster goes on, every statistic is gone.
    auto victim = server->admin();
    QVERIFY(victim);
    const auto began = (*victim)->run({"SELECT pg_postmaster_start_time()", {}})->text(0, 0);
    QCOMPARE(::kill((*victim)->facts().backendPid, SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!(*victim)->run({"SELECT 1", {}}), 5000);
    QTRY_VERIFY_WITH_TIMEOUT(server->admin().has_value(), 20'000);
    crashed();
    QCOMPARE((*server->admin())->run({"SELECT pg_postmaster_start_time()", {}})->text(0, 0), began);
    work();
    QVERIFY(server->stopAtOnce());
    QVERIFY2(server->startAgain(&why), qPrintable(why));
    crashed();
    work();
    server->kill();
    passed(1000);
    QTRY_VERIFY2_WITH_TIMEOUT(server->startAgain(&why), qPrintable(why), 30'000);
    crashed();
}

// The whole way: links that are lost and found, tiers that are older than the sample, another server behind the same address.
void TestNewStarts::theWatchThroughACrashAndAFailover()
{
    QString why;
    const auto primary = started(18, &why);
    QVERIFY2(primary, qPrintable(why));
    QVERIFY(primary->stop());
    test::ServerSetup copy;
    copy.copyOf = primary.get();
    copy.dataFiles = {u"standby.signal"_s};
    copy.settings = {u"primary_conninfo=host=%1 port=%2 user=postgres"_s.arg(primary->folder()).arg(primary->port())};
    const auto standby = test::TestServer::start(copy, &why);
    QVERIFY2(standby, qPrintable(why));
    QVERIFY2(primary->startAgain(&why), qPrintable(why));
    Address address;
    QVERIFY(address.listen(QHostAddress::LocalHost));
    address.target = primary->port();
    pg::ConnectionSpec spec = primary->spec();
    spec.port = address.serverPort();
    const Secret password = primary->password();
    ServerWatch watch(u"a"_s, spec, [password](const CancelToken &) -> Result<pg::Prepared> { return pg::Prepared{password, {}}; }, 200);
    Exported exported;
    Standing now;
    int fell = 0, newStarts = 0;
    connect(&watch, &ServerWatch::changed, this, [&](const Standing &standing) {
        now = standing;
        exported.take(standing.series);
        fell += exported.fell;
        newStarts += exported.newStarts;
    });
    // All tiers, read since then.
    const auto allSince = [&](qint64 sinceMs) {
        QSet<QString> rows;
        for (const Series &series : std::as_const(now.series)) {
            for (const SeriesPoint &point : series.points) {
                if (point.atMs > sinceMs)
                    rows.insert(point.row.section(u'/', 0, 0));
            }
        }
        return rows.contains(u"databases"_s) && rows.contains(u"tables"_s) && rows.contains(u"indexes"_s) && rows.contains(u"io"_s) && rows.contains(u"checkpoints"_s)
            && rows.contains(u"wal"_s);
    };
    const auto work = [](const test::TestServer &server) {
        Load load(server);
        passed(2000);
    };
    watch.start();
    work(*primary);
    QTRY_VERIFY_WITH_TIMEOUT(allSince(0), 20'000);
    passed(1000);
    QCOMPARE(fell, 0);
    QCOMPARE(newStarts, 0);

    auto victim = primary->admin();
    QVERIFY(victim);
    qint64 atMs = Clock().wallMs();
    QCOMPARE(::kill((*victim)->facts().backendPid, SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(allSince(atMs), 30'000);
    if (QTest::currentTestFailed())
        return;
    QVERIFY2(fell > 0 && newStarts >= exported.counters * 9 / 10, qPrintable(QString::number(fell)));

    work(*primary);
    fell = newStarts = 0;
    atMs = Clock().wallMs();
    QVERIFY(primary->stopAtOnce());
    QVERIFY2(primary->startAgain(&why), qPrintable(why));
    QTRY_VERIFY_WITH_TIMEOUT(allSince(atMs), 30'000);
    if (QTest::currentTestFailed())
        return;
    QVERIFY2(fell > 0 && newStarts >= exported.counters * 9 / 10, qPrintable(QString::number(fell)));

    work(*primary);
    passed(1500);
    fell = newStarts = 0;
    atMs = Clock().wallMs();
    primary->kill();
    address.target = standby->port();
    QVERIFY2(standby->sql({"SELECT pg_promote()"}, &why), qPrintable(why));
    QTRY_VERIFY_WITH_TIMEOUT(allSince(atMs) && !now.sample->identity.inRecovery, 30'000);
    if (QTest::currentTestFailed())
        return;
    QVERIFY2(fell > 0 && newStarts >= exported.counters * 9 / 10, qPrintable(QString::number(fell)));
    const int ofFailover = newStarts;
    work(*standby);
    passed(1500);
    QVERIFY2(newStarts - ofFailover <= exported.counters / 2, "what counts on the new server keeps its start");
    qInfo("%d counters; the failover: %d new starts, %d fell", exported.counters, ofFailover, fell);
}

QTEST_GUILESS_MAIN(TestNewStarts)
#include "tst_newstarts.moc"
