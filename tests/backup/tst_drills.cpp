// SPDX-License-Identifier: GPL-3.0-or-later
// A schedule over simulated days, its hours some seconds of real load, with faults between them: what it says of itself is held against pg_waldump and against
// who kept what was acknowledged. Short, one day; with HOWDAH_LONG three, and every backup that is listed as good is restored.
#include "backup/backuppoint.h"
#include "backup/moment.h"
#include "backup/drillrun.h"
#include "backup/readinessfacts.h"
#include "backup/rehearsalrecord.h"
#include "backup/scheduledwork.h"
#include "lab.h"
#include "support/verifyok.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <atomic>
#include <mutex>
#include <thread>

#include <sys/stat.h>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestDrills : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void days();
    void everyGoodOneRestores();
    void productionIsUntouched();
    void cleanupTestCase();

private:
    struct GivenClock : Clock {
        qint64 ms = 0;
        qint64 wallMs() const override { return ms; }
    };
    struct Row {
        qint64 id = 0;
        quint32 xid = 0;
    };
    bool isLong() const { return qEnvironmentVariableIsSet("HOWDAH_LONG"); }
    void writeRound();
    bool archived() const;
    void failedCopies();
    void load(bool on);
    QVector<RanTask> hours(int count, const QString &what = {});
    Readiness ready();
    Result<PhysicalPlace> place() const;
    Result<Stand> stand(const PhysicalPlace &place, Catalogue catalogue) const;
    qint64 lastArchivedUs() const;
    QSet<qint64> upTo(qint64 us);

    QTemporaryDir m_home;
    std::unique_ptr<Lab> m_lab;
    GivenClock m_clock;
    Schedule m_schedule;
    TaskRuns m_runs;
    QMap<qint64, QString> m_open; // the journal's lines
    QStringList m_told;
    qint64 m_drillWallMs = 0; // how long the last drill took by this test's own clock
    std::mutex m_mutex;
    QVector<Row> m_written;
    std::atomic<bool> m_writes = false;
    std::thread m_writer;
    int m_drills = 0;
};

// Some commits, each acknowledged, and the segment is full.
void TestDrills::writeRound()
{
    QByteArray script;
    for (int i = 0; i < 20; ++i)
        script += "INSERT INTO ledger (payload) VALUES (md5(random()::text)) RETURNING id, pg_current_xact_id()::xid;\nSELECT pg_sleep(0.005);\n";
    script += "SELECT pg_switch_wal();\nSELECT pg_sleep(0.4);\n"; // no faster than the archiver
    QVector<Row> rows;
    for (const QByteArray &line : m_lab->run({u"sql"_s, u"main"_s}, script).split('\n')) {
        const QList<QByteArray> fields = line.split('|');
        if (fields.size() == 2)
            rows.append({fields.at(0).toLongLong(), fields.at(1).toUInt()});
    }
    const std::lock_guard guard(m_mutex);
    m_written += rows;
}

bool TestDrills::archived() const
{
    const QString last = QString::fromLatin1(m_lab->sql(u"main"_s, "SELECT pg_walfile_name(pg_switch_wal() - 1)")); // of the one that is full, where nothing was written since too
    for (int i = 0; i < 1200; ++i) {
        if (QFile::exists(m_lab->path(u"main/archive/"_s + last)))
            return true;
        QTest::qSleep(100);
    }
    return false;
}

void TestDrills::load(bool on)
{
    if (on == m_writes)
        return;
    m_writes = on;
    if (on)
        m_writer = std::thread([this] {
            while (m_writes)
                writeRound();
        });
    else
        m_writer.join();
}

