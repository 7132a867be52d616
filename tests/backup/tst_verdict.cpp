// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of a recovery target before anything starts is what PostgreSQL then does: some sixty targets, each really recovered. Forbidden zones, gaps,
// damaged segments, wrong branches, a clock that was set back, offsets and zones, segments of 1 and 64 MB.
#include "backup/moment.h"
#include "backup/verdict.h"
#include "lab.h"
#include "session/program.h"
#include "stack/record.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>
#include <QtEndian>

#include <thread>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

namespace
{

struct Case {
    QString what;
    QString cluster = u"main"_s;
    QString archive = u"archive"_s; // folder below the cluster's
    QString from;
    PitrTarget target;
    QString rawTime = {}; // given to the server in the place of what the verdict says
    QStringList more = {}; // settings
};

// The backup as its own files tell of it.
BackupPoint pointOf(const Lab &lab, const QString &cluster, const QString &id)
{
    BackupPoint point;
    point.id = id;
    QFile label(lab.path(cluster + u"/base/"_s + id + u"/backup_label"_s)), manifest(lab.path(cluster + u"/base/"_s + id + u"/backup_manifest"_s));
    if (!label.open(QIODevice::ReadOnly) || !manifest.open(QIODevice::ReadOnly))
        return point;
    const QString text = QString::fromUtf8(label.readAll()), files = QString::fromUtf8(manifest.readAll());
    static const QRegularExpression start(u"START WAL LOCATION: (\\S+)"_s), timeline(u"START TIMELINE: (\\d+)"_s), stop(u"\"End-LSN\": \"([^\"]+)\""_s);
    point.start = *Lsn::parse(start.match(text).captured(1));
    point.timeline = timeline.match(text).captured(1).toUInt();
    point.stop = *Lsn::parse(stop.match(files).captured(1));
    point.usable = true;
    point.holdsWal = true;
    // Of its end the archive's own label knows.
    const QStringList labels = QDir(lab.path(cluster + u"/archive"_s)).entryList({u"*.backup"_s}, QDir::Files);
    for (const QString &name : labels) {
        QFile file(lab.path(cluster + u"/archive/"_s + name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QString end = QString::fromUtf8(file.readAll());
        static const QRegularExpression stopTime(u"STOP TIME: (\\S+ \\S+) UTC"_s);
        if (end.contains(u"START WAL LOCATION: %1 "_s.arg(start.match(text).captured(1))))
            point.stopUs = parseMoment(stopTime.match(end).captured(1) + u"+00"_s).value_or(0);
    }
    return point;
}

// What the server did: the verdict's word and where it stopped.
QString didOf(const QByteArray &log)
{
    if (log.contains("requested recovery stop point is before consistent recovery point"))
        return u"before_consistent"_s;
    if (log.contains("recovery ended before configured recovery target was reached"))
        return u"ends_before"_s;
    if (log.contains("is not a child of this server's history") || log.contains("could not locate required checkpoint record"))
        return u"not_a_child"_s;
    if (log.contains("does not exist") && log.contains("recovery target timeline"))
        return u"no_timeline"_s;
    if (log.contains("archive recovery complete") && !log.contains("recovery stopping"))
        return u"promotes_with_loss"_s;
    static const QRegularExpression stopping(u"recovery stopping (before commit of transaction \\d+|before abort of transaction \\d+|after commit of transaction \\d+|after abort of transaction \\d+|(?:before|after) WAL location \\(LSN\\) \"[0-9A-F/]+\"|at restore point \"[^\"]*\")"_s);
    const auto match = stopping.match(QString::fromUtf8(log));
    return match.hasMatch() ? u"reaches: %1"_s.arg(match.captured(1)) : u"?: "_s + QString::fromUtf8(log.right(600));
}

} // namespace

class TestVerdict : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void asTheServer();
    void wordsOfAMoment_data();
    void wordsOfAMoment();
    void clocks();
    void islands();

private:
    QByteArray ok(const QStringList &arguments, const QByteArray &input = {})
    {
        const QByteArray said = m_lab->run(arguments, input);
        if (said.startsWith("failed"))
            m_failed += arguments.join(u' ').toUtf8() + ": " + said + '\n';
        return said;
    }
    QVector<WalEvent> eventsIn(const QString &cluster, quint64 mb, const QString &archive = u"archive"_s);
    void workload(const QString &cluster, int transactions);
    void forge(const QString &name, qint64 byUs);
    QVector<Case> cases();

    QTemporaryDir m_home;
    std::unique_ptr<Lab> m_lab;
    qint64 m_early = 0; // the moment at which timeline 2 branched off
    QByteArray m_failed;
};

// Short transactions, some given up, with pauses so that moments lie between them.
void TestVerdict::workload(const QString &cluster, int transactions)
{
    QByteArray script;
    for (int i = 0; i < transactions; ++i)
        script += i % 7 == 3 ? "BEGIN; INSERT INTO t DEFAULT VALUES; ROLLBACK;\nSELECT pg_sleep(0.01);\n" : "INSERT INTO t DEFAULT VALUES;\nSELECT pg_sleep(0.01);\n";
    ok({u"sql"_s, cluster, u"-o"_s, u"/dev/null"_s}, script);
}

QVector<WalEvent> TestVerdict::eventsIn(const QString &cluster, quint64 mb, const QString &archive)
{
    const ArchiveAccess access = folderArchive(m_lab->path(cluster + u'/' + archive));
    const auto inventory = takeInventory(access, mb << 20, {}, {});
    QVector<WalEvent> all;
    if (!inventory)
        return all;
    for (const Segment &segment : inventory->segments.keys()) {
        if (segment.timeline == 1)
            all += eventsOf(access, *inventory, segment).value_or(QVector<WalEvent>());
    }
    return all;
}

// An archive in which the clock went back: of every third commit of the last half the time is another, and its record's checksum right.
void TestVerdict::forge(const QString &name, qint64 byUs)
{
    const QVector<WalEvent> events = eventsIn(u"main"_s, 16);
    int nth = 0;
    for (qsizetype i = events.size() / 2; i < events.size(); ++i) {
        const WalEvent &event = events.at(i);
        const qint64 offset = qint64(event.begin.value % (16 << 20));
        if (event.kind != WalEvent::Kind::Commit || ++nth % 3 != 0 || offset % 8192 > 8000)
            continue;
        QFile file(m_lab->path(u"main/%1/"_s.arg(name) + Segment::holding(1, event.begin, 16 << 20).name(16 << 20)));
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(offset));
        QByteArray record = file.read(qint64(event.end.value - event.begin.value));
        const quint32 length = qFromLittleEndian<quint32>(record.constData());
        record.truncate(length);
        if (quint8(record.at(24)) != 255) // long or with an origin: left as it is
            continue;
        qToLittleEndian<qint64>(qFromLittleEndian<qint64>(record.constData() + 26) - byUs, record.data() + 26);
        qToLittleEndian<quint32>(walCrc(QByteArrayView(record).first(20), walCrc(QByteArrayView(record).sliced(24))), record.data() + 20);
        QVERIFY(file.seek(offset) && file.write(record) == record.size());
    }
}

