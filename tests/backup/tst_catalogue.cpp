// SPDX-License-Identifier: GPL-3.0-or-later
// What a repository says of itself is not believed: records, manifests and names as somebody may have left them there.
#include "backup/logicalrun.h"
#include "backup/physical.h"
#include "backup/repositorylist.h"

#include "coreutils.h"
#include "support/verifyok.h"

#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

namespace
{
const QString fullId = u"20261127T020115Z-full"_s;
const QString incrId = u"20261127T030115Z-incr"_s;

QByteArray manifestOf(const QByteArray &files, const QByteArray &before = "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": 18446744073709551615,\n")
{
    const QByteArray text = before + "\"Files\": [\n" + files + "\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/3000028\", \"End-LSN\": \"0/3000120\" }\n],\n";
    return text + "\"Manifest-Checksum\": \"" + QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex() + "\"}\n";
}
const QByteArray oneFile = R"({ "Path": "PG_VERSION", "Size": 3, "Last-Modified": "2026-11-27 02:23:20 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "00" })";
} // namespace

class TestCatalogue : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void manifest();
    void badManifests_data();
    void badManifests();
    void label();
    void ids();
    void record();
    void badRecords_data();
    void badRecords();
    void chains();
    void fullIsNeeded();
    void progressOfTools();
    void emptyRepository();
    void endedWhenTheDiskFills();
    void listed();
    void oddThings();
    void unfinished();
    void written();
    void removedIsWhatWasMeant();
    void oddRoot();

private:
    Repository fresh(const QString &name = u"r"_s)
    {
        const QString root = m_folder.filePath(name);
        QDir(root).removeRecursively();
        QDir().mkpath(root);
        return Repository(*m_box, root, u"the test's folder"_s);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Toolbox> m_box;
};

void TestCatalogue::initTestCase()
{
    m_box = test::coreutilsOnly(m_folder);
    QVERIFY(m_box);
}

void TestCatalogue::manifest()
{
    const auto manifest = BackupManifest::parse(manifestOf(oneFile + ",\n" R"({ "Encoded-Path": "ff", "Size": 7, "Checksum-Algorithm": "SHA256", "Checksum": "00" })"));
    VERIFY_OK(manifest);
    QCOMPARE(manifest->systemIdentifier, u"18446744073709551615"_s); // more than a double or a signed number holds
    QCOMPARE(manifest->files, 2);
    QCOMPARE(manifest->bytes, 10);
    QCOMPARE(manifest->checksumAlgorithm, u"SHA256"_s);
    QCOMPARE(manifest->wal.size(), 1);
    QCOMPARE(manifest->wal.at(0).end.value, quint64(0x3000120));
    QVERIFY(!manifest->incremental);
    const auto incremental = BackupManifest::parse(manifestOf(R"({ "Path": "base/5/INCREMENTAL.1259", "Size": 3 })"));
    VERIFY_OK(incremental);
    QVERIFY(incremental->incremental);
    QVERIFY(incremental->checksumAlgorithm.isEmpty());
}

void TestCatalogue::badManifests_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray good = manifestOf(oneFile);
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut off") << good.chopped(1);
    QTest::newRow("half") << good.left(good.size() / 2);
    QTest::newRow("edited") << QByteArray(good).replace("\"Size\": 3", "\"Size\": 4");
    QTest::newRow("no cluster") << manifestOf(oneFile, "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n");
    QTest::newRow("from the future") << manifestOf(oneFile, "{ \"PostgreSQL-Backup-Manifest-Version\": 3,\n");
    QTest::newRow("no files") << manifestOf({});
    QTest::newRow("no size") << manifestOf(R"({ "Path": "x" })");
    QTest::newRow("no JSON") << QByteArray("PG\n\n");
}

void TestCatalogue::badManifests()
{
    QFETCH(QByteArray, text);
    const auto manifest = BackupManifest::parse(text);
    QVERIFY(!manifest);
    QCOMPARE(manifest.error().reason, u"bad_manifest"_s);
}

