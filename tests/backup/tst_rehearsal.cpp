// SPDX-License-Identifier: GPL-3.0-or-later
// Recoveries rehearsed in containers, held against who kept what was acknowledged: after each exactly the commits up to the target are there and none
// after it, production and its archive are as they were, and of what failed or was given up nothing stays.
#include "backup/backuppoint.h"
#include "backup/moment.h"
#include "backup/physical.h"
#include "backup/recoveryfolder.h"
#include "backup/rehearsalrecord.h"
#include "backup/swapcopy.h"
#include "lab.h"
#include "pg/connection.h"

#include <QJsonDocument>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestRehearsal : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aMoment();
    void justBeforeTheMistake();
    void fromAChain();
    void damagedLinkIsRefused();
    void aFolderAlone();
    void givenUp();
    void productionIsUntouched();

private:
    struct Acknowledged {
        qint64 id = 0;
        QByteArray payload;
        quint32 xid = 0;
        qint64 commitUs = 0;
    };
    void write(int rows);
    QVector<Acknowledged> acknowledged();
    Result<Backup> take(BackupKind kind);
    Result<Rehearsal> recover(const PitrTarget &target, const QString &from = {}, const CancelToken &cancel = {});
    QMap<qint64, QByteArray> rowsOf(const Rehearsal &rehearsal);
    QMap<qint64, QByteArray> upTo(qint64 us);
    QByteArray archiveHash() const;
    // This program's own: others may rehearse beside it.
    QByteArray volumes() const { return docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"label=howdah.rehearsal.by=%1"_s.arg(::getpid())}); }
    QByteArray docker(const QStringList &arguments) const
    {
        tool::Command command;
        command.program = u"docker"_s;
        command.arguments = arguments;
        const auto said = tool::run(command);
        return said ? said->output.trimmed() : QByteArray("?");
    }

    QTemporaryDir m_home;
    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<Toolbox> m_server;
    PhysicalSource m_source;
    Backup m_full, m_incremental;
    quint32 m_mistake = 0; // the transaction that deleted everything
    QVector<Acknowledged> m_written;
    QByteArray m_before;
    QStringList m_rehearsals;
    RehearsalPlan m_plan; // of the last
    QString m_shown; // to the container, instead of the lab's own
};

// One after the other, each acknowledged before the next begins; what came back is kept here.
void TestRehearsal::write(int rows)
{
    QByteArray script;
    for (int i = 0; i < rows; ++i)
        script += "INSERT INTO ledger (payload) VALUES (md5(random()::text)) RETURNING id, payload, pg_current_xact_id()::xid;\nSELECT pg_sleep(0.01);\n";
    for (const QByteArray &line : m_lab->run({u"sql"_s, u"main"_s}, script).split('\n')) {
        const QList<QByteArray> fields = line.split('|');
        if (fields.size() == 3)
            m_written.append({fields.at(0).toLongLong(), fields.at(1), fields.at(2).toUInt(), 0});
    }
}

void TestRehearsal::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    QVERIFY(!m_lab->run({u"init"_s, u"main"_s, u"16"_s, u"track_commit_timestamp = on"_s, u"max_connections = 130"_s}).startsWith("failed"));
    QVERIFY(!m_lab->sql(u"main"_s, "CREATE TABLE ledger (id bigserial PRIMARY KEY, payload text NOT NULL)").startsWith("failed"));
    const auto engine = stack::findDocker();
    VERIFY_OK(engine);
    auto server = Toolbox::inServer(*engine, m_lab->id(), u"the lab"_s, 18);
    VERIFY_OK(server);
    m_server = *std::move(server);
    // What would keep the copy silent for ever. The running server never reads it.
    QVERIFY(!m_lab->sql(u"main"_s, "ALTER SYSTEM SET log_min_messages = 'panic'").startsWith("failed"));
    m_source.name = u"the lab"_s;
    m_source.conninfo = {{u"host"_s, u"/lab/main"_s}};
    write(20);
    const auto full = take(BackupKind::Full);
    VERIFY_OK(full);
    m_full = *full;
    write(60);
    const auto incremental = take(BackupKind::Incremental);
    VERIFY_OK(incremental);
    m_incremental = *incremental;
    write(40);
    const QByteArray mistake = m_lab->run({u"sql"_s, u"main"_s}, "WITH gone AS (DELETE FROM ledger RETURNING 1) SELECT count(*), pg_current_xact_id()::xid FROM gone;\n");
    m_mistake = mistake.split('|').value(1).toUInt();
    QVERIFY2(m_mistake > 0 && mistake.startsWith("120|"), mistake.constData());
    write(20);
    QVERIFY(!m_lab->run({u"archived"_s, u"main"_s}).startsWith("failed"));
    for (Acknowledged &one : m_written)
        one.commitUs = m_lab->sql(u"main"_s, "SELECT (extract(epoch FROM pg_xact_commit_timestamp('" + QByteArray::number(one.xid) + "')) * 1000000)::int8").toLongLong();
    QCOMPARE(m_written.size(), 140);
    QVERIFY(m_written.constLast().commitUs > m_written.constFirst().commitUs);
    m_before = archiveHash();
}

