// SPDX-License-Identifier: GPL-3.0-or-later
// The step before a link connects: its secret and its way, asked for each time, off the window's thread, and never waited for without end.
#include "pg/session.h"
#include "pg/wait.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>
#include <QThread>

#include <poll.h>

using namespace howdah;
using namespace howdah::pg;
using test::TestServer;

class TestPrepare : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void askedForEachConnect();
    void wayIn();
    void itsErrorIsTheLinks();
    void closesWhileItWaits();
    void deadline();

private:
    std::unique_ptr<TestServer> m_server;
};

void TestPrepare::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestPrepare::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

// A token that expires: each connect has the one of its day.
void TestPrepare::askedForEachConnect()
{
    QVERIFY(m_server->sql({"CREATE ROLE rotated LOGIN PASSWORD 'monday'"}));
    std::atomic<int> asked = 0;
    std::atomic<bool> tuesday = false;
    std::atomic<QThread *> on = nullptr;
    Session session(m_server->spec().withRole(QStringLiteral("rotated")), [&](const CancelToken &) -> Result<Prepared> {
        ++asked;
        on = QThread::currentThread();
        return Prepared{Secret(tuesday ? "tuesday" : "monday"), {}};
    }, Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, LinkState::Connected);
    QCOMPARE(asked.load(), 1);
    QVERIFY(on.load() != thread());
    tuesday = true;
    QVERIFY(m_server->sql({"ALTER ROLE rotated PASSWORD 'tuesday'", "SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(session.status().facts.backendPid) + ')'}));
    QTRY_COMPARE(session.status().generation, quint64(2));
    QTRY_COMPARE(session.status().state, LinkState::Connected);
    QCOMPARE(asked.load(), 2);
}

// Elsewhere than the spec's port, by TCP and by socket; the certificate is held against the spec's host all the same.
void TestPrepare::wayIn()
{
    ConnectionSpec spec = m_server->spec();
    spec.host = QStringLiteral("localhost");
    spec.port = 1;
    const Via tcp{QStringLiteral("127.0.0.1"), m_server->port()};
    auto connection = Connection::open(spec, m_server->password(), {}, {}, tcp);
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    QVERIFY((*connection)->facts().tls);
    QVERIFY((*connection)->another());
    ConnectionSpec socket = m_server->socketSpec();
    socket.host = QStringLiteral("/nowhere");
    socket.port = 1;
    QVERIFY(Connection::open(socket, {}, {}, {}, Via{m_server->folder(), m_server->port()}));
    spec.host = QStringLiteral("db.example");
    connection = Connection::open(spec, m_server->password(), {}, {}, tcp);
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, QStringLiteral("wrong_host"));
}

void TestPrepare::itsErrorIsTheLinks()
{
    std::atomic<int> asked = 0;
    Session session(m_server->spec(), [&](const CancelToken &) -> Result<Prepared> {
        ++asked;
        return fail(ErrorKind::Tool, QStringLiteral("failed"), QStringLiteral("get-token: no"));
    }, Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, LinkState::Lost);
    QCOMPARE(session.status().error.kind, ErrorKind::Tool);
    QCOMPARE(session.status().error.message, QStringLiteral("get-token: no"));
    QCOMPARE(session.status().retryAtMs, 0); // not run again by itself
    QCOMPARE(asked.load(), 1);
}

void TestPrepare::closesWhileItWaits()
{
    std::atomic<bool> waits = false, stopped = false;
    Session session(m_server->spec(), [&](const CancelToken &stop) -> Result<Prepared> {
        waits = true;
        waitOn(stop.eventFd(), POLLIN, {}, Deadline::in(10'000));
        stopped = stop.isCancelled();
        return fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"));
    }, Session::Purpose::Editor);
    session.open();
    QTRY_VERIFY(waits);
    QElapsedTimer clock;
    clock.start();
    session.close();
    QTRY_COMPARE(session.status().state, LinkState::Closed);
    QVERIFY(clock.elapsed() < 1000);
    QTRY_VERIFY(stopped);
}

void TestPrepare::deadline()
{
    std::atomic<bool> over = false;
    QElapsedTimer clock;
    clock.start();
    const auto prepared = prepareWithin([&over](const CancelToken &stop) -> Result<Prepared> {
        waitOn(stop.eventFd(), POLLIN, {}, Deadline::in(10'000));
        over = true;
        return Prepared();
    }, 300, {}, {});
    QVERIFY(clock.elapsed() < 600);
    QVERIFY(!prepared);
    QCOMPARE(prepared.error().kind, ErrorKind::Timeout);
    QTRY_VERIFY(over);
}

QTEST_GUILESS_MAIN(TestPrepare)
#include "tst_prepare.moc"