void TestCatalogue::label()
{
    const QByteArray text = "START WAL LOCATION: 0/3000028 (file 000000010000000000000003)\nCHECKPOINT LOCATION: 0/3000080\nBACKUP METHOD: streamed\nBACKUP FROM: primary\n"
                            "START TIME: 2026-11-27 02:23:22 UTC\nLABEL: x: y\nSTART TIMELINE: 1\nINCREMENTAL FROM LSN: 0/2000028\nINCREMENTAL FROM TLI: 1\n";
    const auto label = BackupLabel::parse(text);
    QVERIFY(label);
    QCOMPARE(label->segment, u"000000010000000000000003"_s);
    QCOMPARE(label->label, u"x: y"_s);
    QCOMPARE(label->startMs.value_or(0), 1795746202000);
    QCOMPARE(label->incrementalFrom->value, quint64(0x2000028));
    // EST is two zones, and a name without an offset none that is certain.
    QVERIFY(!BackupLabel::parse(QByteArray(text).replace("UTC", "EST"))->startMs);
    QVERIFY(!BackupLabel::parse("START TIMELINE: 1\n"));
    QVERIFY(!BackupLabel::parse(QByteArray(text).replace("0/3000028", "0/3000028; rm -rf /")));
}

void TestCatalogue::ids()
{
    const qint64 now = timeOfId(fullId);
    QCOMPARE(newId(BackupKind::Full, now, {}), fullId);
    QCOMPARE(newId(BackupKind::Full, now, {fullId}), u"20261127T020115Z-2-full"_s);
    QVERIFY(isId(u"20261127T020115Z-2-full"_s) && isId(incrId) && isId(u"20261127T020115Z-dump"_s));
    for (const QString &other : {u"../20261127T020115Z-full"_s, u"20261127T020115Z-full/.."_s, u"20261127T020115Z-full\n"_s, u".20261127T020115Z-full"_s, u""_s, u"initial-20261127T020115Z"_s})
        QVERIFY2(!isId(other), qPrintable(other));
    QVERIFY(isStackId(u"initial-20261126T180102Z"_s) && !isStackId(u"initial-20261126T180102Z/x"_s));
    QCOMPARE(timeOfId(u"initial-19700101T000001Z"_s), 1000);
    QCOMPARE(timeOfId(u"x"_s), 0);
}

void TestCatalogue::record()
{
    Backup backup = test::recorded(incrId, "m", fullId, QCryptographicHash::hash("p", QCryptographicHash::Sha256).toHex());
    backup.label = u"it's \"a\" label\nof two lines"_s;
    backup.errors << u"an error"_s;
    backup.verified = {1, false, u"bad"_s};
    const auto again = Backup::fromJson(backup.toJson(), incrId);
    VERIFY_OK(again);
    QCOMPARE(again->toJson(), backup.toJson());
    QCOMPARE(again->serverVersionNum, 180006);
    QVERIFY(!again->isUsable());
    // For people and programs what is not known is null.
    backup.stopMs = 0;
    VERIFY_OK(Backup::fromJson(backup.toJson(), incrId));
    backup.bytes = -1;
    QVERIFY(backup.toJson(u"x"_s).value("stop_ms"_L1).isNull() && backup.toJson(u"x"_s).value("bytes"_L1).isNull());
}

void TestCatalogue::badRecords_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QJsonValue>("value");
    const QString longText(5000, u'x');
    QTest::newRow("other id") << u"id"_s << QJsonValue(incrId);
    QTest::newRow("format") << u"format"_s << QJsonValue(2);
    QTest::newRow("kind") << u"kind"_s << QJsonValue(u"incremental"_s);
    QTest::newRow("parent of a full") << u"parent"_s << QJsonValue(incrId);
    QTest::newRow("version") << u"server_version"_s << QJsonValue(u"eighteen"_s);
    QTest::newRow("timeline") << u"timeline"_s << QJsonValue(0);
    QTest::newRow("huge timeline") << u"timeline"_s << QJsonValue(4294967296.0);
    QTest::newRow("lsn") << u"start_lsn"_s << QJsonValue(u"0/G"_s);
    QTest::newRow("stop before start") << u"stop_lsn"_s << QJsonValue(u"0/1"_s);
    QTest::newRow("time backwards") << u"stop_ms"_s << QJsonValue(1);
    QTest::newRow("segment size") << u"segment_size"_s << QJsonValue(16777217);
    QTest::newRow("segment size 4 GB") << u"segment_size"_s << QJsonValue(4294967296.0);
    QTest::newRow("hash") << u"manifest_sha256"_s << QJsonValue(u"00"_s);
    QTest::newRow("long label") << u"label"_s << QJsonValue(longText);
    QTest::newRow("number as text") << u"bytes"_s << QJsonValue(u"1"_s);
    QTest::newRow("a path for an identifier") << u"system_identifier"_s << QJsonValue(u"../../../etc/7"_s);
    QTest::newRow("no identifier") << u"system_identifier"_s << QJsonValue(QString());
    QTest::newRow("missing") << u"system_identifier"_s << QJsonValue(QJsonValue::Undefined);
    QTest::newRow("verified") << u"verified"_s << QJsonValue(true);
}

