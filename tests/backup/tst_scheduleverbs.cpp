// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl backup schedule`, `watch`, `backup ready` and `backup mark` as people and timers run them, on a server of build/pg with the image's tools.
#include "backup/catalogue.h"
#include "backup/schedulekeeping.h"
#include "session/profile.h"
#include "session/program.h"
#include "stack/record.h"
#include "support/testserver.h"

#include <QDir>
#include <QJsonArray>
#include <QtTest>

#include <csignal>

#include <sys/stat.h>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestScheduleVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void none();
    void refusals();
    void production();
    void setAndShown();
    void timer();
    void runDue();
    void somebodyElse();
    void watch();
    void mark();
    void ready();

private:
    Program ctl(const QStringList &arguments) { return Program::run(QStringList{u"--profile"_s, m_profile.name, u"--json"_s} + arguments); }
    Program schedule(const QStringList &arguments) { return ctl(QStringList{u"backup"_s, u"schedule"_s} + arguments); }
    // As if it had been made two days ago: everything is due.
    void due(const QMap<ScheduledTask, Rhythm> &rhythms, bool heartbeat = false)
    {
        auto store = store::Store::open();
        VERIFY_OK(store);
        Schedule schedule = usualSchedule("UTC", QDateTime::currentMSecsSinceEpoch() - 2 * 86'400'000LL);
        schedule.rhythms = rhythms;
        schedule.folder = m_folder;
        schedule.archive = m_archive;
        schedule.heartbeat = heartbeat;
        VERIFY_OK(keepSchedule(**store, m_profile.id, schedule));
        for (const ScheduledTask task : scheduledTasks)
            VERIFY_OK(keepRun(**store, m_profile.id, task, {}));
    }

    QTemporaryDir m_home;
    QString m_folder, m_archive;
    std::unique_ptr<TestServer> m_server;
    session::Profile m_profile;
};

void TestScheduleVerbs::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.filePath(u"data"_s).toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.filePath(u"cache"_s).toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    stack::Record image; // whose tools are taken
    image.name = u"howdah"_s;
    image.image = u"howdah-postgres:18"_s;
    VERIFY_OK(stack::writeRecord(image));
    m_folder = m_home.filePath(u"backups"_s);
    m_archive = m_home.filePath(u"wal"_s);
    QVERIFY(QDir().mkpath(m_folder) && QDir().mkpath(m_archive));
    QVERIFY(::chmod(QFile::encodeName(m_home.path()).constData(), 0755) == 0 && ::chmod(QFile::encodeName(m_archive).constData(), 0777) == 0); // the server is nobody
    QString why;
    m_server = TestServer::start({18, {u"hostssl replication all 127.0.0.1/32 scram-sha-256"_s}, {u"archive_mode=on"_s, u"archive_command=cp %p "_s + m_archive + u"/%f"_s, u"track_commit_timestamp=on"_s, u"summarize_wal=on"_s}, nullptr, nullptr, {}, 1}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QFile secret(m_home.filePath(u"secret"_s));
    QVERIFY(secret.open(QIODevice::WriteOnly) && secret.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && secret.write(m_server->password().data()) > 0);
    secret.close();
    m_profile.name = u"orders"_s;
    m_profile.spec = m_server->spec();
    m_profile.environment = session::Environment::Development;
    m_profile.passwordCommand = QStringList{u"/bin/cat"_s, secret.fileName()};
    const auto store = store::Store::open();
    VERIFY_OK(store);
    const auto saved = session::saveProfile(**store, m_profile);
    VERIFY_OK(saved);
    m_profile = *saved;
}

void TestScheduleVerbs::none()
{
    const Program shown = schedule({u"show"_s});
    QVERIFY2(shown.exitCode == 0 && shown.json().value("schedule"_L1).isNull(), QByteArray(shown.output + shown.errors).constData());
    QCOMPARE(schedule({u"write-timer"_s, m_home.filePath(u"units"_s)}).error("reason"), u"no_schedule"_s);
    const Program ran = schedule({u"run-due"_s});
    QVERIFY2(ran.exitCode == 0 && ran.json().value("ran"_L1).toArray().isEmpty(), QByteArray(ran.output + ran.errors).constData());
    QCOMPARE(schedule({u"run-due"_s, u"nobody"_s}).error("reason"), u"no_such_profile"_s);
}

