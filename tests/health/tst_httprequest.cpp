// SPDX-License-Identifier: GPL-3.0-or-later
// What the reader of requests takes and what it refuses: the corpus is of request smuggling, header injection, floods and plain nonsense.
#include "health/httprequest.h"

#include <QRandomGenerator>
#include <QTest>

using namespace howdah::health;
using namespace Qt::StringLiterals;

class TestHttpRequest : public QObject
{
    Q_OBJECT
private slots:
    void taken()
    {
        const QByteArray text = "GET /health/database?verbose&x=1 HTTP/1.1\r\nHost: LocalHost:5210\r\nAccept: a\r\naccept:\t b \r\nAuthorization: Bearer abc\r\nOrigin: http://a.example\r\n\r\nGET ";
        const HttpHead head = readHead(text);
        QCOMPARE(head.state, HttpHead::State::Complete);
        QCOMPARE(head.size, text.size() - 4);
        QCOMPARE(head.request.method, "GET"_ba);
        QCOMPARE(head.request.path, "/health/database"_ba);
        QCOMPARE(head.request.query, "verbose&x=1"_ba);
        QCOMPARE(head.request.host, "localhost:5210"_ba);
        QCOMPARE(head.request.accept, "a,b"_ba);
        QCOMPARE(head.request.authorization, "Bearer abc"_ba);
        QCOMPARE(head.request.origin, "http://a.example"_ba);
        QVERIFY(head.request.keepAlive && !head.request.hasBody);
        QVERIFY(!readHead("GET / HTTP/1.0\r\nHost: a\r\n\r\n").request.keepAlive);
        QVERIFY(!readHead("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, Close\r\n\r\n").request.keepAlive);
        QCOMPARE(readHead("GET /%2e%2e/../a HTTP/1.1\r\nHost: a\r\n\r\n").request.path, "/%2e%2e/../a"_ba); // nothing is decoded or folded
        QCOMPARE(readHead("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").request.method, "OPTIONS"_ba);
        QCOMPARE(readHead("GET / HTTP/1.0\r\n\r\n").state, HttpHead::State::Complete); // whom its empty Host does not let in
    }

    void bodiesAreSeen_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<bool>("hasBody");
        QTest::newRow("none") << QByteArray("X: y") << false;
        QTest::newRow("of no length") << QByteArray("Content-Length: 0") << false;
        for (const char *field : {"Content-Length: 1", "Content-Length: 00", "Content-Length: +0", "Content-Length: 0, 5", "Content-Length:", "Content-Length: 0\r\nContent-Length: 5",
                                  "Content-Length: 5\r\nContent-Length: 0", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Content-Length: 0\r\ntransfer-encoding: xchunked",
                                  "Content-Length: 99999999999999999999"})
            QTest::newRow(field) << QByteArray(field) << true;
    }
    void bodiesAreSeen()
    {
        QFETCH(QByteArray, field);
        QFETCH(bool, hasBody);
        const HttpHead head = readHead(QByteArray("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"));
        QCOMPARE(head.state, HttpHead::State::Complete);
        QCOMPARE(head.request.hasBody, hasBody);
        QCOMPARE(head.request.keepAlive, !hasBody); // what comes behind it would be read as the next request
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, const QByteArray &text, int status = 400) { QTest::newRow(name) << text << status; };
        row("nothing", "\r\n\r\n");
        row("a line before it", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("one word", "GET\r\n\r\n");
        row("HTTP/0.9", "GET /\r\n\r\n");
        row("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n");
        row("a tab", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n");
        row("a method of no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("a long method", "GETGETGETGETGETGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("NUL in the target", QByteArray("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 30));
        row("beyond ASCII in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n");
        row("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505);
        row("version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505);
        row("version 1.11", "GET / HTTP/1.11\r\nHost: a\r\n\r\n");
        row("no version", "GET / http/1.1\r\nHost: a\r\n\r\n");
        row("a space behind", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n");
        row("no Host", "GET / HTTP/1.1\r\n\r\n");
        row("an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n");
        row("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n");
        row("two tokens", "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n");
        row("two origins", "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nOrigin: y\r\n\r\n");
        row("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        row("no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n");
        row("no name", "GET / HTTP/1.1\r\n: a\r\n\r\n");
        row("folded", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n");
        row("a lone LF", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n");
        row("a lone CR", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n");
        row("LF ends", "GET / HTTP/1.1\nHost: a\r\n\r\n");
        row("NUL in a value", QByteArray("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29));
        row("DEL in a value", "GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n");
        row("Expect", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", 417);
        row("65 headers", "GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("a: b\r\n").repeated(64) + "\r\n", 431);
        row("a long head", "GET / HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(8192, 'x') + "\r\n\r\n", 431);
        row("a long target", "GET /" + QByteArray(9000, 'x'), 431);
        row("TLS", QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
        row("TLS, its first byte", "\x16");
    }
    void refused()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, status);
        const HttpHead head = readHead(text);
        QCOMPARE(head.state, HttpHead::State::Refused);
        QCOMPARE(head.status, status);
    }

    // Byte by byte it is the same as at once, and no beginning of a good request is refused or taken.
    void beginnings()
    {
        const QByteArray text = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + QByteArray(8000, 'y') + "\r\n\r\n";
        for (qsizetype i = 0; i < text.size(); ++i)
            QCOMPARE(readHead(QByteArrayView(text).first(i)).state, HttpHead::State::Incomplete);
        QCOMPARE(readHead(text).state, HttpHead::State::Complete);
        QCOMPARE(readHead(QByteArray(8192, 'G')).state, HttpHead::State::Incomplete);
        QCOMPARE(readHead(QByteArray(8193, 'G')).status, 431);
    }

    // Whatever bytes come: it ends, and what it took lies within what came.
    void noise()
    {
        QRandomGenerator random(20261128);
        const QByteArray good = "GET /health HTTP/1.1\r\nHost: localhost:5210\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        int complete = 0;
        for (int round = 0; round < 20'000; ++round) {
            QByteArray text = good;
            for (int i = random.bounded(1, 4); i > 0; --i) {
                const auto at = qsizetype(random.bounded(int(text.size())));
                switch (random.bounded(4)) {
                case 0: text[at] = char(random.bounded(256)); break;
                case 1: text.insert(at, char(random.bounded(256))); break;
                case 2: text.remove(at, random.bounded(1, 9)); break;
                case 3: text.insert(at, text.mid(random.bounded(int(text.size())), random.bounded(1, 20))); break;
                }
            }
            const HttpHead head = readHead(text);
            if (head.state == HttpHead::State::Complete) {
                ++complete;
                QVERIFY(head.size > 0 && head.size <= text.size());
                QVERIFY(!head.request.method.isEmpty() && !head.request.path.contains(' ') && !head.request.host.contains('\n') && !head.request.path.contains('\r'));
            } else if (head.state == HttpHead::State::Refused) {
                QVERIFY(head.status >= 400 && head.status < 600);
            }
        }
        QVERIFY2(complete > 100, qPrintable(QString::number(complete)));
    }
};

QTEST_APPLESS_MAIN(TestHttpRequest)
#include "tst_httprequest.moc"
