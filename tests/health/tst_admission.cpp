// SPDX-License-Identifier: GPL-3.0-or-later
// Who may ask the endpoints: by Host, method, body, token, and which pages may read.
#include "health/admission.h"

#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;

namespace
{

HttpRequest request(const QByteArray &host, const QByteArray &method = "GET")
{
    HttpRequest request;
    request.method = method;
    request.path = "/health";
    request.host = host;
    return request;
}

int statusOf(const HttpRequest &request, const Admission &admission)
{
    const auto refused = refusalOf(request, admission);
    return refused ? refused->status : 200;
}

} // namespace

class TestAdmission : public QObject
{
    Q_OBJECT
private slots:
    void hosts_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<int>("status");
        for (const char *host : {"127.0.0.1", "127.0.0.1:5210", "localhost", "localhost:5210", "localhost:9999", "[::1]", "[::1]:5210", "health.example", "health.example:443"})
            QTest::newRow(host) << QByteArray(host) << 200;
        for (const char *host : {"", "evil.example", "evil.example:5210", "localhost.evil.example", "evil.localhost", "localhost.", "localhost:", "localhost:5210:1", "localhost:a", "127.0.0.1.evil.example",
                                 "127.0.0.2", "0.0.0.0", "::1", "[::1]x", "[::1]x:1", "[::1", "[::2]", "localhost@evil.example", "evil.example#localhost", "2130706433", "0x7f.1", " localhost"})
            QTest::newRow(host) << QByteArray(host) << 403;
    }
    void hosts()
    {
        QFETCH(QByteArray, host);
        QFETCH(int, status);
        Admission admission;
        admission.hosts = {"health.example"};
        QCOMPARE(statusOf(request(host), admission), status);
    }

    void methods()
    {
        for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "GETS"}) {
            const auto refused = refusalOf(request("localhost", method), {});
            QVERIFY2(refused && refused->status == 405 && refused->headers.contains("Allow: GET, HEAD"), method);
        }
        QCOMPARE(statusOf(request("localhost", "HEAD"), {}), 200);
        QCOMPARE(statusOf(request("evil.example", "POST"), {}), 403);
        HttpRequest body = request("localhost");
        body.hasBody = true;
        QCOMPARE(statusOf(body, {}), 413);
    }

    void token()
    {
        Admission admission;
        admission.token = Secret("correct-horse-battery");
        HttpRequest asked = request("localhost");
        const auto refused = refusalOf(asked, admission);
        QVERIFY(refused && refused->status == 401 && refused->headers.contains("WWW-Authenticate: Bearer"));
        QVERIFY(!refused->body.contains("horse"));
        for (const char *wrong : {"Bearer", "Bearer ", "Bearer correct-horse-batterx", "Bearer correct-horse-batter", "Bearer correct-horse-battery1", "Bearer  correct-horse-battery",
                                  "Basic correct-horse-battery", "correct-horse-battery", "Bearer correct-horse-battery, x"}) {
            asked.authorization = wrong;
            QVERIFY2(statusOf(asked, admission) == 401, wrong);
        }
        for (const char *right : {"Bearer correct-horse-battery", "bearer correct-horse-battery"}) {
            asked.authorization = right;
            QVERIFY2(statusOf(asked, admission) == 200, right);
        }
        asked.authorization.clear();
        asked.path = "/livez";
        QCOMPARE(statusOf(asked, admission), 200);
        asked.path = "/livez/";
        QCOMPARE(statusOf(asked, admission), 401);
    }

    void origins()
    {
        Admission admission;
        HttpRequest asked = request("localhost");
        asked.origin = "http://localhost:3000";
        HttpAnswer answer;
        addOrigin(answer, asked, admission);
        QVERIFY(answer.headers.isEmpty());
        const auto listed = originsFrom(u"http://localhost:3000, https://[::1]:8443"_s);
        QVERIFY(listed);
        QCOMPARE(listed->size(), 2);
        admission.origins = *listed;
        addOrigin(answer, asked, admission);
        QVERIFY(answer.headers.contains("Access-Control-Allow-Origin: http://localhost:3000") && answer.headers.contains("Vary: Origin"));
        asked.origin = "http://localhost:3001";
        HttpAnswer other;
        addOrigin(other, asked, admission);
        QCOMPARE(other.headers, QByteArrayList{"Vary: Origin"});
        QVERIFY(originsFrom({})->isEmpty());
        for (const char *bad : {"*", "null", "localhost:3000", "http://a/", "http://a b", "http://", "http://a\r\nX: y", "[\"http://a\"]"})
            QVERIFY2(!originsFrom(QString::fromLatin1(bad)), bad);
    }

    void allowedHosts()
    {
        QCOMPARE(*hostFrom(u"Health.Example"_s), "health.example"_ba);
        QCOMPARE(*hostFrom(u"[FD00::1]"_s), "[fd00::1]"_ba);
        for (const char *bad : {"", "*", "a:1", "http://a", "a/b", "a b", ".", "-a", "::1"})
            QVERIFY2(!hostFrom(QString::fromLatin1(bad)), bad);
    }
};

QTEST_APPLESS_MAIN(TestAdmission)
#include "tst_admission.moc"