void TestScheduleVerbs::refusals()
{
    QCOMPARE(schedule({u"set"_s}).exitCode, 2); // no stack, and no folder named
    QCOMPARE(schedule({u"set"_s, u"--to"_s, m_folder, u"--full"_s, u"sometimes"_s}).exitCode, 2);
    QCOMPARE(schedule({u"set"_s, u"--to"_s, m_folder, u"--zone"_s, u"Nowhere/City"_s}).exitCode, 2);
    QCOMPARE(schedule({u"set"_s, u"--to"_s, m_folder, u"--days"_s, u"0"_s}).exitCode, 2); // pruned to nothing
    QVERIFY(schedule({u"show"_s}).json().value("schedule"_L1).isNull());
}

void TestScheduleVerbs::production()
{
    auto store = store::Store::open();
    VERIFY_OK(store);
    session::Profile other = m_profile;
    other.id.clear();
    other.name = u"live"_s;
    other.environment = session::Environment::Production;
    VERIFY_OK(session::saveProfile(**store, other));
    const auto set = [&](const QStringList &more) { return Program::run(QStringList{u"--profile"_s, u"live"_s, u"--json"_s, u"backup"_s, u"schedule"_s, u"set"_s, u"--to"_s, m_folder} + more); };
    const Program asked = set({});
    QVERIFY2(asked.exitCode == 9 && !asked.json().value("kept"_L1).toBool(true), QByteArray(asked.output + asked.errors).constData());
    QCOMPARE(set({u"--confirm"_s, u"orders"_s}).exitCode, 9);
    QVERIFY(Program::run({u"--profile"_s, u"live"_s, u"--json"_s, u"backup"_s, u"schedule"_s, u"show"_s}).json().value("schedule"_L1).isNull());
    QCOMPARE(set({u"--confirm"_s, u"live"_s}).exitCode, 0);
    QCOMPARE(Program::run({u"--profile"_s, u"live"_s, u"--json"_s, u"backup"_s, u"schedule"_s, u"off"_s}).exitCode, 0);
}

void TestScheduleVerbs::setAndShown()
{
    const Program set = schedule({u"set"_s, u"--to"_s, m_folder, u"--zone"_s, u"Europe/Berlin"_s, u"--drill"_s, u"every 3 days 05:00"_s, u"--keep"_s, u"4"_s});
    QVERIFY2(set.exitCode == 0 && set.json().value("kept"_L1).toBool(), QByteArray(set.output + set.errors).constData());
    const QJsonObject shown = schedule({u"show"_s}).json();
    QCOMPARE(shown["schedule"_L1]["tasks"_L1]["drill"_L1].toString(), u"every 3 days 05:00"_s);
    QCOMPARE(shown["schedule"_L1]["tasks"_L1]["full"_L1].toString(), u"sun 02:00"_s);
    QCOMPARE(shown["schedule"_L1]["keep"_L1].toInt(), 4);
    QVERIFY(shown["next"_L1]["full"_L1].isString() && shown["next"_L1]["dump"_L1].isNull() && shown["last"_L1]["full"_L1].isNull());
    const Program again = schedule({u"set"_s, u"--full"_s, u"sat 03:00"_s}); // what is not said stays
    QCOMPARE(again.json()["schedule"_L1]["tasks"_L1]["drill"_L1].toString(), u"every 3 days 05:00"_s);
    QCOMPARE(again.json()["schedule"_L1]["folder"_L1].toString(), m_folder);
    QVERIFY(ctl({u"journal"_s}).output.contains("Set the schedule of backups of orders"));
}

