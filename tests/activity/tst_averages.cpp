// SPDX-License-Identifier: GPL-3.0-or-later
// Average active sessions, as the charts and howdahctl show them, against a sampler that has nothing in common with ours: its own statement, link,
// thread and pace. pgbench quarrels about one row, first with many clients, then with few.
#include "activity/waitsampler.h"
#include "support/testserver.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cmath>
#include <thread>

using namespace howdah;
using namespace howdah::activity;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

constexpr int manyClients = 30, fewClients = 10;
constexpr double within = 0.05;

struct Look {
    qint64 atMs = 0;
    int active = 0;
    int onLocks = 0;
};

// Some twenty looks a second, until it goes; at random, so that they don't keep step with what they look at.
class Independent
{
public:
    explicit Independent(std::unique_ptr<pg::Connection> link) : m_link(std::move(link))
    {
        m_thread = std::thread([this] {
            QRandomGenerator random(42);
            while (!m_stop) {
                const auto rows = m_link->run({"SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8, count(*), count(*) FILTER (WHERE wait_event_type = 'Lock') "
                                               "FROM pg_stat_activity WHERE application_name <> 'howdah' AND state = 'active' AND backend_type <> 'walsender'",
                                               {}});
                if (rows)
                    m_looks.append({rows->integer(0, 0).value_or(0), int(rows->integer(0, 1).value_or(0)), int(rows->integer(0, 2).value_or(0))});
                std::this_thread::sleep_for(std::chrono::milliseconds(20 + random.bounded(60)));
            }
        });
    }
    ~Independent() { (void)looks(); }
    Independent(const Independent &) = delete;
    Independent &operator=(const Independent &) = delete;
    QVector<Look> looks() // ends it
    {
        m_stop = true;
        if (m_thread.joinable())
            m_thread.join();
        return m_looks;
    }

private:
    std::unique_ptr<pg::Connection> m_link;
    std::atomic<bool> m_stop = false;
    QVector<Look> m_looks;
    std::thread m_thread;
};

double meanOf(const QVector<Look> &looks, qint64 fromMs, qint64 toMs, int Look::*what)
{
    double sum = 0;
    int count = 0;
    for (const Look &look : looks) {
        if (look.atMs < fromMs || look.atMs > toMs)
            continue;
        sum += look.*what;
        ++count;
    }
    return count ? sum / count : std::nan("");
}

// What ours scatters by, who look once a second only: from the differences of one look and the next, so that a slow change is no scatter.
double standardErrorOf(const QVector<double> &looks)
{
    double squares = 0;
    for (qsizetype i = 1; i < looks.size(); ++i)
        squares += (looks[i] - looks[i - 1]) * (looks[i] - looks[i - 1]);
    return std::sqrt(squares / 2 / double(looks.size() - 1) / double(looks.size()));
}

// Within 5 % and the scatter, but never further than 15 %: a scatter without bound would prove nothing.
bool isNear(double ours, double theirs, double standardError)
{
    return std::abs(ours - theirs) <= std::min(within * theirs + 3 * standardError, 3 * within * theirs);
}

} // namespace

class TestAverages : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void asAnIndependentSamplerSays();

private:
    void pgbench(const QStringList &arguments, int mostMs);

    std::unique_ptr<TestServer> m_server;
    QTemporaryDir m_folder;
};

void TestAverages::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"compute_query_id=on"_s, u"max_connections=60"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QFile script(m_folder.filePath(u"quarrel.sql"_s));
    QVERIFY(script.open(QIODevice::WriteOnly));
    // One row, held for 50 ms, and nobody thinks: all but one wait.
    QVERIFY(script.write("BEGIN;\nUPDATE public.pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 1;\nSELECT pg_sleep(0.05);\nCOMMIT;\n") > 0);
    pgbench({u"-i"_s, u"-q"_s, u"-s"_s, u"1"_s}, 60'000);
}

void TestAverages::cleanupTestCase()
{
    m_server.reset();
}

void TestAverages::pgbench(const QStringList &arguments, int mostMs)
{
    const QString program = QStandardPaths::findExecutable(u"pgbench"_s);
    QVERIFY2(!program.isEmpty(), "no pgbench: installer/setup.sh --test brings it");
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, QString::fromUtf8(m_server->password().data()));
    environment.insert(u"PGSSLMODE"_s, u"verify-full"_s);
    environment.insert(u"PGSSLROOTCERT"_s, m_server->caFile());
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, QStringList{u"-h"_s, u"127.0.0.1"_s, u"-p"_s, QString::number(m_server->port()), u"-U"_s, u"postgres"_s} + arguments + QStringList{u"postgres"_s});
    QTRY_VERIFY_WITH_TIMEOUT(process.state() == QProcess::NotRunning, mostMs);
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, process.readAll().constData());
}

