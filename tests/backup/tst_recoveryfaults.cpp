// SPDX-License-Identifier: GPL-3.0-or-later
// What may go wrong beside and within a recovery: a postmaster killed under a backup, a restore killed midway, an archive with bad moments, tablespaces and a
// pg_wal whose links lead to the live ones, a clone that archived into production's archive, and parts that do not fit each other. The oracle is who kept what was
// acknowledged; production is as it was to the last byte.
#include "backup/backuppoint.h"
#include "backup/nativeengine.h"
#include "backup/physical.h"
#include "backup/preflight.h"
#include "lab.h"
#include "ledger.h"

#include <QJsonDocument>
#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))
// Once: QVERIFY2 takes its words anew.
#define SHELL(script) \
    do { \
        const QByteArray said = m_lab->shell(script); \
        QVERIFY2(!said.startsWith("failed"), said.constData()); \
    } while (false)

class TestRecoveryFaults : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void postmasterIsKilledUnderABackup();
    void copyIsKilled();
    void archiveHasBadMoments();
    void archiveIsSilent();
    void staysInItsSandbox();
    void cloneArchivedIntoProduction();
    void partsThatDoNotFit_data();
    void partsThatDoNotFit();
    void words();
    void cleanupTestCase();

private:
    Result<std::unique_ptr<pg::Connection>> open(const QString &folder) const
    {
        pg::ConnectionSpec spec;
        spec.host = folder;
        spec.role = spec.database = u"postgres"_s;
        spec.auth = pg::Auth::Peer;
        spec.sslMode = pg::SslMode::Disable;
        return pg::Connection::open(spec, {});
    }
    QString value(const QByteArray &statement) const { return QString::fromUtf8(m_lab->sql(u"main"_s, statement)); }
    bool write(qsizetype rows);
    Repository repository() const { return Repository(*m_server, u"/lab/main"_s, u"the lab's folder"_s); }
    Result<Backup> take(BackupKind kind) const;
    Result<RehearsalChoice> choice(const PitrTarget &target, const QString &from = {}) const;
    Result<Rehearsal> recover(const PitrTarget &target, const QString &from = {}, const std::function<void(RehearsalPlan &)> &change = {});
    // Where it could not be read, nothing that it equals.
    QByteArray production() const
    {
        static int unread = 0;
        const QByteArray sums = m_lab->shell(u"set -eo pipefail; cd /lab/main; find archive base space pgwal data -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum; find archive base space pgwal | sort | sha256sum"_s);
        return sums.startsWith("failed") ? sums + QByteArray::number(++unread) : sums;
    }
    static QByteArray docker(const QStringList &arguments)
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
    std::unique_ptr<Ledger> m_ledger;
    PhysicalSource m_source;
    Backup m_full, m_incremental;
    QStringList m_rehearsals;
    const PitrTarget m_latest{PitrTarget::Kind::Latest, 0, {}, 0, {}, true, 1};
};

static constexpr int patience = 120'000;

bool TestRecoveryFaults::write(qsizetype rows)
{
    const qsizetype wanted = m_ledger->acknowledged() + rows;
    m_ledger->start();
    const bool done = QTest::qWaitFor([&] { return m_ledger->acknowledged() >= wanted; }, patience);
    m_ledger->stop();
    return done;
}

Result<Backup> TestRecoveryFaults::take(BackupKind kind) const
{
    TakeOptions options;
    options.kind = kind;
    const auto plan = planTake(m_source, repository(), options);
    return plan ? backup::take(m_source, repository(), *plan) : Result<Backup>(fail(plan.error()));
}

