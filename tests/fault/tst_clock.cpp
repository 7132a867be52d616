// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 14: the clock jumps, summer time begins and ends, the console sleeps. Deadlines are of the monotonic clock, and the link
// recovers.
#include "fault/console.h"
#include "fault/fault.h"
#include "support/netns.h"

#include <QElapsedTimer>
#include <QTimeZone>

using namespace howdah;
using namespace howdah::fault;

class TestClock : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void row14_clockJump_data();
    void row14_clockJump();
    void row14_daylightSaving_data();
    void row14_daylightSaving();
    void row14_clockPastTheCertificate();
    void row14_suspend();
    void row14_suspendBehindADeadNetwork();

private:
    // The statement that a console began when it was connected runs now.
    QString sleeper() const
    {
        return ask(*m_server, "SELECT pid FROM pg_catalog.pg_stat_activity WHERE application_name = 'howdah' AND query LIKE '%pg_sleep(60)%' AND wait_event = 'PgSleep'");
    }
    void terminate(const QString &which)
    {
        QCOMPARE(ask(*m_server, "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE application_name = 'howdah' AND pid <> pg_catalog.pg_backend_pid()"), which);
    }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<test::TestServer> m_server;
};

void TestClock::initTestCase()
{
    QString why;
    m_network = test::NetworkNamespace::make(&why);
    QVERIFY2(m_network, qPrintable(why));
    test::ServerSetup setup;
    setup.network = m_network.get();
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestClock::row14_clockJump_data()
{
    QTest::addColumn<int>("seconds");
    QTest::newRow("an hour ahead") << 3600;
    QTest::newRow("an hour back") << -3600;
}

void TestClock::row14_clockJump()
{
    QFETCH(int, seconds);
    Console console(m_server->spec(), m_server->password(), QStringLiteral("follow"));
    QVERIFY2(console.ownClock(), "libfaketime is not installed");
    QVERIFY(console.start());
    const QString before = console.next(QStringLiteral("state connected 1"), 15'000);
    QVERIFY2(!before.isNull(), qPrintable(console.all()));
    QTRY_VERIFY(!sleeper().isEmpty());
    QElapsedTimer clock;
    clock.start();
    QVERIFY(console.setClock(seconds));
    const QString ended = console.next(QStringLiteral("statement timeout/statement_timeout_client"), 10'000);
    QVERIFY2(!ended.isNull(), qPrintable(console.all()));
    QVERIFY(clock.elapsed() >= 1000); // its 2 s, not an hour sooner or later
    // It did see the jump.
    const auto timeOf = [](const QString &line) { return QDateTime::fromString(line.section(QStringLiteral(" | "), 1), QStringLiteral("yyyy-MM-dd hh:mm:ss")); };
    QVERIFY2(qAbs(timeOf(before).secsTo(timeOf(ended)) - seconds) < 30, qPrintable(before + ended));

    terminate(QStringLiteral("t"));
    QVERIFY(!console.next(QStringLiteral("state lost"), 5000).isNull());
    QVERIFY(console.setClock(-seconds)); // in the middle of the back-off
    QVERIFY2(!console.next(QStringLiteral("state connected 2"), 10'000).isNull(), qPrintable(console.all()));
}

void TestClock::row14_daylightSaving_data()
{
    QTest::addColumn<QDateTime>("change"); // UTC
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("begins") << QDateTime(QDate(2026, 3, 29), QTime(1, 0), Qt::UTC) << "01:59" << "03:00";
    QTest::newRow("ends") << QDateTime(QDate(2026, 10, 25), QTime(1, 0), Qt::UTC) << "02:59" << "02:00";
}

void TestClock::row14_daylightSaving()
{
    QFETCH(QDateTime, change);
    QFETCH(QString, before);
    QFETCH(QString, after);
    // Over the socket: no certificate of today is valid then.
    Console console(m_server->socketSpec(), Secret(), QStringLiteral("follow"));
    QVERIFY2(console.ownClock(QStringLiteral("Europe/Berlin")), "libfaketime is not installed");
    QVERIFY(console.setClock(QDateTime::currentDateTimeUtc().secsTo(change) - 2));
    QVERIFY(console.start());
    const QString connected = console.next(QStringLiteral("state connected 1"), 15'000);
    QVERIFY2(connected.contains(QLatin1Char(' ') + before), qPrintable(console.all() + connected));
    QElapsedTimer clock;
    clock.start();
    const QString ended = console.next(QStringLiteral("statement timeout/statement_timeout_client"), 10'000);
    QVERIFY2(ended.contains(QLatin1Char(' ') + after), qPrintable(console.all()));
    QVERIFY(clock.elapsed() >= 1000);
    terminate(QStringLiteral("t"));
    QVERIFY2(!console.next(QStringLiteral("state connected 2"), 10'000).isNull(), qPrintable(console.all()));
}

void TestClock::row14_clockPastTheCertificate()
{
    Console console(m_server->spec(), m_server->password(), QStringLiteral("follow"));
    QVERIFY2(console.ownClock(), "libfaketime is not installed");
    QVERIFY(console.start());
    QVERIFY(!console.next(QStringLiteral("state connected 1"), 15'000).isNull());
    QVERIFY(console.setClock(400 * 86'400));
    QVERIFY(!console.next(QStringLiteral("statement"), 10'000).isNull()); // the link that stands is not touched
    terminate(QStringLiteral("t"));
    QVERIFY2(!console.next(QStringLiteral("state lost 1 expired_certificate"), 10'000).isNull(), qPrintable(console.all()));
}

void TestClock::row14_suspend()
{
    Console console(m_server->spec(), m_server->password(), QStringLiteral("follow"));
    QVERIFY(console.start());
    QVERIFY(!console.next(QStringLiteral("state connected 1"), 15'000).isNull());
    QTRY_VERIFY(!sleeper().isEmpty());
    console.suspend();
    terminate(QStringLiteral("t")); // what a server does with a client that sleeps
    QVERIFY(console.next(QStringLiteral("statement"), 3000).isNull()); // past the deadline of its statement
    console.resume();
    const QString ended = console.next(QStringLiteral("statement"), 5000);
    QVERIFY2(ended.startsWith(QStringLiteral("statement connection/terminated")) || ended.startsWith(QStringLiteral("statement timeout/")), qPrintable(console.all()));
    QVERIFY2(!console.next(QStringLiteral("state connected 2"), 15'000).isNull(), qPrintable(console.all())); // marked as another session
}

void TestClock::row14_suspendBehindADeadNetwork()
{
    Console console(m_server->spec(), m_server->password(), QStringLiteral("follow"));
    QVERIFY(console.start());
    QVERIFY(!console.next(QStringLiteral("state connected 1"), 15'000).isNull());
    QTRY_VERIFY(!sleeper().isEmpty());
    console.suspend();
    QVERIFY(m_network->dropAll());
    QVERIFY(console.next(QStringLiteral("statement"), 3000).isNull());
    console.resume(); // awake in another network: its statement is over by its own deadline, not by TCP's
    QVERIFY2(console.next(QStringLiteral("statement"), 8000).startsWith(QStringLiteral("statement timeout/statement_timeout_client")), qPrintable(console.all()));
    QVERIFY(m_network->heal());
    QVERIFY2(!console.next(QStringLiteral("state connected 2"), 25'000).isNull(), qPrintable(console.all()));
}

QTEST_GUILESS_MAIN(TestClock)
#include "tst_clock.moc"