Result<Backup> TestRehearsal::take(BackupKind kind)
{
    const Repository repository(*m_server, u"/lab/main"_s, u"the lab's folder"_s);
    TakeOptions options;
    options.kind = kind;
    const auto plan = planTake(m_source, repository, options);
    return plan ? backup::take(m_source, repository, *plan) : Result<Backup>(fail(plan.error()));
}

Result<Rehearsal> TestRehearsal::recover(const PitrTarget &target, const QString &from, const CancelToken &cancel)
{
    const Repository repository(*m_server, u"/lab/main"_s, u"the lab's folder"_s);
    const auto catalogue = repository.list();
    if (!catalogue)
        return fail(catalogue.error());
    const ArchiveAccess access = folderArchive(m_lab->path(u"main/archive"_s));
    const auto inventory = takeInventory(access, 16 << 20, m_full.systemIdentifier, {});
    if (!inventory)
        return fail(inventory.error());
    const QVector<BackupPoint> points = pointsOf(*catalogue, *inventory);
    const auto verdict = verdictOf(access, *inventory, points, target, from);
    if (!verdict)
        return fail(verdict.error());
    RehearsalChoice choice;
    choice.image = u"howdah-postgres:18"_s;
    choice.places = {{m_shown.isEmpty() ? m_lab->path(u"main"_s) : m_shown, u"/lab/main"_s, true}};
    choice.root = u"/lab/main"_s;
    choice.archive = u"/lab/main/archive"_s;
    choice.repository = u"the lab's folder"_s;
    choice.segmentSize = 16 << 20;
    choice.verdict = *verdict;
    choice.floors = {100, 8, 10, 0, 64}; // nobody told it that it had more: its control file does
    choice.probes = {u"SELECT count(*) > 0 FROM public.ledger"_s};
    const auto plan = planRehearsal(choice, QDateTime::currentMSecsSinceEpoch());
    if (!plan)
        return fail(plan.error());
    m_plan = *plan;
    auto done = rehearse(*plan, {}, cancel);
    if (done)
        m_rehearsals << done->id;
    return done;
}

QMap<qint64, QByteArray> TestRehearsal::rowsOf(const Rehearsal &rehearsal)
{
    QMap<qint64, QByteArray> all;
    const auto link = pg::Connection::open(rehearsal.spec(u"postgres"_s), {});
    if (!link)
        return {{-1, link.error().text().toUtf8()}};
    const auto rows = (*link)->run({"SELECT id, payload FROM public.ledger", {}});
    for (qsizetype row = 0; rows && row < rows->size(); ++row)
        all.insert(*rows->integer(row, 0), rows->text(row, 1).toUtf8());
    return all;
}

QMap<qint64, QByteArray> TestRehearsal::upTo(qint64 us)
{
    QMap<qint64, QByteArray> all;
    for (const Acknowledged &one : std::as_const(m_written)) {
        if (one.commitUs <= us)
            all.insert(one.id, one.payload);
    }
    return all;
}