void TestDrills::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    QVERIFY(!m_lab->run({u"init"_s, u"main"_s, u"1"_s, u"track_commit_timestamp = on"_s}).startsWith("failed"));
    // A cluster without checksums is proven as far as it goes.
    QVERIFY(!m_lab->run({u"stop"_s, u"main"_s}).startsWith("failed"));
    QVERIFY(!m_lab->shell(u"pg_checksums --disable -D /lab/main/data"_s).startsWith("failed"));
    QVERIFY(!m_lab->run({u"start"_s, u"main"_s}).startsWith("failed"));
    QVERIFY(!m_lab->sql(u"main"_s, "CREATE TABLE ledger (id bigserial PRIMARY KEY, payload text NOT NULL)").startsWith("failed"));
    m_clock.ms = QDateTime::currentMSecsSinceEpoch() / 86'400'000 * 86'400'000 + 86'400'000; // tomorrow's midnight
    m_schedule.on = true;
    m_schedule.sinceMs = m_clock.ms;
    m_schedule.rhythms = {{ScheduledTask::Full, *Rhythm::parse(u"daily 02:00"_s)}, {ScheduledTask::Incremental, *Rhythm::parse(u"every 6 hours"_s)}, {ScheduledTask::Verify, *Rhythm::parse(u"daily 16:00"_s)},
                          {ScheduledTask::Drill, *Rhythm::parse(isLong() ? u"every 8 hours"_s : u"every 12 hours"_s)}, {ScheduledTask::Prune, *Rhythm::parse(u"daily 23:00"_s)}};
    if (!isLong()) {
        m_schedule.rhythms.insert(ScheduledTask::Incremental, *Rhythm::parse(u"daily 11:00"_s));
        m_schedule.rhythms.remove(ScheduledTask::Verify);
    }
    m_schedule.retention.fulls = 3;
    QVERIFY2(scheduleProblem(m_schedule).isEmpty(), qPrintable(scheduleProblem(m_schedule)));
}

Result<PhysicalPlace> TestDrills::place() const
{
    const auto engine = stack::findDocker();
    auto box = engine ? Toolbox::inServer(*engine, m_lab->id(), u"the lab"_s, 18) : Result<std::unique_ptr<Toolbox>>(fail(engine.error()));
    if (!box)
        return fail(std::move(box.error()));
    PhysicalPlace place;
    place.toolbox = *std::move(box);
    place.repository = std::make_unique<Repository>(*place.toolbox, u"/lab/main"_s, u"the lab's folder"_s);
    place.archive = u"/lab/main/archive"_s;
    place.source.emplace();
    place.source->name = u"the lab"_s;
    place.source->conninfo = {{u"host"_s, u"/lab/main"_s}};
    return place;
}

Result<Stand> TestDrills::stand(const PhysicalPlace &, Catalogue catalogue) const
{
    if (catalogue.backups.isEmpty())
        return fail(ErrorKind::Client, u"no_backup"_s, u"There is none"_s);
    Stand stand;
    stand.archive = folderArchive(m_lab->path(u"main/archive"_s));
    auto inventory = takeInventory(stand.archive, 1 << 20, catalogue.backups.constLast().systemIdentifier, m_home.filePath(u"remembered"_s));
    if (!inventory)
        return fail(std::move(inventory.error()));
    stand.inventory = *std::move(inventory);
    stand.points = pointsOf(catalogue, stand.inventory);
    stand.catalogue = std::move(catalogue);
    stand.image = u"howdah-postgres:18"_s;
    stand.places = {{m_lab->path(u"main"_s), u"/lab/main"_s, false}};
    stand.archivePath = u"/lab/main/archive"_s;
    return stand;
}

// So many simulated hours under load; each hour what is due is run.
QVector<RanTask> TestDrills::hours(int count, const QString &what)
{
    QVector<RanTask> all;
    ScheduledWork work;
    work.server = u"the lab"_s;
    work.openPlace = [this](bool) { return place(); };
    work.readStand = [this](const PhysicalPlace &of) -> Result<Stand> {
        auto catalogue = of.repository->list();
        return catalogue ? stand(of, *std::move(catalogue)) : Result<Stand>(fail(catalogue.error()));
    };
    work.journal.begin = [this](const QString &, const QString &action, const QString &, const QString &) -> Result<qint64> {
        m_open.insert(m_open.size() + 1, action);
        return m_open.size();
    };
    work.journal.end = [this](qint64 id, const QString &outcome, const QString &message) { m_told << u"%1 -> %2: %3"_s.arg(m_open.value(id), outcome, message); };
    ScheduleSeams seams;
    seams.perform = [&](const DueTask &due) {
        QElapsedTimer timer;
        timer.start();
        auto end = performTask(m_schedule, due.task, work, m_clock);
        if (due.task == ScheduledTask::Drill) {
            m_drillWallMs = timer.elapsed();
            ++m_drills;
        }
        return end;
    };
    seams.keep = [](ScheduledTask, const TaskRun &) { return Done(); };
    seams.tell = [what](const QString &line) { qInfo("%s%s", qPrintable(what), qPrintable(line)); };
    load(true);
    for (int hour = 0; hour < count; ++hour) {
        m_clock.ms += 3'600'000;
        const auto ran = runDue(m_schedule, m_runs, m_clock, seams);
        all += ran.value_or(QVector<RanTask>());
    }
    load(false);
    return all;
}

