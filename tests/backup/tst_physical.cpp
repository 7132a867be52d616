// SPDX-License-Identifier: GPL-3.0-or-later
// Physical backups of a real server, by the real pg_basebackup: whole or not at all, and every fault is seen before anything is built on it.
#include "backup/nativeengine.h"
#include "backup/physicalverify.h"
#include "runbook.h"
#include "stack/dockerengine.h"

#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestPhysical : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void full();
    void incremental();
    void materialised();
    void walIsFetched();
    void flippedByteInTheFull();
    void manifests_data();
    void manifests();
    void whatVerifybackupPassesOver();
    void parentIsGone();
    void summariesAreMissing();
    void tarFiles();
    void zstdWithoutThreads();
    void walOfTarFiles();
    void cancelledLeavesNothing();
    void killedConsole();
    void serverCrashes();
    void diskIsFull();
    void damagedPages();

private:
    QByteArray docker(const QStringList &arguments)
    {
        tool::Command command;
        command.program = u"docker"_s;
        command.arguments = arguments;
        command.timeoutMs = 60'000;
        const auto outcome = tool::runChecked(command);
        if (!outcome)
            qWarning("%s", qPrintable(outcome.error().text()));
        return outcome ? outcome->output.trimmed() : QByteArray("failed");
    }
    QByteArray inside(const QString &script) { return docker({u"exec"_s, u"-u"_s, u"postgres"_s, m_container, u"sh"_s, u"-c"_s, script}); }
    QByteArray sql(const QString &text) { return docker({u"exec"_s, u"-u"_s, u"postgres"_s, m_container, u"psql"_s, u"-XqAt"_s, u"-c"_s, text}); }
    Result<Backup> takeOne(const TakeOptions &options, const CancelToken &cancel = {}, const Progress &progress = {})
    {
        auto plan = planTake(m_source, *m_repository, options, cancel);
        if (!plan)
            return fail(std::move(plan.error()));
        return take(m_source, *m_repository, *plan, progress, cancel);
    }
    TakeOptions quick(BackupKind kind = BackupKind::Full) const
    {
        TakeOptions options;
        options.kind = kind;
        options.verify = false;
        return options;
    }
    NativeEngine engine() { return NativeEngine(*m_repository, u"/archive"_s, m_source); }
    // Starts a server on it, archiving off, and asks; what it said.
    QByteArray rowsIn(const QString &folder)
    {
        const QByteArray said = inside(u"pg_ctl -s -w -D %1 -l /tmp/log -o \"-c listen_addresses='' -c unix_socket_directories=/tmp -c archive_mode=off\" start && psql -XqAth /tmp -c \"select count(*) || ' ' || md5(string_agg(hash, '' order by i)) from kept\"; "
                                       "pg_ctl -s -w -m fast -D %1 stop; pg_checksums --check -D %1 >/dev/null && echo sound; rm -rf %1"_s.arg(folder));
        return said;
    }
    // A data folder by the page that lies beside it, its lines as they stand there, and stock tools.
    void byThePage(const Backup &backup)
    {
        QString lines = test::Runbook(inside(u"cat %1/RUNBOOK.md"_s.arg(backup.folder))).shell({u"## 1"_s, u"## 2"_s});
        lines = test::Runbook::filled(test::Runbook::filled(lines, u"cd "_s, backup.folder), u"NEW="_s, u"/archive/by-hand"_s);
        inside(u"bash -c '%1'"_s.arg(lines.replace(u"'"_s, u"'\\''"_s)));
    }
    QByteArray rowsNow() { return sql(u"select count(*) || ' ' || md5(string_agg(hash, '' order by i)) from kept"_s); }
    Result<Verification> look(const Backup &backup) { return verifyOne(*m_repository, backup, nullptr); }
    // With the checkpointer stopped a backup waits at its begin, for as long as it is wanted.
    void stopCheckpointer() { m_checkpointer = inside(u"pkill -STOP -f '^postgres: checkpointer'"_s); }
    void letCheckpointerGo() { inside(u"pkill -CONT -f '^postgres: checkpointer'"_s); }
    bool awaitBasebackup()
    {
        return QTest::qWaitFor([this] { return inside(u"pgrep -cf '[p]g_basebackup.*howdah-backup' || true"_s).toInt() > 0; }, 20'000);
    }
    bool nothingIsLeft()
    {
        return QTest::qWaitFor([this] { return sql(u"select count(*) from pg_replication_slots"_s) == "0" && sql(u"select count(*) from pg_stat_replication"_s) == "0"; }, 20'000);
    }

    QString m_container;
    QByteArray m_checkpointer;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<Repository> m_repository;
    PhysicalSource m_source;
    Backup m_full, m_incremental;
};

void TestPhysical::initTestCase()
{
    m_container = u"howdahtest-physical-%1"_s.arg(::getpid());
    // A toolbox's label: where this test is killed, the next toolbox removes it.
    docker({u"run"_s, u"-d"_s, u"--rm"_s, u"--name"_s, m_container, u"--label"_s, u"howdah.toolbox=%1"_s.arg(::getpid()), u"-e"_s, u"POSTGRES_PASSWORD=x"_s, u"--tmpfs"_s,
            u"/docker-entrypoint-initdb.d"_s, u"--tmpfs"_s, u"/archive:uid=999,gid=999,mode=0700,size=2g"_s, u"--tmpfs"_s, u"/var/lib/postgresql:uid=999,gid=999,mode=0700,size=2g"_s, u"--entrypoint"_s, u"docker-entrypoint.sh"_s, u"howdah-postgres:18"_s, u"postgres"_s, u"-c"_s, u"fsync=off"_s, u"-c"_s,
            u"archive_mode=on"_s, u"-c"_s, u"archive_command=/usr/local/bin/howdah-archive \"%p\" \"%f\""_s, u"-c"_s, u"checkpoint_timeout=1h"_s});
    QVERIFY(QTest::qWaitFor([this] { return docker({u"exec"_s, m_container, u"sh"_s, u"-c"_s, u"pg_isready -qh 127.0.0.1; echo $?"_s}) == "0"; }, 60'000));
    sql(u"alter system set summarize_wal = on"_s);
    sql(u"select pg_reload_conf()"_s);
    sql(u"create table kept as select i, md5(i::text) as hash from generate_series(1, 20000) i"_s);
    const auto engine = stack::findDocker();
    VERIFY_OK(engine);
    auto box = Toolbox::inServer(*engine, m_container, u"the test's server"_s, 18);
    VERIFY_OK(box);
    m_toolbox = std::move(*box);
    m_repository = std::make_unique<Repository>(*m_toolbox, u"/archive"_s, u"the archive"_s);
    m_source.name = u"the test's server"_s;
    m_source.imageId = m_toolbox->imageId();
}

void TestPhysical::cleanupTestCase()
{
    m_toolbox.reset();
    if (!m_container.isEmpty())
        docker({u"rm"_s, u"-f"_s, u"-v"_s, m_container});
}

void TestPhysical::full()
{
    QStringList steps;
    qint64 most = 0;
    const auto backup = takeOne({}, {}, [&](const ProgressStep &step) {
        steps << step.step;
        most = qMax(most, step.total);
    });
    VERIFY_OK(backup);
    QVERIFY(most > 10'000'000);
    QVERIFY(steps.contains(u"Verify "_s + backup->id));
    QCOMPARE(backup->verified.good, true);
    QCOMPARE(backup->kind, BackupKind::Full);
    QCOMPARE(backup->checksumAlgorithm, u"SHA256"_s);
    QCOMPARE(backup->timeline, Timeline(1));
    QCOMPARE(backup->segmentSize, 16777216u);
    QCOMPARE(backup->systemIdentifier.toLatin1(), sql(u"select system_identifier from pg_control_system()"_s));
    QVERIFY(backup->startLsn < backup->stopLsn && backup->startMs > 0 && backup->startMs <= backup->stopMs);
    QVERIFY(backup->dataChecksums && backup->errors.isEmpty() && backup->notes.isEmpty());
    QVERIFY(backup->imageId.startsWith("sha256:"_L1));

    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->backups.size(), 1);
    const Backup &found = listed->backups.constFirst();
    QCOMPARE(found.toJson(), backup->toJson());
    QCOMPARE(found.state, BackupState::Complete);
    QCOMPARE(found.data, backup->data);
    QCOMPARE(inside(u"ls -A /archive/base"_s), backup->id.toLatin1());
    QCOMPARE(inside(u"find /archive/base -type f -perm /077; find /archive/base -type d -perm /077"_s), QByteArray());
    QVERIFY(inside(u"cat %1/config/postgresql.conf"_s.arg(backup->folder)).contains("max_connections"));
    QVERIFY(inside(u"cat %1/config/PLACES"_s.arg(backup->folder)).contains("pg_hba.conf\t/var/lib/postgresql/18/docker/pg_hba.conf"));
    const QByteArray runbook = inside(u"cat %1/RUNBOOK.md"_s.arg(backup->folder));
    QVERIFY(runbook.contains("pg_verifybackup data") && runbook.contains(backup->stopLsn.text().toLatin1()));
    // Stock tools take the folder as it is.
    QVERIFY(inside(u"pg_verifybackup %1 2>&1"_s.arg(backup->data)).contains("backup successfully verified"));
    m_full = *backup;
}

void TestPhysical::incremental()
{
    sql(u"update kept set hash = md5(hash) where i % 7 = 0"_s);
    const auto backup = takeOne(TakeOptions{BackupKind::Incremental, false, true, false, u"it's a label"_s});
    VERIFY_OK(backup);
    QCOMPARE(backup->parent, m_full.id);
    QCOMPARE(backup->parentSha256, m_full.manifestSha256);
    QCOMPARE(backup->label, u"it's a label"_s);
    QVERIFY2(backup->bytes < m_full.bytes, qPrintable(QString::number(backup->bytes)));
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    const auto verdicts = verifyChain(*m_repository, *listed, backup->id);
    VERIFY_OK(verdicts);
    QCOMPARE(verdicts->size(), 2);
    for (const LinkVerdict &link : *verdicts)
        QVERIFY2(link.verdict.good && link.kept, qPrintable(link.id + link.verdict.words));
    QCOMPARE(verdicts->at(0).id, m_full.id);
    // The next one's parent is the full one again: a chain is of two.
    const auto next = takeOne(quick(BackupKind::Incremental));
    VERIFY_OK(next);
    QCOMPARE(next->parent, m_full.id);
    m_incremental = *backup;
    QVERIFY(inside(u"ls -A /archive/base"_s).split('\n').size() == 3);
}

void TestPhysical::materialised()
{
    NativeEngine native = engine();
    QVERIFY(native.name().contains(m_toolbox->where()));
    const QByteArray then = rowsNow(); // nothing was written since the incremental one
    const auto chain = native.materialise(m_incremental.id, u"/archive/restored"_s);
    VERIFY_OK(chain);
    QCOMPARE(chain->links, (QStringList{m_full.id, m_incremental.id}));
    QVERIFY(inside(u"pg_verifybackup %1 2>&1"_s.arg(chain->folder)).contains("successfully"));
    const auto again = native.materialise(m_incremental.id, u"/archive/restored"_s);
    QVERIFY(!again);
    QCOMPARE(again.error().reason, u"folder_there"_s);
    QCOMPARE(rowsIn(chain->folder), then + "\nsound");
    // By the page that lies beside it, its commands as they stand there, and stock tools.
    byThePage(m_incremental);
    QCOMPARE(rowsIn(u"/archive/by-hand/data"_s), then + "\nsound");
    inside(u"rm -r /archive/by-hand"_s);
    const auto full = native.materialise(m_full.id, u"/archive/restored"_s);
    VERIFY_OK(full);
    const QByteArray rows = rowsIn(full->folder);
    QVERIFY2(rows.startsWith("20000 ") && rows.endsWith("\nsound") && rows != then + "\nsound", rows.constData());
    QCOMPARE(inside(u"ls -A /archive | grep restored || true"_s), QByteArray());
}

void TestPhysical::walIsFetched()
{
    NativeEngine native = engine();
    sql(u"select pg_switch_wal()"_s);
    const QString segment = Segment::holding(m_full.timeline, m_full.startLsn, m_full.segmentSize).name(m_full.segmentSize);
    QVERIFY(QTest::qWaitFor([&] { return native.listWal().value_or(QStringList()).contains(segment); }, 20'000));
    VERIFY_OK(native.fetchWal(segment, u"/tmp/segment"_s));
    QCOMPARE(inside(u"cmp /archive/%1 /tmp/segment && stat -c %s /tmp/segment"_s.arg(segment)), QByteArray("16777216"));
    // What somebody packed comes as it was, and what can't be unpacked not at all.
    QCOMPARE(inside(u"mkdir /tmp/packed && cd /tmp/packed && gzip -1 < ../segment > %1.gz && zstd -q < ../segment > %1.zst && head -c 9000 %1.gz > 000000010000000000000099.gz && touch %1.lz4"_s.arg(segment)), QByteArray());
    NativeEngine packed(*m_repository, u"/tmp/packed"_s, m_source);
    for (const QString &by : {u".gz"_s, u".zst"_s}) {
        VERIFY_OK(packed.fetchWal(segment + by, u"/tmp/unpacked"_s + by));
        QCOMPARE(inside(u"cmp /tmp/segment /tmp/unpacked%1 && rm /tmp/unpacked%1"_s.arg(by)), QByteArray());
    }
    QVERIFY(!packed.fetchWal(u"000000010000000000000099.gz"_s, u"/tmp/unpacked"_s) && !packed.fetchWal(segment + u".lz4"_s, u"/tmp/unpacked"_s));
    QCOMPARE(inside(u"ls /tmp/unpacked; rm -r /tmp/packed"_s), QByteArray());
    const auto reasonOf = [](const Done &done) { return done ? u"fetched"_s : done.error().reason; };
    QCOMPARE(reasonOf(native.fetchWal(u"00000001000000FF000000FF"_s, u"/tmp/none"_s)), u"not_in_archive"_s);
    QCOMPARE(reasonOf(native.fetchWal(u"00000002.history"_s, u"/tmp/none"_s)), u"not_in_archive"_s);
    QCOMPARE(reasonOf(native.fetchWal(u"../etc/passwd"_s, u"/tmp/none"_s)), u"bad_name"_s);
    // An archive that is not there has not ended.
    NativeEngine other(*m_repository, u"/nowhere"_s, m_source);
    QCOMPARE(reasonOf(other.fetchWal(segment, u"/tmp/none"_s)), u"not_read"_s);
    QVERIFY(!other.listWal());
}

// What pg_combinebackup would make look sound.
void TestPhysical::flippedByteInTheFull()
{
    const QString file = QString::fromLatin1(inside(u"cd %1 && ls -S base/*/* | head -1"_s.arg(m_full.data)));
    inside(u"cd %1 && cp -a %2 /tmp/good && printf '\\377\\376\\375' | dd of=%2 bs=1 seek=4711 conv=notrunc status=none"_s.arg(m_full.data, file));
    QVERIFY(inside(u"pg_combinebackup %1 %2 -o /archive/combined && pg_verifybackup /archive/combined; rm -rf /archive/combined"_s.arg(m_full.data, m_incremental.data)).contains("successfully"));
    auto listed = m_repository->list();
    VERIFY_OK(listed);
    const auto verdicts = verifyChain(*m_repository, *listed, m_incremental.id);
    VERIFY_OK(verdicts);
    QCOMPARE(verdicts->at(0).verdict.good, false);
    QVERIFY2(verdicts->at(0).verdict.words.contains(file), qPrintable(verdicts->at(0).verdict.words));
    QCOMPARE(verdicts->at(1).verdict.good, true);
    listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->find(m_full.id)->isUsable(), false);
    // Nothing is built on it any more.
    const auto refused = takeOne(quick(BackupKind::Incremental));
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"full_needed"_s);
    NativeEngine native = engine();
    const auto unsound = native.materialise(m_incremental.id, u"/archive/restored"_s);
    QVERIFY(!unsound);
    QCOMPARE(unsound.error().reason, u"not_sound"_s);
    QVERIFY(unsound.error().message.contains(m_full.id));
    QCOMPARE(inside(u"ls -A /archive | grep restored || true"_s), QByteArray());
    inside(u"cp -a /tmp/good %1/%2"_s.arg(m_full.data, file));
    const auto again = verifyChain(*m_repository, *listed, m_full.id);
    VERIFY_OK(again);
    QVERIFY2(again->at(0).verdict.good, qPrintable(again->at(0).verdict.words));
}

void TestPhysical::manifests_data()
{
    QTest::addColumn<QString>("damage");
    QTest::newRow("cut off") << u"truncate -s -100 backup_manifest"_s;
    QTest::newRow("empty") << u": > backup_manifest"_s;
    QTest::newRow("edited") << u"sed -i 's/\"Size\": 3,/\"Size\": 4,/' backup_manifest"_s;
    QTest::newRow("another backup's") << u"cp %1/backup_manifest ."_s;
    QTest::newRow("gone") << u"rm backup_manifest"_s;
}

void TestPhysical::manifests()
{
    QFETCH(QString, damage);
    inside(u"cp %1/backup_manifest /tmp/manifest && cd %1 && %2"_s.arg(m_full.data, damage.contains(u'%') ? damage.arg(m_incremental.data) : damage));
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    const Backup *changed = listed->find(m_full.id);
    QVERIFY(changed);
    QCOMPARE(changed->state, BackupState::Changed);
    QVERIFY(!changed->isUsable());
    const auto chain = listed->chain(m_incremental.id);
    QVERIFY(!chain);
    QCOMPARE(chain.error().reason, u"not_usable"_s);
    QVERIFY(!verifyChain(*m_repository, *listed, m_incremental.id));
    const auto verdict = look(*changed);
    VERIFY_OK(verdict);
    QCOMPARE(verdict->good, false);
    const auto refused = takeOne(quick(BackupKind::Incremental));
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"full_needed"_s);
    inside(u"cp /tmp/manifest %1/backup_manifest"_s.arg(m_full.data));
}

void TestPhysical::whatVerifybackupPassesOver()
{
    const auto damaged = [&](const QString &damage, const QString &repair) {
        inside(u"cd %1 && %2"_s.arg(m_full.data, damage));
        const bool passes = inside(u"pg_verifybackup %1 2>&1"_s.arg(m_full.data)).contains("successfully");
        const auto verdict = look(m_full);
        inside(u"cd %1 && %2"_s.arg(m_full.data, repair));
        return passes && verdict && !verdict->good ? verdict->words : u"nothing was found"_s;
    };
    QCOMPARE(damaged(u"rmdir pg_notify"_s, u"mkdir -m 700 pg_notify"_s), u"the folder pg_notify is missing: a server would not start on it"_s);
    QCOMPARE(damaged(u"cp postgresql.auto.conf /tmp/auto && echo 'fsync = off' >> postgresql.auto.conf"_s, u"cp /tmp/auto postgresql.auto.conf"_s), u"postgresql.auto.conf was changed since it was taken"_s);
    QCOMPARE(damaged(u"touch standby.signal"_s, u"rm standby.signal"_s), u"standby.signal was put into it: a server would start otherwise than from a backup"_s);
    const auto whole = look(m_full);
    VERIFY_OK(whole);
    QVERIFY2(whole->good, qPrintable(whole->words));
}

void TestPhysical::parentIsGone()
{
    inside(u"mv %1 /archive/away"_s.arg(m_full.folder));
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QVERIFY(listed->orphans().contains(m_incremental.id));
    const auto chain = listed->chain(m_incremental.id);
    QVERIFY(!chain);
    QCOMPARE(chain.error().reason, u"parent_missing"_s);
    QVERIFY(chain.error().message.contains(m_full.id));
    const auto refused = takeOne(quick(BackupKind::Incremental));
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"full_needed"_s);
    inside(u"mv /archive/away %1"_s.arg(m_full.folder));
}

