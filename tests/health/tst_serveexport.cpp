// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl serve with the OTEL_* variables over a real server: a receiver gets bodies, the rest of the queue at the end; without a receiver the
// endpoints answer as ever, and what was not sent is counted and told.
#include "health/otlpreceiver.h"
#include "health/serveprocess.h"

#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

namespace
{
QProcessEnvironment exportingTo(const QString &address)
{
    QProcessEnvironment more;
    more.insert(u"OTEL_EXPORTER_OTLP_ENDPOINT"_s, address);
    more.insert(u"OTEL_METRIC_EXPORT_INTERVAL"_s, u"1000"_s);
    more.insert(u"OTEL_EXPORTER_OTLP_COMPRESSION"_s, u"none"_s);
    more.insert(u"OTEL_EXPORTER_OTLP_PROTOCOL"_s, u"http/json"_s);
    return more;
}

// Of an own series on /metrics; -1: it is not there.
qint64 counted(quint16 port, const QByteArray &name)
{
    for (const QByteArray &line : httpGet(port, "/metrics").body.split('\n')) {
        if (line.startsWith(QByteArray(name + ' ')))
            return line.mid(name.size() + 1).toLongLong();
    }
    return -1;
}

// Of the one server there is, as the verb's answer has it.
QJsonObject exportOf(ServeProcess &serve)
{
    const QJsonObject all = serve.answer()["exports"_L1].toObject();
    return all.size() == 1 ? all.begin()->toObject() : QJsonObject();
}
} // namespace

class TestServeExport : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        const QStringList names = QProcessEnvironment::systemEnvironment().keys();
        for (const QString &name : names) {
            if (name.startsWith("OTEL_"_L1))
                qunsetenv(name.toLatin1());
        }
        QString why;
        m_server = TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
    }
    void cleanupTestCase() { m_server.reset(); }

    void theReceiverGetsIt()
    {
        OtlpReceiver receiver;
        receiver.answer = [](int) { return OtlpReceiver::reply("200 OK", "Content-Type: application/json\r\n", "{}"); };
        ServeProcess serve;
        QString why;
        QVERIFY2(serve.start(*m_server, exportingTo(receiver.address()), &why), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(receiver.requests().size() >= 3, 15'000);
        const OtlpRequest &first = receiver.requests().constFirst();
        QVERIFY2(first.head.startsWith("POST /v1/metrics HTTP/1.1\r\n"), first.head.constData());
        const QJsonObject body = QJsonDocument::fromJson(first.body).object();
        QVERIFY2(!body["resourceMetrics"_L1][0]["scopeMetrics"_L1][0]["metrics"_L1].toArray().isEmpty(), first.body.constData());
        QVERIFY(first.body.contains("howdah.postgresql.wal.records"));
        for (const OtlpRequest &request : receiver.requests())
            QVERIFY2(!request.body.contains("127.0.0.1") && !request.body.contains("template1"), request.body.constData());
        QTRY_VERIFY_WITH_TIMEOUT(counted(serve.port(), "howdah_otlp_points_sent_total") > 10, 5000);
        QCOMPARE(counted(serve.port(), "howdah_otlp_points_dropped_total"), 0);
        serve.process().terminate();
        QTRY_COMPARE_WITH_TIMEOUT(serve.process().state(), QProcess::NotRunning, 15'000);
        const QJsonObject exported = exportOf(serve);
        QVERIFY(exported["points_sent"_L1].toInteger() > 10);
        QCOMPARE(exported["queued"_L1].toInt(-1), 0);
        QVERIFY(!serve.errors().contains("the export fails"));
    }

    // Refuses at first, takes it later: both are told once.
    void failsAndGoesAgain()
    {
        OtlpReceiver receiver;
        receiver.answer = [](int nth) { return nth < 2 ? OtlpReceiver::reply("503 Service Unavailable") : OtlpReceiver::reply("200 OK", "Content-Type: application/json\r\n", "{}"); };
        ServeProcess serve;
        QString why;
        QVERIFY2(serve.start(*m_server, exportingTo(receiver.address()), &why), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(serve.errors().contains("the export goes on"), 20'000);
        QCOMPARE(serve.errors().count("the export fails"), 1);
        QVERIFY(counted(serve.port(), "howdah_otlp_attempts_failed_total") >= 2);
        serve.process().terminate();
        QTRY_COMPARE_WITH_TIMEOUT(serve.process().state(), QProcess::NotRunning, 15'000);
    }

    void withoutAReceiver()
    {
        ServeProcess serve;
        QString why;
        QVERIFY2(serve.start(*m_server, exportingTo(u"http://127.0.0.1:%1"_s.arg(session::freePort())), &why), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(counted(serve.port(), "howdah_otlp_attempts_failed_total") >= 2, 15'000);
        QTRY_VERIFY_WITH_TIMEOUT(counted(serve.port(), "howdah_otlp_queued") >= 2, 10'000);
        QCOMPARE(counted(serve.port(), "howdah_otlp_points_sent_total"), 0);
        QCOMPARE(httpGet(serve.port(), "/health/database").status, 200);
        QCOMPARE(serve.errors().count("the export fails"), 1);
        const qint64 took = serve.end();
        QVERIFY2(took >= 0 && took < 7000, qPrintable(QString::number(took)));
        QCOMPARE(serve.process().exitCode(), 0);
        const QJsonObject told = exportOf(serve);
        QCOMPARE(told["points_sent"_L1].toInteger(-1), 0);
        QVERIFY(told["attempts_failed"_L1].toInteger() >= 2 && !told["error"_L1]["message"_L1].toString().isEmpty());
    }

    // It takes the connection and never answers: the end waits for it no longer than it says.
    void aReceiverThatIsSilent()
    {
        OtlpReceiver receiver;
        receiver.answer = [](int) { return QByteArray(); };
        ServeProcess serve;
        QString why;
        QVERIFY2(serve.start(*m_server, exportingTo(receiver.address()), &why), qPrintable(why));
        QTRY_VERIFY_WITH_TIMEOUT(!receiver.requests().isEmpty(), 10'000);
        QCOMPARE(httpGet(serve.port(), "/health/database").status, 200);
        const qint64 took = serve.end();
        QVERIFY2(took >= 0 && took < 7000, qPrintable(QString::number(took)));
        QCOMPARE(serve.process().exitCode(), 0);
        QVERIFY(exportOf(serve)["queued"_L1].toInt() >= 1);
    }

    void unasked()
    {
        ServeProcess serve;
        QString why;
        QVERIFY2(serve.start(*m_server, {}, &why), qPrintable(why));
        QVERIFY(!httpGet(serve.port(), "/metrics").body.contains("howdah_otlp"));
        QVERIFY(serve.end() >= 0);
        const QJsonObject answer = serve.answer();
        QVERIFY(answer["exports"_L1].isObject() && answer["exports"_L1].toObject().isEmpty());
    }

    void badVariable()
    {
        ServeProcess serve;
        QVERIFY(!serve.start(*m_server, exportingTo(u"ftp://nowhere"_s)));
        QCOMPARE(serve.process().exitCode(), 2);
        QCOMPARE(serve.answer()["error"_L1]["kind"_L1].toString(), u"client"_s);
    }

private:
    std::unique_ptr<TestServer> m_server;
};

QTEST_GUILESS_MAIN(TestServeExport)
#include "tst_serveexport.moc"
