// SPDX-License-Identifier: GPL-3.0-or-later
// The sampler on a real link into a real store.
#include "metrics/sampler.h"
#include "support/testserver.h"

#include <QSignalSpy>
#include <QTest>

using namespace howdah;
using namespace howdah::metrics;
using namespace Qt::StringLiterals;

class TestSampler : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QString why;
        m_server = test::TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
    }
    void cleanupTestCase() { m_server.reset(); }

    void pointsReachTheStore()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"store.sqlite"_s);
        store::StoreWorker worker(path);
        pg::Session session(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
        Sampler sampler(&session, &worker, u"p/overview"_s, 200);
        QVector<Point> seen;
        connect(&sampler, &Sampler::sampled, this, [&](const Point &point) { seen << point; });
        QSignalSpy notSaved(&sampler, &Sampler::notSaved);
        sampler.start();
        QVERIFY(sampler.isRunning());
        QTRY_VERIFY_WITH_TIMEOUT(seen.size() >= 6, 10'000);
        sampler.stop();
        QVERIFY(!seen.first().commits);      // nothing to compare with: a gauge, and no rate
        QVERIFY(seen.first().connections);
        QVERIFY(seen.at(3).commits);
        QVERIFY(seen.at(3).walBytes);
        QVERIFY(notSaved.isEmpty());

        // Another reader of the store, as after a restart.
        auto store = store::Store::open(path);
        QVERIFY2(store, store ? "" : qPrintable(store.error().text()));
        Result<QVector<Point>> points;
        QTRY_VERIFY((points = readPoints(**store, u"p/overview"_s, 0, seen.last().atMs)) && points->size() >= seen.size());
        for (qsizetype i = 0; i < seen.size(); ++i) {
            QCOMPARE(points->at(i).atMs, seen.at(i).atMs);
            QCOMPARE(points->at(i).toJson(), seen.at(i).toJson());
        }
    }

    void oldSamplesAreThinned()
    {
        QTemporaryDir dir;
        store::StoreWorker worker(dir.filePath(u"store.sqlite"_s));
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        constexpr qint64 day = 86'400'000;
        const QJsonObject values{{u"commits"_s, 1.0}};
        auto filled = worker.run([=](store::Store &store) {
            return store::appendSamples(store, u"p/overview"_s, {{now - 100 * day, values}, {now - 2 * day, values}, {now - 1000, values}});
        });
        QTRY_VERIFY(filled.isFinished());
        QVERIFY(filled.result());
        pg::Session session(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
        Sampler sampler(&session, &worker, u"p/overview"_s, 200);
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        sampler.start();
        QTRY_VERIFY_WITH_TIMEOUT(!sampled.isEmpty(), 10'000);
        sampler.stop();
        QVERIFY(worker.drain(5000));
        auto kept = worker.run([=](store::Store &store) { return readPoints(store, u"p/overview"_s, 0, now); });
        QTRY_VERIFY(kept.isFinished());
        QVERIFY(kept.result());
        QCOMPARE(kept.result()->size(), 2); // the oldest is gone
        QCOMPARE(kept.result()->first().atMs, now - 2 * day);
    }

    void aPausedServerIsAGap()
    {
        pg::Session session(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
        Sampler sampler(&session, nullptr, u"p/overview"_s, 200);
        QVector<Point> seen;
        connect(&sampler, &Sampler::sampled, this, [&](const Point &point) { seen << point; });
        sampler.start();
        QTRY_VERIFY_WITH_TIMEOUT(seen.size() >= 3, 10'000);
        m_server->pause();
        QTRY_VERIFY_WITH_TIMEOUT(session.status().state == pg::LinkState::NoAnswer || session.status().state == pg::LinkState::Connected, 1000);
        QTest::qSleep(1500);
        const qsizetype before = seen.size();
        m_server->resume();
        QTRY_VERIFY_WITH_TIMEOUT(seen.size() >= before + 4, 15'000);
        sampler.stop();
        // Some interval spans the pause: it has gauges and no rates, and the line goes on after it.
        bool gap = false;
        for (qsizetype i = 1; i < seen.size(); ++i) {
            const bool longAgo = seen.at(i).atMs - seen.at(i - 1).atMs > 600;
            gap = gap || longAgo;
            QVERIFY(!longAgo || !seen.at(i).commits);
        }
        QVERIFY(gap);
        QVERIFY(seen.last().commits);
    }

    void noServerIsNoPoint()
    {
        pg::ConnectionSpec spec = m_server->spec();
        spec.port = 1; // nobody listens
        pg::Session session(spec, m_server->password(), pg::Session::Purpose::Monitor);
        Sampler sampler(&session, nullptr, u"p/overview"_s, 200);
        QSignalSpy sampled(&sampler, &Sampler::sampled);
        QSignalSpy failed(&sampler, &Sampler::failed);
        sampler.start();
        QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), 10'000);
        QVERIFY(sampled.isEmpty());
        QCOMPARE(failed.first().first().value<Error>().kind, ErrorKind::Connection);
    }

    void aStoreThatTakesNothingKeepsThePoints()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"store.sqlite"_s);
        QVERIFY(QDir().mkpath(path)); // a folder where the file should be
        store::StoreWorker blocked(path);
        pg::Session session(m_server->spec(), m_server->password(), pg::Session::Purpose::Monitor);
        Sampler sampler(&session, &blocked, u"p/overview"_s, 200);
        QVector<qint64> seen;
        connect(&sampler, &Sampler::sampled, this, [&](const Point &point) { seen << point.atMs; });
        QSignalSpy notSaved(&sampler, &Sampler::notSaved);
        sampler.start();
        QTRY_VERIFY_WITH_TIMEOUT(notSaved.size() >= 2, 10'000);
        QVERIFY(QDir().rmdir(path)); // the disk is there again
        const qsizetype before = seen.size();
        QTRY_VERIFY_WITH_TIMEOUT(seen.size() >= before + 3, 10'000);
        sampler.stop();
        QVERIFY(blocked.drain(5000));
        auto store = store::Store::open(path);
        QVERIFY2(store, store ? "" : qPrintable(store.error().text()));
        Result<QVector<Point>> points;
        QTRY_VERIFY((points = readPoints(**store, u"p/overview"_s, 0, seen.last())) && points->size() == seen.size());
        QCOMPARE(points->first().atMs, seen.first());
    }

private:
    std::unique_ptr<test::TestServer> m_server;
};

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