void TestCatalogue::badRecords()
{
    QFETCH(QString, key);
    QFETCH(QJsonValue, value);
    QJsonObject json = test::recorded(fullId, "m").toJson();
    VERIFY_OK(Backup::fromJson(json, fullId));
    json.insert(key, value); // undefined removes it
    const auto refused = Backup::fromJson(json, fullId);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"bad_record"_s);
}

void TestCatalogue::chains()
{
    const Backup full = test::recorded(fullId, "m");
    Catalogue catalogue;
    catalogue.backups = {full, test::recorded(incrId, "n", fullId, full.manifestSha256)};
    const auto chain = catalogue.chain(incrId);
    VERIFY_OK(chain);
    QCOMPARE(chain->size(), 2);
    QCOMPARE(chain->at(0)->id, fullId);
    QCOMPARE(catalogue.childrenOf(fullId).size(), 1);
    QCOMPARE(catalogue.lastFull(full.systemIdentifier)->id, fullId);
    QVERIFY(!catalogue.lastFull(u"1"_s));
    const auto reasonWith = [&](const std::function<void(Catalogue &)> &change) {
        Catalogue changed = catalogue;
        change(changed);
        const auto refused = changed.chain(incrId);
        return refused ? u"none"_s : refused.error().reason;
    };
    QCOMPARE(reasonWith([](Catalogue &c) { c.backups.removeFirst(); }), u"parent_missing"_s);
    QCOMPARE(reasonWith([](Catalogue &c) { c.backups[0].manifestSha256[0] = 'x'; }), u"parent_changed"_s);
    QCOMPARE(reasonWith([](Catalogue &c) { c.backups[0].systemIdentifier = u"1"_s; }), u"parent_changed"_s);
    QCOMPARE(reasonWith([](Catalogue &c) { c.backups[0].state = BackupState::Changed; }), u"not_usable"_s);
    QCOMPARE(reasonWith([](Catalogue &c) { c.backups.removeLast(); }), u"no_such_backup"_s);
    // Each says that it builds on the other.
    QCOMPARE(reasonWith([&](Catalogue &c) {
                 c.backups[0] = test::recorded(u"20261127T010115Z-incr"_s, "m", incrId, c.backups[1].manifestSha256);
                 c.backups[1].parent = c.backups[0].id;
                 c.backups[1].parentSha256 = c.backups[0].manifestSha256;
             }),
             u"parent_changed"_s);
}

void TestCatalogue::fullIsNeeded()
{
    const Backup full = test::recorded(fullId, "m");
    ServerFacts facts;
    facts.version = u"18.6"_s;
    facts.versionNum = 180006;
    facts.timeline = 1;
    facts.segmentSize = 16 << 20;
    facts.summarizesWal = true;
    QCOMPARE(whyFullIsNeeded(facts, &full), QString());
    const auto whyWith = [&](const std::function<void(ServerFacts &, Backup &)> &change) {
        ServerFacts server = facts;
        Backup last = full;
        change(server, last);
        return whyFullIsNeeded(server, &last);
    };
    QVERIFY(whyFullIsNeeded(facts, nullptr).contains(u"no full backup"_s));
    QVERIFY(whyWith([](ServerFacts &s, Backup &) { s.versionNum = 160011; }).contains(u"knows no incremental"_s));
    QVERIFY(whyWith([](ServerFacts &s, Backup &) { s.versionNum = 180004; }).contains(u"18.6"_s));
    QVERIFY(whyWith([](ServerFacts &s, Backup &) { s.versionNum = 170011; }).contains(u"18.6"_s));
    QVERIFY(whyWith([](ServerFacts &s, Backup &) { s.summarizesWal = false; }).contains(u"summarize_wal"_s));
    QVERIFY(whyWith([](ServerFacts &s, Backup &) { s.timeline = 2; }).contains(u"timeline 2"_s)); // after a promotion
    QVERIFY(whyWith([](ServerFacts &, Backup &b) { b.serverVersionNum = 180004; }).contains(u"before 18.6"_s)); // after a minor upgrade
    QVERIFY(whyWith([](ServerFacts &, Backup &b) { b.ofStack = true, b.serverVersionNum = 0; }).isEmpty()); // of the stack's first start
    QVERIFY(whyWith([](ServerFacts &, Backup &b) { b.ofStack = true, b.serverVersionNum = 180000; }).isEmpty());
    QVERIFY(whyWith([](ServerFacts &, Backup &b) { b.segmentSize = 1 << 20; }).contains(u"segment"_s));
}