void TestVerdict::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    qputenv("XDG_CACHE_HOME", m_home.path().toLocal8Bit());
    // Whose image has the tools.
    stack::Record record;
    record.name = u"howdah"_s;
    record.image = u"howdah-postgres:18"_s;
    QVERIFY(stack::writeRecord(record));
    QString why;
    m_lab = Lab::make(&why);
    QVERIFY2(m_lab, qPrintable(why));
    const auto quiet = [&](const QString &cluster) { m_lab->sql(cluster, "SELECT pg_sleep(2.2)"); };
    ok({u"init"_s, u"main"_s, u"16"_s, u"wal_keep_size = 1GB"_s});
    ok({u"init"_s, u"small"_s, u"1"_s});
    ok({u"init"_s, u"large"_s, u"64"_s});
    for (const QString &cluster : {u"main"_s, u"small"_s, u"large"_s}) {
        ok({u"sql"_s, cluster, u"-c"_s, u"CREATE TABLE t (i serial, at timestamptz DEFAULT clock_timestamp(), x text DEFAULT repeat('x', 200))"_s});
        ok({u"backup"_s, cluster, u"initial-20260101T000000Z"_s});
        workload(cluster, 20);
        ok({u"sql"_s, cluster, u"-c"_s, u"SELECT pg_create_restore_point('first')"_s});
        ok({u"archived"_s, cluster});
        workload(cluster, 20);
        ok({u"archived"_s, cluster});
    }
    m_lab->shell(u"mkdir -p /lab/t; cp -a /lab/main/archive /lab/main/before_b2"_s);
    // One with commits while it is taken.
    std::thread writer([&] { workload(u"main"_s, 150); });
    ok({u"backup"_s, u"main"_s, u"initial-20260102T000000Z"_s, u"--max-rate=16M"_s});
    writer.join();
    ok({u"archived"_s, u"main"_s});
    quiet(u"main"_s);
    // And one with none.
    ok({u"backup"_s, u"main"_s, u"initial-20260103T000000Z"_s, u"--max-rate=8M"_s});
    quiet(u"main"_s);
    workload(u"main"_s, 10);
    ok({u"sql"_s, u"main"_s, u"-c"_s, u"SELECT pg_create_restore_point('twice')"_s});
    workload(u"main"_s, 5);
    ok({u"sql"_s, u"main"_s, u"-c"_s, u"SELECT pg_create_restore_point('twice')"_s, u"-c"_s, u"SELECT pg_create_restore_point('it''s')"_s});
    ok({u"sql"_s, u"main"_s, u"-c"_s, u"BEGIN"_s, u"-c"_s, u"INSERT INTO t DEFAULT VALUES"_s, u"-c"_s, u"PREPARE TRANSACTION 'p'"_s, u"-c"_s, u"COMMIT PREPARED 'p'"_s});
    workload(u"main"_s, 10);
    ok({u"archived"_s, u"main"_s});
    ok({u"stop"_s, u"main"_s});
    ok({u"stop"_s, u"small"_s});
    ok({u"stop"_s, u"large"_s});
    // What can befall an archive.
    // The last segment before the second backup: which number that has, the switches decide, and one that a backup has its own copy of is another fault.
    const QString third = u"/lab/main/$a/$(ls /lab/main/before_b2 | grep -v '\\.' | tail -1)"_s;
    for (const auto &[name, damage] : {std::pair(u"gap"_s, u"rm %1"_s), std::pair(u"short"_s, u"truncate -s 5000000 %1"_s), std::pair(u"zeros"_s, u"f=%1; rm $f; truncate -s 16777216 $f"_s),
                                       std::pair(u"flipped"_s, u"f=%1; printf '\\x55' | dd of=$f bs=1 seek=60 conv=notrunc status=none"_s), std::pair(u"clock"_s, u"true # %1"_s)})
        QVERIFY(!m_lab->shell(u"a=%1; cp -a /lab/main/archive /lab/main/$a; "_s.arg(name) + damage.arg(third)).startsWith("failed"));
    forge(u"clock"_s, 400'000);
    QVERIFY2(m_failed.isEmpty(), m_failed.constData());
    // Another branch: b1 recovered to an early moment and promoted, with its WAL archived beside the first's.
    const QVector<WalEvent> events = eventsIn(u"main"_s, 16);
    QVERIFY(events.size() > 100);
    m_lab->shell(u"cp -a /lab/main/archive /lab/main/branches"_s);
    const Lsn b1 = pointOf(*m_lab, u"main"_s, u"initial-20260101T000000Z"_s).stop;
    m_early = (std::find_if(events.cbegin(), events.cend(), [&](const WalEvent &event) { return event.kind == WalEvent::Kind::Commit && event.begin > b1; }) + 12)->atUs;
    PitrTarget early{PitrTarget::Kind::Time, m_early, {}, 0, {}, true, 1};
    const QString branch = u"promoted"_s;
    const QByteArray promoted = ok({u"recover"_s, u"main"_s, branch, u"initial-20260101T000000Z"_s, u"/lab/main/archive"_s, u"promote"_s}, "recovery_target_time = '" + momentText(early.us).toLatin1() + "'\nrecovery_target_timeline = '1'\n");
    QVERIFY2(promoted.contains("archive recovery complete"), promoted.constData());
    m_lab->shell(u"psql -XAtqh /lab/main/runs/promoted -d postgres -c \"INSERT INTO t DEFAULT VALUES\" -c \"INSERT INTO t DEFAULT VALUES\" -c 'SELECT pg_switch_wal()' -c 'INSERT INTO t DEFAULT VALUES' -c 'SELECT pg_switch_wal()' -c 'CHECKPOINT';"
                 " pg_basebackup -h /lab/main/runs/promoted -U postgres -D /lab/main/base/initial-20260104T000000Z -c fast -X stream; psql -XAtqh /lab/main/runs/promoted -d postgres -c \"INSERT INTO t DEFAULT VALUES\" -c 'SELECT pg_sleep(0.01)' -c \"INSERT INTO t DEFAULT VALUES\" -c 'SELECT pg_switch_wal()';"
                 " now=$(psql -XAtqh /lab/main/runs/promoted -d postgres -c 'SELECT pg_walfile_name(pg_current_wal_lsn())'); for f in /lab/main/runs/promoted/pg_wal/00000002*; do [[ $f == *.history || ${f##*/} < $now ]] && cp $f /lab/main/branches/; done; cp -a /lab/main/branches /lab/main/nohistory; rm /lab/main/nohistory/*.history"_s);
    ok({u"drop"_s, u"main"_s, branch});
    QVERIFY2(m_failed.isEmpty(), m_failed.constData());
}

