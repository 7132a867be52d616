// SPDX-License-Identifier: GPL-3.0-or-later
// Backups of a 5 GB cluster by our services, each beside the program that does the work, in turn, in the same container: base backup (as plain files, and
// compressed), its verification, a dump (as pg_dump does it alone, and, apart, with the sums and the reading through that ours makes of it). And the window of 10,000 segments
// from what is remembered of them.
#include "backupcluster.h"
#include "bench.h"
#include "child.h"
#include "process.h"

#include "backup/logical.h"
#include "backup/logicalway.h"
#include "backup/physical.h"
#include "backup/physicalverify.h"
#include "backup/remembered.h"
#include "backup/window.h"
#include "stack/dockerengine.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>

#include <cmath>

#include <sys/stat.h>

namespace howdah::bench
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int kSegments = 10'000;
constexpr quint64 kSegmentSize = 16 << 20;

struct Side {
    QVector<double> ours, peer;
    double ratio() const
    {
        // Of each pair, which met the same moment of the machine; their median.
        QVector<double> ratios;
        for (qsizetype i = 0; i < ours.size(); ++i)
            ratios << ours.at(i) / peer.at(i);
        return median(ratios);
    }
    QJsonArray pairs() const // [ours, peer] in ms: how far they scatter
    {
        QJsonArray all;
        for (qsizetype i = 0; i < ours.size(); ++i)
            all.append(QJsonArray{std::round(ours.at(i)), std::round(peer.at(i))});
        return all;
    }
};

QJsonObject failed(const Error &error)
{
    return {{u"error"_s, error.text()}};
}

// --- the child's work

struct Place {
    std::unique_ptr<Toolbox> toolbox;
    std::unique_ptr<Repository> repository;
};

Result<Place> placeOf(const QString &container)
{
    const auto engine = stack::findDocker();
    if (!engine)
        return fail(engine.error());
    auto box = Toolbox::inServer(*engine, container, u"the bench's container"_s, 18);
    if (!box)
        return fail(std::move(box.error()));
    Place place;
    place.toolbox = *std::move(box);
    place.repository = std::make_unique<Repository>(*place.toolbox, u"/bench/ours"_s, u"/bench/ours"_s);
    return place;
}

QJsonObject takeOne(const Place &place, bool compress)
{
    TakeOptions options;
    options.compress = compress;
    options.verify = false;
    QElapsedTimer clock;
    clock.start();
    const auto plan = planTake(BackupCluster::source(), *place.repository, options);
    if (!plan)
        return failed(plan.error());
    const auto taken = backup::take(BackupCluster::source(), *place.repository, *plan, [](const ProgressStep &) {});
    if (!taken)
        return failed(taken.error());
    return {{u"ms"_s, double(clock.nsecsElapsed()) / 1e6}, {u"id"_s, taken->id}, {u"bytes"_s, taken->bytes}};
}

QJsonObject verifyOnly(const Place &place, const QString &id)
{
    const auto catalogue = place.repository->list();
    const Backup *backup = catalogue ? catalogue->find(id) : nullptr;
    if (!backup)
        return {{u"error"_s, u"the backup is not there"_s}};
    QElapsedTimer clock;
    clock.start();
    const auto verdict = verifyOne(*place.repository, *backup, nullptr, [](const ProgressStep &) {});
    if (!verdict || !verdict->good)
        return {{u"error"_s, verdict ? verdict->words : verdict.error().text()}};
    return {{u"ms"_s, double(clock.nsecsElapsed()) / 1e6}};
}

QJsonObject dumpOne(const Place &place, const QString &folder)
{
    QElapsedTimer clock;
    clock.start();
    auto link = pg::Connection::open(BackupCluster::spec(folder), {});
    if (!link)
        return failed(link.error());
    DumpOptions options;
    options.compress = u"zstd:3"_s;
    const auto plan = planDump(**link, BackupCluster::source(), *place.repository, options);
    if (!plan)
        return failed(plan.error());
    // From the first sum to the step behind the reading through it is verification.
    double verifyingSince = 0, verifyMs = 0;
    const auto dumped = dump(**link, BackupCluster::source(), *place.repository, *plan, [&](const ProgressStep &step) {
        const double now = double(clock.nsecsElapsed()) / 1e6;
        if (step.step == verifyStep(plan->id))
            verifyingSince = verifyingSince > 0 ? verifyingSince : now;
        else if (verifyingSince > 0 && verifyMs == 0)
            verifyMs = now - verifyingSince;
    });
    if (!dumped)
        return failed(dumped.error());
    const double ms = double(clock.nsecsElapsed()) / 1e6;
    if (verifyMs == 0)
        return {{u"error"_s, u"the dump was not verified"_s}};
    return {{u"ms"_s, ms - verifyMs}, {u"verified_ms"_s, ms}, {u"bytes"_s, dumped->bytes}};
}