void TestCatalogue::progressOfTools()
{
    QVERIFY((kilobytesOf("12345/67890 kB (18%), 0/1 tablespace (...x)") == QPair<qint64, qint64>(12345 * 1024, 67890 * 1024)));
    QVERIFY((kilobytesOf("    0/23146 kB (0%) verified") == QPair<qint64, qint64>(0, 23146 * 1024)));
    for (const char *line : {"waiting for checkpoint", "", "pg_basebackup: error: x/y kB (", "/1 kB (1%)"})
        QVERIFY2(!kilobytesOf(line), line);
}

void TestCatalogue::emptyRepository()
{
    const Repository repository = fresh();
    const auto none = repository.list();
    VERIFY_OK(none);
    QVERIFY(none->backups.isEmpty());
    const Repository nowhere(*m_box, m_folder.filePath(u"nowhere"_s), u"nowhere"_s);
    QVERIFY(!nowhere.list()); // not the same as empty
    VERIFY_OK(repository.freeBytes({}));
}

// What fills the disk that WAL is archived on is ended before it is full, and tells why.
void TestCatalogue::endedWhenTheDiskFills()
{
    const Repository repository = fresh();
    QTemporaryDir bin;
    const QString full = bin.filePath(u"full"_s), df = bin.filePath(u"df"_s);
    QVERIFY(test::put(df, "#!/bin/sh\necho Avail\nif [ -e '" + full.toUtf8() + "' ]; then echo 200000000; else echo 300000000; fi\n"));
    QFile::setPermissions(df, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", bin.path().toUtf8() + ':' + path);
    Watching watching;
    watching.mayGoOn = whileThereIsRoom(repository, {});
    watching.onLine = [&](const QByteArray &) { test::put(full, "x"); };
    const auto room = runWatched(repository.toolbox(), {u"sh"_s, {u"-c"_s, u"sleep 2"_s}, {}, 0}, watching, {});
    const auto ended = runWatched(repository.toolbox(), {u"sh"_s, {u"-c"_s, u"echo begun; exec sleep 600"_s}, {}, 0}, watching, {});
    qputenv("PATH", path);
    VERIFY_OK(room);
    QCOMPARE(room->exitCode, 0);
    QVERIFY(!ended);
    QCOMPARE(ended.error().reason, u"disk_full"_s);
    // And whoever calls may end it as ever.
    CancelToken cancel;
    Watching cancelling;
    cancelling.onLine = [&](const QByteArray &) { cancel.cancel(); };
    const auto cancelled = runWatched(repository.toolbox(), {u"sh"_s, {u"-c"_s, u"echo begun; exec sleep 600"_s}, {}, 0}, cancelling, cancel);
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().kind, ErrorKind::Cancelled);
}