Result<RehearsalChoice> TestRecoveryFaults::choice(const PitrTarget &target, const QString &from) const
{
    const auto catalogue = repository().list();
    if (!catalogue)
        return fail(catalogue.error());
    const ArchiveAccess access = folderArchive(m_lab->path(u"main/archive"_s));
    const auto inventory = takeInventory(access, 1 << 20, m_full.systemIdentifier, {});
    if (!inventory)
        return fail(inventory.error());
    const auto verdict = verdictOf(access, *inventory, pointsOf(*catalogue, *inventory), target, from);
    if (!verdict)
        return fail(verdict.error());
    RehearsalChoice choice;
    choice.image = u"howdah-postgres:18"_s;
    choice.places = {{m_lab->path(u"main"_s), u"/lab/main"_s, true}};
    choice.root = u"/lab/main"_s;
    choice.archive = u"/lab/main/archive"_s;
    choice.repository = u"the lab's folder"_s;
    choice.segmentSize = 1 << 20;
    choice.verdict = *verdict;
    choice.floors = {130, 8, 10, 5, 64};
    return choice;
}

Result<Rehearsal> TestRecoveryFaults::recover(const PitrTarget &target, const QString &from, const std::function<void(RehearsalPlan &)> &change)
{
    const auto chosen = choice(target, from);
    if (!chosen)
        return fail(chosen.error());
    auto plan = planRehearsal(*chosen, QDateTime::currentMSecsSinceEpoch());
    if (!plan)
        return fail(plan.error());
    if (change)
        change(*plan);
    auto done = rehearse(*plan);
    if (done)
        m_rehearsals << done->id;
    return done;
}

void TestRecoveryFaults::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    QVERIFY(!m_lab->run({u"init"_s, u"main"_s, u"1"_s, u"max_connections = 130"_s, u"unix_socket_permissions = 0777"_s}).startsWith("failed"));
    // Links as people make them: pg_wal on another disk, a tablespace, and one within its folder.
    QVERIFY(!m_lab->run({u"stop"_s, u"main"_s}).startsWith("failed"));
    SHELL(u"mv /lab/main/data/pg_wal /lab/main/pgwal && ln -s /lab/main/pgwal /lab/main/data/pg_wal && mkdir -p -m 700 /lab/main/space/nested"_s);
    QVERIFY(!m_lab->run({u"start"_s, u"main"_s}).startsWith("failed"));
    QVERIFY(!value("CREATE TABLESPACE fast LOCATION '/lab/main/space'").startsWith("failed"_L1));
    QVERIFY(!value("CREATE TABLESPACE inner_one LOCATION '/lab/main/space/nested'").startsWith("failed"_L1));
    QVERIFY(!value("CREATE TABLE far TABLESPACE fast AS SELECT i, md5(i::text) AS x FROM generate_series(1, 3000) i").startsWith("failed"_L1));
    QVERIFY(!value("CREATE TABLE farther TABLESPACE inner_one AS SELECT i FROM generate_series(1, 500) i").startsWith("failed"_L1));
    m_ledger = std::make_unique<Ledger>([this] { return open(m_lab->path(u"main"_s)); }, 1);
    for (const QByteArray &statement : Ledger::table())
        QVERIFY(!value(statement).startsWith("failed"_L1));
    const auto engine = stack::findDocker();
    VERIFY_OK(engine);
    auto server = Toolbox::inServer(*engine, m_lab->id(), u"the lab"_s, 18);
    VERIFY_OK(server);
    m_server = *std::move(server);
    m_source.name = u"the lab"_s;
    m_source.conninfo = {{u"host"_s, u"/lab/main"_s}};
    QVERIFY(write(100));
    const auto full = take(BackupKind::Full);
    VERIFY_OK(full);
    m_full = *full;
    QVERIFY(m_full.tar);
    QVERIFY(write(100));
    QVERIFY(!value("INSERT INTO far SELECT i, 'later' FROM generate_series(3001, 4000) i").startsWith("failed"_L1));
    const auto incremental = take(BackupKind::Incremental);
    VERIFY_OK(incremental);
    m_incremental = *incremental;
    QVERIFY(write(100));
    QVERIFY(!value("INSERT INTO farther SELECT generate_series(501, 600)").startsWith("failed"_L1));
    QVERIFY(!m_lab->run({u"archived"_s, u"main"_s}).startsWith("failed"));
}