Readiness TestDrills::ready()
{
    const auto here = place();
    if (!here)
        return {};
    pg::ConnectionSpec spec;
    spec.host = m_lab->path(u"main"_s);
    spec.database = u"postgres"_s;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    const auto link = pg::Connection::open(spec, {});
    ReadinessSources sources;
    sources.server = u"the lab"_s;
    sources.place = &*here;
    sources.readStand = [this](const PhysicalPlace &of, Catalogue catalogue) { return stand(of, std::move(catalogue)); };
    sources.link = link ? link->get() : nullptr;
    sources.linkWhy = link ? QString() : link.error().text();
    sources.schedule = m_schedule;
    sources.runs = m_runs;
    const auto facts = gatherReadiness(sources, m_clock.ms);
    return facts ? readinessOf(*facts) : Readiness();
}

// PostgreSQL's own word: the latest end of a transaction in the segments up to the first hole. Nothing of ours reads it.
qint64 TestDrills::lastArchivedUs() const
{
    const QByteArray times = m_lab->shell(u"cd /lab/main/archive; first=; last=; for f in $(ls | grep -E '^[0-9A-F]{24}$' | tac); do [ -z \"$last\" ] && last=$f; "
                                          "n=$(printf '%024X' $((0x${f:16:8} + 1))); [ -z \"$first\" ] || [ \"${n:16:8}\" = \"${first:16:8}\" ] || break; first=$f; done; "
                                          "pg_waldump -p . -r Transaction \"$first\" \"$last\" 2> /dev/null | grep -oE '(COMMIT|ABORT) [0-9-]+ [0-9:.]+ UTC' | sort -k2 | tail -1"_s);
    const QList<QByteArray> words = times.split(' ');
    return words.size() < 3 ? 0 : parseMoment(QString::fromLatin1(words.at(1) + ' ' + words.at(2) + "+00")).value_or(0);
}

QSet<qint64> TestDrills::upTo(qint64 us)
{
    const std::lock_guard guard(m_mutex);
    QSet<qint64> ids;
    QByteArray query = "SELECT x FROM unnest(ARRAY[";
    for (const Row &row : std::as_const(m_written))
        query += QByteArray::number(row.xid) + ',';
    query.chop(1);
    query += "]::int8[]) AS x WHERE pg_xact_commit_timestamp(x::text::xid) <= to_timestamp(" + QByteArray::number(us / 1'000'000) + ") + interval '" + QByteArray::number(us % 1'000'000) + " microseconds'";
    QSet<quint32> xids;
    for (const QByteArray &line : m_lab->run({u"sql"_s, u"main"_s}, query + ";\n").split('\n'))
        xids.insert(line.toUInt());
    for (const Row &row : std::as_const(m_written)) {
        if (xids.contains(row.xid))
            ids.insert(row.id);
    }
    return ids;
}

static bool isGood(const QVector<RanTask> &ran, ScheduledTask task)
{
    const auto it = std::find_if(ran.crbegin(), ran.crend(), [task](const RanTask &one) { return one.due.task == task; });
    return it != ran.crend() && it->run.outcome == TaskRun::Outcome::Good;
}

