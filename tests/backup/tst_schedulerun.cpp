// SPDX-License-Identifier: GPL-3.0-or-later
// What a schedule runs: each once, kept before and after, one at a time in a repository; and the timer that systemd gets.
#include "backup/drillrun.h"
#include "backup/lease.h"
#include "backup/moment.h"
#include "backup/owner.h"
#include "backup/recoveryfolder.h"
#include "backup/restorepoint.h"
#include "backup/schedulekeeping.h"
#include "backup/schedulerun.h"
#include "backup/scheduletimer.h"
#include "coreutils.h"
#include "tool/process.h"

#include <QtTest>

#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestSchedulerun : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void eachOnce();
    void failure();
    void somebodyElse();
    void cancelled();
    void notKeptNotDone();
    void kept();
    void oneAtATime();
    void drillOfAnotherTool();
    void leaseOfTheDead();
    void leaseOfAnotherMachine();
    void timer();
    void pointNames();

private:
    struct GivenClock : Clock {
        qint64 ms = 0;
        qint64 wallMs() const override { return ms; }
    };
    static qint64 ms(const char *moment) { return *parseMoment(QString::fromLatin1(moment)) / 1000; }
    Result<QVector<RanTask>> run(const std::function<Result<TaskEnd>(const DueTask &)> &perform, const CancelToken &cancel = {})
    {
        ScheduleSeams seams;
        seams.perform = [&, perform](const DueTask &due) {
            m_order << u"do "_s + taskName(due.task);
            m_clock.ms += 60'000;
            return perform(due);
        };
        seams.keep = [this](ScheduledTask task, const TaskRun &run) -> Done {
            m_order << u"keep %1 %2"_s.arg(taskName(task), run.endMs ? u"end"_s : run.startMs ? u"begin"_s : u"never"_s);
            return m_keeps ? Done() : fail(ErrorKind::Io, u"disk_full"_s, u"no room"_s);
        };
        return runDue(m_schedule, m_runs, m_clock, seams, cancel);
    }

    Schedule m_schedule;
    TaskRuns m_runs;
    GivenClock m_clock;
    QStringList m_order;
    bool m_keeps = true;
};

void TestSchedulerun::init()
{
    m_schedule = usualSchedule("UTC", ms("2026-11-23 12:00+00"));
    m_runs.clear();
    m_order.clear();
    m_clock.ms = ms("2026-11-24 05:30+00");
    m_keeps = true;
}

void TestSchedulerun::eachOnce()
{
    const auto good = [](const DueTask &) { return Result<TaskEnd>(TaskEnd{TaskRun::Outcome::Good, u"done"_s}); };
    auto ran = run(good);
    VERIFY_OK(ran);
    QCOMPARE(m_order, QStringList({u"keep incremental begin"_s, u"do incremental"_s, u"keep incremental end"_s, u"keep drill begin"_s, u"do drill"_s, u"keep drill end"_s}));
    QCOMPARE(m_runs.value(ScheduledTask::Drill).outcome, TaskRun::Outcome::Good);
    ran = run(good);
    VERIFY_OK(ran);
    QVERIFY(ran->isEmpty());
    // What becomes due while it works is done too.
    m_clock.ms = ms("2026-11-25 03:59:30+00");
    ran = run(good);
    VERIFY_OK(ran);
    QCOMPARE(ran->size(), 3); // yesterday's removal, today's incremental, and what came by then
}

void TestSchedulerun::failure()
{
    const auto bad = [](const DueTask &due) -> Result<TaskEnd> {
        if (due.task == ScheduledTask::Incremental)
            return fail(ErrorKind::Io, u"disk_full"_s, u"no room"_s);
        return TaskEnd{TaskRun::Outcome::Findings, u"not proven"_s};
    };
    const auto ran = run(bad);
    VERIFY_OK(ran);
    QCOMPARE(ran->size(), 2); // one that failed does not keep the next from being done
    QCOMPARE(m_runs.value(ScheduledTask::Incremental).outcome, TaskRun::Outcome::Failed);
    QCOMPARE(m_runs.value(ScheduledTask::Incremental).failures, 1);
    QVERIFY(m_runs.value(ScheduledTask::Incremental).words.contains(u"no room"_s));
    QCOMPARE(m_runs.value(ScheduledTask::Drill).outcome, TaskRun::Outcome::Findings);
    m_clock.ms += 20 * 60'000;
    QCOMPARE(run(bad)->size(), 1);
    QCOMPARE(m_runs.value(ScheduledTask::Incremental).failures, 2);
}