QByteArray TestRehearsal::archiveHash() const
{
    return m_lab->shell(u"cd /lab/main; find archive base -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s);
}

void TestRehearsal::aMoment()
{
    const qint64 us = m_written.at(55).commitUs + 2000;
    const auto rehearsal = recover({PitrTarget::Kind::Time, us, {}, 0, {}, true, 1});
    VERIFY_OK(rehearsal);
    for (const RehearsalCheck &check : rehearsal->checks)
        QVERIFY2(check.good == true, qPrintable(check.name + u": "_s + check.words));
    QCOMPARE(rehearsal->checks.size(), 4);
    // What the check needed is gone again.
    const auto look = pg::Connection::open(rehearsal->spec(u"postgres"_s), {});
    VERIFY_OK(look);
    QCOMPARE((*look)->run({"SELECT count(*) FROM pg_catalog.pg_extension WHERE extname = 'amcheck'", {}})->integer(0, 0).value_or(-1), 0);
    QCOMPARE(rehearsal->verdict.backup, m_full.id);
    QCOMPARE(rowsOf(*rehearsal), upTo(us));
    QCOMPARE(rowsOf(*rehearsal).size(), 56);
    QCOMPARE(rehearsal->timeline, 2U);
    QVERIFY(rehearsal->copyMs > 0 && rehearsal->replayMs > 0);
    // No network, nothing writable of production's.
    QCOMPARE(docker({u"inspect"_s, u"--format"_s, u"{{.HostConfig.NetworkMode}}"_s, rehearsal->id}), "none");
    const QByteArray mounts = docker({u"inspect"_s, u"--format"_s, u"{{range .Mounts}}{{.Destination}}={{.RW}} {{end}}"_s, rehearsal->id});
    QVERIFY2(mounts.contains("/lab/main=false"), mounts.constData());
    const auto standing = standingRehearsals();
    VERIFY_OK(standing);
    const auto it = std::find_if(standing->cbegin(), standing->cend(), [&](const Standing &one) { return one.id == rehearsal->id; });
    QVERIFY(it != standing->cend() && it->running && it->rehearsal && it->rehearsal->isGood() && it->rehearsal->stopped == rehearsal->stopped);
    QCOMPARE((*look)->run({"SHOW max_connections", {}})->text(0, 0), u"130"_s);
    QCOMPARE((*look)->run({"SHOW log_min_messages", {}})->text(0, 0), u"warning"_s);
    // Who comes with the same id gets nothing, and takes nothing away.
    QCOMPARE(makeSocketFolder(rehearsal->id).error().reason, u"id_taken"_s);
    QVERIFY(QFile::exists(rehearsal->socketFolder));
    QVERIFY(QDir(rehearsal->socketFolder + u"/.."_s).removeRecursively()); // as who cleans /tmp
    QCOMPARE(rehearse(m_plan).error().reason, u"id_taken"_s);
    QCOMPARE(docker({u"inspect"_s, u"--format"_s, u"{{.State.Running}}"_s, rehearsal->id}), "true");
    QVERIFY(std::any_of(standing->cbegin(), standing->cend(), [&](const Standing &one) { return one.id == rehearsal->id && one.rehearsal; }));
    VERIFY_OK(dropRehearsal(rehearsal->id));
    QCOMPARE(docker({u"ps"_s, u"-aqf"_s, u"name="_s + rehearsal->id}), "");
    QCOMPARE(docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"name="_s + rehearsal->id}), "");
    QVERIFY(!QFile::exists(rehearsal->socketFolder));
    QCOMPARE(dropRehearsal(rehearsal->id).error().reason, u"no_such_rehearsal"_s);
}

// From a folder as root has it, where nobody else may enter, with a file that somebody copied there.
void TestRehearsal::justBeforeTheMistake()
{
    m_shown = m_lab->path(u"of root"_s);
    const auto shell = [](const QString &script) {
        tool::Command command;
        command.program = u"sh"_s;
        command.arguments = {u"-c"_s, script};
        return bool(tool::runChecked(command));
    };
    QVERIFY(shell(u"umask 077 && mkdir '%1' && cp -a %2/base %2/archive '%1' && chown -R 0:0 '%1' && chmod -R go= '%1' && chown 4711 '%1'/base/*/data/PG_VERSION"_s.arg(m_shown, m_lab->path(u"main"_s))));
    const auto rehearsal = recover({PitrTarget::Kind::Xid, 0, {}, m_mistake, {}, false, 1});
    VERIFY_OK(rehearsal);
    QVERIFY2(rehearsal->isGood(), QJsonDocument(rehearsal->toJson()).toJson().constData());
    QVERIFY2(rehearsal->stopped.contains(u"before commit of transaction %1,"_s.arg(m_mistake)), qPrintable(rehearsal->stopped));
    QCOMPARE(rowsOf(*rehearsal).size(), 120);
    QCOMPARE(rowsOf(*rehearsal), upTo(m_written.at(119).commitUs));
    m_shown.clear();
    VERIFY_OK(dropRehearsal(rehearsal->id));
}

