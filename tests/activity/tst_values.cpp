// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of readings, without a server.
#include "activity/horizon.h"
#include "activity/progress.h"
#include "activity/snapshot.h"
#include "activity/waitsampler.h"

#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace howdah::activity;
using namespace Qt::StringLiterals;

static Backend waiter(int pid, const QVector<int> &blockers)
{
    Backend backend;
    backend.pid = pid;
    backend.blockedBy = blockers;
    return backend;
}

class TestValues : public QObject
{
    Q_OBJECT
private slots:
    void averagesCountSamples();
    void thinnedSamplesWeighWhatTheyStandFor();
    void aLoneSampleWeighsNoMore();
    void theRootIsKept();
    void paceNeedsProgress();
    void verdictsOfAges();
    void aSnapshotComesBack();
    void notASnapshot();
};

void TestValues::averagesCountSamples()
{
    QVector<WaitSample> samples;
    for (int i = 0; i < 10; ++i) {
        WaitSample sample;
        sample.atMs = i * 1000;
        if (i % 2)
            sample.sessions[{u"Lock"_s, u"tuple"_s, u"-42"_s}] = 4;
        if (i != 5) // a second that was not sampled
            samples.append(sample);
    }
    const WaitAverages averages = averagesOf(samples, 0, 9000);
    QCOMPARE(averages.samples, 9);
    QCOMPARE(averages.total(), 16.0 / 9);
    QCOMPARE(averages.byType().at(u"Lock"_s), 16.0 / 9);
    QCOMPARE(averagesOf(samples, 20'000, 30'000).samples, 0);
    QVERIFY(averagesOf(samples, 20'000, 30'000).toJson().value("average_active_sessions"_L1).isNull()); // a gap is no 0
}

