// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physical.h"

#include "backup/earlyflush.h"
#include "backup/lease.h"
#include "backup/logicalrun.h"
#include "backup/physicalrunbook.h"
#include "backup/physicalverify.h"
#include "base/units.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QFileInfo>
#include <QRegularExpression>
#include <QScopeGuard>

#include <chrono>
#include <future>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int firstSound = 180006;      // whose WAL summaries miss nothing that is known of
constexpr qsizetype mostManifest = 512 << 20;
constexpr std::chrono::seconds freshFacts{2}; // asked for the plan: not asked again

QString applicationOf(const QString &id)
{
    return "howdah-backup "_L1 + id;
}

// A thread of its own for the compression: the same bytes go in, and some 18 s became of 26 on two cores. One, since the server's machine has other work.
constexpr auto threadedZstd = "client-zstd:workers=1"_L1;
// A zstd that was built without threads says so at its first byte, in pg_basebackup's words.
constexpr auto noThreads = "compression worker count";

QStringList argumentsOf(const PhysicalSource &source, const TakePlan &plan, const QString &data)
{
    const QString role = source.replicationRole.isEmpty() ? source.role : source.replicationRole;
    QStringList words{u"-d"_s, conninfoOf(source, applicationOf(plan.id), {}), u"-U"_s, role, u"-w"_s, u"-D"_s, data, u"-X"_s, u"stream"_s, u"-c"_s, u"fast"_s,
                      u"--manifest-checksums=SHA256"_s, u"-P"_s, u"-l"_s, plan.options.label.isEmpty() ? QString("howdah "_L1 + plan.id) : plan.options.label};
    if (plan.tar)
        words << u"-F"_s << u"tar"_s;
    if (plan.options.compress)
        words << "--compress="_L1 + threadedZstd;
    if (!plan.parent.isEmpty())
        words << "--incremental="_L1 + plan.parentData + "/backup_manifest"_L1;
    if (plan.options.despitePageErrors)
        words << u"--no-verify-checksums"_s;
    return words;
}

// What the server's configuration was, beside the backup. What could not be kept is said, in the words that come back, and costs no backup.
Result<QString> keepConfig(const PhysicalSource &source, const Repository &repository, const ServerFacts &facts, const QString &part, const CancelToken &cancel)
{
    const auto files = readConfigFiles(repository.toolbox(), source, facts, cancel);
    if (!files && files.error().kind == ErrorKind::Cancelled)
        return fail(files.error());
    if (!files)
        return u"the server's configuration files are not kept: %1 may not read them, or they are not there"_s.arg(source.role);
    static const QRegularExpression odd(u"[^A-Za-z0-9._-]"_s);
    QStringList names;
    QByteArray places;
    std::vector<stack::TarFile> kept;
    for (const ConfigFile &file : *files) {
        QString name = QFileInfo(file.path).fileName().replace(odd, u"_"_s).right(80);
        if (names.contains(name) || name.startsWith(u'.') || name == "PLACES"_L1)
            name = u"%1-%2"_s.arg(names.size()).arg(name);
        names << name;
        places += name.toUtf8() + '\t' + file.path.toUtf8() + '\n';
        kept.push_back({name.toUtf8(), file.content});
    }
    kept.push_back({"PLACES", places});
    const Done written = repository.writeAll(part + "/config"_L1, kept, cancel);
    return written ? Result<QString>(QString()) : fail(written.error());
}

} // namespace

std::optional<QPair<qint64, qint64>> kilobytesOf(const QByteArray &line)
{
    const QByteArray text = line.trimmed();
    const qsizetype slash = text.indexOf('/');
    const qsizetype unit = text.indexOf(" kB (");
    bool good = false, goodToo = false;
    const qint64 done = slash > 0 ? text.left(slash).toLongLong(&good) : 0;
    const qint64 total = slash > 0 && unit > slash ? text.mid(slash + 1, unit - slash - 1).toLongLong(&goodToo) : 0;
    return good && goodToo ? std::optional(QPair<qint64, qint64>(done * 1024, total * 1024)) : std::nullopt;
}