void TestScheduleVerbs::timer()
{
    const QString units = m_home.filePath(u"units"_s);
    const Program written = schedule({u"write-timer"_s, units});
    QVERIFY2(written.exitCode == 0 && written.json()["commands"_L1].toArray().size() == 2, QByteArray(written.output + written.errors).constData());
    QFile service(units + u"/howdah-backup-orders.service"_s), timer(units + u"/howdah-backup-orders.timer"_s);
    QVERIFY(service.open(QIODevice::ReadOnly) && timer.open(QIODevice::ReadOnly));
    const QByteArray text = service.readAll() + timer.readAll();
    QVERIFY2(text.contains("run-due \"orders\"") && text.contains("OnCalendar=Sat *-*-* 03:00:00 Europe/Berlin") && text.contains("Persistent=true"), text.constData());
    QVERIFY(!text.contains(m_server->password().data()));
}

void TestScheduleVerbs::runDue()
{
    QVERIFY(m_server->sql({"CREATE TABLE public.t (id int)", "INSERT INTO public.t SELECT generate_series(1, 100)"}));
    due({{ScheduledTask::Full, *Rhythm::parse(u"daily 00:00"_s)}, {ScheduledTask::Incremental, *Rhythm::parse(u"every hour"_s)}, {ScheduledTask::Dump, *Rhythm::parse(u"daily 00:00"_s)},
         {ScheduledTask::Verify, *Rhythm::parse(u"daily 00:00"_s)}, {ScheduledTask::Prune, *Rhythm::parse(u"daily 00:00"_s)}});
    const Program ran = schedule({u"run-due"_s, m_profile.name});
    QVERIFY2(ran.exitCode == 0, QByteArray(ran.output + ran.errors).constData());
    const QJsonArray tasks = ran.json()["ran"_L1].toArray();
    QCOMPARE(tasks.size(), 4); // the full one is the incremental
    for (const QJsonValue &one : tasks)
        QVERIFY2(one["outcome"_L1].toString() == "good"_L1, QByteArray(ran.output + ran.errors).constData());
    QVERIFY(ran.errors.contains("orders: Full backup: "));
    const Program listed = ctl({u"backup"_s, u"list"_s, u"--in"_s, m_folder});
    QCOMPARE(listed.json()["backups"_L1].toArray().size(), 2);
    QVERIFY(schedule({u"run-due"_s}).json()["ran"_L1].toArray().isEmpty());
    const QJsonObject shown = schedule({u"show"_s}).json();
    QCOMPARE(shown["last"_L1]["full"_L1]["outcome"_L1].toString(), u"good"_s);
    QVERIFY(ctl({u"journal"_s}).output.contains("by schedule"));
    // What fails is told, kept, and the exit code says it.
    due({{ScheduledTask::Verify, *Rhythm::parse(u"daily 00:00"_s)}});
    const QString id = listed.json()["backups"_L1][0]["kind"_L1].toString() == "dump"_L1 ? listed.json()["backups"_L1][1]["id"_L1].toString() : listed.json()["backups"_L1][0]["id"_L1].toString();
    QFile file(m_folder + u"/base/%1/data/PG_VERSION"_s.arg(id));
    QVERIFY2(file.open(QIODevice::ReadWrite) && file.write("X") == 1, qPrintable(file.fileName()));
    file.close();
    const Program bad = schedule({u"run-due"_s});
    QVERIFY2(bad.exitCode == 5 && bad.json()["ran"_L1][0]["words"_L1].toString().contains(u"PG_VERSION"_s), QByteArray(bad.output + bad.errors).constData());
    QVERIFY(file.open(QIODevice::ReadWrite) && file.write("1") == 1);
}

void TestScheduleVerbs::somebodyElse()
{
    due({{ScheduledTask::Verify, *Rhythm::parse(u"daily 00:00"_s)}});
    QFile lease(m_folder + u"/base/.lease"_s);
    QVERIFY(lease.open(QIODevice::WriteOnly) && lease.write("{\"host\":\"elsewhere.example\",\"process\":1,\"start_ticks\":1,\"what\":\"a drill\",\"since_ms\":1}") > 0);
    lease.close();
    const Program waits = schedule({u"run-due"_s});
    QVERIFY2(waits.exitCode == 6 && waits.json()["ran"_L1][0]["waits"_L1].toBool(), QByteArray(waits.output + waits.errors).constData());
    QCOMPARE(ctl({u"backup"_s, u"verify"_s, u"--in"_s, m_folder}).exitCode, 6);
    QVERIFY(lease.remove());
    QCOMPARE(schedule({u"run-due"_s}).exitCode, 0); // it stayed due
}