void TestSchedulerun::somebodyElse()
{
    const auto ran = run([](const DueTask &) -> Result<TaskEnd> { return fail(ErrorKind::Tool, u"in_use"_s, u"somebody"_s); });
    VERIFY_OK(ran);
    QCOMPARE(ran->size(), 2);
    QVERIFY(ran->at(0).waits);
    QCOMPARE(m_runs.value(ScheduledTask::Incremental).startMs, 0); // as before
    QCOMPARE(dueTasks(m_schedule, m_runs, m_clock.ms).size(), 2);
}

void TestSchedulerun::cancelled()
{
    CancelToken cancel;
    const auto ran = run([&](const DueTask &) -> Result<TaskEnd> {
        cancel.cancel();
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
    }, cancel);
    VERIFY_OK(ran);
    QVERIFY(ran->isEmpty());
    QCOMPARE(dueTasks(m_schedule, m_runs, m_clock.ms).size(), 2);
}

void TestSchedulerun::notKeptNotDone()
{
    m_keeps = false;
    const auto ran = run([](const DueTask &) { return Result<TaskEnd>(TaskEnd()); });
    QVERIFY(!ran);
    QCOMPARE(m_order, QStringList({u"keep incremental begin"_s}));
}

void TestSchedulerun::kept()
{
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    auto store = store::Store::open();
    VERIFY_OK(store);
    auto none = keptSchedule(**store, u"one"_s);
    VERIFY_OK(none);
    QVERIFY(!*none);
    VERIFY_OK(keepSchedule(**store, u"one"_s, m_schedule));
    VERIFY_OK(keepRun(**store, u"one"_s, ScheduledTask::Drill, {5000, 6000, TaskRun::Outcome::Findings, 0, u"x"_s}));
    QCOMPARE(keptSchedule(**store, u"one"_s)->value().toJson(), m_schedule.toJson());
    QVERIFY(!*keptSchedule(**store, u"two"_s));
    QCOMPARE(keptRuns(**store, u"one"_s)->size(), 1);
    VERIFY_OK(keepRun(**store, u"one"_s, ScheduledTask::Drill, {}));
    QVERIFY(keptRuns(**store, u"one"_s)->isEmpty());
}

void TestSchedulerun::oneAtATime()
{
    QTemporaryDir folder;
    const auto box = test::coreutilsOnly(folder);
    QVERIFY(box);
    const Repository repository(*box, folder.filePath(u"r"_s), u"the folder"_s);
    {
        const auto one = Lease::take(repository, u"a drill"_s);
        VERIFY_OK(one);
        const auto two = Lease::take(repository, u"another"_s); // of the same process too
        QVERIFY(!two);
        QCOMPARE(two.error().reason, u"in_use"_s);
        QVERIFY2(two.error().message.contains(u"a drill"_s) && two.error().message.contains(QString::number(::getpid())), qPrintable(two.error().message));
        QCOMPARE(repository.list()->backups.size(), 0); // it is no backup
    }
    VERIFY_OK(Lease::take(repository, u"another"_s));
}