void TestPhysical::summariesAreMissing()
{
    sql(u"alter system set summarize_wal = off"_s);
    sql(u"select pg_reload_conf()"_s);
    QVERIFY(QTest::qWaitFor([this] { return sql(u"show summarize_wal"_s) == "off"; }, 10'000));
    const auto off = takeOne(quick(BackupKind::Incremental));
    QVERIFY(!off);
    QCOMPARE(off.error().reason, u"full_needed"_s);
    QVERIFY(off.error().message.contains(u"summarize_wal"_s));
    // On again, but what would have been summarised is gone: its WAL and its summaries.
    inside(u"rm -f \"$PGDATA\"/pg_wal/summaries/*"_s);
    sql(u"select pg_switch_wal()"_s);
    sql(u"checkpoint"_s);
    sql(u"select pg_switch_wal()"_s);
    sql(u"checkpoint"_s);
    sql(u"alter system set summarize_wal = on"_s);
    sql(u"select pg_reload_conf()"_s);
    QVERIFY(QTest::qWaitFor([this] { return sql(u"show summarize_wal"_s) == "on"; }, 10'000));
    const auto missing = takeOne(quick(BackupKind::Incremental));
    QVERIFY(!missing);
    QCOMPARE(missing.error().reason, u"failed"_s);
    QVERIFY2(missing.error().hint.contains(u"only a full backup helps"_s), qPrintable(missing.error().text()));
    QVERIFY(!inside(u"ls -A /archive/base"_s).contains(".part"));
}

void TestPhysical::tarFiles()
{
    inside(u"mkdir -p /tmp/space"_s);
    sql(u"create tablespace elsewhere location '/tmp/space'"_s);
    sql(u"create table far tablespace elsewhere as select generate_series(1, 1000) i"_s);
    const auto plan = planTake(m_source, *m_repository, {});
    VERIFY_OK(plan);
    QVERIFY(plan->tar && plan->notes.size() == 1); // not asked for, and said
    TakeOptions options;
    options.compress = true;
    const auto backup = takeOne(options);
    VERIFY_OK(backup);
    QVERIFY(backup->tar && backup->verified.good);
    QCOMPARE(backup->compression, u"zstd"_s);
    NativeEngine native = engine();
    const auto unpacked = native.materialise(backup->id, u"/archive/restored"_s);
    VERIFY_OK(unpacked);
    // Beside it, where its links and its map lead: into the live one's folder nothing is written.
    QCOMPARE(unpacked->tablespaces.size(), 1);
    const QString placed = u"/archive/restored.tablespaces/"_s + unpacked->tablespaces.constFirst();
    QCOMPARE(inside(u"readlink /archive/restored/pg_tblspc/*; cat /archive/restored/tablespace_map; ls %1; ls /archive/restored/pg_wal | grep -c ^0"_s.arg(placed)),
             QString(placed + u'\n' + unpacked->tablespaces.constFirst() + u' ' + placed + u'\n' + QString::fromLatin1(inside(u"ls /tmp/space"_s)) + "\n1"_L1).toLatin1());
    inside(u"rm -r /archive/restored /archive/restored.tablespaces"_s);
    const QByteArray files = inside(u"ls "_s + backup->data);
    QVERIFY2(QRegularExpression(u"^\\d+\\.tar\\.zst\\nbackup_manifest\\nbase\\.tar\\.zst\\npg_wal\\.tar$"_s).match(QString::fromLatin1(files)).hasMatch(), files.constData());
    QVERIFY(backup->bytes < m_full.bytes / 2);
    QCOMPARE(inside(u"find %1 -type f -perm /077"_s.arg(backup->folder)), QByteArray());
    // A chain of them by hand: the copy's tablespace lies beside it, and the live one's folder is not touched.
    const auto onIt = takeOne(quick(BackupKind::Incremental));
    VERIFY_OK(onIt);
    QVERIFY(onIt->tar && onIt->parent == backup->id);
    const QByteArray before = inside(u"find /tmp/space -printf '%p %s %T@\\n' | sort"_s);
    byThePage(*onIt);
    QCOMPARE(inside(u"pg_ctl -s -w -D /archive/by-hand/data -l /tmp/log -o \"-c listen_addresses='' -c unix_socket_directories=/tmp -c archive_mode=off\" start && psql -XqAth /tmp -c 'select count(*) from far'; "
                    "readlink /archive/by-hand/data/pg_tblspc/* | sed 's/[0-9]*$//'; pg_ctl -s -w -m fast -D /archive/by-hand/data stop; rm -r /archive/by-hand"_s), QByteArray("1000\n/archive/by-hand/data."));
    QCOMPARE(inside(u"find /tmp/space -printf '%p %s %T@\\n' | sort"_s), before);
    sql(u"drop table far"_s);
    sql(u"drop tablespace elsewhere"_s);
    m_full = *backup; // of which the next test is
}

// As one says it that was built so: it is compressed all the same, and told.
void TestPhysical::zstdWithoutThreads()
{
    const QString real = u"/usr/lib/postgresql/18/bin/pg_basebackup"_s;
    const auto asRoot = [this](const QString &script) { return docker({u"exec"_s, u"-u"_s, u"0"_s, m_container, u"sh"_s, u"-ec"_s, script}); };
    QCOMPARE(asRoot(u"mv %1 %1.real; printf '#!/bin/sh\ncase \"$*\" in *workers*) echo \"pg_basebackup: error: could not set compression worker count to 1: Unsupported parameter\" >&2; exit 1;; esac\nexec %1.real \"$@\"\n' >%1; chmod 755 %1"_s.arg(real)), QByteArray());
    TakeOptions options;
    options.compress = true;
    const auto backup = takeOne(options);
    asRoot(u"mv -f %1.real %1"_s.arg(real));
    VERIFY_OK(backup);
    QVERIFY(backup->verified.good && backup->compression == "zstd"_L1);
    QVERIFY2(backup->notes.join(u' ').contains(u"without a thread of its own"_s), qPrintable(backup->notes.join(u'\n')));
    const Done removed = m_repository->remove(*backup, {});
    VERIFY_OK(removed);
}

// pg_verifybackup -n says of each of these that all is well.
void TestPhysical::walOfTarFiles()
{
    inside(u"cp -a %1/pg_wal.tar /tmp/wal.tar"_s.arg(m_full.data));
    for (const QString &damage : {u"rm pg_wal.tar"_s, u"truncate -s 100 pg_wal.tar"_s, u": > pg_wal.tar"_s, u"printf '\\377\\377\\377\\377' | dd of=pg_wal.tar bs=1 seek=700 conv=notrunc status=none"_s}) {
        inside(u"cd %1 && %2"_s.arg(m_full.data, damage));
        QVERIFY2(inside(u"pg_verifybackup -n %1 2>&1"_s.arg(m_full.data)).contains("successfully"), qPrintable(damage));
        const auto verdict = look(m_full);
        VERIFY_OK(verdict);
        QVERIFY2(!verdict->good, qPrintable(damage));
        inside(u"cp -a /tmp/wal.tar %1/pg_wal.tar"_s.arg(m_full.data));
    }
    inside(u"cd %1 && printf '\\377' | dd of=base.tar.zst bs=1 seek=100000 conv=notrunc status=none"_s.arg(m_full.data));
    const auto verdict = look(m_full);
    VERIFY_OK(verdict);
    QVERIFY(!verdict->good);
    QVERIFY(!inside(u"ls -A /archive/base"_s).contains(".verify"));
}

void TestPhysical::cancelledLeavesNothing()
{
    stopCheckpointer();
    CancelToken cancel;
    const QByteArray before = inside(u"ls -A /archive/base"_s);
    std::thread canceller([&] {
        awaitBasebackup();
        cancel.cancel();
    });
    const auto backup = takeOne(quick(), cancel);
    canceller.join();
    letCheckpointerGo();
    QVERIFY(!backup);
    QCOMPARE(backup.error().kind, ErrorKind::Cancelled);
    QCOMPARE(inside(u"ls -A /archive/base"_s), before);
    QCOMPARE(inside(u"pgrep -cf '[p]g_basebackup' || true"_s), QByteArray("0"));
    QVERIFY(nothingIsLeft());
}

void TestPhysical::killedConsole()
{
    const auto plan = planTake(m_source, *m_repository, quick());
    VERIFY_OK(plan);
    stopCheckpointer();
    const pid_t console = ::fork();
    if (console == 0) {
        // With tools of its own, as another program has them.
        if (const auto box = Toolbox::inServer(*stack::findDocker(), m_container, u"the test's server"_s, 18))
            std::ignore = take(m_source, Repository(**box, u"/archive"_s, u"the archive"_s), *plan);
        ::_exit(0);
    }
    QVERIFY(awaitBasebackup());
    auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->find(plan->id)->state, BackupState::BeingWritten);
    const auto busy = takeOne(quick());
    QVERIFY(!busy);
    QCOMPARE(busy.error().reason, u"being_written"_s);

    QVERIFY(::kill(console, SIGKILL) == 0);
    ::waitpid(console, nullptr, 0);
    letCheckpointerGo(); // what runs in the container goes on without its console
    listed = m_repository->list();
    VERIFY_OK(listed);
    const Backup *left = listed->find(plan->id);
    QVERIFY(left);
    QCOMPARE(left->state, BackupState::Left);
    QVERIFY(!left->isUsable());
    QVERIFY(!listed->chain(plan->id));
    QVERIFY(!listed->lastFull(plan->facts.systemIdentifier) || listed->lastFull(plan->facts.systemIdentifier)->id != plan->id);

    const auto again = planTake(m_source, *m_repository, quick());
    VERIFY_OK(again);
    QCOMPARE(again->left, QStringList{plan->id});
    const auto backup = take(m_source, *m_repository, *again);
    VERIFY_OK(backup);
    QVERIFY(!inside(u"ls -A /archive/base"_s).contains(plan->id.toLatin1()));
    QVERIFY(nothingIsLeft());
}

void TestPhysical::serverCrashes()
{
    stopCheckpointer();
    const QByteArray before = inside(u"ls -A /archive/base"_s);
    std::thread crash([&] {
        awaitBasebackup();
        inside(u"pkill -KILL -f '^postgres: checkpointer'"_s); // the postmaster ends all others, and recovers
    });
    const auto backup = takeOne(quick());
    crash.join();
    QVERIFY(!backup);
    QCOMPARE(backup.error().reason, u"failed"_s);
    QCOMPARE(inside(u"ls -A /archive/base"_s), before);
    QVERIFY(QTest::qWaitFor([this] { return inside(u"pg_isready -qh 127.0.0.1; echo $?"_s) == "0"; }, 30'000));
    QVERIFY(nothingIsLeft());
    QCOMPARE(rowsNow().left(6), "20000 ");
}

void TestPhysical::diskIsFull()
{
    const auto plan = planTake(m_source, *m_repository, quick());
    VERIFY_OK(plan);
    const QByteArray before = inside(u"ls -A /archive/base"_s);
    inside(u"fallocate -l $(($(df -B1 --output=avail /archive | tail -1) - 5000000)) /archive/filler"_s);
    const auto refused = takeOne(quick());
    const auto failed = take(m_source, *m_repository, *plan); // full since it was planned
    inside(u"rm /archive/filler"_s);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"disk_full"_s);
    QVERIFY2(refused.error().message.contains(u"free"_s), qPrintable(refused.error().message));
    QVERIFY(!failed);
    QCOMPARE(failed.error().reason, u"disk_full"_s);
    QCOMPARE(inside(u"ls -A /archive/base"_s), before);
    QVERIFY(nothingIsLeft());
}

void TestPhysical::damagedPages()
{
    sql(u"create table broken as select i, md5(i::text) from generate_series(1, 5000) i"_s);
    sql(u"checkpoint"_s);
    const QString file = QString::fromLatin1(sql(u"select current_setting('data_directory') || '/' || pg_relation_filepath('broken')"_s));
    inside(u"printf '\\377\\377' | dd of=%1 bs=1 seek=9000 conv=notrunc status=none"_s.arg(file));
    const QByteArray before = inside(u"ls -A /archive/base"_s);
    const auto refused = takeOne({});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"page_checksums"_s);
    QVERIFY2(refused.error().detail.contains(QFileInfo(file).fileName()), qPrintable(refused.error().detail));
    QCOMPARE(inside(u"ls -A /archive/base"_s), before);
    TakeOptions options;
    options.despitePageErrors = true;
    const auto backup = takeOne(options);
    VERIFY_OK(backup);
    QCOMPARE(backup->errors.size(), 1);
    const auto listed = m_repository->list();
    VERIFY_OK(listed);
    QCOMPARE(listed->find(backup->id)->errors, backup->errors);
}

QTEST_GUILESS_MAIN(TestPhysical)
#include "tst_physical.moc"