void TestDrills::days()
{
    // Before anything was proven it is red, whatever else is well.
    QCOMPARE(ready().line(u"drill"_s)->light, Light::Red);
    QCOMPARE(ready().line(u"backup"_s)->light, Light::Red);

    QVector<RanTask> ran = hours(isLong() ? 24 : 13);
    QVERIFY2(isGood(ran, ScheduledTask::Full), qPrintable(m_told.join(u'\n')));
    QVERIFY2(isGood(ran, ScheduledTask::Incremental), qPrintable(m_told.join(u'\n')));
    QVERIFY2(isGood(ran, ScheduledTask::Drill), qPrintable(m_told.join(u'\n')));
    Readiness readiness;
    // What would be lost, by our scanner and by pg_waldump; how long it takes, within what this test's own clock saw.
    const auto measure = [&] {
        const qint64 before = QDateTime::currentMSecsSinceEpoch();
        readiness = ready();
        const qint64 after = QDateTime::currentMSecsSinceEpoch(), last = lastArchivedUs();
        QVERIFY(last > 0 && readiness.lastCommitUs && readiness.rpoMs);
        QCOMPARE(*readiness.lastCommitUs, last);
        if (*readiness.rpoMs != 0)
            QVERIFY2(*readiness.rpoMs >= before - last / 1000 - 1 && *readiness.rpoMs <= after - last / 1000 + 1, qPrintable(QString::number(*readiness.rpoMs)));
        else // then nobody has committed since
            QCOMPARE(m_lab->sql(u"main"_s, "SELECT (extract(epoch FROM timestamp) * 1000000)::int8 FROM pg_last_committed_xact()").toLongLong(), last);
        QVERIFY(readiness.rtoMs && *readiness.rtoMs > 0 && *readiness.rtoMs <= m_drillWallMs);
    };
    QVERIFY(archived());
    measure();
    QCOMPARE(readiness.line(u"drill"_s)->light, Light::Good);
    QCOMPARE(readiness.line(u"window"_s)->light, Light::Good);

    // The archiver is stuck: what would be lost grows with what is committed, and is told as it is.
    const QByteArray archive = QFile::encodeName(m_lab->path(u"main/archive"_s));
    QCOMPARE(::chmod(archive.constData(), 0500), 0);
    writeRound();
    measure();
    QVERIFY(*readiness.rpoMs > 0);
    QVERIFY2(readiness.line(u"rpo"_s)->words.contains(u"not in the archive"_s), qPrintable(readiness.line(u"rpo"_s)->words));
    QCOMPARE(::chmod(archive.constData(), 0700), 0);
    QVERIFY(archived());
    measure();

    failedCopies();

    // A segment vanishes: no drill is good until there is a backup behind the hole.
    const QByteArray removed = m_lab->shell(u"cd /lab/main/archive; f=$(ls | grep -E '^[0-9A-F]{24}$' | tail -3 | head -1); rm $f; echo $f"_s);
    QVERIFY2(removed.size() == 24, removed.constData());
    readiness = ready();
    QCOMPARE(readiness.line(u"window"_s)->light, Light::Red);
    QVERIFY2(readiness.line(u"window"_s)->words.contains(QString::fromLatin1(removed)), qPrintable(readiness.line(u"window"_s)->words));
    ran = hours(isLong() ? 8 : 11); // to the next drill, and not to the next full one
    if (isLong()) {
        QVERIFY2(isGood(ran, ScheduledTask::Drill), qPrintable(m_told.join(u'\n'))); // new ones lie behind it
    } else {
        QVERIFY2(!isGood(ran, ScheduledTask::Drill), qPrintable(m_told.join(u'\n')));
        readiness = ready();
        QCOMPARE(readiness.line(u"drill"_s)->light, Light::Red);
        QVERIFY2(readiness.line(u"drill"_s)->words.contains(u"failed"_s), qPrintable(readiness.line(u"drill"_s)->words));
        return;
    }

    // A byte of the full one that everything builds on: found by the day's verification, and nothing is built on it any more.
    const auto here = place();
    VERIFY_OK(here);
    const auto catalogue = here->repository->list();
    VERIFY_OK(catalogue);
    const QString bad = catalogue->lastFull(catalogue->backups.constLast().systemIdentifier)->id;
    QVERIFY(m_lab->shell(u"f=$(ls -S /lab/main/base/%1/data/base/*/* | grep -v _ | head -1); printf '\\x5a' | dd of=$f bs=1 seek=5000 conv=notrunc status=none"_s.arg(bad)).isEmpty());
    ran = hours(16); // with 16 o'clock
    QVERIFY2(!isGood(ran, ScheduledTask::Verify), qPrintable(m_told.join(u'\n')));
    QCOMPARE(ready().line(u"verified"_s)->light, Light::Red);
    ran = hours(24);
    QVERIFY2(isGood(ran, ScheduledTask::Full) && isGood(ran, ScheduledTask::Drill), qPrintable(m_told.join(u'\n')));
    QVERIFY(archived());
    measure();
    QCOMPARE(readiness.line(u"drill"_s)->light, Light::Good);
    QVERIFY2(m_drills >= 8, "three days have nine drills");
}

