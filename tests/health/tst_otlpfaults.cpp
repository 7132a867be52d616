// SPDX-License-Identifier: GPL-3.0-or-later
// The exporter against receivers that do it harm: nothing is sent twice, what was dropped is counted, memory is bounded and the owner's loop
// goes on, whatever is answered.
#include "health/otlpgiven.h"
#include "support/testcertificates.h"

#include <QCryptographicHash>
#include <QSslCertificate>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTimer>

using namespace howdah;
using namespace howdah::health;
using namespace howdah::test;
using namespace Qt::StringLiterals;

namespace
{
// The longest that the owner's loop stood still.
class Pulse
{
public:
    Pulse()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_last.start();
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { m_longest = std::max(m_longest, m_last.restart()); });
        m_timer.start(5);
    }
    qint64 longestMs() const { return std::max(m_longest, m_last.elapsed()); }

private:
    QTimer m_timer;
    QElapsedTimer m_last;
    qint64 m_longest = 0;
};

enum class Verdict { Again, Final };
} // namespace

class TestOtlpFaults : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(m_folder.isValid() && TestCertificates::write(m_folder.path())); }

    void nothingTwiceAndAllIsCounted_data()
    {
        QTest::addColumn<QByteArray>("answer");  // to a body that is seen first
        QTest::addColumn<QByteArray>("later");   // and to one that comes again; empty: the same
        QTest::addColumn<bool>("endless");
        QTest::addColumn<int>("certificate");    // -1: no TLS
        QTest::addColumn<qint64>("sent");        // of three requests
        QTest::addColumn<qint64>("dropped");
        QTest::addColumn<qint64>("rejected");    // points of each
        const QByteArray ok = OtlpReceiver::reply("200 OK"), json = "Content-Type: application/json\r\n";
        const auto row = [](const char *name, const QByteArray &answer, const QByteArray &later, bool endless, qint64 sent, qint64 dropped, qint64 rejected = 0) {
            QTest::addRow("%s", name) << answer << later << endless << -1 << sent << dropped << rejected;
        };
        row("200", ok, {}, false, 3, 0);
        row("429 and Retry-After", OtlpReceiver::reply("429 Too Many Requests", "Retry-After: 1\r\n"), ok, false, 3, 0);
        row("503", OtlpReceiver::reply("503 Service Unavailable"), ok, false, 3, 0);
        row("partial success", OtlpReceiver::reply("200 OK", json, "{\"partialSuccess\":{\"rejectedDataPoints\":\"2\"}}"), {}, false, 3, 0, 2);
        row("413", OtlpReceiver::reply("413 Payload Too Large"), {}, false, 0, 3);
        row("nothing at all", {}, {}, false, 0, 3);
        row("1 GB", "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", {}, true, 3, 0);
        row("1 GB of refusal", "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 1073741824\r\n\r\n", {}, true, 0, 3);
        using Kind = TestCertificates::Kind;
        for (const auto &[name, kind] : {std::pair{"unknown authority", Kind::SelfSigned}, std::pair{"other host", Kind::OtherHost}, std::pair{"expired", Kind::Expired}})
            QTest::addRow("%s", name) << ok << QByteArray() << false << int(kind) << qint64(0) << qint64(0) << qint64(0);
    }

    void nothingTwiceAndAllIsCounted()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, later);
        QFETCH(bool, endless);
        QFETCH(int, certificate);
        QFETCH(qint64, sent);
        QFETCH(qint64, dropped);
        QFETCH(qint64, rejected);
        const QSslConfiguration tls = certificate < 0 ? QSslConfiguration() : shownBy(TestCertificates::Kind(certificate));
        OtlpReceiver receiver(certificate < 0 ? nullptr : &tls);
        receiver.endless = endless;
        QHash<QByteArray, QVector<Verdict>> bodies; // by their hash
        receiver.answer = [&](int n) {
            QVector<Verdict> &verdicts = bodies[QCryptographicHash::hash(receiver.requests()[n].body, QCryptographicHash::Sha256)];
            const bool first = verdicts.isEmpty() || later.isEmpty();
            verdicts << (first && !later.isEmpty() ? Verdict::Again : Verdict::Final);
            return first ? answer : later;
        };
        OtlpSettings settings = settingsFor(receiver);
        settings.caFile = m_folder.filePath(u"ca.pem"_s);
        settings.timeoutMs = 300;
        OtlpExporter exporter(settings, u"a"_s);
        const qint64 before = residentKb();
        const Pulse pulse;
        constexpr int requests = 3;
        for (int i = 0; i < requests; ++i)
            exporter.offer(seriesAt(now + i * 1000));
        const qint64 points = pointsIn(seriesAt(now));
        if (certificate < 0)
            QTRY_COMPARE_WITH_TIMEOUT(exporter.state().requestsSent + exporter.state().requestsDropped, requests, 20'000);
        else
            QTRY_VERIFY(exporter.state().attemptsFailed >= 3);
        passed(300); // beyond every wait there is
        const OtlpState state = exporter.state();
        QCOMPARE(state.requestsSent, sent);
        QCOMPARE(state.requestsDropped, dropped);
        QCOMPARE(state.pointsRejected, sent * rejected);
        QCOMPARE(state.pointsSent + state.pointsRejected + state.pointsDropped + state.queued * points, requests * points);
        QCOMPARE(bodies.size(), certificate < 0 ? requests : 0); // to whom it may not trust not a byte
        for (const QVector<Verdict> &verdicts : std::as_const(bodies)) {
            QCOMPARE(verdicts.count(Verdict::Final), 1);
            QCOMPARE(verdicts.last(), Verdict::Final);
        }
        QCOMPARE(state.error.isEmpty(), answer == OtlpReceiver::reply("200 OK") && certificate < 0);
        QVERIFY2(pulse.longestMs() < 1000, qPrintable(QString::number(pulse.longestMs())));
        QVERIFY2(residentKb() - before < 48 * 1024, qPrintable(QString::number(residentKb() - before)));
    }

    void anEndlessReplyIsNotRead_data()
    {
        QTest::addColumn<QByteArray>("begin");
        QTest::addColumn<bool>("taken");
        QTest::addRow("body, TLS") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n") << true;
        QTest::addRow("body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n") << true;
        QTest::addRow("chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n") << true;
        QTest::addRow("header") << QByteArray("HTTP/1.1 200 OK\r\nX: ") << true;
        QTest::addRow("refusal") << QByteArray("HTTP/1.1 400 Bad Request\r\nContent-Length: 1073741824\r\n\r\n") << false;
    }

    void anEndlessReplyIsNotRead()
    {
        QFETCH(QByteArray, begin);
        QFETCH(bool, taken);
        const QSslConfiguration tls = shownBy(TestCertificates::Kind::Good);
        const bool secure = QByteArray(QTest::currentDataTag()).endsWith("TLS");
        OtlpReceiver receiver(secure ? &tls : nullptr);
        receiver.answer = [&](int) { return begin; };
        receiver.endless = true;
        OtlpSettings settings = settingsFor(receiver);
        settings.caFile = m_folder.filePath(u"ca.pem"_s);
        const qint64 before = residentKb();
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        QTRY_COMPARE(exporter.state().requestsSent + exporter.state().requestsDropped, 1);
        QCOMPARE(exporter.state().requestsSent, taken ? 1 : 0);
        passed(200);
        QCOMPARE(receiver.requests().size(), 1);
        QVERIFY2(receiver.written() < 16 << 20, qPrintable(QString::number(receiver.written()))); // what sockets hold
        QVERIFY2(residentKb() - before < 32 * 1024, qPrintable(QString::number(residentKb() - before)));
    }

    // What was never sent can't arrive twice: it waits for the receiver to come back.
    void noHandshakeIsTriedAgain()
    {
        QTcpServer mute; // takes the connection and says nothing
        QVERIFY(mute.listen(QHostAddress::LocalHost));
        OtlpSettings settings;
        settings.endpoint = QUrl(u"https://127.0.0.1:%1/v1/metrics"_s.arg(mute.serverPort()));
        settings.timeoutMs = 200;
        settings.firstWaitMs = 50;
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        QTRY_VERIFY(exporter.state().attemptsFailed >= 2);
        QCOMPARE(exporter.state().requestsDropped, 0);
        QCOMPARE(exporter.state().queued, 1);
        QVERIFY2(exporter.state().error.contains("No connection"_L1), qPrintable(exporter.state().error));
    }

    void aHangingBodyHasItsStatus_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<qint64>("sent");
        QTest::addColumn<qint64>("dropped");
        QTest::addRow("200") << QByteArray("HTTP/1.1 200 OK\r\n\r\n") << qint64(1) << qint64(0);
        QTest::addRow("400") << QByteArray("HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\n") << qint64(0) << qint64(1);
        QTest::addRow("503") << QByteArray("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 10\r\n\r\n") << qint64(0) << qint64(0);
    }

    void aHangingBodyHasItsStatus()
    {
        QFETCH(QByteArray, answer);
        QFETCH(qint64, sent);
        QFETCH(qint64, dropped);
        OtlpReceiver receiver;
        receiver.answer = [&](int) { return answer; };
        OtlpSettings settings = settingsFor(receiver);
        settings.timeoutMs = 300;
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        if (sent + dropped == 0) {
            QTRY_VERIFY(exporter.state().attemptsFailed >= 1);
            QCOMPARE(exporter.state().queued, 1);
        } else {
            QTRY_COMPARE(exporter.state().requestsSent + exporter.state().requestsDropped, 1);
        }
        QCOMPARE(exporter.state().requestsSent, sent);
        QCOMPARE(exporter.state().requestsDropped, dropped);
    }

    // 64 KB are read, and not one byte more.
    void theReplysLimit()
    {
        for (const int over : {0, 1}) {
            OtlpReceiver receiver;
            const QByteArray head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n", begin = "{\"message\":\"full\",\"pad\":\"";
            receiver.answer = [&](int) -> QByteArray {
                const qsizetype pad = 64 * 1024 - head.size() - begin.size() - 2 - 23 + over; // and a length of five digits
                const QByteArray body = begin + QByteArray(pad, 'x') + "\"}";
                QByteArray whole = head;
                whole.insert(whole.size() - 2, "Content-Length: " + QByteArray::number(body.size()) + "\r\n");
                return whole + body;
            };
            OtlpExporter exporter(settingsFor(receiver), u"a"_s);
            exporter.offer(seriesAt(now));
            QTRY_COMPARE(exporter.state().requestsDropped, 1);
            QCOMPARE(exporter.state().error.contains("full"_L1), over == 0);
        }
    }

    void certificates_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("authority");
        QTest::addColumn<bool>("good");
        using Kind = TestCertificates::Kind;
        QTest::addRow("good") << int(Kind::Good) << u"ca.pem"_s << true;
        QTest::addRow("expired") << int(Kind::Expired) << u"ca.pem"_s << false;
        QTest::addRow("other host") << int(Kind::OtherHost) << u"ca.pem"_s << false;
        QTest::addRow("self-signed") << int(Kind::SelfSigned) << u"ca.pem"_s << false;
        QTest::addRow("other authority") << int(Kind::Good) << u"other-ca.pem"_s << false;
        QTest::addRow("the system's authorities") << int(Kind::Good) << QString() << false;
        QTest::addRow("no such file") << int(Kind::Good) << u"none.pem"_s << false;
    }

    void certificates()
    {
        QFETCH(int, kind);
        QFETCH(QString, authority);
        QFETCH(bool, good);
        const QSslConfiguration tls = shownBy(TestCertificates::Kind(kind));
        OtlpReceiver receiver(&tls);
        OtlpSettings settings = settingsFor(receiver);
        if (!authority.isEmpty())
            settings.caFile = m_folder.filePath(authority);
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        if (good) {
            QTRY_COMPARE(exporter.state().requestsSent, 1);
            return;
        }
        QTRY_VERIFY(exporter.state().attemptsFailed >= 1);
        QVERIFY(!exporter.state().error.isEmpty());
        QCOMPARE(receiver.requests().size(), 0);
        QCOMPARE(exporter.state().requestsSent, 0);
    }

private:
    QSslConfiguration shownBy(TestCertificates::Kind kind) const
    {
        const QString name = TestCertificates::name(kind);
        QFile keyFile(m_folder.filePath(name + u".key"_s));
        if (!keyFile.open(QIODevice::ReadOnly))
            return {};
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificateChain(QSslCertificate::fromPath(m_folder.filePath(name + u".crt"_s)));
        tls.setPrivateKey(QSslKey(keyFile.readAll(), QSsl::Ec));
        return tls;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestOtlpFaults)
#include "tst_otlpfaults.moc"