void TestValues::thinnedSamplesWeighWhatTheyStandFor()
{
    // Ten minutes with 6 sessions, of which every tenth second is left; then one minute with none, each second.
    QVector<WaitSample> samples;
    for (int second = 0; second < 660; ++second) {
        WaitSample sample;
        sample.atMs = second * 1000;
        if (second < 600)
            sample.sessions[{u"Lock"_s, u"tuple"_s, u"1"_s}] = 6;
        if (second >= 600 || second % 10 == 0)
            samples.append(sample);
    }
    const double total = averagesOf(samples, 0, 660'000).total();
    QVERIFY2(qAbs(total - 6.0 * 600 / 660) < 0.02, qPrintable(QString::number(total)));
    // A gap is no time with somebody in it: five minutes of nothing change nothing.
    for (WaitSample &sample : samples)
        sample.atMs += sample.atMs >= 300'000 ? 300'000 : 0;
    QVERIFY(qAbs(averagesOf(samples, 0, 960'000).total() - total) < 0.02);
}

void TestValues::aLoneSampleWeighsNoMore()
{
    // One sample of a crowd between two minutes of nothing sampled.
    QVector<WaitSample> samples;
    for (int second = 0; second < 301; ++second) {
        WaitSample sample;
        sample.atMs = second * 1000 + (second >= 150 ? 60'000 : 0) + (second > 150 ? 60'000 : 0);
        sample.sessions[{u"Lock"_s, u"tuple"_s, u"1"_s}] = second == 150 ? 200 : 5;
        samples.append(sample);
    }
    const double total = averagesOf(samples, 0, 1'000'000).total();
    QVERIFY2(qAbs(total - (300 * 5 + 200) / 301.0) < 0.01, qPrintable(QString::number(total)));
    // And piece by piece it is the same.
    Averaging averaging(0, 1'000'000);
    averaging.add(samples, 0, 100);
    averaging.add(samples, 100, samples.size());
    QCOMPARE(averaging.averages().total(), total);
}

void TestValues::theRootIsKept()
{
    Sessions sessions;
    for (int pid = 1; pid <= 200; ++pid) {
        Backend waiter;
        waiter.pid = pid;
        waiter.state = u"active"_s;
        waiter.waitType = u"Lock"_s;
        waiter.blockedBy = {900};
        sessions.backends.append(waiter);
    }
    Backend root;
    root.pid = 900;
    root.state = u"idle in transaction"_s;
    sessions.backends.append(root);
    const Sessions kept = Sessions::fromJson(worthKeeping(sessions).toJson());
    QCOMPARE(kept.backends.size(), 100);
    QVERIFY(kept.find(900));
    QCOMPARE(kept.leftOut, 101);
    QCOMPARE(kept.leftOutActive, 101);
}

void TestValues::paceNeedsProgress()
{
    Task task;
    task.kind = u"vacuum"_s;
    task.pid = 3;
    task.phase = u"scanning heap"_s;
    task.done = 100;
    task.total = 1000;
    Tasks before, now;
    before.tasks = {task};
    task.done = 300;
    now.atMs = 2000;
    now.tasks = {task};
    QCOMPARE(paceBetween(before, now, task).perSecond, std::optional(100.0));
    QCOMPARE(paceBetween(before, now, task).leftMs, std::optional<qint64>(7000));
    task.phase = u"vacuuming heap"_s;
    QVERIFY(!paceBetween(before, now, task).perSecond);
    task.total.reset();
    QVERIFY(!task.share());
}

void TestValues::verdictsOfAges()
{
    DatabaseAge age{u"d"_s, 0, 0, 200'000'000, 400'000'000, 1'600'000'000, 1'600'000'000};
    QCOMPARE(age.verdict(), DatabaseAge::Verdict::Ok);
    age.xidAge = 200'000'000;
    QCOMPARE(age.verdict(), DatabaseAge::Verdict::Forced);
    age.multixactAge = 1'600'000'000;
    QCOMPARE(age.verdict(), DatabaseAge::Verdict::Failsafe);
    age.xidAge = 2'110'000'000;
    QCOMPARE(age.verdict(), DatabaseAge::Verdict::NearStop);
}

void TestValues::aSnapshotComesBack()
{
    Sessions sessions;
    Backend root;
    root.pid = 4;
    root.query = u"UPDATE orders …"_s;
    root.xminAge = 12;
    Backend blocked = waiter(7, {4});
    blocked.permitted = false;
    sessions.backends = {root, blocked};
    sessions.mayReadAll = false;
    sessions.atMs = 5000;
    Locks locks;
    locks.atMs = 5003;
    ObjectLock lock;
    lock.pid = 7;
    lock.kind = u"relation"_s;
    lock.relation = u"public.orders"_s;
    lock.mode = u"AccessShareLock"_s;
    lock.waitingMs = 1234;
    locks.locks = {lock};
    const QJsonObject json{{u"howdah_incident"_s, 1},
                           {u"at_ms"_s, 99},
                           {u"sessions"_s, sessions.toJson()},
                           {u"locks"_s, locks.toJson()},
                           {u"log"_s, QJsonObject{{u"error"_s, QJsonObject{{u"message"_s, u"not permitted"_s}}}}}};
    const auto read = snapshotOf(QJsonDocument(json).toJson());
    QVERIFY(read);
    QCOMPARE(read->atMs, 99);
    QCOMPARE(read->sessions.backends.size(), 2);
    QCOMPARE(read->sessions.find(4)->query, root.query);
    QCOMPARE(read->sessions.find(4)->horizonAge(), std::optional<qint64>(12));
    QVERIFY(!read->sessions.find(7)->permitted);
    QVERIFY(!read->sessions.mayReadAll);
    QCOMPARE(read->locks.roots.size(), 1);
    QCOMPARE(read->locks.locks.atMs, 5003);
    QCOMPARE(read->locks.nodes.at(read->locks.nodes.at(read->locks.roots.at(0)).children.at(0)).waitsFor->objectText(), u"public.orders"_s);
    QCOMPARE(read->missing, QStringList{u"log: not permitted"_s});
}

void TestValues::notASnapshot()
{
    QCOMPARE(snapshotOf("{}").error().reason, u"not_a_snapshot"_s);
    QCOMPARE(snapshotOf("garbage").error().reason, u"not_a_snapshot"_s);
    QCOMPARE(snapshotOf(R"({"howdah_incident": 2})").error().reason, u"newer_snapshot"_s);
}

QTEST_GUILESS_MAIN(TestValues)
#include "tst_values.moc"