// Another tool's repository is only read: no turn is kept in it.
void TestSchedulerun::drillOfAnotherTool()
{
    QTemporaryDir folder, home;
    qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
    const auto box = test::coreutilsOnly(folder);
    QVERIFY(box);
    PhysicalPlace place;
    place.repository = std::make_unique<Repository>(*box, folder.filePath(u"r"_s), u"the folder"_s);
    Stand stand;
    stand.inventory.segmentSize = 16 << 20;
    stand.archive = folderArchive(folder.path());
    for (const bool others : {true, false}) {
        if (others)
            stand.engine = RehearsalEngine();
        else
            stand.engine.reset();
        const auto outcome = runDrill(stand, place, {}, m_clock.ms); // there is no backup
        VERIFY_OK(outcome);
        QVERIFY(!outcome->drill.good);
        QCOMPARE(QFileInfo::exists(folder.filePath(u"r/base"_s)), !others);
    }
    const auto refused = planRecoveryFolder([&] { stand.engine = RehearsalEngine(); return stand; }(), place, [] { Verdict good; good.server = Verdict::Server::Reaches; return good; }(), {}, folder.filePath(u"new"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"not_supported"_s);
}

void TestSchedulerun::leaseOfTheDead()
{
    QTemporaryDir folder;
    const auto box = test::coreutilsOnly(folder);
    const Repository repository(*box, folder.filePath(u"r"_s), u"the folder"_s);
    Owner before = Owner::ourselves();
    before.startTicks = 1;
    QJsonObject words = before.toJson();
    words.insert(u"what"_s, u"x"_s);
    words.insert(u"since_ms"_s, 1);
    const QByteArray gone = QJsonDocument(words).toJson(QJsonDocument::Compact);
    QVERIFY(test::put(folder.filePath(u"r/base/.lease"_s), gone));
    VERIFY_OK(Lease::take(repository, u"mine"_s));
    QVERIFY(!QFile::exists(folder.filePath(u"r/base/.lease"_s))); // given back
}

void TestSchedulerun::leaseOfAnotherMachine()
{
    QTemporaryDir folder;
    const auto box = test::coreutilsOnly(folder);
    const Repository repository(*box, folder.filePath(u"r"_s), u"the folder"_s);
    QVERIFY(test::put(folder.filePath(u"r/base/.lease"_s), "{\"host\":\"elsewhere.example\",\"process\":1,\"start_ticks\":1,\"what\":\"x\",\"since_ms\":1}"));
    QCOMPARE(Lease::take(repository, u"mine"_s).error().reason, u"in_use"_s);
    QVERIFY(test::put(folder.filePath(u"r/base/.lease"_s), "nonsense"));
    QCOMPARE(Lease::take(repository, u"mine"_s).error().reason, u"no_lease"_s);
}

void TestSchedulerun::timer()
{
    QTemporaryDir folder;
    m_schedule.zone = "Europe/Berlin";
    m_schedule.rhythms.insert(ScheduledTask::Dump, *Rhythm::parse(u"every 5 hours :10"_s));
    const TimerUnits units = timerUnits(m_schedule, u"orders \"100 %\" $x"_s, u"/bin/true"_s, {u"XDG_DATA_HOME=/home/some one/50%"_s});
    QCOMPARE(units.name, u"howdah-backup-orders__100_____x"_s);
    QVERIFY2(units.service.contains("ExecStart=\"/bin/true\" backup schedule run-due \"orders \\\"100 %%\\\" $$x\""), units.service.constData());
    QVERIFY2(units.service.contains("Environment=\"XDG_DATA_HOME=/home/some one/50%%\""), units.service.constData());
    for (const char *line : {"OnCalendar=Sun *-*-* 02:00:00 Europe/Berlin\n", "OnCalendar=*-*-* 02:00:00 Europe/Berlin\n", "OnCalendar=*-*-* *:10:00 UTC\n", "OnCalendar=hourly\n", "Persistent=true\n", "WantedBy=timers.target\n"})
        QVERIFY2(units.timer.contains(line), line);
    const auto commands = writeTimer(units, folder.filePath(u"units"_s));
    VERIFY_OK(commands);
    QCOMPARE(commands->size(), 2);
    QVERIFY(commands->at(1).startsWith(u"systemctl --user enable --now "_s));
    tool::Command verify;
    verify.program = u"systemd-analyze"_s;
    verify.arguments = {u"--user"_s, u"verify"_s, folder.filePath(u"units/%1.service"_s.arg(units.name)), folder.filePath(u"units/%1.timer"_s.arg(units.name))};
    verify.environment = {u"XDG_RUNTIME_DIR="_s + folder.path()};
    if (QFile::exists(u"/usr/bin/systemd-analyze"_s)) {
        const auto said = tool::run(verify);
        VERIFY_OK(said);
        const QByteArray words = said->output + said->errors;
        QVERIFY2(!words.contains("howdah-backup"), words.constData());
    }
}

void TestSchedulerun::pointNames()
{
    VERIFY_OK(checkPointName(u"before the 2.4 migration"_s));
    VERIFY_OK(checkPointName(QString(63, u'x')));
    QVERIFY(!checkPointName(QString(64, u'x')));
    QVERIFY(!checkPointName(u" "_s));
    QVERIFY(!checkPointName(u"a\nb"_s));
    QVERIFY(!checkPointName(QString(32, u'ä'))); // bytes, not characters
    const QVector<RestorePoint> known{{u"one"_s, {0x3000000}, 1'795'780'000'000'000}};
    VERIFY_OK(checkPointIsNew(u"two"_s, known));
    QCOMPARE(checkPointIsNew(u"one"_s, known).error().reason, u"name_taken"_s);
    const auto plan = planPoint(u"one"_s, u"orders"_s, session::Environment::Production);
    VERIFY_OK(plan);
    QVERIFY2(session::planAsSql(*plan).contains(u"pg_create_restore_point"_s) && session::planAsSql(*plan).contains(u"one"_s), qPrintable(session::planAsSql(*plan)));
}

QTEST_GUILESS_MAIN(TestSchedulerun)
#include "tst_schedulerun.moc"