// Made-up facts of segments that are files of no content; each thousandth is not there.
QJsonObject windowOfMany(const Place &place, const QString &shared)
{
    QTemporaryDir folder(shared + u"/window-XXXXXX"_s);
    const QString remembered = folder.filePath(u"remembered"_s);
    if (!QDir(folder.path()).mkdir(u"wal"_s) || ::chmod(QFile::encodeName(folder.path()).constData(), 0755) != 0)
        return {{u"error"_s, u"no folder for the segments"_s}};
    // As a stack's archive is seen: from within a container.
    const ArchiveAccess access = toolboxArchive(*place.toolbox, u"/bench/%1/wal"_s.arg(QFileInfo(folder.path()).fileName()), u"the bench's archive"_s);
    constexpr qint64 second = 1'000'000, began = 1'790'000'000 * second;
    for (int i = 1; i <= kSegments; ++i) {
        QFile file(folder.filePath(u"wal/"_s + Segment{1, quint64(i)}.name(kSegmentSize)));
        if (i % 1000 != 0 && (!file.open(QIODevice::WriteOnly) || !file.resize(qint64(kSegmentSize))))
            return {{u"error"_s, u"the segments can't be made"_s}};
    }
    const auto entries = access.list({});
    if (!entries)
        return failed(entries.error());
    QMap<Segment, SegmentFacts> all;
    for (const ArchiveEntry &entry : *entries) {
        SegmentFacts facts;
        facts.segment = archiveFile(entry.name, kSegmentSize).segment;
        facts.file = entry.name;
        facts.bytes = entry.bytes;
        facts.changedNs = entry.changedNs;
        facts.sha256 = QByteArray(32, 'x');
        facts.scan.state = SegmentScan::State::Whole;
        facts.scan.systemIdentifier = 7;
        facts.scan.end = facts.segment.end(kSegmentSize);
        facts.scan.lastRecord = {facts.scan.end.value - 64};
        facts.commits = 5000;
        facts.minUs = began + qint64(facts.segment.number) * 10 * second;
        facts.maxUs = facts.minUs + 10 * second - 1;
        facts.lastCommit = facts.scan.lastRecord;
        for (int mark = 0; mark < 3; ++mark)
            facts.marks.append(WalEvent());
        all.insert(facts.segment, facts);
    }
    if (Done written = writeRemembered(remembered, kSegmentSize, all); !written)
        return failed(written.error());
    all.clear();
    QVector<BackupPoint> backups;
    for (int i = 0; i < 60; ++i) {
        BackupPoint backup;
        backup.id = u"backup %1"_s.arg(i);
        backup.start = Segment{1, quint64(1 + i * 166)}.begin(kSegmentSize);
        backup.stop = {backup.start.value + kSegmentSize / 2};
        backup.stopUs = began + (1 + i * 166) * 10 * second + 5 * second;
        backup.usable = true;
        backups.append(backup);
    }
    QElapsedTimer clock;
    clock.start();
    const auto inventory = takeInventory(access, kSegmentSize, u"7"_s, remembered);
    if (!inventory)
        return failed(inventory.error());
    const qsizetype islands = islandsOf(*inventory, backups).size(), gaps = gapsOf(*inventory).size();
    const double ms = double(clock.nsecsElapsed()) / 1e6;
    if (gaps != kSegments / 1000 - 1 || islands != kSegments / 1000)
        return {{u"error"_s, u"%1 islands and %2 gaps were found"_s.arg(islands).arg(gaps)}};
    return {{u"ms"_s, ms}};
}

// --- the bench's

class Rounds
{
public:
    explicit Rounds(const BackupCluster &cluster) : m_cluster(cluster) {}
    double peakRssMb() const { return m_peakRssMb; }

    Result<QJsonObject> ours(const QStringList &arguments)
    {
        auto said = child({}, u"backup"_s, arguments, 60 * 60'000);
        if (said)
            m_peakRssMb = std::max(m_peakRssMb, said->value("peak_rss_mb"_L1).toDouble());
        return said;
    }
    // One of each; who is first changes. `cleans` is a shell's words, before each: what one left is not the other's burden.
    Done pair(Side &side, int round, const QStringList &arguments, const QString &program, const QStringList &peer, const QString &cleans)
    {
        for (const bool isOurs : {round % 2 == 0, round % 2 != 0}) {
            if (Done cleaned = m_cluster.shell(cleans); !cleaned)
                return cleaned;
            if (Done settled = m_cluster.settle(); !settled)
                return settled;
            if (isOurs) {
                const auto said = ours(arguments);
                if (!said)
                    return fail(said.error());
                m_last = *said;
                side.ours << said->value("ms"_L1).toDouble();
            } else {
                const auto ms = m_cluster.timed(program, peer);
                if (!ms)
                    return fail(ms.error());
                side.peer << *ms;
            }
        }
        return {};
    }
    const QJsonObject &last() const { return m_last; } // of ours

private:
    const BackupCluster &m_cluster;
    double m_peakRssMb = 0;
    QJsonObject m_last;
};

} // namespace