void TestCatalogue::listed()
{
    const Repository repository = fresh();
    const QByteArray manifest = manifestOf(oneFile);
    const Backup full = test::recorded(fullId, manifest);
    QVERIFY(test::put(repository.root(), full, manifest));
    QVERIFY(test::put(repository.root(), test::recorded(incrId, manifest, fullId, full.manifestSha256), manifest));
    const QString initial = repository.root() + "/base/initial-20261126T180102Z/"_L1;
    QVERIFY(test::put(initial + "backup_manifest"_L1, manifest));
    QVERIFY(test::put(initial + "backup_label"_L1, "START WAL LOCATION: 0/3000028 (file 000000010000000000000003)\nSTART TIME: 2026-11-26 18:01:02 UTC\nLABEL: howdah initial\nSTART TIMELINE: 1\n"));
    const auto catalogue = repository.list();
    VERIFY_OK(catalogue);
    QCOMPARE(catalogue->backups.size(), 3);
    const Backup &stacks = catalogue->backups.at(0);
    QVERIFY(stacks.ofStack && stacks.state == BackupState::Complete && stacks.stopMs == 0);
    QCOMPARE(stacks.systemIdentifier, u"18446744073709551615"_s);
    QCOMPARE(stacks.stopLsn.value, quint64(0x3000120));
    QCOMPARE(stacks.data + u'/', initial);
    QCOMPARE(catalogue->backups.at(1).toJson(), full.toJson());
    QCOMPARE(catalogue->backups.at(1).data, repository.root() + "/base/"_L1 + fullId + "/data"_L1);
    QCOMPARE(catalogue->orphans(), QStringList());
    // What was seen of the stack's own is kept beside it, and holds for that one alone.
    Backup seen = stacks;
    seen.verified = {1, true, u"well"_s};
    VERIFY_OK(repository.saveRecord(seen, {}));
    QCOMPARE(repository.list()->backups.at(0).verified.words, u"well"_s);
    seen.manifestSha256 = seen.manifestSha256.toUpper();
    VERIFY_OK(repository.saveRecord(seen, {}));
    QCOMPARE(repository.list()->backups.at(0).verified.atMs, 0);
    QCOMPARE(repository.list()->backups.size(), 3);
    // Another manifest in its place: whole, of the same size, and not its own.
    QVERIFY(test::put(catalogue->backups.at(1).data + "/backup_manifest"_L1, manifestOf(QByteArray(oneFile).replace("20 GMT", "21 GMT"))));
    QVERIFY(test::put(initial + "backup_manifest"_L1, manifest.chopped(30)));
    const auto changed = repository.list();
    VERIFY_OK(changed);
    QCOMPARE(changed->backups.at(0).state, BackupState::Changed);
    QCOMPARE(changed->backups.at(1).state, BackupState::Changed);
    QCOMPARE(changed->backups.at(2).state, BackupState::Complete);
    QCOMPARE(changed->orphans(), QStringList{incrId});
}

void TestCatalogue::oddThings()
{
    const Repository repository = fresh();
    const QString base = repository.root() + "/base/"_L1;
    QVERIFY(test::put(base + "20261127T020115Z-full/howdah-backup.json"_L1, "{"));
    QVERIFY(test::put(base + "20261127T020116Z-full/data/x"_L1, "x")); // no record
    QVERIFY(test::put(base + "20261127T020117Z-full/howdah-backup.json"_L1, QByteArray(300 << 10, ' ')));
    QVERIFY(test::put(base + "20261127T020118Z-dump/howdah-backup.json"_L1, "{}")); // where base backups are
    QVERIFY(test::put(base + "20261127T020119Z-full"_L1, "a file"));
    QVERIFY(test::put(base + "note\nof somebody's"_L1, "x"));
    QVERIFY(test::put(repository.root() + "/lost+found/20261127T020120Z-full/howdah-backup.json"_L1, "{}"));
    QVERIFY(::symlink("/etc", QFile::encodeName(base + "20261127T020121Z-full"_L1).constData()) == 0);
    const auto catalogue = repository.list();
    VERIFY_OK(catalogue);
    QStringList told;
    for (const Backup &backup : catalogue->backups)
        told << backup.id + u' ' + stateName(backup.state);
    QCOMPARE(told, (QStringList{u"20261127T020115Z-full unreadable"_s, u"20261127T020116Z-full unreadable"_s, u"20261127T020117Z-full unreadable"_s, u"20261127T020118Z-dump unreadable"_s}));
}