// Scenario 2.
void TestRecoveryFaults::postmasterIsKilledUnderABackup()
{
    const QByteArray before = m_lab->shell(u"ls -A /lab/main/base"_s);
    const qsizetype acknowledged = m_ledger->acknowledged();
    m_ledger->start();
    QVERIFY(QTest::qWaitFor([&] { return m_ledger->acknowledged() > acknowledged + 20; }, patience));
    // Without its checkpointer the backup waits for its checkpoint.
    SHELL(u"pkill -STOP -f '^postgres: checkpointer'"_s);
    std::thread crash([&] {
        std::ignore = m_lab->shell(u"for i in $(seq 2000); do pgrep -f '^postgres: walsender' > /dev/null && break; sleep 0.02; done; kill -9 $(head -1 /lab/main/data/postmaster.pid); pkill -9 -f '^postgres: '; true"_s);
    });
    const auto backup = take(BackupKind::Full);
    crash.join();
    m_ledger->stop();
    QVERIFY(!backup);
    QCOMPARE(m_lab->shell(u"ls -A /lab/main/base"_s), before); // no half of one
    QVERIFY(QTest::qWaitFor([&] { return !m_lab->run({u"start"_s, u"main"_s}).startsWith("failed"); }, patience));
    const auto link = open(m_lab->path(u"main"_s));
    VERIFY_OK(link);
    QCOMPARE(m_ledger->heldAgainst(**link), QString());
    QCOMPARE(value("SELECT count(*) FROM pg_replication_slots"), u"0"_s);
    QVERIFY(!m_lab->run({u"archived"_s, u"main"_s}).startsWith("failed"));
}

// Scenario 16: at no moment is there a folder that a server would start on, and the next attempt begins clean.
void TestRecoveryFaults::copyIsKilled()
{
    NativeEngine engine(repository(), u"/lab/main/archive"_s);
    const QString folder = u"/lab/restored"_s;
    for (const char *what : {"tar ", "pg_combinebackup "}) {
        std::atomic_bool ended = false;
        std::thread killer([&] {
            const QString script = u"while ! pkill -KILL -f '^([^ ]*/)?%1'; do sleep 0.002; [ -e /lab/enough ] && exit 0; done"_s.arg(QLatin1StringView(what).trimmed());
            while (!ended && m_lab->shell(script).startsWith("failed")) {
            }
        });
        const auto cut = engine.materialise(m_incremental.id, folder);
        ended = true;
        SHELL(u"touch /lab/enough"_s);
        killer.join();
        SHELL(u"rm -f /lab/enough"_s);
        QVERIFY2(!cut, what);
        SHELL(u"! [ -e /lab/restored ]"_s);
    }
    // As a container that was killed, or a power cut, leaves it: nobody is there to take away what was begun, and it is no data folder.
    SHELL(u"mkdir -m 700 -p /lab/restored.part/whole /lab/restored.tablespaces/1 && cp -a /lab/main/data/global /lab/main/data/PG_VERSION /lab/restored.part/whole/ && rm /lab/restored.part/whole/global/pg_control"_s);
    QVERIFY(m_lab->shell(u"postgres -D /lab/restored.part/whole"_s).startsWith("failed"));
    const auto again = engine.materialise(m_incremental.id, folder);
    VERIFY_OK(again);
    QCOMPARE(again->tablespaces.size(), 2);
    SHELL(u"! [ -e /lab/restored.part ] && ! [ -e /lab/restored.tablespaces/1 ] && [ -e /lab/restored/global/pg_control ]"_s);
    QCOMPARE(m_lab->shell(u"find /lab/restored -type l -printf '%l\\n' | grep -vc ^/lab/restored.tablespaces/"_s), QByteArray("failed: 0\n"));
    SHELL(u"rm -r /lab/restored /lab/restored.tablespaces"_s);
    // The container of a rehearsal, while it copies: an error, and nothing stays.
    std::atomic_bool ended = false;
    QString id;
    std::thread killer([&] {
        // Of ours the one that has the rehearsal's volume.
        while (!ended) {
            for (const QByteArray &container : docker({u"ps"_s, u"-qf"_s, u"label=howdah.toolbox=%1"_s.arg(::getpid())}).split('\n')) {
                if (container.isEmpty() || !docker({u"inspect"_s, u"--format"_s, u"{{range .Mounts}}{{.Destination}} {{end}}"_s, QString::fromLatin1(container)}).contains("/rehearsal"))
                    continue;
                if (docker({u"exec"_s, QString::fromLatin1(container), u"find"_s, u"/rehearsal"_s, u"-maxdepth"_s, u"2"_s}).contains(".part"))
                    std::ignore = docker({u"kill"_s, QString::fromLatin1(container)});
            }
        }
    });
    const auto cut = recover(m_latest, {}, [&](RehearsalPlan &plan) { id = plan.id; });
    ended = true;
    killer.join();
    QVERIFY(!cut);
    QCOMPARE(docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"label=howdah.rehearsal="_s + id}), QByteArray());
}

