// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a server's chances: red where nothing was proven, unknown where nothing was seen, never good by silence.
#include "backup/readiness.h"

#include "coreutils.h"

#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestReadiness : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void proven();
    void nothingKnown();
    void nothingThere();
    void unproven();
    void failedDrill();
    void oldDrill();
    void neverVerified();
    void badBackup();
    void hole();
    void anotherTimeline();
    void lostNow();
    void nothingSince();
    void minors();
    void nobodyRunsIt();
    void oneDisk();

private:
    QString light(const QString &code)
    {
        const Readiness readiness = readinessOf(m_facts);
        const ReadinessLine *line = readiness.line(code);
        return line ? lightName(line->light) : u"no such line"_s;
    }
    QString words(const QString &code) { return readinessOf(m_facts).line(code)->words; }

    static constexpr qint64 now = 1'795'780'000'000; // 2026-11-27
    static constexpr qint64 hour = 3'600'000;
    ReadinessFacts m_facts;
};

// Everything as it should be.
void TestReadiness::init()
{
    m_facts = {};
    m_facts.nowMs = now;
    m_facts.server = u"orders on db1"_s;
    m_facts.archive.light = Light::Good;
    m_facts.archive.value = u"archiving"_s;
    m_facts.standing = ServerStanding{u"18.6"_s, 180006, now, 1, true, 4096};
    Catalogue catalogue;
    Backup full = test::recorded(u"20261126T020000Z-full"_s, "full");
    full.serverVersionNum = 180006;
    full.stopMs = now - 24 * hour;
    full.verified = {now - 23 * hour, true, {}};
    Backup incremental = test::recorded(u"20261127T020000Z-incr"_s, "incr", full.id, full.manifestSha256);
    incremental.serverVersionNum = 180006;
    incremental.stopMs = now - 2 * hour;
    incremental.verified = {now - 2 * hour, true, {}};
    catalogue.backups = {full, incremental};
    m_facts.catalogue = catalogue;
    m_facts.systemIdentifier = full.systemIdentifier;
    Island island;
    island.fromUs = (now - 24 * hour) * 1000;
    island.toUs = (now - 45'000) * 1000;
    island.backups = {full.id, incremental.id};
    m_facts.islands = {island};
    m_facts.drills = QVector<Drill>{{full.systemIdentifier, now - 20 * hour, true, {}, full.id, 9000, (now - 21 * hour) * 1000}};
    m_facts.schedule = usualSchedule("UTC", now - 23 * hour);
    for (const ScheduledTask task : scheduledTasks)
        m_facts.runs.insert(task, {now - 2 * hour, now - 2 * hour, TaskRun::Outcome::Good, 0, {}});
    m_facts.oneDisk = false;
    m_facts.toolsVersion = u"18.6"_s;
    m_facts.freeBytes = 100LL << 30;
}

void TestReadiness::proven()
{
    const Readiness readiness = readinessOf(m_facts);
    for (const ReadinessLine &line : readiness.lines)
        QVERIFY2(line.light == Light::Good, qPrintable(line.code + u": "_s + line.words));
    QCOMPARE(readiness.worst(), Light::Good);
    QCOMPARE(readiness.lines.size(), 11);
    QCOMPARE(readiness.rpoMs, std::optional<qint64>(45'000));
    QCOMPARE(readiness.rtoMs, std::optional<qint64>(9000));
    QCOMPARE(readiness.provenMs, std::optional<qint64>(now - 20 * hour));
    QCOMPARE(readiness.toJson(16 << 20).value("rpo_ms"_L1).toInteger(), 45'000);
}

void TestReadiness::nothingKnown()
{
    ReadinessFacts facts;
    facts.nowMs = now;
    facts.standingWhy = facts.catalogueWhy = facts.islandsWhy = facts.drillsWhy = facts.scheduleWhy = u"not reached"_s;
    const Readiness readiness = readinessOf(facts);
    for (const ReadinessLine &line : readiness.lines)
        QVERIFY2(line.light == Light::Unknown && !line.words.isEmpty() && line.value == "not known"_L1, qPrintable(line.code));
    QCOMPARE(readiness.worst(), Light::Unknown);
    QVERIFY(!readiness.rpoMs && !readiness.rtoMs && !readiness.provenMs);
    QVERIFY(readiness.toJson(16 << 20).value("rpo_ms"_L1).isNull());
}

void TestReadiness::nothingThere()
{
    m_facts.catalogue = Catalogue();
    m_facts.islands = QVector<Island>();
    m_facts.drills = QVector<Drill>();
    for (const char *code : {"backup", "verified", "window", "rpo", "rto", "drill"})
        QCOMPARE(light(QString::fromLatin1(code)), u"red"_s);
    QVERIFY(!readinessOf(m_facts).rpoMs);
}

// Everything else is well, and it is red all the same.
void TestReadiness::unproven()
{
    m_facts.drills = QVector<Drill>();
    QCOMPARE(light(u"drill"_s), u"red"_s);
    QCOMPARE(light(u"rto"_s), u"red"_s);
    QCOMPARE(readinessOf(m_facts).worst(), Light::Red);
    QVERIFY2(readinessOf(m_facts).headline().startsWith(u"Not ready"_s), qPrintable(readinessOf(m_facts).headline()));
}

void TestReadiness::failedDrill()
{
    m_facts.drills->append({m_facts.systemIdentifier, now - hour, false, u"an index is damaged"_s, {}, {}, {}});
    QCOMPARE(light(u"drill"_s), u"red"_s);
    QVERIFY(words(u"drill"_s).contains(u"an index is damaged"_s));
    QCOMPARE(readinessOf(m_facts).rtoMs, std::optional<qint64>(9000)); // of the last good one, with its own date
}

void TestReadiness::oldDrill()
{
    m_facts.drills->first().atMs = now - 9 * 24 * hour;
    QCOMPARE(light(u"drill"_s), u"warning"_s);
    m_facts.drills->first().atMs = now - 40 * 24 * hour;
    QCOMPARE(light(u"drill"_s), u"red"_s);
}

void TestReadiness::neverVerified()
{
    // Of the full one that the newest stands on.
    m_facts.catalogue->backups[0].verified = {};
    QCOMPARE(light(u"verified"_s), u"red"_s);
    QVERIFY(words(u"verified"_s).contains(u"-full was never verified"_s));
}

void TestReadiness::badBackup()
{
    m_facts.catalogue->backups[0].verified = {now - hour, false, u"base/1/2619 differs"_s};
    QCOMPARE(light(u"verified"_s), u"red"_s);
    QCOMPARE(light(u"backup"_s), u"red"_s); // the incremental is of no use without it
}

void TestReadiness::hole()
{
    m_facts.islands->first().endsBecause = u"segment 000000010000000000000007 is missing"_s;
    m_facts.gaps.append(Gap());
    QCOMPARE(light(u"window"_s), u"red"_s);
    QVERIFY(words(u"window"_s).contains(u"is missing"_s));
    // A newer backup behind the hole: one can go on from there.
    Island newer = m_facts.islands->constFirst();
    newer.fromUs = newer.toUs + 1'000'000;
    newer.toUs = (now - 1000) * 1000;
    newer.endsBecause.clear();
    m_facts.islands->append(newer);
    QCOMPARE(light(u"window"_s), u"warning"_s);
    QCOMPARE(readinessOf(m_facts).rpoMs, std::optional<qint64>(1000));
}

void TestReadiness::anotherTimeline()
{
    m_facts.standing->timeline = 2;
    QCOMPARE(light(u"window"_s), u"red"_s);
}

void TestReadiness::lostNow()
{
    m_facts.islands->first().toUs = (now - 10 * 60'000) * 1000;
    QCOMPARE(light(u"rpo"_s), u"warning"_s);
    m_facts.islands->first().toUs = (now - 2 * hour) * 1000;
    QCOMPARE(light(u"rpo"_s), u"red"_s);
    m_facts.standing.reset();
    QCOMPARE(light(u"rpo"_s), u"unknown"_s);
    QVERIFY(!readinessOf(m_facts).rpoMs);
}

void TestReadiness::nothingSince()
{
    m_facts.islands->first().toUs = (now - 20 * hour) * 1000;
    m_facts.standing->committedSince = false;
    QCOMPARE(light(u"rpo"_s), u"good"_s);
    QCOMPARE(readinessOf(m_facts).rpoMs, std::optional<qint64>(0));
    // Behind a hole that is no comfort.
    m_facts.islands->first().endsBecause = u"a hole"_s;
    QCOMPARE(light(u"rpo"_s), u"red"_s);
    m_facts.islands->first().endsBecause.clear();
    m_facts.standing->committedSince.reset();
    QCOMPARE(light(u"rpo"_s), u"red"_s);
}

void TestReadiness::minors()
{
    m_facts.toolsVersion = u"18.4"_s;
    QCOMPARE(light(u"versions"_s), u"warning"_s);
    m_facts.toolsVersion = u"17.9"_s;
    QCOMPARE(light(u"versions"_s), u"red"_s);
    m_facts.toolsVersion.clear();
    QCOMPARE(light(u"versions"_s), u"unknown"_s);
    m_facts.toolsVersion = u"18.6"_s;
    m_facts.catalogue->backups[1].serverVersionNum = 180004;
    QCOMPARE(light(u"versions"_s), u"red"_s);
}

void TestReadiness::nobodyRunsIt()
{
    m_facts.runs[ScheduledTask::Incremental].startMs = now - 60 * hour;
    m_facts.runs[ScheduledTask::Full].startMs = now - 60 * hour;
    m_facts.schedule->sinceMs = now - 100 * hour;
    QCOMPARE(light(u"schedule"_s), u"red"_s);
    QVERIFY(words(u"schedule"_s).contains(u"nobody runs it"_s));
    m_facts.runs[ScheduledTask::Incremental] = {now - hour, now - hour, TaskRun::Outcome::Failed, 1, u"the disk is full"_s};
    QCOMPARE(light(u"schedule"_s), u"red"_s);
    QVERIFY(words(u"schedule"_s).contains(u"the disk is full"_s));
    m_facts.schedule.reset();
    QCOMPARE(light(u"schedule"_s), u"warning"_s);
    QCOMPARE(light(u"retention"_s), u"warning"_s);
}

void TestReadiness::oneDisk()
{
    m_facts.oneDisk = true;
    QCOMPARE(light(u"place"_s), u"red"_s);
    m_facts.oneDisk.reset();
    QCOMPARE(light(u"place"_s), u"unknown"_s);
}

QTEST_GUILESS_MAIN(TestReadiness)
#include "tst_readiness.moc"