QVector<Case> TestVerdict::cases()
{
    using Kind = PitrTarget::Kind;
    QVector<Case> all;
    const QVector<WalEvent> events = eventsIn(u"main"_s, 16);
    QVector<WalEvent> ends;
    std::copy_if(events.cbegin(), events.cend(), std::back_inserter(ends), [](const WalEvent &event) { return event.kind == WalEvent::Kind::Commit || event.kind == WalEvent::Kind::Abort; });
    const auto time = [](qint64 us, bool inclusive = true, std::optional<Timeline> timeline = 1) { return PitrTarget{Kind::Time, us, {}, 0, {}, inclusive, timeline}; };
    const auto lsn = [](Lsn at, bool inclusive = true, std::optional<Timeline> timeline = 1) { return PitrTarget{Kind::Lsn, 0, at, 0, {}, inclusive, timeline}; };
    const auto xid = [](quint32 which, bool inclusive = true) { return PitrTarget{Kind::Xid, 0, {}, which, {}, inclusive, 1}; };
    const auto name = [](const QString &which) { return PitrTarget{Kind::Name, 0, {}, 0, which, true, 1}; };
    const BackupPoint b1 = pointOf(*m_lab, u"main"_s, u"initial-20260101T000000Z"_s), b2 = pointOf(*m_lab, u"main"_s, u"initial-20260102T000000Z"_s), b3 = pointOf(*m_lab, u"main"_s, u"initial-20260103T000000Z"_s);
    const WalEvent last = ends.constLast();
    const auto add = [&](const QString &what, const QString &from, const PitrTarget &target, const QString &archive = u"archive"_s) { all.append({what, u"main"_s, archive, from, target}); };
    const auto behind = [&](Lsn at) { return *std::find_if(ends.cbegin(), ends.cend(), [&](const WalEvent &event) { return event.begin > at; }); };
    const auto before = [&](Lsn at) { return *std::find_if(ends.crbegin(), ends.crend(), [&](const WalEvent &event) { return event.begin < at; }); };
    // Moments: between, at, exclusive.
    for (int i : {8, 15, 30, 60}) {
        const WalEvent &one = *(std::find_if(ends.cbegin(), ends.cend(), [&](const WalEvent &event) { return event.begin > b1.stop; }) + i);
        add(u"at %1"_s.arg(i), u"initial-20260101T000000Z"_s, time(one.atUs));
        add(u"just before %1"_s.arg(i), u"initial-20260101T000000Z"_s, time(one.atUs, false));
        add(u"between %1"_s.arg(i), u"initial-20260101T000000Z"_s, time(one.atUs + 3000));
    }
    add(u"the last one's"_s, u"initial-20260101T000000Z"_s, time(last.atUs));
    add(u"the last one's, exclusive"_s, u"initial-20260101T000000Z"_s, time(last.atUs, false));
    add(u"just below the last"_s, u"initial-20260101T000000Z"_s, time(last.atUs - 1));
    add(u"after the last"_s, u"initial-20260101T000000Z"_s, time(last.atUs + 60'000'000));
    add(u"long before"_s, u"initial-20260101T000000Z"_s, time(b1.stopUs - 3'600'000'000));
    // Within backups.
    add(u"in b2, with commits"_s, u"initial-20260102T000000Z"_s, time(before(b2.stop).atUs - 100'000));
    add(u"before b2"_s, u"initial-20260102T000000Z"_s, time(before(b2.start).atUs - 1));
    add(u"the last commit in b2"_s, u"initial-20260102T000000Z"_s, time(before(b2.stop).atUs));
    add(u"behind b2"_s, u"initial-20260102T000000Z"_s, time(behind(b2.stop).atUs));
    add(u"quiet, before b3"_s, u"initial-20260103T000000Z"_s, time(before(b3.start).atUs + 500'000));
    add(u"quiet, in b3"_s, u"initial-20260103T000000Z"_s, time(b3.stopUs - 1'500'000));
    add(u"quiet, behind b3"_s, u"initial-20260103T000000Z"_s, time(b3.stopUs + 1'100'000));
    add(u"behind b3"_s, u"initial-20260103T000000Z"_s, time(behind(b3.stop).atUs + 3000));
    // Places in WAL.
    add(u"LSN of a commit"_s, u"initial-20260101T000000Z"_s, lsn(ends.at(20).begin));
    add(u"LSN of a commit, exclusive"_s, u"initial-20260101T000000Z"_s, lsn(ends.at(20).begin, false));
    add(u"LSN in between"_s, u"initial-20260101T000000Z"_s, lsn({ends.at(20).begin.value + 1}));
    add(u"LSN in b2"_s, u"initial-20260102T000000Z"_s, lsn(before(b2.stop).begin));
    add(u"LSN of b2's end"_s, u"initial-20260102T000000Z"_s, lsn(b2.stop));
    add(u"LSN of b2's end, exclusive"_s, u"initial-20260102T000000Z"_s, lsn(b2.stop, false));
    for (const WalEvent &event : events) {
        if (event.kind == WalEvent::Kind::BackupEnd && event.backupStart == b3.start) {
            add(u"LSN of the record that ends b3"_s, u"initial-20260103T000000Z"_s, lsn(event.begin));
            add(u"the same, exclusive"_s, u"initial-20260103T000000Z"_s, lsn(event.begin, false));
            add(u"just behind the one before it"_s, u"initial-20260103T000000Z"_s, lsn({event.before.value + 1}));
            add(u"the one before it"_s, u"initial-20260103T000000Z"_s, lsn(event.before));
        }
    }
    add(u"LSN of the last commit"_s, u"initial-20260101T000000Z"_s, lsn(last.begin));
    add(u"LSN far behind"_s, u"initial-20260101T000000Z"_s, lsn({last.begin.value + (qint64(1) << 30)}));
    add(u"latest"_s, u"initial-20260101T000000Z"_s, {Kind::Latest, 0, {}, 0, {}, true, 1});
    add(u"latest, from b3"_s, u"initial-20260103T000000Z"_s, {Kind::Latest, 0, {}, 0, {}, true, 1});
    // Transactions and names.
    add(u"xid"_s, u"initial-20260101T000000Z"_s, xid(ends.at(25).xid));
    add(u"xid, exclusive"_s, u"initial-20260101T000000Z"_s, xid(ends.at(25).xid, false));
    add(u"xid of one given up"_s, u"initial-20260101T000000Z"_s, xid(std::find_if(ends.cbegin() + 10, ends.cend(), [](const WalEvent &event) { return event.kind == WalEvent::Kind::Abort; })->xid));
    add(u"xid that never was"_s, u"initial-20260101T000000Z"_s, xid(4'000'000));
    add(u"xid before the backup"_s, u"initial-20260103T000000Z"_s, xid(ends.at(25).xid));
    add(u"xid in b2"_s, u"initial-20260102T000000Z"_s, xid(before(b2.stop).xid));
    add(u"a restore point"_s, u"initial-20260101T000000Z"_s, name(u"first"_s));
    add(u"one that lies before the backup"_s, u"initial-20260103T000000Z"_s, name(u"first"_s));
    add(u"one that is there twice"_s, u"initial-20260103T000000Z"_s, name(u"twice"_s));
    add(u"one with a quote"_s, u"initial-20260103T000000Z"_s, name(u"it's"_s));
    add(u"one that is not"_s, u"initial-20260101T000000Z"_s, name(u"never"_s));
    // Holes and damage: what lies before them can be had, what lies behind can't.
    for (const QString &archive : {u"gap"_s, u"short"_s, u"zeros"_s, u"flipped"_s}) {
        const auto inventory = takeInventory(folderArchive(m_lab->path(u"main/"_s + archive)), 16 << 20, {}, {});
        const Reach reach = reachOf(*inventory, b1, 1);
        add(archive + u", before"_s, u"initial-20260101T000000Z"_s, time(reach.maxUs - 15'000), archive);
        add(archive + u", behind"_s, u"initial-20260101T000000Z"_s, time(last.atUs - 1), archive);
    }
    add(u"gap, latest"_s, u"initial-20260101T000000Z"_s, {Kind::Latest, 0, {}, 0, {}, true, 1}, u"gap"_s);
    // A clock that was set back.
    const qint64 middle = ends.at(ends.size() * 3 / 4).atUs;
    for (int i = 0; i < 4; ++i)
        add(u"clock %1"_s.arg(i), u"initial-20260101T000000Z"_s, time(middle + i * 37'000), u"clock"_s);
    // Branches.
    const qint64 early = m_early;
    add(u"on 1, though there is a 2"_s, u"initial-20260101T000000Z"_s, time(ends.at(40).atUs), u"branches"_s);
    add(u"on 2"_s, u"initial-20260101T000000Z"_s, time(last.atUs + 1000, true, 2), u"branches"_s);
    add(u"on 2, before it began"_s, u"initial-20260101T000000Z"_s, time(early - 20'000, true, 2), u"branches"_s);
    add(u"on 2, from b3"_s, u"initial-20260103T000000Z"_s, time(last.atUs + 1000, true, 2), u"branches"_s);
    add(u"latest on 2"_s, u"initial-20260101T000000Z"_s, {Kind::Latest, 0, {}, 0, {}, true, 2}, u"branches"_s);
    add(u"on 2, without its history"_s, u"initial-20260101T000000Z"_s, time(last.atUs + 1000, true, 2), u"nohistory"_s);
    add(u"on 3, which is not"_s, u"initial-20260101T000000Z"_s, time(last.atUs, true, 3), u"branches"_s);
    // Other segments.
    for (const auto &[cluster, mb] : {std::pair(u"small"_s, 1), std::pair(u"large"_s, 64)}) {
        const QVector<WalEvent> its = eventsIn(cluster, quint64(mb));
        const WalEvent end = its.constLast();
        all.append({cluster + u", a moment"_s, cluster, u"archive"_s, u"initial-20260101T000000Z"_s, time(its.at(its.size() / 2).atUs)});
        all.append({cluster + u", the last"_s, cluster, u"archive"_s, u"initial-20260101T000000Z"_s, time(end.atUs)});
        all.append({cluster + u", an LSN"_s, cluster, u"archive"_s, u"initial-20260101T000000Z"_s, lsn(end.begin)});
    }
    // The server's own zone is another: what is written has its offset.
    Case tokyo{u"zone"_s, u"main"_s, u"archive"_s, u"initial-20260101T000000Z"_s, time(ends.at(33).atUs)};
    tokyo.more << u"timezone = 'Asia/Tokyo'"_s;
    all.append(tokyo);
    return all;
}

void TestVerdict::asTheServer()
{
    const QVector<Case> all = cases();
    QVERIFY2(all.size() >= 70, qPrintable(QString::number(all.size())));
    struct Told {
        QJsonObject verdict;
        QByteArray log;
        QString expected;
    };
    QVector<Told> told(all.size());
    const auto tell = [&](int i) {
        const Case &one = all.at(i);
        const PitrTarget &target = one.target;
        QStringList words{u"pitr"_s, u"plan"_s, u"--json"_s, u"--in"_s, m_lab->path(one.cluster), u"--archive"_s, m_lab->path(one.cluster + u'/' + one.archive), u"--from"_s, one.from, u"--timeline"_s, QString::number(target.timeline.value_or(1))};
        switch (target.kind) {
        case PitrTarget::Kind::Time: words << u"--target"_s << momentText(target.us); break;
        case PitrTarget::Kind::Lsn: words << u"--lsn"_s << target.lsn.text(); break;
        case PitrTarget::Kind::Xid: words << u"--xid"_s << QString::number(target.xid); break;
        case PitrTarget::Kind::Name: words << u"--name"_s << target.name; break;
        case PitrTarget::Kind::Latest: words << u"--latest"_s; break;
        }
        if (!target.inclusive)
            words << u"--exclusive"_s;
        const Program said = Program::run(words);
        told[i].verdict = said.json();
        // The record at which it stops, as the server will say it.
        QString &expected = told[i].expected;
        expected = told[i].verdict.value("server"_L1).toString();
        if (expected.isEmpty())
            expected = QString::fromUtf8(said.output);
        if (expected != "reaches"_L1 && expected != "reaches_later"_L1)
            return;
        const bool before = !told[i].verdict.value("stops_before"_L1).isNull();
        if (target.kind == PitrTarget::Kind::Lsn || target.kind == PitrTarget::Kind::Latest)
            expected = u"reaches: %1 WAL location (LSN) "_s.arg(before ? u"before"_s : u"after"_s);
        else if (target.kind == PitrTarget::Kind::Name)
            expected = u"reaches: at restore point \"%1\""_s.arg(target.name);
        else
            expected = u"reaches: %1 %2 of transaction %3"_s.arg(before ? u"before"_s : u"after"_s, told[i].verdict.value("stop_commits"_L1).toBool() ? u"commit"_s : u"abort"_s).arg(told[i].verdict.value("stop_xid"_L1).toInteger());
    };
    // Two at a time, as the machine has two processors.
    std::atomic<int> next = 0;
    const auto work = [&] {
        for (int i = next++; i < all.size(); i = next++) {
            const Case &one = all.at(i);
            tell(i);
            QStringList settings;
            for (const QJsonValue &setting : told[i].verdict.value("settings"_L1).toArray())
                settings << setting.toString();
            settings += one.more;
            if (settings.isEmpty()) // refused before there was a setting: as one would have written it
                settings << (one.target.kind == PitrTarget::Kind::Latest ? QString() : u"recovery_target_time = '%1'"_s.arg(momentText(one.target.us))) << u"recovery_target_timeline = '%1'"_s.arg(one.target.timeline.value_or(1));
            told[i].log = m_lab->run({u"recover"_s, one.cluster, u"run%1"_s.arg(i), one.from, u"/lab/%1/%2"_s.arg(one.cluster, one.archive), u"shutdown"_s}, settings.join(u'\n').toUtf8() + '\n');
            m_lab->run({u"drop"_s, one.cluster, u"run%1"_s.arg(i)});
        }
    };
    std::thread other(work);
    work();
    other.join();
    QStringList wrong;
    QMap<QString, int> kinds;
    for (int i = 0; i < all.size(); ++i) {
        const QString did = didOf(told[i].log);
        const bool same = told[i].expected.endsWith(u"(LSN) "_s) ? did.startsWith(told[i].expected) : did == told[i].expected;
        ++kinds[told[i].verdict.value("server"_L1).toString()];
        if (!same)
            wrong << u"%1: told %2, and the server: %3"_s.arg(all.at(i).what, told[i].expected, did);
        if (!told[i].verdict.value("good"_L1).toBool() && (told[i].verdict.value("message"_L1).toString().isEmpty() || told[i].verdict.value("reason"_L1).isNull()))
            wrong << u"%1: no reason is told"_s.arg(all.at(i).what);
    }
    for (auto kind = kinds.cbegin(); kind != kinds.cend(); ++kind)
        qInfo("%s: %d", qPrintable(kind.key()), kind.value());
    qInfo("%d of %d as told", int(all.size() - wrong.size()), int(all.size()));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u"\n"_s)));
    for (const char *each : {"reaches", "reaches_later", "before_consistent", "ends_before", "promotes_with_loss", "not_a_child", "no_timeline"})
        QVERIFY2(kinds.value(QLatin1StringView(each)) > 0, each);
}

void TestVerdict::wordsOfAMoment_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("read"); // or the reason
    QTest::newRow("UTC") << u"2026-11-27 02:11:54.953201+00"_s << u"2026-11-27 02:11:54.953201+00"_s;
    QTest::newRow("Z, T") << u"2026-11-27T02:11:54Z"_s << u"2026-11-27 02:11:54+00"_s;
    QTest::newRow("east") << u"2026-11-27 11:11:54.5+09"_s << u"2026-11-27 02:11:54.500000+00"_s;
    QTest::newRow("west, half an hour") << u"2026-11-26 22:41:54-03:30"_s << u"2026-11-27 02:11:54+00"_s;
    QTest::newRow("no seconds") << u"2026-11-27 02:11+0000"_s << u"2026-11-27 02:11:00+00"_s;
    QTest::newRow("no offset") << u"2026-11-27 02:11:54"_s << u"no_offset"_s;
    QTest::newRow("abbreviation") << u"2026-11-27 02:11:54 EDT"_s << u"bad_moment"_s;
    QTest::newRow("words") << u"yesterday"_s << u"bad_moment"_s;
    QTest::newRow("no such day") << u"2026-02-30 02:11:54Z"_s << u"bad_moment"_s;
    QTest::newRow("no such hour") << u"2026-02-28 24:11:54Z"_s << u"bad_moment"_s;
    QTest::newRow("nothing") << u""_s << u"bad_moment"_s;
    QTest::newRow("SQL") << u"2026-11-27 02:11:54+00'; --"_s << u"bad_moment"_s;
}

void TestVerdict::wordsOfAMoment()
{
    QFETCH(QString, typed);
    QFETCH(QString, read);
    const auto moment = parseMoment(typed);
    QCOMPARE(moment ? momentText(*moment) : moment.error().reason, read);
    if (!moment)
        return;
    // The server, in another zone, reads the same in what we write.
    m_lab->run({u"start"_s, u"small"_s});
    const QByteArray us = m_lab->run({u"sql"_s, u"small"_s, u"-c"_s, u"SET timezone = 'Asia/Tokyo'"_s, u"-c"_s, u"SELECT (extract(epoch FROM '%1'::timestamptz) * 1000000)::int8"_s.arg(momentText(*moment))});
    QCOMPARE(us, QByteArray::number(*moment));
}

void TestVerdict::clocks()
{
    const QTimeZone berlin("Europe/Berlin");
    QVERIFY(berlin.isValid());
    QCOMPARE(parseWallClock(u"2026-11-27 03:11:54"_s, berlin).value_or(0), *parseMoment(u"2026-11-27 02:11:54Z"_s));
    QCOMPARE(parseWallClock(u"2026-10-25 02:30"_s, berlin).error().reason, u"twice"_s);
    QVERIFY2(parseWallClock(u"2026-10-25 02:30"_s, berlin).error().hint.contains(u"+02 or 2026-10-25 02:30:00+01"_s), qPrintable(parseWallClock(u"2026-10-25 02:30"_s, berlin).error().hint));
    QCOMPARE(parseWallClock(u"2026-03-29 02:30"_s, berlin).error().reason, u"never"_s);
    QCOMPARE(parseWallClock(u"2026-10-25 02:30+01"_s, berlin).value_or(0), *parseMoment(u"2026-10-25 01:30Z"_s));
}

void TestVerdict::islands()
{
    const QVector<BackupPoint> backups{pointOf(*m_lab, u"main"_s, u"initial-20260101T000000Z"_s), pointOf(*m_lab, u"main"_s, u"initial-20260102T000000Z"_s), pointOf(*m_lab, u"main"_s, u"initial-20260103T000000Z"_s)};
    const auto of = [&](const QString &archive) { return takeInventory(folderArchive(m_lab->path(u"main/"_s + archive)), 16 << 20, {}, {}); };
    const auto whole = of(u"archive"_s), gap = of(u"gap"_s), branches = of(u"branches"_s);
    const QVector<Island> one = islandsOf(*whole, backups);
    QCOMPARE(one.size(), 1);
    QCOMPARE(one.at(0).backups, QStringList({u"initial-20260101T000000Z"_s, u"initial-20260102T000000Z"_s, u"initial-20260103T000000Z"_s}));
    QVERIFY(one.at(0).endsBecause.isEmpty() && one.at(0).fromUs < one.at(0).toUs);
    QVERIFY(gapsOf(*whole).isEmpty());
    const QVector<Island> two = islandsOf(*gap, backups);
    QCOMPARE(two.size(), 2);
    QCOMPARE(two.at(0).backups, QStringList{u"initial-20260101T000000Z"_s});
    QVERIFY(two.at(0).endsBecause.contains(u"is missing"_s));
    QVERIFY(two.at(0).toUs < two.at(1).fromUs + 1'000'000);
    QCOMPARE(gapsOf(*gap).size(), 1);
    const QVector<Island> both = islandsOf(*branches, backups);
    QCOMPARE(both.size(), 2);
    QVERIFY(both.at(1).timeline == 2 && both.at(1).backups == QStringList{u"initial-20260101T000000Z"_s} && both.at(1).endsBecause.isEmpty());
    QCOMPARE(gapsOf(*of(u"nohistory"_s)).constLast().history, true);
    QCOMPARE(gapsOf(*of(u"flipped"_s)).size(), 1);
}

QTEST_GUILESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
