// SPDX-License-Identifier: GPL-3.0-or-later
// The exporter against a receiver that answers well, badly and not at all.
#include "health/otlpdecision.h"
#include "health/otlpgiven.h"

using namespace howdah;
using namespace howdah::health;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestOtlp : public QObject
{
    Q_OBJECT
private slots:
    void sends()
    {
        OtlpReceiver receiver;
        OtlpSettings settings = settingsFor(receiver);
        settings.compressed = true;
        settings.headers = {{"Authorization", "Bearer geheim"}, {"Content-Length", "1"}, {"host", "elsewhere"}};
        OtlpExporter exporter(settings, u"a"_s);
        QVERIFY(exporter.isDue());
        exporter.offer(seriesAt(now));
        QVERIFY(!exporter.isDue());
        QTRY_COMPARE(exporter.state().requestsSent, 1);
        QCOMPARE(receiver.requests().size(), 1);
        const QByteArray head = receiver.requests()[0].head;
        QVERIFY2(head.startsWith("POST /v1/metrics HTTP/1.1\r\n"), head.constData());
        QVERIFY(head.contains("Content-Type: application/x-protobuf\r\n"));
        QVERIFY(head.contains("Content-Encoding: gzip\r\n"));
        QVERIFY(head.contains("Authorization: Bearer geheim"));
        QCOMPARE(head.toLower().count("content-length:"), 1);
        QCOMPARE(head.toLower().count("host:"), 1);
        QVERIFY(receiver.requests()[0].body.startsWith("\x1f\x8b"));
        QCOMPARE(exporter.state().pointsSent, pointsIn(seriesAt(now)));
        QCOMPARE(exporter.state().error, QString());
        QVERIFY(!QJsonDocument(exporter.state().toJson()).toJson().contains("geheim"));
    }

    void aReadingIsSentOnce()
    {
        OtlpReceiver receiver;
        OtlpExporter exporter(settingsFor(receiver), u"a"_s);
        exporter.offer(seriesAt(now));
        exporter.offer(seriesAt(now)); // the same reading
        exporter.offer(seriesAt(now + 1000));
        QTRY_COMPARE(exporter.state().requestsSent, 2);
        passed(100);
        QCOMPARE(receiver.requests().size(), 2);
    }

    void isAskedToWait_data()
    {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("headers");
        QTest::addRow("429") << QByteArray("429 Too Many Requests") << QByteArray("Retry-After: 1\r\n");
        QTest::addRow("503") << QByteArray("503 Service Unavailable") << QByteArray("Retry-After: 1\r\n");
    }

    void isAskedToWait()
    {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, headers);
        OtlpReceiver receiver;
        receiver.answer = [&](int n) { return n == 0 ? OtlpReceiver::reply(status, headers) : OtlpReceiver::reply("200 OK"); };
        OtlpExporter exporter(settingsFor(receiver), u"a"_s);
        QElapsedTimer waited;
        exporter.offer(seriesAt(now));
        QTRY_COMPARE(exporter.state().attemptsFailed, 1);
        waited.start();
        QVERIFY(exporter.state().againMs > 0);
        QVERIFY(exporter.state().error.contains(QString::fromLatin1(status.first(3))));
        QTRY_COMPARE(exporter.state().requestsSent, 1);
        QVERIFY2(waited.elapsed() > 800, qPrintable(QString::number(waited.elapsed())));
        QCOMPARE(receiver.requests().size(), 2);
        QCOMPARE(receiver.requests()[0].body, receiver.requests()[1].body);
        QCOMPARE(exporter.state().requestsDropped, 0);
    }

    void isNeverSentAgain_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("taken");
        QTest::addColumn<qint64>("rejected");
        const QByteArray json = "Content-Type: application/json\r\n";
        QTest::addRow("200") << OtlpReceiver::reply("200 OK") << true << qint64(0);
        QTest::addRow("200, chunked") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
                                                    "2\r\n{}\r\n0\r\n\r\n") << true << qint64(0);
        QTest::addRow("partial success") << OtlpReceiver::reply("200 OK", json, "{\"partialSuccess\":{\"rejectedDataPoints\":\"2\",\"errorMessage\":\"stale\"}}")
                                         << true << qint64(2);
        QTest::addRow("200 and nonsense") << OtlpReceiver::reply("200 OK", json, "<html>") << true << qint64(0);
        QTest::addRow("413") << OtlpReceiver::reply("413 Payload Too Large") << false << qint64(0);
        QTest::addRow("400") << OtlpReceiver::reply("400 Bad Request", json, "{\"code\":3,\"message\":\"no\"}") << false << qint64(0);
        QTest::addRow("500") << OtlpReceiver::reply("500 Internal Server Error") << false << qint64(0);
        QTest::addRow("redirect") << OtlpReceiver::reply("307 Temporary Redirect", "Location: /elsewhere\r\n") << false << qint64(0);
        QTest::addRow("no HTTP") << QByteArray("SSH-2.0-x\r\n\r\n") << false << qint64(-1); // tried again: see below
        QTest::addRow("nothing at all") << QByteArray() << false << qint64(0);
    }

    void isNeverSentAgain()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, taken);
        QFETCH(qint64, rejected);
        OtlpReceiver receiver;
        receiver.answer = [&](int) { return answer; };
        OtlpSettings settings = settingsFor(receiver);
        settings.timeoutMs = 300;
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        const int points = pointsIn(seriesAt(now));
        if (rejected < 0) {
            QTRY_VERIFY(exporter.state().attemptsFailed >= 1);
            QCOMPARE(exporter.state().requestsDropped, 0);
            return;
        }
        QTRY_COMPARE(exporter.state().requestsSent + exporter.state().requestsDropped, 1);
        passed(300); // beyond every wait there is
        QCOMPARE(receiver.requests().size(), 1);
        QCOMPARE(exporter.state().requestsSent, taken ? 1 : 0);
        QCOMPARE(exporter.state().pointsSent, taken ? points - rejected : 0);
        QCOMPARE(exporter.state().pointsRejected, rejected);
        QCOMPARE(exporter.state().pointsDropped, taken ? 0 : points);
        QCOMPARE(exporter.state().error.isEmpty(), taken && rejected == 0 && !answer.contains("html"));
        QCOMPARE(exporter.state().queued, 0);
    }

    void aConnectionThatEndsIsTriedAgain()
    {
        OtlpReceiver receiver;
        receiver.answer = [&](int n) { return n < 2 ? QByteArray("close") : OtlpReceiver::reply("200 OK"); };
        OtlpExporter exporter(settingsFor(receiver), u"a"_s);
        exporter.offer(seriesAt(now));
        QTRY_COMPARE(exporter.state().requestsSent, 1);
        QCOMPARE(exporter.state().attemptsFailed, 2);
        QCOMPARE(receiver.requests().size(), 3); // one for each attempt that was counted, none behind our back
    }

    void theOldestIsDropped()
    {
        OtlpReceiver receiver;
        receiver.answer = [&](int) { return OtlpReceiver::reply("503 Service Unavailable"); };
        OtlpSettings settings = settingsFor(receiver);
        settings.queued = 3;
        settings.encoding = OtlpEncoding::Json;
        OtlpExporter exporter(settings, u"a"_s);
        for (int i = 0; i < 10; ++i)
            exporter.offer(seriesAt(now + i * 1000));
        QTRY_COMPARE(exporter.state().requestsDropped, 7);
        QCOMPARE(exporter.state().pointsDropped, 7 * pointsIn(seriesAt(now)));
        QTRY_VERIFY(exporter.state().queued == 3);
        const qsizetype refused = receiver.requests().size();
        receiver.answer = [&](int) { return OtlpReceiver::reply("200 OK"); };
        QTRY_COMPARE(exporter.state().requestsSent, 3);
        // The last ones, in order.
        QVERIFY(receiver.requests().size() >= refused + 3);
        for (int i = 0; i < 3; ++i) {
            const QByteArray time = "\"timeUnixNano\":\"" + QByteArray::number((now + (7 + i) * 1000) * 1'000'000) + '"';
            QVERIFY(receiver.requests()[receiver.requests().size() - 3 + i].body.contains(time));
        }
    }

    void nobodyListens()
    {
        OtlpReceiver receiver;
        const OtlpSettings settings = settingsFor(receiver);
        receiver.close();
        OtlpExporter exporter(settings, u"a"_s);
        exporter.offer(seriesAt(now));
        QTRY_VERIFY(exporter.state().attemptsFailed >= 2);
        QVERIFY(!exporter.state().error.isEmpty());
        QCOMPARE(exporter.state().queued, 1);
    }

    void endsQuickly()
    {
        OtlpReceiver receiver;
        receiver.answer = [](int) { return QByteArray(); };
        OtlpSettings settings = settingsFor(receiver);
        settings.timeoutMs = 60'000;
        QElapsedTimer took;
        {
            OtlpExporter exporter(settings, u"a"_s);
            bool flushed = false;
            connect(&exporter, &OtlpExporter::flushed, this, [&] { flushed = true; });
            exporter.offer(seriesAt(now));
            QTRY_COMPARE(receiver.requests().size(), 1);
            took.start();
            exporter.flush(300);
            QTRY_VERIFY(flushed);
            QVERIFY(took.elapsed() >= 280 && took.elapsed() < 20'000);
            took.restart();
        }
        QVERIFY2(took.elapsed() < 10'000, qPrintable(QString::number(took.elapsed())));
    }

    void flushSendsWhatWaits()
    {
        OtlpReceiver receiver;
        receiver.answer = [](int n) { return n == 0 ? OtlpReceiver::reply("503 Service Unavailable", "Retry-After: 60\r\n") : OtlpReceiver::reply("200 OK"); };
        OtlpExporter exporter(settingsFor(receiver), u"a"_s);
        bool flushed = false;
        connect(&exporter, &OtlpExporter::flushed, this, [&] { flushed = true; });
        exporter.offer(seriesAt(now));
        exporter.offer(seriesAt(now + 1000));
        QTRY_COMPARE(exporter.state().attemptsFailed, 1);
        exporter.flush(2000);
        QTRY_VERIFY(flushed);
        QTRY_COMPARE(exporter.state().requestsSent, 2);
    }

    void retryAfter()
    {
        QCOMPARE(retryAfterMs("7", now), std::optional<qint64>(7000));
        QCOMPARE(retryAfterMs("Tue, 14 Nov 2023 22:30:05 GMT", 1'700'001'000'000), std::optional<qint64>(5000));
        QCOMPARE(retryAfterMs("Tue, 14 Nov 2023 22:20:05 GMT", 1'700'001'000'000), std::optional<qint64>(0)); // gone by
        QVERIFY(!retryAfterMs("", now));
        QVERIFY(!retryAfterMs("-1", now));
        QVERIFY(!retryAfterMs("soon", now));
        // A receiver can't put us off for ever, nor make us spin.
        HttpReply reply;
        reply.status = 429;
        reply.headers.insert("retry-after", "99999999");
        QCOMPARE(decideOtlp(reply, {}, 1, now, 0).waitMs, OtlpSettings().longestAskedMs);
        reply.headers.insert("retry-after", "0");
        QCOMPARE(decideOtlp(reply, {}, 1, now, 0).waitMs, OtlpSettings().firstWaitMs);
        reply.headers.clear();
        QCOMPARE(decideOtlp(reply, {}, 1, now, 1).waitMs, 1000);
        QCOMPARE(decideOtlp(reply, {}, 3, now, 1).waitMs, 4000);
        QCOMPARE(decideOtlp(reply, {}, 3, now, 0).waitMs, 2000);
        QCOMPARE(decideOtlp(reply, {}, 500, now, 1).waitMs, 60'000);
    }
};

QTEST_GUILESS_MAIN(TestOtlp)
#include "tst_otlp.moc"
