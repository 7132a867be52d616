// SPDX-License-Identifier: GPL-3.0-or-later
// What is due at a moment: over simulated days and years, with machines that sleep, clocks that are set and hours that come twice.
#include "backup/moment.h"
#include "backup/schedule.h"

#include <QtTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestSchedule : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void words();
    void noWords();
    void aWeek();
    void sleptThrough();
    void nothingBeforeItWasMade();
    void fullTakesTheIncrementalsPlace();
    void everySoManyDays();
    void clocksGoForward();
    void clocksGoBack();
    void hoursAreUtcs();
    void clockSetBack();
    void clockWasWrong();
    void failedIsTriedAgain();
    void findingsAreNot();
    void interrupted();
    void overdue();
    void kept();
    void off();

private:
    static qint64 ms(const char *moment) { return *parseMoment(QString::fromLatin1(moment)) / 1000; }
    static QString at(qint64 ms) { return momentText(ms * 1000); }
    // Somebody looks every so often; every run is good and takes a minute. What was run, and for when.
    QStringList run(qint64 from, qint64 to, qint64 stepMs = 5 * 60'000)
    {
        QStringList done;
        for (qint64 now = from; now < to; now += stepMs) {
            for (const DueTask &due : dueTasks(m_schedule, m_runs, now)) {
                done << u"%1 %2%3"_s.arg(taskName(due.task), at(due.slotMs), due.missed ? u" missed %1"_s.arg(due.missed) : QString());
                m_runs.insert(due.task, {now, now + 60'000, TaskRun::Outcome::Good, 0, {}});
            }
        }
        return done;
    }
    void only(ScheduledTask task, const QString &rhythm)
    {
        m_schedule.rhythms = {{task, *Rhythm::parse(rhythm)}};
    }

    Schedule m_schedule;
    TaskRuns m_runs;
};

void TestSchedule::init()
{
    m_schedule = usualSchedule("UTC", ms("2026-11-23 12:00+00")); // a Monday
    m_runs.clear();
}

void TestSchedule::words()
{
    for (const char *text : {"off", "every hour", "every 6 hours", "every hour :05", "every 24 hours :59", "daily 02:00", "every 7 days 04:30", "sun 02:00", "wed 23:59"}) {
        const auto rhythm = Rhythm::parse(QString::fromLatin1(text));
        VERIFY_OK(rhythm);
        QCOMPARE(rhythm->text(), QString::fromLatin1(text));
    }
    QCOMPARE(Rhythm::parse(u"  Sunday   2:00 "_s)->text(), u"sun 02:00"_s);
    QCOMPARE(Rhythm::parse(u"every 1 day 02:00"_s)->text(), u"daily 02:00"_s);
}

void TestSchedule::noWords()
{
    for (const char *text : {"", "weekly", "daily", "daily 24:00", "daily 02:60", "every 0 hours", "every 25 hours", "every 0 days 02:00", "every 400 days 02:00", "xyz 02:00", "daily 02:00; rm", "every 6 hours :60"})
        QVERIFY2(!Rhythm::parse(QString::fromLatin1(text)), text);
}

void TestSchedule::aWeek()
{
    const QStringList done = run(ms("2026-11-23 12:00+00"), ms("2026-11-30 12:00+00"));
    // Sunday's full one is Sunday's incremental; the first drill is at the first five o'clock.
    QCOMPARE(done, QStringList({u"incremental 2026-11-24 02:00:00+00"_s, u"drill 2026-11-24 05:00:00+00"_s, u"prune 2026-11-24 06:00:00+00"_s,
                                u"incremental 2026-11-25 02:00:00+00"_s, u"verify 2026-11-25 04:00:00+00"_s, u"prune 2026-11-25 06:00:00+00"_s,
                                u"incremental 2026-11-26 02:00:00+00"_s, u"prune 2026-11-26 06:00:00+00"_s, u"incremental 2026-11-27 02:00:00+00"_s, u"prune 2026-11-27 06:00:00+00"_s,
                                u"incremental 2026-11-28 02:00:00+00"_s, u"prune 2026-11-28 06:00:00+00"_s, u"full 2026-11-29 02:00:00+00"_s, u"prune 2026-11-29 06:00:00+00"_s,
                                u"incremental 2026-11-30 02:00:00+00"_s, u"prune 2026-11-30 06:00:00+00"_s}));
}

void TestSchedule::sleptThrough()
{
    run(ms("2026-11-23 12:00+00"), ms("2026-11-24 12:00+00"));
    // Ten days with a closed lid: each once, for the last moment there was.
    const QStringList done = run(ms("2026-12-04 12:00+00"), ms("2026-12-05 01:00+00"));
    QCOMPARE(done, QStringList({u"full 2026-11-29 02:00:00+00"_s, u"verify 2026-12-02 04:00:00+00 missed 1"_s, u"drill 2026-12-04 05:00:00+00"_s, u"prune 2026-12-04 06:00:00+00 missed 9"_s}));
}

void TestSchedule::nothingBeforeItWasMade()
{
    QVERIFY(dueTasks(m_schedule, m_runs, m_schedule.sinceMs).isEmpty());
    // What an older schedule ran does not count as this one's.
    m_runs.insert(ScheduledTask::Incremental, {ms("2026-11-01 02:00+00"), ms("2026-11-01 02:01+00"), TaskRun::Outcome::Failed, 3, {}});
    QVERIFY(dueTasks(m_schedule, m_runs, ms("2026-11-24 01:59+00")).isEmpty());
    QCOMPARE(dueTasks(m_schedule, m_runs, ms("2026-11-24 02:00+00")).size(), 1);
}

void TestSchedule::fullTakesTheIncrementalsPlace()
{
    const QVector<DueTask> due = dueTasks(m_schedule, m_runs, ms("2026-11-29 03:00+00"));
    QCOMPARE(due.constFirst().task, ScheduledTask::Full);
    QVERIFY(std::none_of(due.begin(), due.end(), [](const DueTask &one) { return one.task == ScheduledTask::Incremental; }));
    m_runs.insert(ScheduledTask::Full, {ms("2026-11-29 03:00+00"), ms("2026-11-29 03:10+00"), TaskRun::Outcome::Good, 0, {}});
    for (const DueTask &one : dueTasks(m_schedule, m_runs, ms("2026-11-29 03:15+00")))
        QVERIFY(one.task != ScheduledTask::Incremental && one.task != ScheduledTask::Full);
    // One that failed does not.
    m_runs.insert(ScheduledTask::Full, {ms("2026-11-29 03:00+00"), ms("2026-11-29 03:10+00"), TaskRun::Outcome::Failed, 1, {}});
    QCOMPARE(dueTasks(m_schedule, m_runs, ms("2026-11-29 03:15+00")).constFirst().task, ScheduledTask::Incremental);
}

void TestSchedule::everySoManyDays()
{
    only(ScheduledTask::Drill, u"every 3 days 05:00"_s);
    QCOMPARE(run(ms("2026-11-23 12:00+00"), ms("2026-12-01 12:00+00")), QStringList({u"drill 2026-11-24 05:00:00+00"_s, u"drill 2026-11-27 05:00:00+00"_s, u"drill 2026-11-30 05:00:00+00"_s}));
    // Done late, past midnight: the next is counted from the day for which it was.
    m_runs.insert(ScheduledTask::Drill, {ms("2026-12-04 00:30+00"), ms("2026-12-04 00:40+00"), TaskRun::Outcome::Good, 0, {}});
    QCOMPARE(at(*nextMs(m_schedule, m_runs, ScheduledTask::Drill, ms("2026-12-04 01:00+00"))), u"2026-12-06 05:00:00+00"_s);
}

void TestSchedule::clocksGoForward()
{
    m_schedule.zone = "Europe/Berlin";
    m_schedule.sinceMs = ms("2026-03-27 12:00+01");
    only(ScheduledTask::Incremental, u"daily 02:30"_s);
    // On the 29th no clock there shows 02:30.
    QCOMPARE(run(m_schedule.sinceMs, ms("2026-03-31 12:00+02")), QStringList({u"incremental 2026-03-28 01:30:00+00"_s, u"incremental 2026-03-29 01:30:00+00"_s, u"incremental 2026-03-30 00:30:00+00"_s, u"incremental 2026-03-31 00:30:00+00"_s}));
}

void TestSchedule::clocksGoBack()
{
    m_schedule.zone = "Europe/Berlin";
    m_schedule.sinceMs = ms("2026-10-23 12:00+02");
    only(ScheduledTask::Incremental, u"daily 02:30"_s);
    // On the 25th clocks show it twice.
    QCOMPARE(run(m_schedule.sinceMs, ms("2026-10-27 12:00+01")), QStringList({u"incremental 2026-10-24 00:30:00+00"_s, u"incremental 2026-10-25 00:30:00+00"_s, u"incremental 2026-10-26 01:30:00+00"_s, u"incremental 2026-10-27 01:30:00+00"_s}));
}

void TestSchedule::hoursAreUtcs()
{
    m_schedule.zone = "Europe/Berlin";
    m_schedule.sinceMs = ms("2026-10-24 23:00+00");
    only(ScheduledTask::Incremental, u"every 2 hours :15"_s);
    QCOMPARE(run(m_schedule.sinceMs, ms("2026-10-25 07:00+00")), QStringList({u"incremental 2026-10-25 00:15:00+00"_s, u"incremental 2026-10-25 02:15:00+00"_s, u"incremental 2026-10-25 04:15:00+00"_s, u"incremental 2026-10-25 06:15:00+00"_s}));
}

void TestSchedule::clockSetBack()
{
    only(ScheduledTask::Incremental, u"daily 02:00"_s);
    run(ms("2026-11-23 12:00+00"), ms("2026-11-24 02:30+00"));
    // An hour back: two o'clock comes again, and it was done.
    QCOMPARE(run(ms("2026-11-24 01:30+00"), ms("2026-11-25 01:00+00")), QStringList());
    QCOMPARE(run(ms("2026-11-25 01:00+00"), ms("2026-11-25 12:00+00")), QStringList({u"incremental 2026-11-25 02:00:00+00"_s}));
}

void TestSchedule::clockWasWrong()
{
    only(ScheduledTask::Incremental, u"daily 02:00"_s);
    m_runs.insert(ScheduledTask::Incremental, {ms("2031-01-01 02:00+00"), ms("2031-01-01 02:01+00"), TaskRun::Outcome::Good, 0, {}});
    QCOMPARE(run(ms("2026-11-26 12:00+00"), ms("2026-11-27 12:00+00")), QStringList({u"incremental 2026-11-26 02:00:00+00 missed 2"_s, u"incremental 2026-11-27 02:00:00+00"_s}));
}

void TestSchedule::failedIsTriedAgain()
{
    only(ScheduledTask::Incremental, u"daily 02:00"_s);
    qint64 ended = ms("2026-11-24 02:05+00");
    for (const qint64 wait : {15, 30, 60, 120, 240, 360, 360}) {
        const int failures = m_runs.value(ScheduledTask::Incremental).failures + 1;
        m_runs.insert(ScheduledTask::Incremental, {ended - 60'000, ended, TaskRun::Outcome::Failed, failures, u"no room"_s});
        QVERIFY(dueTasks(m_schedule, m_runs, ended + wait * 60'000 - 1).isEmpty());
        const QVector<DueTask> due = dueTasks(m_schedule, m_runs, ended + wait * 60'000);
        QCOMPARE(due.size(), 1);
        QVERIFY(due.constFirst().again);
        ended += wait * 60'000;
        if (failures == 6)
            break; // the next day's moment is near
    }
}

void TestSchedule::findingsAreNot()
{
    only(ScheduledTask::Verify, u"daily 04:00"_s);
    m_runs.insert(ScheduledTask::Verify, {ms("2026-11-24 04:00+00"), ms("2026-11-24 04:05+00"), TaskRun::Outcome::Findings, 0, u"bad"_s});
    QVERIFY(dueTasks(m_schedule, m_runs, ms("2026-11-25 03:59+00")).isEmpty());
    QCOMPARE(dueTasks(m_schedule, m_runs, ms("2026-11-25 04:00+00")).size(), 1);
}

// Begun, and the program or the machine was ended.
void TestSchedule::interrupted()
{
    only(ScheduledTask::Full, u"sun 02:00"_s);
    m_runs.insert(ScheduledTask::Full, {ms("2026-11-29 02:00+00"), 0, TaskRun::Outcome::None, 0, {}});
    QVERIFY(dueTasks(m_schedule, m_runs, ms("2026-11-29 02:10+00")).isEmpty());
    const QVector<DueTask> due = dueTasks(m_schedule, m_runs, ms("2026-11-29 02:15+00"));
    QCOMPARE(due.size(), 1);
    QVERIFY(due.constFirst().again);
}

void TestSchedule::overdue()
{
    only(ScheduledTask::Incremental, u"daily 02:00"_s);
    QCOMPARE(overdueMs(m_schedule, m_runs, ScheduledTask::Incremental, ms("2026-11-24 01:00+00")), 0);
    QCOMPARE(overdueMs(m_schedule, m_runs, ScheduledTask::Incremental, ms("2026-11-26 02:00+00")), 2 * 86'400'000LL);
    run(ms("2026-11-26 02:00+00"), ms("2026-11-26 03:00+00"));
    QCOMPARE(overdueMs(m_schedule, m_runs, ScheduledTask::Incremental, ms("2026-11-26 12:00+00")), 0);
}

void TestSchedule::kept()
{
    m_schedule.folder = u"/mnt/disk"_s;
    m_schedule.retention.fulls = 3;
    m_schedule.heartbeat = true;
    const auto again = Schedule::fromJson(m_schedule.toJson());
    VERIFY_OK(again);
    QCOMPARE(again->toJson(), m_schedule.toJson());
    QJsonObject broken = m_schedule.toJson();
    broken.insert(u"zone"_s, u"Nowhere/City"_s);
    QCOMPARE(Schedule::fromJson(broken).error().reason, u"bad_schedule"_s);
    QCOMPARE(Schedule::fromJson({}).error().reason, u"bad_schedule"_s);
    Schedule wrong = m_schedule;
    wrong.retention = {};
    QVERIFY(!scheduleProblem(wrong).isEmpty());
    wrong = m_schedule;
    wrong.rhythms.remove(ScheduledTask::Full);
    QVERIFY(!scheduleProblem(wrong).isEmpty());
    const TaskRun one{5000, 9000, TaskRun::Outcome::Findings, 2, u"words"_s};
    const TaskRun two = TaskRun::fromJson(one.toJson());
    QCOMPARE(two.toJson(), one.toJson());
    QCOMPARE(TaskRun::fromJson({}).startMs, 0);
}

void TestSchedule::off()
{
    m_schedule.on = false;
    QVERIFY(run(ms("2026-11-23 12:00+00"), ms("2026-12-23 12:00+00"), 3'600'000).isEmpty());
    QVERIFY(!nextMs(m_schedule, m_runs, ScheduledTask::Full, ms("2026-11-23 12:00+00")));
}

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