void TestRehearsal::fromAChain()
{
    // The last commit of all, from the incremental and its full one: the rows of after the mistake alone.
    const auto rehearsal = recover({PitrTarget::Kind::Latest, 0, {}, 0, {}, true, 1});
    VERIFY_OK(rehearsal);
    QCOMPARE(rehearsal->verdict.backup, m_incremental.id);
    QVERIFY2(rehearsal->isGood(), QJsonDocument(rehearsal->toJson()).toJson().constData());
    QMap<qint64, QByteArray> last;
    for (qsizetype i = 120; i < m_written.size(); ++i)
        last.insert(m_written.at(i).id, m_written.at(i).payload);
    QCOMPARE(rowsOf(*rehearsal), last);
    // Who lets it take production's place gets production's settings with it.
    docker({u"stop"_s, rehearsal->id});
    docker({u"rm"_s, rehearsal->id});
    VERIFY_OK(prepareCopy(rehearsal->id, u"howdah-postgres:18"_s, 18, {}, {}));
    VERIFY_OK(prepareCopy(rehearsal->id, u"howdah-postgres:18"_s, 18, {}, {})); // cut short behind it, too
    const QByteArray conf = docker({u"run"_s, u"--rm"_s, u"--volume"_s, rehearsal->id + u":/v"_s, u"--entrypoint"_s, u"sh"_s, u"howdah-postgres:18"_s, u"-c"_s, u"ls /v; cat /v/18/docker/postgresql.auto.conf"_s});
    QVERIFY2(conf.contains("log_min_messages = 'panic'") && conf.startsWith("18\n#"), conf.constData());
    QCOMPARE(dropRehearsal(rehearsal->id).error().reason, u"in_use"_s);
    QCOMPARE(docker({u"volume"_s, u"rm"_s, rehearsal->id}), rehearsal->id.toUtf8());
}

void TestRehearsal::damagedLinkIsRefused()
{
    // One byte of the full one: the incremental, which stands on it, is refused before a server is started.
    const QByteArray file = m_lab->shell(u"ls -S /lab/main/base/%1/data/base/*/* | grep -v _ | head -1"_s.arg(m_full.id));
    QVERIFY(m_lab->shell(u"f=%1; cp -p $f /tmp/kept; printf '\\x5a' | dd of=$f bs=1 seek=5000 conv=notrunc status=none"_s.arg(QString::fromUtf8(file))).isEmpty());
    const auto rehearsal = recover({PitrTarget::Kind::Latest, 0, {}, 0, {}, true, 1}, m_incremental.id);
    QVERIFY(m_lab->shell(u"cp -p /tmp/kept %1"_s.arg(QString::fromUtf8(file))).isEmpty());
    QVERIFY(!rehearsal);
    QCOMPARE(rehearsal.error().reason, u"not_sound"_s);
    QVERIFY2(rehearsal.error().message.contains(m_full.id), qPrintable(rehearsal.error().text()));
    QCOMPARE(volumes(), QByteArray());
}