// Scenario 17: what the archive can't give just now is asked for again; what it has not is another thing, and no end of a recovery.
void TestRecoveryFaults::archiveHasBadMoments()
{
    const auto chosen = choice(m_latest);
    VERIFY_OK(chosen);
    const auto plan = planRehearsal(*chosen, QDateTime::currentMSecsSinceEpoch());
    VERIFY_OK(plan);
    {
        QFile script(m_lab->path(u"restore.sh"_s));
        QVERIFY(script.open(QIODevice::WriteOnly));
        script.write(plan->restoreScript);
    }
    const QString segment = QString::fromLatin1(m_lab->shell(u"ls /lab/main/archive | grep -E '^0{7}1[0-9A-F]{16}$' | head -1"_s));
    const auto restore = [&](const QString &name, const QString &around = {}) { return m_lab->shell(u"rm -f /lab/got; %2 sh /lab/restore.sh %1 /lab/got; echo $?; wait"_s.arg(name, around)).split('\n').constLast(); };
    QCOMPARE(restore(segment), QByteArray("0"));
    QCOMPARE(restore(u"0000000100000000000FFFFF"_s), QByteArray("1"));
    QCOMPARE(restore(u"00000009.history"_s), QByteArray("1"));
    // Gone for a moment, as a disk that is mounted again.
    QCOMPARE(restore(segment, u"mv /lab/main/archive /lab/main/away; (sleep 1.5; mv /lab/main/away /lab/main/archive) &"_s), QByteArray("0"));
    SHELL(u"cmp /lab/got /lab/main/archive/%1"_s.arg(segment));
    // Gone for good: the server stops, and takes it for no end of WAL.
    SHELL(u"mv /lab/main/archive /lab/main/away"_s);
    const QByteArray forGood = restore(segment);
    SHELL(u"mv /lab/main/away /lab/main/archive"_s);
    QCOMPARE(forGood, QByteArray("126"));
    // A whole recovery over an archive of which every file fails once, and some come late.
    const auto flaky = recover(m_latest, {}, [](RehearsalPlan &changed) {
        changed.restoreScript = "#!/bin/sh\ncp() {\n  n=$(cat /tmp/tries-$file 2> /dev/null || echo 0); echo $((n + 1)) > /tmp/tries-$file\n"
                                "  [ \"$n\" -lt 1 ] && return 1\n  case $file in *5) sleep 3 ;; esac\n  command cp \"$@\"\n}\nfile=$1\nsleep() { command sleep 0.05; }\n"
            + changed.restoreScript;
    });
    VERIFY_OK(flaky);
    QVERIFY2(flaky->isGood(), QJsonDocument(flaky->toJson()).toJson().constData());
    const auto link = pg::Connection::open(flaky->spec(u"postgres"_s), {});
    VERIFY_OK(link);
    QCOMPARE(m_ledger->heldAgainst(**link), QString());
    // One that no longer gives anything ends the recovery with an error, and never early.
    const auto never = recover(m_latest, {}, [](RehearsalPlan &changed) { changed.restoreScript = "#!/bin/sh\nsleep() { :; }\ncp() { return 1; }\n" + changed.restoreScript; });
    QVERIFY(!never);
    QCOMPARE(never.error().reason, u"rehearsal_failed"_s);
}

