// SPDX-License-Identifier: GPL-3.0-or-later
// How old the last proven restore is, in words: never, not known and so many days are three things, and none of the first two is green. And what the desktop is told of
// it: each event once, by whoever sees it first.
#include "backup/proof.h"

#include <QtTest>

#include <atomic>
#include <thread>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestProof : public QObject
{
    Q_OBJECT
private slots:
    void words_data();
    void words();
    void boundsFollowTheSchedule();
    void aDrillThatEndedBeforeItKnew();
    void eachEventOnce();
    void neverProvenIsLateToo();
    void toldIsKept();
    void anOldEndIsSaid();
    void twoAtOnce();
    void whatWasCutShort();

private:
    static constexpr qint64 now = 1'795'780'000'000; // 2026-11-27
    static constexpr qint64 hour = 3'600'000, day = 24 * hour;
    static Drill drill(qint64 atMs, bool good, const QString &why = {}) { return {u"7"_s, atMs, good, why, u"b"_s, {}, {}}; }
    static Schedule schedule(const QString &drills, qint64 sinceMs = 0)
    {
        Schedule made = usualSchedule("UTC", sinceMs);
        made.on = true;
        made.sinceMs = sinceMs;
        made.rhythms.insert(ScheduledTask::Drill, *Rhythm::parse(drills));
        return made;
    }
};

void TestProof::words_data()
{
    QTest::addColumn<std::optional<QVector<Drill>>>("drills");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("light");
    using Drills = std::optional<QVector<Drill>>;
    QTest::newRow("not known") << Drills() << u"whether a restore was ever proven is not known: no server"_s << u"unknown"_s;
    QTest::newRow("never") << Drills(QVector<Drill>{}) << u"no restore was ever proven here"_s << u"warning"_s;
    QTest::newRow("never, and it was tried") << Drills({drill(now - hour, false, u"amcheck: bad"_s)}) << u"no restore was ever proven here; the newest drill failed 1 h 00 min ago: amcheck: bad"_s << u"red"_s;
    QTest::newRow("hours") << Drills({drill(now - 3 * hour, true)}) << u"last proven restore is 3 h 00 min old"_s << u"good"_s;
    QTest::newRow("a day") << Drills({drill(now - 30 * hour, true)}) << u"last proven restore is 1 day old"_s << u"good"_s;
    QTest::newRow("days") << Drills({drill(now - 9 * day, true)}) << u"last proven restore is 9 days old"_s << u"warning"_s;
    QTest::newRow("months") << Drills({drill(now - 90 * day, true)}) << u"last proven restore is 90 days old"_s << u"red"_s;
    QTest::newRow("failed since") << Drills({drill(now - 2 * day, true), drill(now - day, false, u"a hole"_s)}) << u"last proven restore is 2 days old; the newest drill failed 1 day ago: a hole"_s << u"red"_s;
    QTest::newRow("failed, and good since") << Drills({drill(now - 2 * day, false, u"a hole"_s), drill(now - day, true)}) << u"last proven restore is 1 day old"_s << u"good"_s;
}

void TestProof::words()
{
    QFETCH(std::optional<QVector<Drill>>, drills);
    QFETCH(QString, text);
    QFETCH(QString, light);
    ProofFacts facts;
    facts.nowMs = now;
    facts.drills = drills;
    facts.why = u"no server"_s;
    const Proof proof = proofOf(facts);
    QCOMPARE(proof.text, text);
    QCOMPARE(lightName(proof.light), light);
    QVERIFY(!proof.lateSinceMs); // nobody scheduled any
}

void TestProof::boundsFollowTheSchedule()
{
    ProofFacts facts;
    facts.nowMs = now;
    facts.drills = {drill(now - 3 * day, true)};
    facts.schedule = schedule(u"daily 04:00"_s);
    Proof proof = proofOf(facts);
    QCOMPARE(proof.light, Light::Warning); // wanted each day
    QCOMPARE(proof.lateSinceMs, std::optional<qint64>(now - day));
    facts.schedule = schedule(u"every 7 days 04:00"_s);
    proof = proofOf(facts);
    QCOMPARE(proof.light, Light::Good);
    QVERIFY(!proof.lateSinceMs);
    facts.schedule->on = false; // and of one that is off nothing is late
    facts.drills = {drill(now - 60 * day, true)};
    proof = proofOf(facts);
    QCOMPARE(proof.light, Light::Red);
    QVERIFY(!proof.lateSinceMs);
    // The readiness page says the same.
    ReadinessFacts page;
    page.nowMs = now;
    page.drills = QVector<Drill>{drill(now - 3 * day, true)};
    page.schedule = schedule(u"daily 04:00"_s);
    QCOMPARE(readinessOf(page).line(u"drill"_s)->light, Light::Warning);
}