// A server that is lost: from the folder alone, carried elsewhere, by the line of its README, PostgreSQL's own programs get there.
void TestRehearsal::aFolderAlone()
{
    PhysicalPlace place;
    place.repository = std::make_unique<Repository>(*m_server, u"/lab/main"_s, u"the lab's folder"_s);
    Stand stand;
    const auto catalogue = place.repository->list();
    VERIFY_OK(catalogue);
    stand.catalogue = *catalogue;
    // Some of it packed, as archivers and people do it: the folder has it as a server asks for it.
    QCOMPARE(m_lab->shell(u"cp -a /lab/main/archive /lab/main/packed; cd /lab/main/packed; gzip -1 $(ls | grep -E '^[0-9A-F]{24}$')"_s), "");
    stand.archive = folderArchive(m_lab->path(u"main/packed"_s));
    auto inventory = takeInventory(stand.archive, 16 << 20, m_full.systemIdentifier, {});
    VERIFY_OK(inventory);
    stand.inventory = *std::move(inventory);
    stand.points = pointsOf(stand.catalogue, stand.inventory);
    stand.image = u"howdah-postgres:18"_s;
    stand.places = {{m_lab->path(u"main"_s), u"/lab/main"_s, false}};
    stand.archivePath = u"/lab/main/packed"_s;
    const PitrTarget target{PitrTarget::Kind::Xid, 0, {}, m_mistake, {}, false, 1};
    const auto verdict = verdictOf(stand.archive, stand.inventory, stand.points, target, m_incremental.id);
    VERIFY_OK(verdict);
    QVERIFY2(verdict->isGood(), qPrintable(verdict->message));
    const QString folder = m_home.filePath(u"lost 'server"_s), moved = m_home.filePath(u"elsewhere"_s);
    const auto plan = planRecoveryFolder(stand, place, *verdict, target, folder);
    VERIFY_OK(plan);
    QCOMPARE(planRecoveryFolder(stand, place, *verdict, target, m_home.path()).error().reason, u"folder_there"_s);
    // What lies behind the target is not replayed.
    const auto point = std::find_if(stand.points.cbegin(), stand.points.cend(), [&](const BackupPoint &one) { return one.id == m_incremental.id; });
    const QVector<Segment> reach = reachOf(stand.inventory, *point, 1).segments;
    QCOMPARE(plan->choice.segments, qint64(verdict->stopsIn(16 << 20) - reach.constFirst().number + 1));
    Verdict early = *verdict;
    early.stopsBefore = {};
    early.stopsAfter = reach.constFirst().begin(16 << 20);
    QVERIFY(reach.size() > 1);
    QCOMPARE(rehearsalChoiceOf(stand, place, early).segments, 1);
    // What fits nowhere is refused before anything is copied.
    RecoveryFolderPlan large = *plan;
    large.bytes = Q_INT64_C(1) << 60;
    QStringList steps;
    const auto full = makeRecoveryFolder(large, target, [&](const ProgressStep &step) { steps << step.step; });
    QVERIFY(!full && full.error().reason == "disk_full"_L1);
    QVERIFY2(steps.filter(u"Copy"_s).isEmpty() && !QFileInfo::exists(folder + u".part"_s), qPrintable(steps.join(u'\n')));
    const auto made = makeRecoveryFolder(*plan, target);
    VERIFY_OK(made);
    QCOMPARE(made->links, QStringList({m_full.id, m_incremental.id}));
    QCOMPARE(QFileInfo(folder).permissions() & 0x777, QFile::Permissions(0x700));
    QVERIFY(!QFileInfo::exists(folder + u".part"_s));
    QCOMPARE(planRecoveryFolder(stand, place, *verdict, target, folder).error().reason, u"folder_there"_s);
    QVERIFY(QFile::rename(folder, moved));
    QFile readme(moved + u"/README.md"_s);
    QVERIFY(readme.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = readme.readAll().split('\n');
    const auto start = std::find_if(lines.cbegin(), lines.cend(), [](const QByteArray &line) { return line.startsWith("       postgres -D data"); });
    QVERIFY(start != lines.cend());
    docker({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--volume"_s, moved + u":/elsewhere"_s, u"--entrypoint"_s, u"chown"_s, u"howdah-postgres:18"_s, u"-R"_s, u"postgres:"_s, u"/elsewhere"_s});
    const QString script = u"cd /elsewhere; PATH=/usr/lib/postgresql/18/bin:$PATH; "_s + QString::fromUtf8(start->trimmed()) + u" > log 2>&1 & "
        "for i in $(seq 300); do [ \"$(psql -XAtq -h /elsewhere -U postgres -d postgres -c 'SELECT pg_is_in_recovery()' 2> /dev/null)\" = f ] && break; sleep 0.1; done; "
        "psql -XAtq -h /elsewhere -U postgres -d postgres -c 'SELECT id, payload FROM public.ledger' || cat /elsewhere/log; pg_ctl -D /elsewhere/data -s stop"_s;
    QMap<qint64, QByteArray> rows;
    const QByteArray said = docker({u"run"_s, u"--rm"_s, u"--init"_s, u"--network"_s, u"none"_s, u"--user"_s, u"999:999"_s, u"--volume"_s, moved + u":/elsewhere"_s, u"--entrypoint"_s, u"bash"_s, u"howdah-postgres:18"_s, u"-c"_s, script});
    for (const QByteArray &line : said.split('\n'))
        rows.insert(line.split('|').value(0).toLongLong(), line.split('|').value(1));
    QVERIFY2(rows.size() == 120, said.left(4000).constData());
    QCOMPARE(rows, upTo(m_written.at(119).commitUs));
}

void TestRehearsal::givenUp()
{
    CancelToken cancel;
    std::thread canceller([&] {
        for (int i = 0; i < 600 && volumes().isEmpty(); ++i)
            ::usleep(50'000);
        cancel.cancel();
    });
    const auto rehearsal = recover({PitrTarget::Kind::Latest, 0, {}, 0, {}, true, 1}, {}, cancel);
    canceller.join();
    QVERIFY(!rehearsal);
    QCOMPARE(rehearsal.error().kind, ErrorKind::Cancelled);
    QCOMPARE(volumes(), QByteArray());
}

void TestRehearsal::productionIsUntouched()
{
    QCOMPARE(archiveHash(), m_before);
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT count(*) FROM ledger"), "20");
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT timeline_id FROM pg_control_checkpoint()"), "1");
    QVERIFY(!m_lab->shell(u"ls /lab/main/archive"_s).contains("\n00000002")); // no other timeline
}

QTEST_GUILESS_MAIN(TestRehearsal)
#include "tst_rehearsal.moc"