void TestAverages::asAnIndependentSamplerSays()
{
    // HOWDAH_AVERAGES_S: for how long each half runs; `ctest -L long` has five minutes of it.
    const int seconds = std::max(24, qEnvironmentVariableIntValue("HOWDAH_AVERAGES_S"));
    const QString path = m_folder.filePath(u"store.sqlite"_s);
    store::StoreWorker worker(path);
    pg::Session monitor(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
    WaitSampler sampler(&monitor, &worker, u"p"_s);
    QVector<WaitSample> live;
    connect(&sampler, &WaitSampler::sampled, this, [&](const WaitSample &sample) { live << sample; });
    auto link = m_server->admin();
    QVERIFY(link);
    Independent other(std::move(*link));
    sampler.start();
    const QString script = m_folder.filePath(u"quarrel.sql"_s);
    for (const int clients : {manyClients, fewClients}) {
        pgbench({u"-n"_s, u"-c"_s, QString::number(clients), u"-j"_s, u"2"_s, u"-T"_s, QString::number(seconds), u"-f"_s, script}, (seconds + 30) * 1000);
        if (QTest::currentTestFailed())
            return;
    }
    sampler.stop();
    const QVector<Look> looks = other.looks();

    QVERIFY2(live.size() >= seconds * 2 - 2, qPrintable(QString::number(live.size()))); // each second has its sample
    QVERIFY(looks.size() > seconds * 10);
    // From the store as the charts read it, and as it was told: the same.
    auto store = store::Store::open(path);
    QVERIFY(store);
    Result<QVector<WaitSample>> kept;
    QTRY_VERIFY((kept = readWaitSamples(**store, u"p"_s, 0, live.constLast().atMs)) && kept->size() == live.size());

    const qint64 begin = live.constFirst().atMs, end = live.constLast().atMs, span = end - begin;
    struct Interval {
        const char *name;
        double from, to; // shares of the whole
    };
    for (const Interval &interval : {Interval{"nearly all", 0.03, 0.98}, {"many clients", 0.1, 0.45}, {"few clients", 0.6, 0.95}, {"across the change", 0.1, 0.9},
                                     {"most of it", 0.05, 0.9}}) {
        const qint64 from = begin + qint64(double(span) * interval.from), to = begin + qint64(double(span) * interval.to);
        const WaitAverages ours = averagesOf(*kept, from, to);
        const double active = meanOf(looks, from, to, &Look::active), onLocks = meanOf(looks, from, to, &Look::onLocks);
        const QString figures = u"%1: %2 active by ours, %3 by theirs; %4 and %5 on locks"_s.arg(QLatin1StringView(interval.name))
                                    .arg(ours.total()).arg(active).arg(ours.byType()[u"Lock"_s]).arg(onLocks);
        qInfo("%s", qPrintable(figures));
        QCOMPARE(averagesOf(live, from, to).total(), ours.total());
        QVERIFY2(onLocks > fewClients * 0.5, qPrintable(figures)); // there was a quarrel to measure
        QVector<double> activeOnce, onLocksOnce;
        for (const WaitSample &sample : std::as_const(*kept)) {
            if (sample.atMs < from || sample.atMs > to)
                continue;
            activeOnce << sample.total();
            onLocksOnce << averagesOf({sample}, sample.atMs, sample.atMs).byType()[u"Lock"_s];
        }
        QVERIFY2(activeOnce.size() > 4, qPrintable(figures));
        QVERIFY2(isNear(ours.total(), active, standardErrorOf(activeOnce)), qPrintable(figures));
        QVERIFY2(isNear(ours.byType()[u"Lock"_s], onLocks, standardErrorOf(onLocksOnce)), qPrintable(figures));
        // By query: the quarrel has one.
        std::map<QString, double> byQuery;
        for (const auto &[key, average] : ours.sessions)
            byQuery[key.queryId] += average;
        double most = 0;
        for (const auto &[query, average] : byQuery) {
            if (query != "0"_L1)
                most = std::max(most, average);
        }
        QVERIFY2(most > 0.8 * ours.total(), qPrintable(figures));
    }
}

QTEST_GUILESS_MAIN(TestAverages)
#include "tst_averages.moc"