void TestScheduleVerbs::watch()
{
    due({{ScheduledTask::Verify, *Rhythm::parse(u"daily 00:00"_s)}}, true);
    QProcess process;
    process.start(Program::path(), {u"--json"_s, u"watch"_s, m_profile.name});
    QByteArray said;
    QTRY_VERIFY2_WITH_TIMEOUT((said += process.readAllStandardError()).contains("Watching the schedule of orders"), said.constData(), 60'000);
    QVERIFY2(said.contains("Verification: ") && said.contains("all good"), said.constData());
    QTRY_VERIFY2_WITH_TIMEOUT(Program::run({u"journal"_s}).output.contains("while nobody commits"), said.constData(), 60'000);
    ::kill(pid_t(process.processId()), SIGTERM);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    const QByteArray answer = process.readAllStandardOutput();
    QVERIFY2(process.exitCode() == 0 && QJsonDocument::fromJson(answer).object()["ran"_L1].toArray().size() == 1, QByteArray(answer + process.readAllStandardError()).constData());
}

void TestScheduleVerbs::mark()
{
    const QStringList place{u"--in"_s, m_folder, u"--archive"_s, m_archive};
    const auto mark = [&](const QString &name) { return ctl(QStringList{u"backup"_s, u"mark"_s, name} + place); };
    const Program made = mark(u"before it's \\done"_s);
    QVERIFY2(made.exitCode == 0 && made.json()["made"_L1].toBool() && !made.json()["lsn"_L1].toString().isEmpty(), QByteArray(made.output + made.errors).constData());
    QCOMPARE(mark(u"before it's \\done"_s).error("reason"), u"name_taken"_s); // not archived yet, and known all the same
    QCOMPARE(mark(QString(64, u'x')).exitCode, 2);
    QVERIFY(ctl({u"journal"_s}).output.contains("pg_create_restore_point"));
    // Made by somebody else, and archived.
    const auto link = m_server->admin();
    VERIFY_OK(link);
    const auto segment = (*link)->run({"SELECT pg_walfile_name(pg_create_restore_point('theirs'))", {}});
    VERIFY_OK(segment);
    QVERIFY(m_server->sql({"SELECT pg_switch_wal()"}));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(m_archive + u'/' + segment->text(0, 0)), 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(QFileInfo(m_archive + u'/' + segment->text(0, 0)).size(), 1 << 20, 60'000);
    QCOMPARE(mark(u"theirs"_s).error("reason"), u"name_taken"_s);
}

void TestScheduleVerbs::ready()
{
    const Program said = ctl({u"backup"_s, u"ready"_s, u"--in"_s, m_folder, u"--archive"_s, m_archive});
    QVERIFY2(said.exitCode == 5, QByteArray(said.output + said.errors).constData());
    QMap<QString, QString> lights;
    for (const QJsonValue &line : said.json()["lines"_L1].toArray())
        lights.insert(line["code"_L1].toString(), line["verdict"_L1].toString());
    QCOMPARE(lights.size(), 11);
    QCOMPARE(lights.value(u"drill"_s), u"red"_s); // never proven
    QCOMPARE(lights.value(u"rto"_s), u"red"_s);
    QVERIFY2(lights.value(u"backup"_s) == "good"_L1 && lights.value(u"verified"_s) == "good"_L1 && lights.value(u"versions"_s) == "good"_L1 && lights.value(u"window"_s) == "good"_L1, said.output.constData());
    QVERIFY(said.json()["rpo_ms"_L1].isDouble() && said.json()["rto_ms"_L1].isNull());
    // The server can't be asked: what only it knows is unknown.
    QVERIFY(m_server->stop());
    const Program down = ctl({u"backup"_s, u"ready"_s, u"--in"_s, m_folder, u"--archive"_s, m_archive});
    QVERIFY2(down.exitCode == 5 && down.json()["rpo_ms"_L1].isNull(), QByteArray(down.output + down.errors).constData());
}

QTEST_GUILESS_MAIN(TestScheduleVerbs)
#include "tst_scheduleverbs.moc"