// Nor does one that answers nothing at all keep it for ever.
void TestRecoveryFaults::archiveIsSilent()
{
    const auto silent = recover(m_latest, {}, [](RehearsalPlan &changed) {
        changed.restoreScript = "#!/bin/sh\nexec sleep 3600\n";
        changed.choice.silenceMs = 2'000;
    });
    QVERIFY(!silent);
    QCOMPARE(silent.error().reason, u"no_progress"_s);
}

// Scenario 18: of a chain of tar files, with production at rest, so that every byte of it can be held against before.
void TestRecoveryFaults::staysInItsSandbox()
{
    QVERIFY(!m_lab->run({u"stop"_s, u"main"_s}).startsWith("failed"));
    const QByteArray before = production();
    const auto rehearsal = recover(m_latest, m_incremental.id);
    VERIFY_OK(rehearsal);
    QVERIFY2(rehearsal->isGood(), QJsonDocument(rehearsal->toJson()).toJson().constData());
    const auto link = pg::Connection::open(rehearsal->spec(u"postgres"_s), {});
    VERIFY_OK(link);
    QCOMPARE(m_ledger->heldAgainst(**link), QString());
    const auto rows = (*link)->run({"SELECT (SELECT count(*) FROM public.far), (SELECT count(*) FROM public.farther), (SELECT string_agg(pg_tablespace_location(oid), ' ' ORDER BY oid) FROM pg_tablespace WHERE oid > 16383)", {}});
    VERIFY_OK(rows);
    QCOMPARE(rows->integer(0, 0), 4000);
    QCOMPARE(rows->integer(0, 1), 600);
    QVERIFY2(QRegularExpression(u"^/rehearsal/18/docker\\.tablespaces/\\d+ /rehearsal/18/docker\\.tablespaces/\\d+$"_s).match(rows->text(0, 2)).hasMatch(), qPrintable(rows->text(0, 2)));
    QVERIFY((*link)->run({"INSERT INTO public.far VALUES (0, 'only here')", {}}));
    QVERIFY((*link)->run({"CHECKPOINT", {}}));
    QCOMPARE(production(), before);
    QVERIFY(!m_lab->run({u"start"_s, u"main"_s}).startsWith("failed"));

    // A plain one, taken by hand, whose links lead to folders elsewhere: they are taken in, and a link that is none of a data folder's is refused.
    SHELL(u"pg_basebackup -h /lab/main -U postgres -D /lab/main/base/initial-20200101T000000Z -c fast -X stream --waldir=/lab/main/hand-wal -T /lab/main/space=/lab/main/hand-a -T /lab/main/space/nested=/lab/main/hand-b"_s);
    const QByteArray hand = m_lab->shell(u"find /lab/main/hand-* -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s);
    NativeEngine engine(repository(), u"/lab/main/archive"_s);
    const auto made = engine.materialise(u"initial-20200101T000000Z"_s, u"/lab/restored"_s);
    VERIFY_OK(made);
    QCOMPARE(made->tablespaces.size(), 2);
    SHELL(u"[ ! -L /lab/restored/pg_wal ] && [ $(ls /lab/restored/pg_wal | grep -c ^0) -gt 0 ]"_s);
    // Started where it is, it reads its own, and writes there alone.
    SHELL(u"printf \"archive_mode = off\\nunix_socket_directories = '/lab/restored'\\nlisten_addresses = ''\\n\" >> /lab/restored/postgresql.auto.conf && pg_ctl -D /lab/restored -w -s -l /lab/restored.log start"
          " && psql -XAtqh /lab/restored -U postgres -d postgres -c \"INSERT INTO far VALUES (0, 'here')\" -c CHECKPOINT && pg_ctl -D /lab/restored -w -s -m fast stop"_s);
    QCOMPARE(m_lab->shell(u"find /lab/main/hand-* -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s), hand);
    SHELL(u"rm -r /lab/restored /lab/restored.tablespaces; ln -s /lab/main/space /lab/main/base/initial-20200101T000000Z/pg_stat_tmp/odd"_s);
    const auto odd = engine.materialise(u"initial-20200101T000000Z"_s, u"/lab/restored"_s);
    QVERIFY(!odd);
    QCOMPARE(odd.error().reason, u"not_sound"_s);
    SHELL(u"! [ -e /lab/restored ] && rm -r /lab/main/base/initial-20200101T000000Z /lab/main/hand-*"_s);
}

// Scenario 14: 'latest' would follow the clone, and nobody would be told.
void TestRecoveryFaults::cloneArchivedIntoProduction()
{
    // Far enough behind that there is something to be lost: the clone knows nothing of these.
    const PitrTarget early{PitrTarget::Kind::Lsn, 0, *Lsn::parse(value("SELECT pg_current_wal_lsn()")), 0, {}, true, 1};
    QVERIFY(write(100));
    QVERIFY(!m_lab->run({u"archived"_s, u"main"_s}).startsWith("failed"));
    const auto clone = recover(early);
    VERIFY_OK(clone);
    const auto link = pg::Connection::open(clone->spec(u"postgres"_s), {});
    VERIFY_OK(link);
    QVERIFY((*link)->run({"INSERT INTO public.ledger VALUES (-1, 'junk of a clone')", {}}));
    QVERIFY((*link)->run({"SELECT pg_switch_wal()", {}}));
    QVERIFY((*link)->run({"CHECKPOINT", {}}));
    QCOMPARE(docker({u"exec"_s, clone->id, u"sh"_s, u"-c"_s, u"ls /rehearsal/18/docker/pg_wal | grep -c ^00000002.history"_s}), QByteArray("1"));
    const QString copied = m_lab->path(u"main/archive/"_s);
    tool::Command command;
    command.program = u"docker"_s;
    command.maxOutput = 256 << 20;
    command.arguments = {u"exec"_s, clone->id, u"sh"_s, u"-c"_s, u"cd /rehearsal/18/docker/pg_wal && tar -c 00000002*"_s};
    const auto bytes = tool::run(command);
    QVERIFY(bytes && bytes->exitCode == 0);
    {
        QFile file(m_lab->path(u"clone.tar"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes->output), bytes->output.size());
    }
    SHELL(u"tar -x -C /lab/main/archive -f /lab/clone.tar && [ -e /lab/main/archive/00000002.history ]"_s);
    // The branch is named, and the right one has every row.
    const auto right = recover(m_latest);
    VERIFY_OK(right);
    QCOMPARE(right->verdict.timeline, 1U);
    QVERIFY(right->verdict.settings.contains(u"recovery_target_timeline = '1'"_s));
    const auto good = pg::Connection::open(right->spec(u"postgres"_s), {});
    VERIFY_OK(good);
    QCOMPARE(m_ledger->heldAgainst(**good), QString());
    SHELL(u"rm /lab/main/archive/00000002*"_s);
}

void TestRecoveryFaults::partsThatDoNotFit_data()
{
    QTest::addColumn<QString>("break_"); // in the copy of everything, /lab/other
    QTest::addColumn<QString>("words");
    const QString data = u"/lab/other/base/initial-20200101T000000Z"_s;
    QTest::newRow("another major") << u"echo 17 > %1/PG_VERSION"_s.arg(data) << u"is of PostgreSQL 17"_s;
    QTest::newRow("another cluster") << u"initdb -D /lab/alien -U postgres -A trust -N --no-instructions --wal-segsize=1 > /dev/null && cp /lab/alien/global/pg_control %1/global/"_s.arg(data) << u"is of the cluster"_s;
    QTest::newRow("segments of 64 MB") << u"initdb -D /lab/alien -U postgres -A trust -N --no-instructions --wal-segsize=64 > /dev/null && cp /lab/alien/global/pg_control %1/global/"_s.arg(data) << u"have 64.0 MB"_s;
    QTest::newRow("a library") << u"echo \"shared_preload_libraries = 'pg_stat_statements, nosuch'\" >> %1/postgresql.auto.conf"_s.arg(data) << u"lacks what the server preloaded: nosuch"_s;
    QTest::newRow("lower settings") << QString() << QString();
    QTest::newRow("no room") << QString() << u"stay free for the WAL and data"_s;
    QTest::newRow("an empty volume") << u"rm -r /lab/other/base"_s << u"There is no backup"_s;
    QTest::newRow("nothing") << QString() << QString();
}

// Scenario 19: told before anything is made.
void TestRecoveryFaults::partsThatDoNotFit()
{
    QFETCH(QString, break_);
    QFETCH(QString, words);
    SHELL(u"rm -rf /lab/other /lab/alien; mkdir -p /lab/other/base && ln -s /lab/main/archive /lab/other/archive && pg_basebackup -h /lab/main -U postgres -D /lab/other/base/initial-20200101T000000Z -c fast -X fetch"
          " -T /lab/main/space=/lab/other/a -T /lab/main/space/nested=/lab/other/b"_s);
    auto chosen = choice(m_latest);
    VERIFY_OK(chosen);
    chosen->places = {{m_lab->path(u"other"_s), u"/lab/other"_s, false}};
    chosen->root = u"/lab/other"_s;
    chosen->verdict.backup = u"initial-20200101T000000Z"_s;
    if (QByteArray(QTest::currentDataTag()) == "lower settings")
        chosen->floors = {100, 8, 10, 5, 64};
    if (QByteArray(QTest::currentDataTag()) == "no room")
        chosen->keptFree = 1LL << 50;
    if (!break_.isEmpty())
        SHELL(break_);
    const auto checks = preflight(*chosen);
    VERIFY_OK(checks);
    const Done good = preflightIsGood(*checks);
    if (words.isEmpty()) {
        VERIFY_OK(good);
        const auto said = [&](const char *code) { return std::find_if(checks->cbegin(), checks->cend(), [&](const PreflightCheck &one) { return one.code == QLatin1StringView(code); }); };
        QVERIFY2(said("settings")->words.contains(u"max_connections = 130"_s), qPrintable(said("settings")->words)); // whoever thought that it had less
        QCOMPARE(said("space")->good, std::optional(true));
        QCOMPARE(said("minor")->good, std::nullopt);
        return;
    }
    QVERIFY(!good);
    QCOMPARE(good.error().reason, u"preflight"_s);
    QVERIFY2(good.error().message.contains(words), qPrintable(good.error().message));
    // And who asks for a rehearsal all the same gets that, and nothing else.
    const auto plan = planRehearsal(*chosen, QDateTime::currentMSecsSinceEpoch());
    VERIFY_OK(plan);
    const auto made = rehearse(*plan);
    QVERIFY(!made);
    QCOMPARE(made.error().reason, u"preflight"_s);
    QCOMPARE(docker({u"volume"_s, u"ls"_s, u"-qf"_s, u"label=howdah.rehearsal="_s + plan->id}), QByteArray());
}

void TestRecoveryFaults::words()
{
    QCOMPARE(preloadedLibraries("#shared_preload_libraries = 'x'\nshared_preload_libraries = 'a, \"$libdir/b\"'\n"), (QStringList{u"a"_s, u"$libdir/b"_s}));
    QCOMPARE(preloadedLibraries("shared_preload_libraries = 'a'\n Shared_Preload_Libraries b # it\n"), QStringList{u"b"_s});
    QCOMPARE(preloadedLibraries("shared_preload_libraries = ''\n"), QStringList());
}

void TestRecoveryFaults::cleanupTestCase()
{
    for (const QString &id : std::as_const(m_rehearsals))
        std::ignore = dropRehearsal(id);
    m_ledger.reset();
    m_server.reset();
}

QTEST_GUILESS_MAIN(TestRecoveryFaults)
#include "tst_recoveryfaults.moc"
