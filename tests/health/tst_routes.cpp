// SPDX-License-Identifier: GPL-3.0-or-later
// What each endpoint says of servers that are up, down, paused, starting or not asked yet: status code, age, and no word that names one.
#include "health/routes.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace howdah;
using namespace howdah::health;
using namespace Qt::StringLiterals;

namespace
{

constexpr Moment now{100'000, 1'700'000'000'000};
constexpr const char *canary = "cn4ry"; // in every text that a reading brings along

Standing upServer(const QString &id = serverId(u"a"_s))
{
    Standing standing;
    standing.id = id;
    standing.sampledMs = now.monotonicMs - 400;
    metrics::Sample sample;
    sample.atMs = now.wallMs - 400;
    sample.monotonicMs = standing.sampledMs;
    sample.serverMs = 2.5;
    sample.identity.systemIdentifier = QString::fromLatin1(canary);
    sample.identity.postmasterStart = double(now.wallMs) / 1000 - 3600;
    sample.identity.timeline = QString::fromLatin1(canary);
    sample.counters = {{u"xact_commit"_s, 9'007'199'254'740'993}, {u"wal_bytes"_s, 4711}};
    sample.gauges = {{u"connections_total"_s, 34}, {u"connections_usable"_s, 97}, {u"locks_waiting"_s, 0}};
    sample.absent = {{u"connections_idle"_s, u"not permitted: GRANT pg_monitor TO %1"_s.arg(QLatin1StringView(canary))}, {u"wal_fpi"_s, u"not known on 15"_s}};
    standing.sample = sample;
    standing.point.bufferHit = 0.9942;
    standing.findings = Findings{Verdict::Ok, 0, 0, 0, now.monotonicMs};
    return standing;
}

HttpAnswer ask(const QByteArray &path, const QVector<Standing> &standings)
{
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    return answerTo(request, standings, now, 12.5);
}

QJsonObject jsonOf(const HttpAnswer &answer)
{
    return QJsonDocument::fromJson(answer.body).object();
}

QJsonObject check(const HttpAnswer &answer, const char *name, int index = 0)
{
    return jsonOf(answer)["checks"_L1][QString(u"postgresql:"_s + QLatin1StringView(name))][index].toObject();
}

} // namespace

class TestRoutes : public QObject
{
    Q_OBJECT
private slots:
    void up()
    {
        const Standing standing = upServer();
        const HttpAnswer answer = ask("/health/database", {standing});
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.type, "application/health+json"_ba);
        QCOMPARE(jsonOf(answer)["status"_L1].toString(), u"pass"_s);
        QVERIFY(!jsonOf(answer).contains("output"_L1));
        QCOMPARE(check(answer, "state")["observedValue"_L1].toString(), u"up"_s);
        QCOMPARE(check(answer, "state")["componentId"_L1].toString(), standing.id);
        QCOMPARE(check(answer, "sampleAge")["observedValue"_L1].toDouble(), 0.4);
        QCOMPARE(check(answer, "sampleAge")["time"_L1].toString(), u"2023-11-14T22:13:19.600Z"_s);
        QCOMPARE(check(answer, "connections")["observedValue"_L1].toInt(), 34);
        QVERIFY(qAbs(check(answer, "utilization")["observedValue"_L1].toDouble() - 35.0515) < 0.001);
        QVERIFY(qAbs(check(answer, "uptime")["observedValue"_L1].toDouble() - 3599.6) < 0.001);
        QCOMPARE(check(answer, "responseTime")["observedValue"_L1].toDouble(), 2.5);
        QCOMPARE(ask(QByteArray("/health/database/" + standing.id.toLatin1()), {standing}).body, answer.body);
        QCOMPARE(ask("/health", {standing}).status, 200);
        QCOMPARE(ask("/readyz", {standing}).status, 200);
        const HttpAnswer metrics = ask("/health/database/metrics", {standing});
        QCOMPARE(metrics.status, 200);
        QVERIFY(metrics.body.contains("9007199254740993"));
        QCOMPARE(check(metrics, "locks_waiting")["observedValue"_L1], QJsonValue(0));
        QVERIFY(!check(metrics, "connections_idle").contains("observedValue"_L1)); // not permitted is not 0
        QCOMPARE(check(metrics, "connections_idle")["output"_L1].toString(), u"not permitted"_s);
        QCOMPARE(check(metrics, "wal_fpi")["output"_L1].toString(), u"not known on this version"_s);
    }

    void notUp_data()
    {
        QTest::addColumn<Standing>("standing");
        QTest::addColumn<QString>("word");
        Standing standing = upServer();
        standing.sampledMs = now.monotonicMs - 3001;
        QTest::newRow("stale") << standing << u"stale"_s;
        const QMap<QString, Reach> reaches{{u"down"_s, Reach::Down}, {u"starting"_s, Reach::Starting}, {u"no answer"_s, Reach::NoAnswer}, {u"refused"_s, Reach::Refused}, {u"full"_s, Reach::Full}};
        for (auto it = reaches.cbegin(); it != reaches.cend(); ++it) {
            standing = upServer();
            standing.failed = it.value(); // a moment after a good sample
            QTest::newRow(qPrintable(it.key())) << standing << it.key();
        }
        standing = {};
        standing.id = serverId(u"a"_s);
        QTest::newRow("never sampled") << standing << u"not sampled yet"_s;
    }
    void notUp()
    {
        QFETCH(Standing, standing);
        QFETCH(QString, word);
        for (const QByteArray &path : {QByteArray("/health/database"), QByteArray("/health/database/" + standing.id.toLatin1()), QByteArray("/health/database/metrics")}) {
            const HttpAnswer answer = ask(path, {standing});
            QCOMPARE(answer.status, 503);
            QCOMPARE(jsonOf(answer)["status"_L1].toString(), u"fail"_s);
            QVERIFY(jsonOf(answer)["output"_L1].toString().contains(word));
            QCOMPARE(check(answer, "state")["observedValue"_L1].toString(), word);
            QCOMPARE(check(answer, "sampleAge").isEmpty(), !standing.sample);
            QVERIFY(check(answer, "connections").isEmpty() && check(answer, "connections_total").isEmpty()); // no old figure as if it were of now
        }
        QCOMPARE(ask("/health", {standing}).status, 503);
        QCOMPARE(ask("/livez", {standing}).status, 200);
        QCOMPARE(ask("/readyz", {standing}).status, standing.sample ? 200 : 503); // of this program, not of the server
    }

    // Three of what its sampler aims at now, not of what it began with.
    void staleByItsPeriod()
    {
        Standing standing = upServer();
        standing.sampledMs = now.monotonicMs - 3001;
        standing.periodMs = 5000;
        QCOMPARE(ask("/health/database", {standing}).status, 200);
        standing.sampledMs = now.monotonicMs - 15'001;
        QCOMPARE(ask("/health/database", {standing}).status, 503);
    }

    void oneOfTwo()
    {
        Standing down = upServer(serverId(u"b"_s));
        down.failed = Reach::Down;
        const QVector<Standing> both{upServer(), down};
        const HttpAnswer answer = ask("/health/database", both);
        QCOMPARE(answer.status, 503);
        QCOMPARE(jsonOf(answer)["output"_L1].toString(), u"1 of 2 servers: down"_s);
        QCOMPARE(check(answer, "state", 0)["observedValue"_L1].toString(), u"up"_s);
        QCOMPARE(check(answer, "state", 1)["observedValue"_L1].toString(), u"down"_s);
        QCOMPARE(ask(QByteArray("/health/database/" + both[0].id.toLatin1()), both).status, 200);
        QCOMPARE(ask(QByteArray("/health/database/" + both[1].id.toLatin1()), both).status, 503);
    }

    void findings()
    {
        for (const auto &[verdict, status] : {std::pair(Verdict::Warning, u"warn"_s), std::pair(Verdict::Critical, u"fail"_s), std::pair(Verdict::Unknown, u"warn"_s)}) {
            Standing standing = upServer();
            standing.findings = Findings{verdict, verdict == Verdict::Critical, verdict == Verdict::Warning, verdict == Verdict::Unknown, now.monotonicMs};
            const HttpAnswer answer = ask("/health/database", {standing});
            QCOMPARE(answer.status, 200); // it answers
            QCOMPARE(jsonOf(answer)["status"_L1].toString(), u"warn"_s);
            QCOMPARE(check(answer, "findings")["status"_L1].toString(), status);
            QVERIFY(!check(answer, "findings")["output"_L1].toString().isEmpty());
        }
    }

    void unknownPlaces()
    {
        const Standing standing = upServer();
        const QByteArray id = standing.id.toLatin1();
        for (const QByteArray &path : {QByteArray("/"), QByteArray("/health/"), QByteArray("/health/../health"), QByteArray("/%68ealth"), QByteArray("//health"), QByteArray("/HEALTH"), QByteArray("/health/database/"),
                                       QByteArray("/health/database/" + id + "/"), QByteArray("/health/database/../database"), QByteArray("/health/database/000000000000"), QByteArray("http://localhost/health"), QByteArray("*"),
                                       QByteArray("/etc/passwd"), QByteArray("/health\\..\\x")}) {
            const HttpAnswer answer = ask(path, {standing});
            QVERIFY2(answer.status == 404 && !answer.body.contains("passwd") && jsonOf(answer)["status"_L1].toString() == "fail"_L1, path.constData());
        }
    }

    void nothingIsNamed()
    {
        for (const char *path : {"/livez", "/readyz", "/health", "/health/database", "/health/database/metrics", "/metrics"}) {
            const QByteArray body = ask(path, {upServer()}).body;
            QVERIFY2(!body.isEmpty() && !body.contains(canary), body.constData());
        }
    }

    void prometheus()
    {
        Series series;
        series.name = u"postgresql.backends"_s;
        series.unit = u"1"_s;
        series.description = u"Sessions"_s;
        SeriesPoint point;
        point.value = qint64(7);
        series.points = {point};
        Standing up = upServer(), down = upServer(serverId(u"b"_s));
        up.series = down.series = {series};
        down.failed = Reach::Down;
        const HttpAnswer one = ask("/metrics", {up});
        QCOMPARE(one.status, 200);
        QCOMPARE(one.type, prometheusLine());
        QVERIFY2(one.body.contains("postgresql_backends 7\n") && one.body.contains("howdah_postgresql_up 1\n"), one.body.constData());
        const HttpAnswer two = ask("/metrics", {up, down});
        QVERIFY2(two.body.count("# TYPE postgresql_backends") == 1 && two.body.count("\npostgresql_backends{") == 1, two.body.constData()); // not of the one that is down
        QVERIFY2(two.body.contains(QByteArray(up.id.toLatin1() + "\"} 1\n")) && two.body.contains(QByteArray(down.id.toLatin1() + "\"} 0\n")), two.body.constData());
        HttpRequest request;
        request.path = "/metrics";
        request.accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
        const HttpAnswer open = answerTo(request, {up}, now, 1);
        QVERIFY2(open.type.startsWith("application/openmetrics-text") && open.body.endsWith("# EOF\n"), open.body.constData());
    }

    void wire()
    {
        const HttpAnswer answer = refusal(405, "No", {"Allow: GET, HEAD"});
        const QByteArray text = onTheWire(answer, false, true, QDateTime::fromMSecsSinceEpoch(784'111'777'000, Qt::UTC));
        QCOMPARE(text, QByteArray("HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
                       "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nAllow: GET, HEAD\r\nConnection: keep-alive\r\n\r\nNo\n"));
        const QByteArray bodiless = onTheWire(answer, true, false, QDateTime::currentDateTimeUtc());
        QVERIFY(bodiless.contains("Content-Length: 3\r\n") && bodiless.endsWith("Connection: close\r\n\r\n"));
    }

    void errors()
    {
        const auto error = [](ErrorKind kind, const char *reason, const char *sqlstate = "") {
            Error made;
            made.kind = kind;
            made.reason = QLatin1StringView(reason);
            made.sqlstate = QLatin1StringView(sqlstate);
            return reachOf(made);
        };
        QVERIFY(error(ErrorKind::Connection, "refused") == Reach::Down);
        QVERIFY(error(ErrorKind::Connection, "x", "57P03") == Reach::Starting);
        QVERIFY(error(ErrorKind::Connection, "x", "57P01") == Reach::Down);
        QVERIFY(error(ErrorKind::Connection, "x", "53300") == Reach::Full);
        QVERIFY(error(ErrorKind::Timeout, "no_answer") == Reach::NoAnswer);
        QVERIFY(error(ErrorKind::Timeout, "statement", "57014") == std::nullopt);
        QVERIFY(error(ErrorKind::Sql, "x", "42501") == std::nullopt);
        QVERIFY(error(ErrorKind::Keychain, "locked") == std::nullopt);
        QVERIFY(error(ErrorKind::Authentication, "x", "28P01") == Reach::Refused);
    }

private:
    static QByteArray prometheusLine() { return "text/plain; version=0.0.4; charset=utf-8"; }
};

QTEST_APPLESS_MAIN(TestRoutes)
#include "tst_routes.moc"
