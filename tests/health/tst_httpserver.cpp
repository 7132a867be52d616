// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP server against clients that mean no good: whatever they send or don't, the others are answered, and nothing grows.
#include "health/httpserver.h"
#include "health/httpclient.h"
#include "support/verifyok.h"

#include <QFile>
#include <QTcpServer>
#include <QTest>

#include <sys/resource.h>

using namespace howdah;
using namespace howdah::health;
using namespace howdah::test;
using namespace Qt::StringLiterals;

namespace
{

HttpServerLimits quickLimits()
{
    HttpServerLimits limits;
    limits.headMs = 1000;
    limits.idleMs = 1000;
    limits.answerMs = 1000;
    limits.lingerMs = 1000;
    return limits;
}

int threadsOfThis()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    const QByteArray text = status.readAll();
    return text.mid(text.indexOf("\nThreads:") + 9, 10).trimmed().split('\n').first().toInt();
}

} // namespace

class TestHttpServer : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        auto server = HttpServer::listen(0, [this](const HttpRequest &request) {
            if (request.path == "/large")
                return HttpAnswer{200, {}, QByteArray(32 * 1024 * 1024, 'x'), {}};
            return HttpAnswer{200, {}, request.method + ' ' + request.path + '\n', {}};
        }, quickLimits());
        VERIFY_OK(server);
        m_server = *std::move(server);
    }
    void cleanup() { m_server.reset(); }

    void answers()
    {
        const ProbeReply reply = httpGet(port(), "/a");
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.body, "GET /a\n"_ba);
        QCOMPARE(reply.header("Cache-Control"), "no-store"_ba);
        QCOMPARE(reply.header("X-Content-Type-Options"), "nosniff"_ba);
        QVERIFY(!reply.header("Date").isEmpty());
        const ProbeReply head = httpGet(port(), "/a", {}, "HEAD");
        QVERIFY(head.status == 200 && head.body.isEmpty() && head.header("Content-Length") == "8");
    }

    void keptAndPipelined()
    {
        HttpClient client(port());
        for (int i = 0; i < 3; ++i) {
            client.send("GET /" + QByteArray::number(i) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            QCOMPARE(client.read().body, QByteArray("GET /" + QByteArray::number(i) + '\n'));
        }
        QByteArray many;
        for (int i = 0; i < 500; ++i)
            many += "GET /" + QByteArray::number(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        client.send(many);
        for (int i = 0; i < 500; ++i)
            QCOMPARE(client.read().body, QByteArray("GET /" + QByteArray::number(i) + '\n'));
        client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        QCOMPARE(client.read().header("Connection"), "close"_ba);
        QCOMPARE(client.read(300).status, 0);
        QVERIFY(client.closedWithin(2000) >= 0);
        QTRY_COMPARE(int(m_server->counts().open), 0);
    }

    void byteByByte()
    {
        HttpClient client(port());
        for (const char c : QByteArray("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"))
            client.send(QByteArray(1, c));
        QCOMPARE(client.read().status, 200);
    }

    void theRefusedOneSeesWhy_data()
    {
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<int>("status");
        QTest::newRow("1 MB of one header") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(1024 * 1024, 'x') + "\r\n\r\n") << 431;
        QTest::newRow("1 MB of headers") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("X: y\r\n").repeated(170'000) + "\r\n") << 431;
        QTest::newRow("1 MB of target") << QByteArray("GET /" + QByteArray(1024 * 1024, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n") << 431;
        QTest::newRow("TLS") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) << 400;
        QTest::newRow("two Hosts") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") << 400;
        QTest::newRow("half a head") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n") << 408;
        QTest::newRow("a body") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + QByteArray(1024 * 1024, 'x')) << 200; // the responder's to refuse; what comes behind it is no request
    }
    void theRefusedOneSeesWhy()
    {
        QFETCH(QByteArray, sent);
        QFETCH(int, status);
        HttpClient client(port());
        client.send(sent);
        const ProbeReply reply = client.read();
        QCOMPARE(reply.status, status);
        QCOMPARE(reply.header("Connection"), "close"_ba);
        QVERIFY(client.closedWithin(3000) >= 0);
        QCOMPARE(httpGet(port(), "/a").status, 200);
        QVERIFY(m_server->counts().answered <= 2);
    }

    void endlessSender()
    {
        HttpClient client(port());
        QElapsedTimer clock;
        clock.start();
        const QByteArray junk(256 * 1024, 'x');
        while (client.isConnected() && clock.elapsed() < 10'000)
            client.send(junk);
        QVERIFY(!client.isConnected());
        QCOMPARE(httpGet(port(), "/a").status, 200);
    }

    // Who says nothing, or a byte now and then, is closed in time; who asks meanwhile is answered at once.
    void slowSockets()
    {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = qMin<rlim_t>(files.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &files);
        const int threads = threadsOfThis();
        std::vector<std::unique_ptr<HttpClient>> slow;
        qint64 longestMs = 0;
        for (int i = 0; i < 500; ++i) {
            slow.push_back(std::make_unique<HttpClient>(port()));
            slow.back()->send(i % 2 ? "GET / HTTP/1.1\r\nHost:" : "");
            if (i % 25 == 0) {
                QElapsedTimer clock;
                clock.start();
                QCOMPARE(httpGet(port(), "/a").status, 200);
                longestMs = qMax(longestMs, clock.elapsed());
            }
        }
        QVERIFY2(longestMs < 500, qPrintable(QString::number(longestMs)));
        QVERIFY(m_server->counts().mostOpen <= quickLimits().connections);
        QVERIFY(threadsOfThis() <= threads); // none for a connection
        QTRY_COMPARE_WITH_TIMEOUT(int(m_server->counts().open), 0, 5000);
        QVERIFY(m_server->counts().refused >= 500);
        QCOMPARE(httpGet(port(), "/a").status, 200);
    }

    // The head's time is one for all of it: a byte a moment does not lengthen it.
    void drippingHead()
    {
        HttpClient client(port());
        QElapsedTimer clock;
        clock.start();
        client.send("GET / HTTP/1.1\r\nX: ");
        ProbeReply reply;
        while (reply.status == 0 && clock.elapsed() < 8000) {
            client.send("y");
            reply = client.read(100);
        }
        QCOMPARE(reply.status, 408);
    }

    void idleOnesGo()
    {
        HttpClient client(port());
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        QCOMPARE(client.read().status, 200);
        const qint64 closed = client.closedWithin(5000);
        QVERIFY2(closed >= 500 && closed < 3000, qPrintable(QString::number(closed)));
    }

    // Asks for much and takes nothing of it.
    void whoReadsNothing()
    {
        HttpClient client(port());
        client.takeNothing();
        for (int i = 0; i < 20; ++i)
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(m_server->counts().open == 0, 5000);
        QVERIFY(m_server->counts().answered <= 2); // the next was not even looked at
        QCOMPARE(httpGet(port(), "/a").status, 200);
    }

    void portInUse()
    {
        const auto second = HttpServer::listen(port(), [](const HttpRequest &) { return HttpAnswer(); });
        QVERIFY(!second);
        QCOMPARE(second.error().reason, u"port_in_use"_s);
        QVERIFY(second.error().message.contains(QString::number(port())) && second.error().hint.contains(u"--port"_s));
        QCOMPARE(httpGet(port(), "/a").status, 200);
    }

    // "localhost" may be either.
    void atBothLoopbacks()
    {
        QTcpSocket socket;
        socket.connectToHost(u"::1"_s, port());
        QVERIFY(socket.waitForConnected(1000));

        QTcpServer another;
        QVERIFY(another.listen(QHostAddress::LocalHostIPv6));
        const auto half = HttpServer::listen(another.serverPort(), [](const HttpRequest &) { return HttpAnswer(); });
        QVERIFY(!half);
        QCOMPARE(half.error().reason, u"port_in_use"_s);
        QVERIFY(half.error().message.contains("::1"_L1));
    }

    void onThisMachineOnly()
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.2"_s, port());
        QVERIFY(!socket.waitForConnected(1000));
    }

    void endsWithOpenConnections()
    {
        HttpClient client(port());
        client.send("GET / HTTP/1.1\r\nHost:");
        QElapsedTimer clock;
        clock.start();
        m_server.reset();
        QVERIFY(clock.elapsed() < 4000); // no wait for who is open
        QVERIFY(client.closedWithin(2000) >= 0);
    }

private:
    quint16 port() const { return m_server->port(); }
    std::unique_ptr<HttpServer> m_server;
};

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