QJsonObject backupChild(const QStringList &arguments)
{
    QJsonObject said;
    const QString what = arguments.value(0);
    const auto place = placeOf(arguments.value(1));
    if (!place)
        return failed(place.error());
    said = what == "base"_L1 ? takeOne(*place, false) : what == "packed"_L1 ? takeOne(*place, true) : what == "verify"_L1 ? verifyOnly(*place, arguments.value(2))
         : what == "window"_L1 ? windowOfMany(*place, arguments.value(2)) : dumpOne(*place, arguments.value(2));
    said.insert(u"peak_rss_mb"_s, selfPeakRssMb());
    return said;
}

Result<QJsonObject> runBackup(const Options &options)
{
    const int megabytes = options.megabytes > 0 ? options.megabytes : 5120, rounds = options.isLong ? 6 : 4; // even: each is as often the first
    const auto cluster = BackupCluster::start(megabytes);
    if (!cluster)
        return fail(cluster.error());
    const QString container = (*cluster)->container();
    Rounds run(**cluster);
    Side base, packed, verify, dumps, dumpsVerified;
    const QString away = u"rm -rf /bench/ours/* /bench/ours/.[!.]* /bench/peer /bench/peer.dump"_s;
    const QStringList socket{u"-h"_s, u"/bench/run"_s, u"-U"_s, u"postgres"_s}, plain{u"-D"_s, u"/bench/peer"_s, u"-c"_s, u"fast"_s, u"-X"_s, u"stream"_s, u"--manifest-checksums=SHA256"_s};
    // Once of each that counts for neither: then the cluster is in memory for both.
    if (Done warm = (*cluster)->shell(u"cat /bench/data/base/*/* >/dev/null"_s); !warm)
        return fail(std::move(warm.error()));
    const auto wants = [&options](const QString &part) { return options.only.isEmpty() || options.only == part; };
    for (int round = 0; round < rounds; ++round) {
        if (Done done = !wants(u"base"_s) ? Done() : run.pair(base, round, {u"base"_s, container}, u"pg_basebackup"_s, socket + plain, away); !done)
            return fail(std::move(done.error()));
        if (Done done = !wants(u"compressed"_s) ? Done() : run.pair(packed, round, {u"packed"_s, container}, u"pg_basebackup"_s, socket + plain + QStringList{u"-F"_s, u"tar"_s, u"--compress=client-zstd:3"_s}, away); !done)
            return fail(std::move(done.error()));
        if (!wants(u"dump"_s))
            continue;
        if (Done done = run.pair(dumps, round, {u"dump"_s, container, (*cluster)->folder()}, u"pg_dump"_s, socket + QStringList{u"--format=custom"_s, u"--compress=zstd:3"_s, u"--file=/bench/peer.dump"_s, u"postgres"_s}, away); !done)
            return fail(std::move(done.error()));
        dumpsVerified.ours << run.last().value("verified_ms"_L1).toDouble();
        dumpsVerified.peer << dumps.peer.constLast();
    }
    QJsonObject result{{u"megabytes"_s, megabytes}, {u"rounds"_s, rounds}};
    if (wants(u"verify"_s)) {
        // Both read the same one.
        if (Done cleaned = (*cluster)->shell(away); !cleaned)
            return fail(std::move(cleaned.error()));
        const auto taken = run.ours({u"base"_s, container});
        if (!taken)
            return fail(taken.error());
        const QString id = taken->value("id"_L1).toString();
        if (Done warm = (*cluster)->shell(u"find /bench/ours -type f -exec cat {} + >/dev/null"_s); !warm)
            return fail(std::move(warm.error()));
        for (int round = 0; round < rounds; ++round) {
            if (Done done = run.pair(verify, round, {u"verify"_s, container, id}, u"pg_verifybackup"_s, {u"/bench/ours/base/%1/data"_s.arg(id)}, u"true"_s); !done)
                return fail(std::move(done.error()));
        }
        const auto window = run.ours({u"window"_s, container, (*cluster)->folder()});
        if (!window)
            return fail(window.error());
        result.insert(u"backup_bytes"_s, taken->value("bytes"_L1));
        result.insert(u"segments"_s, kSegments);
        result.insert(u"window_ms"_s, window->value("ms"_L1));
    }
    result.insert(u"peak_rss_mb"_s, run.peakRssMb());
    if (!base.ours.isEmpty()) {
        result.insert(u"us"_s, median(base.ours));
        result.insert(u"peer"_s, median(base.peer));
        result.insert(u"ratio"_s, base.ratio());
    }
    for (const auto &[name, side] : {std::pair(u"base"_s, &base), std::pair(u"compressed"_s, &packed), std::pair(u"verify"_s, &verify), std::pair(u"dump"_s, &dumps), std::pair(u"dump_verified"_s, &dumpsVerified)}) {
        if (side->ours.isEmpty())
            continue;
        result.insert(name + "_ms"_L1, median(side->ours));
        result.insert(name + "_peer_ms"_L1, median(side->peer));
        result.insert(name + "_ratio"_L1, side->ratio());
        result.insert(name + "_speed"_L1, 1 / side->ratio()); // of the peer's
        result.insert(name + "_pairs"_L1, side->pairs());
    }
    return result;
}

} // namespace howdah::bench