// Of what failed the newest copy stays, and that of nobody else goes.
void TestDrills::failedCopies()
{
    const auto here = place();
    VERIFY_OK(here);
    auto catalogue = here->repository->list();
    VERIFY_OK(catalogue);
    const auto stands = stand(*here, *catalogue);
    VERIFY_OK(stands);
    const auto docker = [](const QStringList &words) {
        tool::Command command;
        command.program = u"docker"_s;
        command.arguments = words;
        const auto said = tool::run(command);
        return said ? said->output.trimmed() : QByteArray("?");
    };
    QStringList made;
    for (const auto &[cluster, lab] : {std::pair(stands->inventory.systemIdentifier, QString()), std::pair(stands->inventory.systemIdentifier, u"kept"_s), std::pair(u"4711"_s, QString())}) {
        Rehearsal before;
        before.id = u"rehearsal-20261127T021154Z-%1"_s.arg(QRandomGenerator::system()->generate(), 8, 16, QChar(u'0'));
        before.drillOf = cluster;
        before.lab = lab;
        const auto folder = makeSocketFolder(before.id);
        VERIFY_OK(folder);
        before.socketFolder = *folder;
        QCOMPARE(docker({u"volume"_s, u"create"_s, u"--label"_s, rehearsalLabel + u'=' + before.id, before.id}), before.id.toUtf8());
        VERIFY_OK(writeRehearsal(before));
        made << before.id;
    }
    DrillOptions options;
    options.probes = {u"SELECT false"_s};
    const auto failed = runDrill(*stands, *here, options, QDateTime::currentMSecsSinceEpoch());
    VERIFY_OK(failed);
    QVERIFY(!failed->drill.good);
    QCOMPARE(failed->drill.words, u"SELECT false: not true"_s); // and nothing of checksums that are not there
    QVERIFY(!failed->stays.isEmpty());
    QStringList left;
    for (const QString &id : std::as_const(made) + QStringList{failed->stays}) {
        if (docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"name="_s + id}) == id.toUtf8())
            left << id;
        if (id != made.at(0))
            VERIFY_OK(dropRehearsal(id));
    }
    QCOMPARE(left, QStringList({made.at(1), made.at(2), failed->stays}));
}

void TestDrills::everyGoodOneRestores()
{
    const auto here = place();
    VERIFY_OK(here);
    auto catalogue = here->repository->list();
    VERIFY_OK(catalogue);
    const auto stands = stand(*here, *catalogue);
    VERIFY_OK(stands);
    int restored = 0;
    for (const BackupPoint &point : stands->points) {
        if (!point.usable || (!isLong() && restored == 1))
            continue;
        // As far as can be had from it.
        const Reach reach = reachOf(stands->inventory, point, 1);
        QVERIFY2(!reach.lastCommit.isNone(), qPrintable(point.id));
        const auto verdict = verdictOf(stands->archive, stands->inventory, stands->points, {PitrTarget::Kind::Lsn, 0, reach.lastCommit, 0, {}, true, 1}, point.id);
        VERIFY_OK(verdict);
        QVERIFY2(verdict->isGood(), qPrintable(verdict->message));
        const auto plan = planRehearsal(rehearsalChoiceOf(*stands, *here, *verdict), QDateTime::currentMSecsSinceEpoch());
        VERIFY_OK(plan);
        const auto rehearsal = rehearse(*plan);
        VERIFY_OK(rehearsal);
        QVERIFY2(rehearsal->isGood(), qPrintable(point.id));
        const auto link = pg::Connection::open(rehearsal->spec(u"postgres"_s), {});
        VERIFY_OK(link);
        const auto rows = (*link)->run({"SELECT id FROM public.ledger", {}});
        VERIFY_OK(rows);
        QSet<qint64> ids;
        for (qsizetype row = 0; row < rows->size(); ++row)
            ids.insert(*rows->integer(row, 0));
        QVERIFY(verdict->lastCommitUs);
        QCOMPARE(ids, upTo(*verdict->lastCommitUs));
        QVERIFY(!ids.isEmpty());
        VERIFY_OK(dropRehearsal(rehearsal->id));
        ++restored;
    }
    QVERIFY(restored >= (isLong() ? 4 : 1));
}

void TestDrills::productionIsUntouched()
{
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT count(*) FROM ledger"), QByteArray::number(m_written.size()));
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT timeline_id FROM pg_control_checkpoint()"), "1");
    QVERIFY(!m_lab->shell(u"ls -a /lab/main/base"_s).contains(".lease\n")); // every turn was given back
    QCOMPARE(m_open.size(), m_told.size()); // every line of the journal has its end
}

void TestDrills::cleanupTestCase()
{
    load(false);
}

QTEST_GUILESS_MAIN(TestDrills)
#include "tst_drills.moc"
