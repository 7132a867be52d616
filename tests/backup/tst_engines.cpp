// SPDX-License-Identifier: GPL-3.0-or-later
// What every BackupEngine keeps to, the same on PostgreSQL's own tools and on a stanza that the real pgBackRest made of the same server; and of that stanza:
// it is discovered, a hole in its WAL is found where the tool itself says ok, and it is rehearsed, held against what was acknowledged.
#include "backup/compressed.h"
#include "backup/moment.h"
#include "backup/nativeengine.h"
#include "backup/pgbackrestengine.h"
#include "backup/physicalverify.h"
#include "lab.h"
#include "pg/connection.h"
#include "session/program.h"
#include "support/verifyok.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QScopeGuard>
#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestEngines : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void lists_data() { engines(); }
    void lists();
    void takesOrSaysNot_data() { engines(); }
    void takesOrSaysNot();
    void materialises_data() { engines(); }
    void materialises();
    void wal_data() { engines(); }
    void wal();
    void damage_data() { engines(); }
    void damage();
    void configurations();
    void encrypted();
    void gapThatTheToolMisses();
    void compressedElsewhere();
    void rehearsed();
    void tablespaces();

private:
    struct Acknowledged {
        qint64 id = 0;
        QByteArray payload;
    };
    void engines();
    QByteArray write(int rows); // the last one's transaction
    QByteArray backRest(const QStringList &more) const;
    std::unique_ptr<BackupEngine> engine();
    Program ctl(const QStringList &verb) const { return Program::run(QStringList{u"--json"_s} + verb, {}, 300'000); }
    QString outside(const QString &below) const { return m_lab->path(below); }

    QTemporaryDir m_home;
    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<Toolbox> m_server, m_scratch; // the second sees the repositories as this machine does, and writes into out/
    PgBackRestPlace m_place;
    QString m_systemIdentifier;
    QVector<Acknowledged> m_written; // before the mistake
    quint32 m_mistake = 0;
    QStringList m_native, m_other; // full, incremental
    qint64 m_beganMs = 0, m_endedMs = 0;
};

void TestEngines::engines()
{
    QTest::addColumn<bool>("native");
    QTest::newRow("PostgreSQL's own tools") << true;
    QTest::newRow("pgBackRest") << false;
}

QByteArray TestEngines::write(int rows)
{
    QByteArray script, last;
    for (int i = 0; i < rows; ++i)
        script += "INSERT INTO ledger (payload) VALUES (md5(random()::text)) RETURNING id, payload, pg_current_xact_id()::xid;\n";
    for (const QByteArray &line : m_lab->run({u"sql"_s, u"main"_s}, script).split('\n')) {
        const QList<QByteArray> fields = line.split('|');
        if (fields.size() != 3)
            continue;
        m_written.append({fields.at(0).toLongLong(), fields.at(1)});
        last = fields.at(2);
    }
    return last;
}

QByteArray TestEngines::backRest(const QStringList &more) const
{
    return m_lab->shell(u"pgbackrest --config=/lab/lab.conf --stanza=main "_s + more.join(u' '));
}

// Conf of the lab's paths, for the real tool, and the same of this machine's, for us.
static QByteArray conf(const QString &root, bool ofLab)
{
    return u"[global]\nrepo1-path=%1/repo1\nrepo2-path=%1/repo2\nrepo2-cipher-type=aes-256-cbc\nrepo2-cipher-pass=TheSecretOfTheRepository\n"
           "compress-type=gz\ncompress-level=1\nlog-level-console=error\nlog-level-stderr=error\nlog-level-file=off\nstart-fast=y\nlink-all=y\ndb-include=nothing\n%2[main]\npg1-path=%3\npg1-socket-path=/lab/main\npg1-user=postgres\n"_s
        .arg(root, ofLab ? u"lock-path=/tmp/pgbackrest\n"_s : QString(), ofLab ? u"/lab/main/data"_s : u"/nowhere"_s).toUtf8();
}

void TestEngines::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    qputenv("HOWDAH_PG_BIN", "/nowhere");
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    for (const auto &[name, bytes] : {std::pair(u"lab.conf"_s, conf(u"/lab"_s, true)), std::pair(u"here.conf"_s, conf(QFileInfo(outside(u"lab.sh"_s)).path(), false))}) {
        QFile file(outside(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) > 0 && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QCOMPARE(::chown(QFile::encodeName(file.fileName()).constData(), 999, 999), 0);
    }
    QCOMPARE(m_lab->shell(u"mkdir -m 0700 /lab/repo1 /lab/repo2 /lab/out"_s), "");
    const QByteArray made = m_lab->run({u"init"_s, u"main"_s, u"16"_s, u"archive_command = 'pgbackrest --config=/lab/lab.conf --stanza=main archive-push %p && HOWDAH_ARCHIVE=/lab/main/archive howdah-archive %p %f'"_s});
    QVERIFY2(!made.startsWith("failed"), made.constData());
    QVERIFY(!m_lab->sql(u"main"_s, "CREATE TABLE ledger (id bigserial PRIMARY KEY, payload text NOT NULL)").startsWith("failed"));
    QCOMPARE(backRest({u"stanza-create"_s}), "");
    const auto docker = stack::findDocker();
    VERIFY_OK(docker);
    auto server = Toolbox::inServer(*docker, m_lab->id(), u"the lab"_s, 18);
    VERIFY_OK(server);
    m_server = *std::move(server);
    m_systemIdentifier = QString::fromLatin1(m_lab->sql(u"main"_s, "SELECT system_identifier FROM pg_control_system()"));
    PhysicalSource source;
    source.name = u"the lab"_s;
    source.conninfo = {{u"host"_s, u"/lab/main"_s}};
    NativeEngine native(Repository(*m_server, u"/lab/main"_s, u"the lab's folder"_s), u"/lab/main/archive"_s, source);
    write(20);
    m_beganMs = QDateTime::currentMSecsSinceEpoch();
    auto taken = native.take(BackupKind::Full);
    VERIFY_OK(taken);
    m_native << taken->id;
    QCOMPARE(backRest({u"--repo=1 --type=full backup"_s}), "");
    QCOMPARE(backRest({u"--repo=2 --type=full backup"_s}), "");
    write(30);
    QCOMPARE(m_lab->sql(u"main"_s, "SELECT 1 FROM pg_switch_wal()"), "1"); // a segment that no backup needs, whose hole the tool's verify is asked about
    write(10);
    taken = native.take(BackupKind::Incremental);
    VERIFY_OK(taken);
    m_native << taken->id;
    QCOMPARE(backRest({u"--repo=1 --type=incr backup"_s}), "");
    write(40);
    m_mistake = m_lab->run({u"sql"_s, u"main"_s}, "WITH gone AS (DELETE FROM ledger RETURNING 1) SELECT pg_current_xact_id()::xid FROM gone LIMIT 1;\n").toUInt();
    QVERIFY(m_mistake > 0);
    QVERIFY(!m_lab->sql(u"main"_s, "INSERT INTO ledger (payload) VALUES ('after')").startsWith("failed"));
    QCOMPARE(m_lab->run({u"archived"_s, u"main"_s}), "");
    QCOMPARE(m_written.size(), 100);
    m_endedMs = QDateTime::currentMSecsSinceEpoch();
    auto place = openPgBackRest({outside(u"here.conf"_s), 0, u"howdah-postgres:18"_s});
    VERIFY_OK(place);
    m_place = *std::move(place);
    ToolboxChoice choice;
    choice.image = u"howdah-postgres:18"_s;
    choice.places = m_place.places + QVector<Place>{{outside(u"out"_s), {}, true}, {outside(u"main"_s), {}, false}};
    auto scratch = Toolbox::inImage(choice);
    VERIFY_OK(scratch);
    m_scratch = *std::move(scratch);
    PgBackRestEngine other(m_place, u"main"_s);
    const auto catalogue = other.list();
    VERIFY_OK(catalogue);
    for (const Backup &one : catalogue->backups)
        m_other << one.id;
    QCOMPARE(m_other.size(), 2);
}

std::unique_ptr<BackupEngine> TestEngines::engine()
{
    QFETCH(bool, native);
    if (native)
        return std::make_unique<NativeEngine>(Repository(*m_scratch, outside(u"main"_s), u"the lab's folder"_s), outside(u"main/archive"_s));
    return std::make_unique<PgBackRestEngine>(*m_scratch, m_place.options + QStringList{u"--repo=1"_s}, u"main"_s, u"repo1"_s, m_place.name());
}

void TestEngines::lists()
{
    QFETCH(bool, native);
    const auto one = engine();
    QVERIFY(!one->name().isEmpty() && !one->where().isEmpty());
    const auto catalogue = one->list();
    VERIFY_OK(catalogue);
    QCOMPARE(catalogue->backups.size(), 2);
    const Backup &full = catalogue->backups.at(0), &incremental = catalogue->backups.at(1);
    QCOMPARE(full.id, (native ? m_native : m_other).at(0));
    QCOMPARE(full.kind, BackupKind::Full);
    QCOMPARE(incremental.kind, BackupKind::Incremental);
    QCOMPARE(incremental.parent, full.id);
    for (const Backup &backup : catalogue->backups) {
        QVERIFY(backup.isUsable());
        QCOMPARE(backup.systemIdentifier, m_systemIdentifier);
        QCOMPARE(backup.timeline, 1U);
        QVERIFY(!backup.startLsn.isNone() && backup.startLsn < backup.stopLsn);
        // Whole seconds, and never on the side that would promise too much.
        QVERIFY(backup.startMs >= m_beganMs - 1000 && backup.stopMs >= backup.startMs && backup.stopMs <= m_endedMs + 1000);
        QCOMPARE(backup.segmentSize, 16U << 20);
        QCOMPARE(backup.serverVersionNum / 10000, 18);
    }
    QVERIFY(full.stopLsn < incremental.startLsn);
    const auto chain = catalogue->chain(incremental.id);
    VERIFY_OK(chain);
    QCOMPARE(chain->size(), 2);
    QCOMPARE(one->verify(u"20200101T000000Z-full"_s).error().reason, u"no_such_backup"_s);
}

void TestEngines::takesOrSaysNot()
{
    const auto taken = engine()->take(BackupKind::Full); // of the first no server was named
    QVERIFY(!taken);
    QCOMPARE(taken.error().kind, ErrorKind::Client);
    QCOMPARE(taken.error().reason, u"not_supported"_s);
}

void TestEngines::materialises()
{
    QFETCH(bool, native);
    const auto one = engine();
    const QStringList &ids = native ? m_native : m_other;
    const QString folder = outside(u"out/%1"_s.arg(native ? u"native"_s : u"other"_s));
    const auto made = one->materialise(ids.at(1), folder);
    VERIFY_OK(made);
    QCOMPARE(made->folder, folder);
    QCOMPARE(made->links, ids);
    QVERIFY(made->tablespaces.isEmpty());
    QCOMPARE(QDir(outside(u"out"_s)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList{folder.section(u'/', -1)});
    const QDir data(folder);
    QVERIFY(data.exists(u"backup_label"_s) && data.exists(u"PG_VERSION"_s) && data.exists(u"global/pg_control"_s) && data.exists(u"pg_notify"_s));
    QVERIFY(!data.exists(u"recovery.signal"_s) && !data.exists(u"standby.signal"_s) && !data.exists(u"postmaster.pid"_s));
    QCOMPARE(QFileInfo(folder).permissions() & QFile::Permissions(0x0077), QFile::Permissions());
    QFile label(data.filePath(u"backup_label"_s));
    QVERIFY(label.open(QIODevice::ReadOnly));
    const auto told = BackupLabel::parse(label.readAll());
    QVERIFY(told);
    QCOMPARE(told->start, one->list()->find(ids.at(1))->startLsn);
    QCOMPARE(one->materialise(ids.at(1), folder).error().reason, u"folder_there"_s);
    QCOMPARE(one->materialise(u"20200101T000000Z-full"_s, folder + u'2').error().reason, u"no_such_backup"_s);
    CancelToken cancel;
    cancel.cancel();
    QCOMPARE(one->materialise(ids.at(0), folder + u'3', {}, cancel).error().kind, ErrorKind::Cancelled);
    QVERIFY(QDir(folder).removeRecursively());
    QVERIFY(QDir(outside(u"out"_s)).isEmpty());
}

void TestEngines::wal()
{
    const auto one = engine();
    const auto names = one->listWal();
    VERIFY_OK(names);
    const QStringList segments = QDir(outside(u"main/archive"_s)).entryList({u"00000001????????????????"_s}, QDir::Files, QDir::Name);
    QVERIFY(segments.size() >= 4);
    QFETCH(bool, native);
    for (const QString &segment : segments) {
        // What was archived before there was a stanza, it has not.
        if (native || segment >= segments.at(1))
            QVERIFY2(names->contains(segment), qPrintable(segment + u" is not in "_s + names->join(u' ')));
    }
    const QString wanted = segments.at(segments.size() - 2), to = outside(u"out/segment"_s);
    VERIFY_OK(one->fetchWal(wanted, to));
    const auto bytes = [](const QString &path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QCOMPARE(bytes(to).size(), 16 << 20);
    QVERIFY(bytes(to) == bytes(outside(u"main/archive/"_s + wanted)));
    QFile::remove(to);
    QCOMPARE(one->fetchWal(u"00000001000000FF00000001"_s, to).error().reason, u"not_in_archive"_s);
    QCOMPARE(one->fetchWal(u"00000009.history"_s, to).error().reason, u"not_in_archive"_s);
    QCOMPARE(one->fetchWal(u"../main/data/PG_VERSION"_s, to).error().reason, u"bad_name"_s);
    QVERIFY(!QFile::exists(to));
}

void TestEngines::damage()
{
    QFETCH(bool, native);
    const auto one = engine();
    const QStringList &ids = native ? m_native : m_other;
    const auto sound = one->verify(ids.at(1));
    VERIFY_OK(sound);
    QVERIFY2(sound->good, qPrintable(sound->words));
    // A file of the full one, which the incremental did not copy again.
    const QByteArray file = m_lab->shell(native ? u"ls -S /lab/main/base/%1/data/base/*/* | grep -v _ | head -1"_s.arg(ids.at(0)) : u"ls /lab/repo1/backup/main/%1/pg_data/base/5/2619.gz"_s.arg(ids.at(0)));
    QVERIFY2(!file.startsWith("failed"), file.constData());
    QCOMPARE(m_lab->shell(u"f=%1; cp -p $f /tmp/kept; printf '\\x5a\\x5b\\x5c' | dd of=$f bs=1 seek=500 conv=notrunc status=none"_s.arg(QString::fromUtf8(file))), "");
    const auto made = one->materialise(ids.at(1), outside(u"out/damaged"_s));
    const auto verdict = one->verify(ids.at(1));
    QCOMPARE(m_lab->shell(u"cp -p /tmp/kept %1"_s.arg(QString::fromUtf8(file))), "");
    QVERIFY(!made);
    QCOMPARE(made.error().kind, ErrorKind::Io);
    QCOMPARE(made.error().reason, u"not_sound"_s);
    QVERIFY(QDir(outside(u"out"_s)).isEmpty());
    VERIFY_OK(verdict);
    QVERIFY(!verdict->good && !verdict->words.isEmpty());
}

void TestEngines::configurations()
{
    const auto repos = reposOf("[global]\nrepo1-path=/a\n repo3-path = /c d \nrepo3-host=db2\nrepo2-type=s3\n[main]\nrepo1-path=/b\nrepo1-host=\n");
    QCOMPARE(repos.size(), 3);
    QCOMPARE(repos.at(0).paths, QStringList({u"/a"_s, u"/b"_s}));
    QVERIFY(repos.at(0).elsewhere.isEmpty());
    QCOMPARE(repos.at(1).elsewhere, u"type s3"_s);
    QCOMPARE(repos.at(2).paths, QStringList{u"/c d"_s});
    QCOMPARE(repos.at(2).elsewhere, u"host db2"_s);
    QCOMPARE(reposOf("").constFirst().paths, QStringList{u"/var/lib/pgbackrest"_s});
    QVERIFY(!pgBackRestFile(u"archive.info"_s) && !pgBackRestFile(u"000000010000000000000001-abc.gz"_s));
    const auto file = pgBackRestFile(u"000000010000000000000001-%1.lz4"_s.arg(QString(40, u'a')));
    QVERIFY(file && file->name == u"000000010000000000000001"_s && file->sha1 == QByteArray(40, 'a') && file->compression == u"lz4"_s);
    QCOMPARE(pgBackRestFile(u"00000002.history"_s)->name, u"00000002.history"_s);
    QCOMPARE(openPgBackRest({outside(u"none.conf"_s), 0, u"howdah-postgres:18"_s}).error().reason, u"no_folder"_s);
    QCOMPARE(openPgBackRest({outside(u"here.conf"_s), 7, u"howdah-postgres:18"_s}).error().reason, u"usage"_s);
    // Whose it must not be.
    QTemporaryDir ofRoot;
    QCOMPARE(openPgBackRest({ofRoot.path(), 0, u"howdah-postgres:18"_s}).error().reason, u"root_repository"_s);
    QCOMPARE(parsePgBackRestInfo("{}", 1).error().reason, u"not_understood"_s);
    QCOMPARE(PgBackRestEngine(m_place, u"other"_s).list().error().reason, u"no_such_stanza"_s);
}

// The tool decrypts, and what it decrypts with is seen nowhere.
void TestEngines::encrypted()
{
    const QStringList which{u"--pgbackrest"_s, outside(u"here.conf"_s), u"--pgbackrest-repo"_s, u"2"_s};
    Program said = ctl(QStringList{u"backup"_s, u"stanzas"_s} + which);
    QVERIFY2(said.exitCode == 0 && said.json()["stanzas"_L1][0]["encrypted"_L1].toBool(), QByteArray(said.errors + said.output).constData());
    QCOMPARE(said.json()["not_looked_at"_L1][0].toString(), u"repo1"_s);
    QVERIFY(!said.output.contains("TheSecret") && !said.errors.contains("TheSecret"));
    said = ctl(QStringList{u"backup"_s, u"window"_s} + which);
    QVERIFY2(said.exitCode == 0 && said.json()["islands"_L1].toArray().size() == 1, QByteArray(said.errors + said.output).constData());
    QVERIFY(!said.output.contains("TheSecret") && !said.errors.contains("TheSecret"));
    // Without its configuration nothing of it is readable, and that is an error, not an empty repository.
    said = ctl({u"backup"_s, u"window"_s, u"--pgbackrest"_s, outside(u"repo2"_s), u"--stanza"_s, u"main"_s});
    QVERIFY2(said.exitCode == 1, QByteArray(QByteArray::number(said.exitCode) + said.errors + said.output).constData());
}

void TestEngines::gapThatTheToolMisses()
{
    // On a copy of the repository, which has no configuration of its own.
    QCOMPARE(m_lab->shell(u"cp -a /lab/repo1 /lab/hole"_s), "");
    const QStringList hole{u"--pgbackrest"_s, outside(u"hole"_s)};
    Program said = ctl(QStringList{u"backup"_s, u"gaps"_s} + hole);
    QVERIFY2(said.exitCode == 0 && said.json()["gaps"_L1].toArray().isEmpty(), QByteArray(said.errors + said.output).constData());
    const QString first = QString::fromUtf8(m_lab->shell(u"ls /lab/hole/archive/main/18-1/0000000100000000 | grep -E '^[0-9A-F]{24}-' | sed -n 's/-.*//p' | tail -3 | head -1"_s));
    QCOMPARE(first.size(), 24);
    QCOMPARE(m_lab->shell(u"rm /lab/hole/archive/main/18-1/0000000100000000/%1-*"_s.arg(first)), "");
    const QByteArray tool = m_lab->shell(u"pgbackrest --no-config --repo1-path=/lab/hole --stanza=main --log-level-console=off --log-level-file=off --output=text --verbose verify; echo \"exit $?\""_s);
    QVERIFY2(tool.contains("exit 0") && tool.contains("status: ok"), tool.constData());
    said = ctl(QStringList{u"backup"_s, u"gaps"_s} + hole);
    QVERIFY2(said.exitCode == 5 && said.json()["gaps"_L1].toArray().size() == 1, QByteArray(said.errors + said.output).constData());
    QCOMPARE(said.json()["gaps"_L1][0]["first"_L1].toString(), first);
    QCOMPARE(said.json()["gaps"_L1][0]["what"_L1].toString(), u"missing"_s);
    said = ctl(QStringList{u"pitr"_s, u"plan"_s, u"--latest"_s} + hole);
    QVERIFY2(said.exitCode == 5 && said.output.contains(first.toUtf8()), QByteArray(said.errors + said.output).constData());
    // One that lies there twice, and one that is damaged behind a good checksum of its pages' headers.
    const QByteArray last = m_lab->shell(u"cd /lab/hole/archive/main/18-1/0000000100000000; f=$(ls | grep -E '^[0-9A-F]{24}-' | tail -1); cp $f ${f%%-*}-%1.gz; echo ${f%%-*}"_s.arg(QString(40, u'0')));
    said = ctl(QStringList{u"backup"_s, u"gaps"_s} + hole);
    QVERIFY2(said.exitCode == 5 && said.output.contains("twice"), QByteArray(said.errors + said.output).constData());
    QCOMPARE(said.json()["gaps"_L1].toArray().last()["first"_L1].toString(), QString::fromUtf8(last));
}

// Segments that an archiver of ours or of others' compressed are read as well.
void TestEngines::compressedElsewhere()
{
    QCOMPARE(m_lab->shell(u"cp -a /lab/main/archive /lab/packed; cd /lab/packed; set -- $(ls | grep -E '^[0-9A-F]{24}$'); gzip -1 $1 $2; zstd -q --rm $3; cp $4 kept; gzip -1 $4; zcat $4.gz | cmp - kept; rm kept"_s), "");
    const auto plain = takeInventory(folderArchive(outside(u"main/archive"_s)), 0, m_systemIdentifier, {});
    const auto packed = takeInventory(folderArchive(outside(u"packed"_s)), 0, m_systemIdentifier, {});
    VERIFY_OK(plain);
    VERIFY_OK(packed);
    QCOMPARE(packed->segments.keys(), plain->segments.keys());
    int compressed = 0;
    for (const SegmentFacts &one : packed->segments) {
        QVERIFY2(one.isWhole() == (!one.file.endsWith(".zst"_L1) || canDecompress(u"zst"_s)), qPrintable(one.file + one.scan.problem));
        compressed += one.file.contains(u'.') ? 1 : 0;
        if (one.isWhole())
            QCOMPARE(one.lastCommit, plain->segments.value(one.segment).lastCommit);
    }
    QCOMPARE(compressed, 4);
    QVERIFY(gapsOf(*packed).size() <= 1);
    // Cut off, it is damaged, and the inventory goes on.
    const QByteArray cut = m_lab->shell(u"cd /lab/packed; f=$(ls *.gz | head -2 | tail -1); truncate -s -1000 $f; echo ${f%.gz}"_s);
    const auto damaged = takeInventory(folderArchive(outside(u"packed"_s)), 16 << 20, m_systemIdentifier, {});
    VERIFY_OK(damaged);
    QVERIFY(std::any_of(damaged->segments.cbegin(), damaged->segments.cend(), [&](const SegmentFacts &one) { return !one.isWhole() && one.file == QString::fromUtf8(cut) + ".gz"_L1; }));
}

void TestEngines::rehearsed()
{
    const QByteArray before = m_lab->shell(u"set -o pipefail; cd /lab/repo1 && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s);
    QVERIFY2(!before.startsWith("failed"), before.constData());
    const Program said = ctl({u"pitr"_s, u"rehearse"_s, u"--pgbackrest"_s, outside(u"here.conf"_s), u"--stanza"_s, u"main"_s, u"--xid"_s, QString::number(m_mistake), u"--exclusive"_s, u"--probe"_s, u"SELECT count(*) = 100 FROM public.ledger"_s});
    const auto dropped = qScopeGuard([&] { std::ignore = dropRehearsal(said.json()["id"_L1].toString()); });
    QVERIFY2(said.exitCode == 0, QByteArray(said.errors + said.output).constData());
    const auto rehearsal = Rehearsal::fromJson(said.json());
    VERIFY_OK(rehearsal);
    QMap<qint64, QByteArray> expected, found;
    for (const Acknowledged &one : std::as_const(m_written))
        expected.insert(one.id, one.payload);
    {
        const auto link = pg::Connection::open(rehearsal->spec(u"postgres"_s), {});
        VERIFY_OK(link);
        const auto rows = (*link)->run({"SELECT id, payload FROM public.ledger", {}});
        VERIFY_OK(rows);
        for (qsizetype row = 0; row < rows->size(); ++row)
            found.insert(*rows->integer(row, 0), rows->text(row, 1).toUtf8());
        QCOMPARE((*link)->run({"SELECT current_setting('archive_mode')", {}})->text(0, 0), u"off"_s);
    }
    QCOMPARE(found, expected);
    QCOMPARE(m_lab->shell(u"set -o pipefail; cd /lab/repo1 && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"_s), before);
}

// Theirs are unpacked beside the copy, and the live one's folder is not touched.
void TestEngines::tablespaces()
{
    QCOMPARE(m_lab->shell(u"mkdir -m 0700 /lab/main/space"_s), "");
    QVERIFY(!m_lab->sql(u"main"_s, "CREATE TABLESPACE space LOCATION '/lab/main/space'").startsWith("failed"));
    QVERIFY(!m_lab->sql(u"main"_s, "CREATE TABLE far (i int) TABLESPACE space").startsWith("failed"));
    QVERIFY(!m_lab->sql(u"main"_s, "INSERT INTO far SELECT generate_series(1, 50)").startsWith("failed"));
    QCOMPARE(backRest({u"--repo=1 --type=full backup"_s}), "");
    QVERIFY(!m_lab->sql(u"main"_s, "INSERT INTO far SELECT generate_series(51, 70)").startsWith("failed"));
    QCOMPARE(m_lab->run({u"archived"_s, u"main"_s}), "");
    const QByteArray before = m_lab->shell(u"set -o pipefail; find /lab/main/space -type f | sort | xargs sha256sum"_s);
    QVERIFY2(!before.startsWith("failed"), before.constData());
    const Program said = ctl({u"pitr"_s, u"rehearse"_s, u"--pgbackrest"_s, outside(u"here.conf"_s), u"--stanza"_s, u"main"_s, u"--latest"_s, u"--probe"_s, u"SELECT count(*) = 70 AND bool_and(pg_tablespace_location(t.oid) LIKE '/rehearsal/%') FROM public.far, pg_tablespace t WHERE spcname = 'space'"_s});
    VERIFY_OK(dropRehearsal(said.json()["id"_L1].toString()));
    QVERIFY2(said.exitCode == 0, QByteArray(said.errors + said.output).constData());
    QCOMPARE(m_lab->shell(u"set -o pipefail; find /lab/main/space -type f | sort | xargs sha256sum"_s), before);
}

QTEST_GUILESS_MAIN(TestEngines)
#include "tst_engines.moc"