QString whyFullIsNeeded(const ServerFacts &facts, const Backup *lastFull)
{
    if (facts.versionNum < 170000)
        return u"PostgreSQL %1 knows no incremental backups"_s.arg(facts.version);
    if (facts.versionNum < firstSound)
        return u"incremental backups of PostgreSQL %1 can be incomplete without a word (mended in 18.6)"_s.arg(facts.version);
    if (!facts.summarizesWal)
        return u"summarize_wal is off"_s;
    if (!lastFull)
        return u"there is no full backup of this cluster that could be built on"_s;
    if (lastFull->timeline != facts.timeline)
        return u"the server is on timeline %1 now, and the last full backup is of timeline %2"_s.arg(facts.timeline).arg(lastFull->timeline);
    // The one of a stack's first start says its major alone: the stack's image never was older than 18.6.
    const bool isOfImage = lastFull->ofStack && lastFull->serverVersionNum % 10000 == 0;
    if (lastFull->serverVersionNum != 0 && !isOfImage && lastFull->serverVersionNum < firstSound)
        return u"the last full backup is of PostgreSQL %1, before 18.6"_s.arg(lastFull->serverVersion);
    if (lastFull->segmentSize != 0 && lastFull->segmentSize != facts.segmentSize)
        return u"the size of a WAL segment is another"_s;
    return {};
}

Result<TakePlan> planTake(const PhysicalSource &source, const Repository &repository, const TakeOptions &options, const CancelToken &cancel)
{
    TakePlan plan;
    plan.options = options;
    auto facts = readServerFacts(repository.toolbox(), source, cancel);
    if (!facts)
        return fail(std::move(facts.error()));
    plan.facts = *facts;
    plan.askedAt = std::chrono::steady_clock::now();
    if (facts->versionNum / 10000 != repository.toolbox().versionNum() / 10000)
        return fail(ErrorKind::Tool, u"other_major"_s, u"%1 is PostgreSQL %2, and the tools (%3) are of another version"_s.arg(source.name, facts->version, repository.toolbox().where()));
    const auto catalogue = repository.list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    QStringList taken;
    for (const Backup &backup : catalogue->backups) {
        taken << backup.id;
        if (backup.kind == BackupKind::Dump)
            continue;
        if (backup.state == BackupState::BeingWritten)
            return fail(ErrorKind::Tool, u"being_written"_s, u"The backup %1 is being written %2"_s.arg(backup.id, backup.stateWords), u"Wait for its end"_s);
        if (backup.state == BackupState::Left)
            plan.left << backup.id;
    }
    plan.id = newId(options.kind, QDateTime::currentMSecsSinceEpoch(), taken);
    if (options.kind == BackupKind::Incremental) {
        const Backup *last = catalogue->lastFull(facts->systemIdentifier);
        if (const QString why = whyFullIsNeeded(*facts, last); !why.isEmpty())
            return fail(ErrorKind::Tool, u"full_needed"_s, u"No incremental backup can be taken: %1"_s.arg(why), u"Take a full one: howdahctl backup create"_s);
        plan.parent = last->id;
        plan.parentSha256 = last->manifestSha256;
        plan.parentData = last->data;
        plan.parentBackup = *last;
    }
    // Plain files of a tablespace would have to lie at the live one's own path.
    plan.tar = options.compress || facts->tablespaces > 0;
    if (facts->tablespaces > 0 && !options.compress)
        plan.notes << u"the cluster has tablespaces: each becomes a tar file, so that nothing can be written where the live ones are"_s;
    if (facts->inRecovery)
        plan.notes << u"the server is a standby: it waits for the next checkpoint of its primary"_s;
    if (facts->databasesUnseen > 0)
        plan.notes << u"%1 databases are not counted in the size: %2 may not connect to them"_s.arg(facts->databasesUnseen).arg(source.role);
    if (!facts->dataChecksums)
        plan.notes << u"the cluster has no data checksums: a page that is damaged already is copied unseen"_s;
    plan.needBytes = facts->dataBytes + 2 * qint64(facts->segmentSize);
    plan.needIsCertain = options.kind == BackupKind::Full && !options.compress && facts->databasesUnseen == 0;
    const auto free = repository.freeBytes(cancel);
    if (!free)
        return fail(free.error());
    plan.freeBytes = *free;
    if (plan.freeBytes < (plan.needIsCertain ? plan.needBytes : 0) + keptFree) {
        return fail(ErrorKind::Io, u"disk_full"_s,
                    u"%1 has %2 free, and the backup takes %3; %4 are kept free for the WAL that is archived there"_s.arg(repository.name(), units::bytes(double(plan.freeBytes)),
                                                                                                                 plan.needIsCertain ? units::bytes(double(plan.needBytes)) : u"an unknown part of "_s + units::bytes(double(plan.needBytes)),
                                                                                                                 units::bytes(double(keptFree))),
                    u"Remove older ones (howdahctl backup prune), or take it to another disk (--to FOLDER)"_s);
    }
    plan.command = repository.toolbox().command(u"pg_basebackup"_s, argumentsOf(source, plan, repository.partOf(plan.id, options.kind) + "/data"_L1));
    return plan;
}