// No Docker, an archive that can't be read: there is no drill in the file then, and the schedule alone knows.
void TestProof::aDrillThatEndedBeforeItKnew()
{
    ProofFacts facts;
    facts.nowMs = now;
    facts.drills = {drill(now - 2 * day, true)};
    facts.run = {now - hour, now - hour, TaskRun::Outcome::Failed, 1, u"docker does not answer"_s};
    Proof proof = proofOf(facts);
    QCOMPARE(proof.light, Light::Red);
    QCOMPARE(proof.failedAtMs, std::optional<qint64>(now - hour));
    QCOMPARE(proof.failure, u"docker does not answer"_s);
    // One by hand that was good since.
    facts.drills->append(drill(now - hour / 2, true));
    QCOMPARE(proofOf(facts).light, Light::Good);
    // Of which cluster it is does not matter for that one failed.
    facts.drills.reset();
    proof = proofOf(facts);
    QCOMPARE(proof.state, Proof::State::NotKnown);
    QCOMPARE(proof.light, Light::Red);
}

void TestProof::eachEventOnce()
{
    ProofFacts facts;
    facts.nowMs = now;
    facts.schedule = schedule(u"daily 04:00"_s);
    facts.drills = {drill(now - day, true)};
    ProofTold told;
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, now, told));
    QCOMPARE(told, ProofTold());
    // It fails.
    facts.drills->append(drill(now - hour, false, u"a hole"_s));
    auto notice = noticeOf(proofOf(facts), u"shop"_s, now, told);
    QVERIFY(notice);
    QCOMPARE(notice->title, u"The drill of shop failed"_s);
    QCOMPARE(notice->body, u"a hole. Last proven restore is 1 day old."_s);
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, now + 60'000, told));
    // The good one grows old.
    facts.nowMs = now + 2 * day;
    notice = noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told);
    QVERIFY(notice);
    QCOMPARE(notice->title, u"Last proven restore of shop is 3 days old"_s);
    facts.nowMs += hour;
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told));
    // It fails once more; then there is a new good one, and nothing is to be told.
    facts.drills->append(drill(facts.nowMs, false, u"a hole"_s));
    QVERIFY(noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told));
    facts.drills->append(drill(facts.nowMs + 1, true));
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, facts.nowMs + 2, told));
    // And that one grows old in its turn.
    facts.nowMs += 3 * day;
    QVERIFY(noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told));
}

void TestProof::neverProvenIsLateToo()
{
    ProofFacts facts;
    facts.nowMs = now;
    facts.drills = QVector<Drill>{};
    facts.schedule = schedule(u"daily 04:00"_s, now - hour); // switched on just now: nothing was missed
    ProofTold told;
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, now, told));
    QCOMPARE(proofOf(facts).light, Light::Red); // unproven all the same
    facts.nowMs = now + 2 * day;
    const auto notice = noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told);
    QVERIFY(notice);
    QCOMPARE(notice->title, u"No restore of shop was ever proven here"_s);
    // Which cluster it is, is not known: nothing is said of what was not seen.
    facts.drills.reset();
    told = {};
    QVERIFY(!noticeOf(proofOf(facts), u"shop"_s, facts.nowMs, told));
}

void TestProof::toldIsKept()
{
    const ProofTold told{now, now - day, u"7412345678901234567"_s};
    QCOMPARE(ProofTold::fromJson(told.toJson()), told);
    QCOMPARE(ProofTold::fromJson({}), ProofTold());
}

// An archiver that is stuck leaves the drill good, night after night.
void TestProof::anOldEndIsSaid()
{
    Drill old = drill(now - hour, true);
    old.lastCommitUs = (now - hour - 7 * day) * 1000;
    QVERIFY2(provenText({old}, now).contains(u"its last commit was 7 d 0 h old then"_s), qPrintable(provenText({old}, now)));
    ProofFacts facts;
    facts.nowMs = now;
    facts.drills = {old};
    QVERIFY2(proofOf(facts).text.contains(u"its last commit was 7 d 0 h old then"_s), qPrintable(proofOf(facts).text));
    old.lastCommitUs = (old.atMs - 60'000) * 1000;
    QVERIFY(!provenText({old}, now).contains(u"last commit"_s));
}

// Two timers of one moment: no line is lost, the failed one least of all.
void TestProof::twoAtOnce()
{
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    constexpr int each = 50;
    std::atomic<int> failed = 0;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; ++writer) {
        writers.emplace_back([&failed, writer] {
            for (int i = 0; i < each; ++i)
                failed += keepDrill(drill(now + i, writer % 2 == 0, u"x"_s)) ? 0 : 1;
        });
    }
    for (std::thread &writer : writers)
        writer.join();
    QCOMPARE(failed.load(), 0);
    const auto kept = keptDrills(u"7"_s);
    QVERIFY(kept);
    QCOMPARE(kept->size(), 4 * each);
    QCOMPARE(std::count_if(kept->cbegin(), kept->cend(), [](const Drill &one) { return !one.good; }), 2 * each);
}

// A full disk cut the last line: it is passed over, and takes none with it.
void TestProof::whatWasCutShort()
{
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    QVERIFY(keepDrill(drill(now, true)));
    QFile file(home.filePath(u"howdah/drills.jsonl"_s));
    QVERIFY(file.open(QIODevice::Append));
    file.write("{\"at_ms\": 17");
    file.close();
    QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QVERIFY(keepDrill(drill(now + 1, false)));
    const auto kept = keptDrills(u"7"_s);
    QVERIFY(kept);
    QCOMPARE(kept->size(), 2);
    QCOMPARE(kept->constLast().atMs, now + 1);
}

QTEST_APPLESS_MAIN(TestProof)
#include "tst_proof.moc"