void TestCatalogue::unfinished()
{
    const Repository repository = fresh();
    VERIFY_OK(repository.begin(fullId, BackupKind::Full, {}));
    QVERIFY(!repository.begin(fullId, BackupKind::Full, {})); // who was first has it
    const auto stateOf = [&] {
        const auto catalogue = repository.list();
        return catalogue && catalogue->backups.size() == 1 ? stateName(catalogue->backups.constFirst().state) : u"?"_s;
    };
    QCOMPARE(stateOf(), u"being_written"_s); // we live
    const QString owner = repository.partOf(fullId, BackupKind::Full) + "/owner.json"_L1;
    Owner other = Owner::ourselves();
    other.startTicks -= 1; // our number, and another process
    QVERIFY(test::put(owner, QJsonDocument(other.toJson()).toJson()));
    QCOMPARE(stateOf(), u"left"_s);
    other.boot = u"another"_s; // this machine, started anew since
    QVERIFY(test::put(owner, QJsonDocument(other.toJson()).toJson()));
    QCOMPARE(stateOf(), other.machine.isEmpty() ? u"being_written"_s : u"left"_s);
    other.machine = u"another"_s; // that bears the same name
    QVERIFY(test::put(owner, QJsonDocument(other.toJson()).toJson()));
    QCOMPARE(stateOf(), u"being_written"_s); // of which nothing is known here
    const Owner ourselves = Owner::ourselves();
    QVERIFY(!ourselves.boot.isEmpty() && !ourselves.space.isEmpty());
    QCOMPARE(ourselves.state(), Owner::State::Lives);
    QCOMPARE(Owner::fromLabel(ourselves.label()).toJson(), ourselves.toJson());
    QCOMPARE(Owner::fromLabel(u"4711"_s).state(), Owner::State::Unknown);
    other = ourselves;
    other.space = u"1"_s; // of a container: its numbers are not ours
    other.process = 4194303;
    QCOMPARE(other.state(), Owner::State::Unknown);
    QVERIFY(!ourselves.toJson().value("machine"_L1).toString().contains(QString::fromLatin1(QSysInfo::machineUniqueId())) || QSysInfo::machineUniqueId().isEmpty());
    QVERIFY(QFile::remove(owner));
    QCOMPARE(stateOf(), u"being_written"_s); // just begun
    const timespec before[2] = {{1, 0}, {1, 0}};
    QVERIFY(::utimensat(AT_FDCWD, QFile::encodeName(repository.partOf(fullId, BackupKind::Full)).constData(), before, 0) == 0);
    QCOMPARE(stateOf(), u"left"_s);
    VERIFY_OK(repository.dropUnfinished(fullId, BackupKind::Full));
    QCOMPARE(QDir(repository.root() + "/base"_L1).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
}

void TestCatalogue::written()
{
    const Repository repository = fresh();
    const auto part = repository.begin(fullId, BackupKind::Full, {});
    VERIFY_OK(part);
    const QByteArray manifest = manifestOf(oneFile);
    QVERIFY(test::put(*part + "/data/backup_manifest"_L1, manifest));
    const Backup backup = test::recorded(fullId, manifest);
    VERIFY_OK(repository.finish(backup, {}));
    struct stat facts{};
    QVERIFY(::stat(QFile::encodeName(repository.folderOf(fullId, BackupKind::Full) + "/howdah-backup.json"_L1).constData(), &facts) == 0);
    QCOMPARE(int(facts.st_mode & 07777), 0600);
    QVERIFY(::stat(QFile::encodeName(repository.folderOf(fullId, BackupKind::Full)).constData(), &facts) == 0);
    QCOMPARE(int(facts.st_mode & 07777), 0700);
    QCOMPARE(QDir(repository.folderOf(fullId, BackupKind::Full)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), (QStringList{u"data"_s, u"howdah-backup.json"_s}));
    const auto catalogue = repository.list();
    VERIFY_OK(catalogue);
    QCOMPARE(catalogue->backups.at(0).toJson(), backup.toJson());
    QVERIFY(!repository.read(repository.folderOf(fullId, BackupKind::Full) + "/data/backup_manifest"_L1, 10, {}));
}

void TestCatalogue::removedIsWhatWasMeant()
{
    const Repository repository = fresh();
    const QByteArray manifest = manifestOf(oneFile);
    const Backup backup = test::recorded(fullId, manifest);
    QVERIFY(test::put(repository.root(), backup, manifest));
    Backup other = backup;
    other.manifestSha256 = QCryptographicHash::hash("another", QCryptographicHash::Sha256).toHex();
    const auto refused = repository.remove(other, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"changed"_s);
    other.id = u"../../etc"_s;
    QVERIFY(!repository.remove(other, {}));
    QVERIFY(!repository.dropUnfinished(u"../x"_s, BackupKind::Full));
    QVERIFY(QFile::exists(repository.folderOf(fullId, BackupKind::Full)));
    VERIFY_OK(repository.remove(backup, {}));
    QCOMPARE(QDir(repository.root() + "/base"_L1).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
}

void TestCatalogue::oddRoot()
{
    const Repository repository = fresh(u"a [b]*? 'c' $(d)"_s);
    const QByteArray manifest = manifestOf(oneFile);
    QVERIFY(test::put(repository.root(), test::recorded(fullId, manifest), manifest));
    const auto catalogue = repository.list();
    VERIFY_OK(catalogue);
    QCOMPARE(catalogue->backups.size(), 1);
    QCOMPARE(catalogue->backups.at(0).state, BackupState::Complete);
}

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