Result<Backup> take(const PhysicalSource &source, const Repository &repository, const TakePlan &plan, const Progress &progress, const CancelToken &cancel)
{
    const Toolbox &toolbox = repository.toolbox();
    const auto tell = [&](const QString &step, const QString &note = {}, qint64 done = 0, qint64 total = 0) {
        if (progress)
            progress({step, note, done, total, total ? u"B"_s : QString()});
    };
    const auto lease = Lease::take(repository, u"take the backup %1"_s.arg(plan.id), cancel);
    if (!lease)
        return fail(lease.error());
    for (const QString &id : plan.left) {
        tell(u"Remove what a killed program left"_s, id);
        if (Done dropped = repository.dropUnfinished(id, id.endsWith("-incr"_L1) ? BackupKind::Incremental : BackupKind::Full); !dropped)
            return fail(std::move(dropped.error()));
    }
    // Not before it: the stop that is recorded is not before the true one, and the start not after it.
    const bool isFresh = std::chrono::steady_clock::now() - plan.askedAt < freshFacts;
    const auto before = isFresh ? Result<ServerFacts>(plan.facts) : readServerFacts(toolbox, source, cancel);
    if (!before)
        return fail(before.error());
    if (before->systemIdentifier != plan.facts.systemIdentifier || (!plan.parent.isEmpty() && before->timeline != plan.facts.timeline))
        return fail(ErrorKind::Io, u"another_server"_s, u"%1 is not the server, or not on the timeline, that this was planned for"_s.arg(source.name));
    auto part = repository.begin(plan.id, plan.options.kind, cancel);
    if (!part)
        return fail(std::move(part.error()));
    auto nothingStays = qScopeGuard([&] { std::ignore = repository.dropUnfinished(plan.id, plan.options.kind); });

    const QString step = plan.parent.isEmpty() ? u"Take the backup %1"_s.arg(plan.id) : u"Take the backup %1, on %2"_s.arg(plan.id, plan.parent);
    const QString data = *part + "/data"_L1;
    tell(step, u"with "_s + toolbox.where());
    const Toolbox::Call call{u"pg_basebackup"_s, argumentsOf(source, plan, data), {}, 0, 1 << 20};
    Watching watching;
    watching.mayGoOn = whileThereIsRoom(repository, cancel);
    watching.onLine = [&](const QByteArray &line) {
        if (const auto bytes = kilobytesOf(line))
            tell(step, {}, bytes->first, bytes->second);
        else
            tell(step, QString::fromUtf8(line));
    };
    // Beside the copy, which has the disk to wait for. Ended before what is not finished is dropped.
    auto config = std::async(std::launch::async, [&] { return keepConfig(source, repository, *before, *part, cancel); });
    auto flush = std::make_optional<EarlyFlush>(toolbox, data, cancel);
    auto ended = runWatched(toolbox, call, watching, cancel);
    bool isThreaded = plan.options.compress;
    if (isThreaded && ended && ended->exitCode != 0 && ended->lastLines.join('\n').contains(noThreads)) {
        isThreaded = false;
        Toolbox::Call again = call;
        again.arguments.replaceInStrings("--compress="_L1 + threadedZstd, u"--compress=client-zstd"_s);
        ended = runWatched(toolbox, again, watching, cancel);
    }
    flush.reset();
    if (!ended)
        return fail(Error(ended.error()).during(step));
    if (ended->exitCode != 0) {
        Error error{ErrorKind::Tool, u"failed"_s, u"pg_basebackup ended with exit code %1"_s.arg(ended->exitCode), QString::fromUtf8(ended->lastLines.join('\n')), {}, {}, {}, 0};
        // Of every failure it removes what it wrote but of this one: pages whose checksums are wrong. It ends before its WAL is whole, so it's no backup yet.
        const auto kept = toolbox.run({u"test"_s, {u"-e"_s, data + "/backup_manifest.tmp"_L1}, {}, 20'000}, cancel);
        if (kept && kept->exitCode == 0 && ended->exitCode == 1) {
            error.reason = u"page_checksums"_s;
            error.message = u"Pages of %1 are damaged: their checksums are wrong"_s.arg(source.name);
            error.hint = u"Look after the disk. Its other pages are worth a backup now: howdahctl backup create --despite-page-errors"_s;
        } else if (!plan.parent.isEmpty()) {
            error.hint = u"Where WAL summaries are missing, only a full backup helps: howdahctl backup create"_s;
        }
        return fail(stack::dockerError(std::move(error).during(step)));
    }

    Backup backup;
    backup.id = plan.id;
    backup.kind = plan.options.kind;
    backup.folder = *part;
    backup.data = data;
    backup.tar = plan.tar;
    backup.compression = plan.options.compress ? u"zstd"_s : QString();
    backup.parent = plan.parent;
    backup.parentSha256 = plan.parentSha256;
    backup.label = plan.options.label.isEmpty() ? QString("howdah "_L1 + plan.id) : plan.options.label;
    backup.serverVersion = before->version;
    backup.serverVersionNum = before->versionNum;
    backup.systemIdentifier = before->systemIdentifier;
    backup.segmentSize = before->segmentSize;
    backup.dataChecksums = before->dataChecksums;
    backup.settings = before->settings;
    backup.startMs = before->nowMs;
    backup.toolsVersion = toolbox.version();
    backup.toolsWhere = toolbox.where();
    backup.imageId = source.imageId;
    if (plan.options.compress && !isThreaded)
        backup.notes << u"it was compressed without a thread of its own, which this zstd does not have"_s;
    if (plan.options.despitePageErrors)
        backup.errors << u"taken without a look at the pages' checksums: some are known to be wrong, and are copied as they are"_s;
    // Hours of work are not thrown away for a question that was not answered: then the archive's backup history file has it.
    const auto after = readServerFacts(toolbox, source, cancel);
    if (!after && after.error().kind == ErrorKind::Cancelled)
        return fail(after.error());
    if (after)
        backup.stopMs = qMax(after->nowMs, backup.startMs);
    else
        backup.notes << u"the moment of its end is not known: %1 did not say it"_s.arg(source.name);
    if (after && after->nowMs < before->nowMs)
        backup.notes << u"the server's clock was set back while it was taken"_s;

    const auto text = repository.read(data + "/backup_manifest"_L1, mostManifest, cancel);
    if (!text)
        return fail(text.error());
    const auto manifest = BackupManifest::parse(*text);
    if (!manifest)
        return fail(manifest.error());
    if (!manifest->systemIdentifier.isEmpty() && manifest->systemIdentifier != backup.systemIdentifier)
        return fail(ErrorKind::Io, u"another_server"_s, u"The backup is of the cluster %1, and %2 is %3"_s.arg(manifest->systemIdentifier, source.name, backup.systemIdentifier));
    backup.timeline = manifest->wal.constFirst().timeline;
    backup.startLsn = manifest->wal.constFirst().start;
    backup.stopLsn = manifest->wal.constLast().end;
    backup.files = manifest->files;
    backup.checksumAlgorithm = manifest->checksumAlgorithm;
    backup.manifestSha256 = QCryptographicHash::hash(*text, QCryptographicHash::Sha256).toHex();
    const auto unkept = config.get();
    if (!unkept)
        return fail(unkept.error());
    if (!unkept->isEmpty())
        backup.notes << *unkept;
    if (plan.options.verify) {
        const auto verdict = verifyOne(repository, backup, nullptr, progress, cancel);
        if (!verdict && verdict.error().kind == ErrorKind::Cancelled)
            return fail(verdict.error());
        if (!verdict)
            backup.notes << u"it could not be verified: "_s + verdict.error().message;
        if (verdict && !verdict->good)
            return fail(ErrorKind::Io, u"verify_failed"_s, u"The backup that was just taken is not sound: %1"_s.arg(verdict->words), u"Nothing was kept of it. Look after the disk of %1"_s.arg(repository.name()));
        backup.verified = verdict.value_or(Verification());
    }
    backup.bytes = repository.bytesOf(*part, cancel).value_or(-1);
    if (Done written = repository.write(*part + "/RUNBOOK.md"_L1, runbookOf(backup, plan.parentBackup ? &*plan.parentBackup : nullptr), cancel); !written)
        return fail(std::move(written.error()));
    tell(u"Make the backup %1 durable"_s.arg(plan.id));
    if (Done named = repository.finish(backup, cancel); !named)
        return fail(std::move(named.error()));
    nothingStays.dismiss();
    backup.folder = repository.folderOf(backup.id, backup.kind);
    backup.data = backup.folder + "/data"_L1;
    return backup;
}

} // namespace howdah::backup
