// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logical.h"

#include "backup/logicalfacts.h"
#include "backup/logicalrun.h"
#include "base/units.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QScopeGuard>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto globalsEnd = "-- PostgreSQL database cluster dump complete"_L1;

QString applicationOf(const QString &id)
{
    return "howdah-backup "_L1 + id;
}

// "zstd:3" as the version's pg_dump reads it. Errors: Client/usage.
Result<QString> compressionOf(const DumpOptions &options, int versionNum)
{
    static const QRegularExpression shape(u"^(?:none|(gzip|lz4|zstd)(?::(\\d{1,2}))?)$"_s);
    const bool byName = versionNum >= 160000;
    const QString wanted = options.compress.isEmpty() ? byName ? u"zstd:3"_s : u"gzip:6"_s : options.compress;
    const auto match = shape.match(wanted);
    if (!match.hasMatch())
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no way to compress"_s.arg(wanted), u"Say zstd:3, lz4, gzip:6 or none"_s);
    if (byName)
        return wanted;
    if (wanted != "none"_L1 && match.captured(1) != "gzip"_L1)
        return fail(ErrorKind::Client, u"usage"_s, u"pg_dump 15 knows no %1"_s.arg(match.captured(1)), u"Say gzip:6 or none"_s);
    return wanted == "none"_L1 ? u"0"_s : match.captured(2).isEmpty() ? u"6"_s : match.captured(2);
}

QStringList dumpWords(const PhysicalSource &source, const DumpPlan &plan, const DumpFacts &facts, const QString &file, const QString &snapshot)
{
    QStringList words = connectionWords(source, applicationOf(plan.id), plan.manifest.database);
    words << u"--format"_s << (plan.options.directory ? u"directory"_s : u"custom"_s) << u"--file"_s << file << u"--verbose"_s << "--snapshot="_L1 + snapshot << "--compress="_L1 + plan.compress
          << u"--lock-wait-timeout=10min"_s; // it waits behind an ACCESS EXCLUSIVE; nobody waits behind it
    if (plan.options.directory)
        words << u"--jobs"_s << QString::number(plan.options.jobs);
    if (plan.options.schemaOnly)
        words << u"--schema-only"_s;
    if (plan.options.statistics)
        words << u"--statistics"_s;
    if (!plan.options.only.isEmpty())
        words << u"--strict-names"_s;
    return words + facts.dumped;
}

QStringList globalsWords(const PhysicalSource &source, const DumpPlan &plan, const QString &file)
{
    QStringList words = connectionWords(source, applicationOf(plan.id), plan.manifest.database);
    words << "--database="_L1 + plan.manifest.database << u"--globals-only"_s << u"--file"_s << file << u"--lock-wait-timeout=10min"_s;
    if (!plan.superuser)
        words << u"--no-role-passwords"_s;
    return words;
}

// How far it is, by what pg_dump says and the server's own count of the tables that it reads.
class DumpProgress
{
public:
    DumpProgress(const DumpManifest &manifest, QString step, int jobs, const Progress &progress) : m_step(std::move(step)), m_jobs(jobs), m_progress(progress)
    {
        for (const DumpRelation &one : manifest.relations) {
            if (!one.data || one.kind != u'r')
                continue;
            ++m_tables;
            m_total += one.bytes;
            m_byOid.insert(one.oid, &one);
            // As it is said, up to a line break in the name; two of one beginning can't be told apart.
            const QByteArray said = (one.schema + u'.' + one.name).toUtf8().split('\n').constFirst();
            m_byText[said] = m_byText.contains(said) ? nullptr : &one;
        }
    }
    void take(const QByteArray &line)
    {
        static const QByteArray begins = "pg_dump: dumping contents of table \"", warns = "pg_dump: warning: ";
        if (line.startsWith(warns))
            warnings << QString::fromUtf8(line.mid(warns.size()));
        if (!line.startsWith(begins)) {
            if (m_begun.isEmpty() && line.startsWith("pg_dump: "))
                tell(QString::fromUtf8(line.mid(9)));
            return;
        }
        QByteArray name = line.mid(begins.size());
        if (name.endsWith('"'))
            name.chop(1);
        m_begun << m_byText.value(name);
        m_note = u"%1 of %2 tables: %3"_s.arg(m_begun.size()).arg(m_tables).arg(QString::fromUtf8(name));
        tell(m_note);
    }
    void take(const pg::Rows &running)
    {
        m_running.clear();
        for (qsizetype i = 0; i < running.size(); ++i)
            m_running.insert(quint32(running.integer(i, 0).value_or(0)), running.integer(i, 1).value_or(0));
        tell(m_note);
    }
    QStringList warnings;

private:
    void tell(const QString &note)
    {
        if (!m_progress)
            return;
        qint64 done = 0;
        for (qsizetype i = 0; i < m_begun.size(); ++i) {
            const DumpRelation *one = m_begun.at(i);
            if (!one)
                continue;
            if (const auto running = m_running.find(one->oid); running != m_running.end())
                done += std::min(*running, one->bytes);
            else if (i + m_jobs < m_begun.size())
                done += one->bytes;
        }
        m_most = std::max(m_most, done); // what is counted of a table is an estimate: never backwards
        m_progress({m_step, note, m_most, m_total, m_total ? u"B"_s : QString()});
    }

    QString m_step, m_note;
    int m_jobs;
    const Progress &m_progress;
    qint64 m_total = 0, m_most = 0, m_tables = 0;
    QHash<quint32, const DumpRelation *> m_byOid;
    QHash<QByteArray, const DumpRelation *> m_byText;
    QVector<const DumpRelation *> m_begun;
    QHash<quint32, qint64> m_running;
};

Done checkWay(const pg::Connection &link, const PhysicalSource &source, const Repository &repository, const DumpOptions &options)
{
    const Toolbox &toolbox = repository.toolbox();
    if (link.facts().serverVersionNum / 10000 != toolbox.versionNum() / 10000)
        return fail(ErrorKind::Client, u"other_major"_s, u"%1 is PostgreSQL %2, and the tools (%3) are of another version"_s.arg(source.name, link.facts().serverVersion, toolbox.where()));
    if (link.facts().role != source.role || link.facts().database != source.database)
        return fail(ErrorKind::Client, u"other_role"_s, u"What was looked at as %1 in %2 can't be dumped as %3 in %4"_s.arg(link.facts().role, link.facts().database, source.role, source.database));
    if (options.jobs < 1 || (options.jobs > 1 && !options.directory))
        return fail(ErrorKind::Client, u"usage"_s, u"Several jobs write a folder: the custom format is one file"_s, u"Say --format directory --jobs %1"_s.arg(std::max(options.jobs, 1)));
    if (options.statistics && toolbox.versionNum() < 180000)
        return fail(ErrorKind::Client, u"usage"_s, u"PostgreSQL %1 dumps no statistics: 18 is the first that does"_s.arg(toolbox.version()));
    return {};
}

} // namespace

Result<DumpPlan> planDump(pg::Connection &link, const PhysicalSource &source, const Repository &repository, const DumpOptions &options, const CancelToken &cancel)
{
    if (Done way = checkWay(link, source, repository, options); !way)
        return fail(std::move(way.error()));
    DumpPlan plan;
    plan.options = options;
    plan.server = source.name;
    const auto compress = compressionOf(options, repository.toolbox().versionNum());
    if (!compress)
        return fail(compress.error());
    plan.compress = *compress;
    if (Done begun = beginSnapshot(link, cancel); !begun)
        return fail(std::move(begun.error()));
    auto facts = readDumpFacts(link, options, cancel);
    std::ignore = link.command("ROLLBACK");
    if (!facts)
        return fail(Error(facts.error()).during(u"look at the database %1"_s.arg(source.database)));
    plan.systemIdentifier = facts->systemIdentifier;
    plan.serverVersion = facts->version;
    plan.superuser = facts->superuser;
    plan.manifest = facts->manifest;
    plan.notes = facts->notes;
    const qint64 needed = options.jobs > 1 ? options.jobs + 1 : 1;
    if (facts->connectionsLeft && *facts->connectionsLeft < needed)
        return fail(ErrorKind::Client, u"too_many_jobs"_s, u"%1 may have %2 more connections, and %3 jobs take %4"_s.arg(source.role).arg(std::max(*facts->connectionsLeft, qint64(0))).arg(options.jobs).arg(needed),
                    u"Say fewer --jobs, or raise the role's connection limit"_s);
    for (const DumpRelation &one : plan.manifest.relations) {
        plan.tables += one.kind == u'r';
        plan.tableBytes += one.data ? one.bytes : 0;
    }
    const auto catalogue = repository.list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    QStringList taken;
    for (const Backup &backup : catalogue->backups) {
        taken << backup.id;
        if (backup.kind == BackupKind::Dump && backup.state == BackupState::Left)
            plan.left << backup.id;
    }
    plan.id = newId(BackupKind::Dump, QDateTime::currentMSecsSinceEpoch(), taken);
    plan.manifest.id = plan.id;
    const QString part = repository.partOf(plan.id, BackupKind::Dump);
    if (Done there = repository.makeFolder(repository.root() + "/dump"_L1, cancel); !there)
        return fail(std::move(there.error()));
    const auto free = repository.freeBytes(cancel);
    if (!free)
        return fail(free.error());
    plan.freeBytes = *free;
    if (plan.freeBytes < keptFree)
        return fail(ErrorKind::Io, u"disk_full"_s, u"%1 has %2 free"_s.arg(repository.name(), units::bytes(double(plan.freeBytes))), u"Remove older backups, or dump to another disk (--to FOLDER)"_s);
    if (plan.freeBytes < plan.tableBytes)
        plan.notes << u"the tables take %1 on the server, and %2 has %3 free: whether the dump fits is not known"_s.arg(units::bytes(double(plan.tableBytes)), repository.name(), units::bytes(double(plan.freeBytes)));
    plan.commands << tool::commandLine(repository.toolbox().command(u"pg_dump"_s, dumpWords(source, plan, *facts, part + u'/' + plan.manifest.path(), u"…"_s)));
    if (options.globals)
        plan.commands << tool::commandLine(repository.toolbox().command(u"pg_dumpall"_s, globalsWords(source, plan, part + "/globals.sql"_L1)));
    return plan;
}

static Done dumpGlobals(const PhysicalSource &source, const Repository &repository, const DumpPlan &plan, const QString &part, const CancelToken &cancel)
{
    const QString file = part + "/globals.sql"_L1;
    if (auto ended = repository.toolbox().runChecked({u"pg_dumpall"_s, globalsWords(source, plan, file), {}, 30 * 60'000}, cancel); !ended) {
        Error error = std::move(ended.error());
        if (error.kind == ErrorKind::Tool)
            error.hint = u"Without roles and tablespaces: --no-globals"_s;
        return fail(std::move(error));
    }
    const auto end = repository.toolbox().runChecked({u"tail"_s, {u"-c"_s, u"300"_s, u"--"_s, file}, {}}, cancel);
    if (!end)
        return fail(end.error());
    if (!end->output.contains(QByteArray(globalsEnd.data(), globalsEnd.size())))
        return fail(ErrorKind::Client, u"incomplete"_s, u"globals.sql has no end"_s);
    return {};
}

Result<Backup> dump(pg::Connection &link, const PhysicalSource &source, const Repository &repository, const DumpPlan &plan, const Progress &progress, const CancelToken &cancel)
{
    const Toolbox &toolbox = repository.toolbox();
    const auto tell = [&](const QString &step, const QString &note = {}) {
        if (progress)
            progress({step, note, 0, 0, {}});
    };
    for (const QString &id : plan.left) {
        tell(u"Remove what a killed program left"_s, id);
        if (Done dropped = repository.dropUnfinished(id, BackupKind::Dump); !dropped)
            return fail(std::move(dropped.error()));
    }
    // Open until pg_dump has ended: its workers come to the snapshot one by one.
    if (Done begun = beginSnapshot(link, cancel); !begun)
        return fail(std::move(begun.error()));
    auto open = qScopeGuard([&] { std::ignore = link.command("ROLLBACK"); });
    auto facts = readDumpFacts(link, plan.options, cancel);
    if (!facts)
        return fail(std::move(facts.error()));
    if (facts->systemIdentifier != plan.systemIdentifier)
        return fail(ErrorKind::Client, u"another_server"_s, u"%1 is not the server that this was planned for"_s.arg(source.name));
    DumpManifest manifest = facts->manifest;
    manifest.id = plan.id;
    auto part = repository.begin(plan.id, BackupKind::Dump, cancel);
    if (!part)
        return fail(std::move(part.error()));
    auto nothingStays = qScopeGuard([&] { std::ignore = repository.dropUnfinished(plan.id, BackupKind::Dump); });

    const QString step = u"Dump %1 as %2"_s.arg(listedName(manifest.database), plan.id);
    tell(step, u"with "_s + toolbox.where());
    DumpProgress far(manifest, step, plan.options.jobs, progress);
    Watching watching;
    watching.onLine = [&](const QByteArray &line) { far.take(line); };
    watching.onTick = [&] {
        if (!progress || !link.runFile(u"backup/dump_look_again"_s, {}, {}, cancel))
            return;
        if (const auto running = link.runFile(u"backup/dump_progress"_s, {applicationOf(plan.id)}, {}, cancel))
            far.take(*running);
    };
    watching.mayGoOn = whileThereIsRoom(repository, cancel);
    const auto ended = runWatched(toolbox, {u"pg_dump"_s, dumpWords(source, plan, *facts, *part + u'/' + manifest.path(), facts->snapshot), {}, 0, 1 << 20}, watching, cancel);
    if (!ended)
        return fail(Error(ended.error()).during(step));
    if (ended->exitCode != 0) {
        QByteArrayList words = ended->lastLines;
        return fail(stack::dockerError(Error{ErrorKind::Tool, u"failed"_s, u"pg_dump ended with exit code %1"_s.arg(ended->exitCode), QString::fromUtf8(words.join('\n')), u"Nothing was kept of it"_s, {}, {}, 0}.during(step)));
    }
    open.dismiss();
    std::ignore = link.command("ROLLBACK");
    const qint64 stopMs = std::max(QDateTime::currentMSecsSinceEpoch(), facts->nowMs);
    if (plan.options.globals) {
        tell(step, u"roles and tablespaces"_s);
        if (Done globals = dumpGlobals(source, repository, plan, *part, cancel); !globals)
            return fail(std::move(globals.error()));
    }

    // Whole by its own list, held against what the catalogs said by the same snapshot.
    auto listing = listDump(toolbox, *part + u'/' + manifest.path(), cancel);
    if (!listing)
        return fail(std::move(listing.error()));
    if (const QStringList missing = missingFrom(*listing, manifest); !missing.isEmpty())
        return fail(ErrorKind::Client, u"incomplete"_s, u"The dump lacks %1 of what the database holds: %2"_s.arg(missing.size()).arg(missing.mid(0, 20).join(u", "_s)), u"Nothing was kept of it"_s);
    if (auto closed = toolbox.runChecked({u"chmod"_s, {u"-R"_s, u"u=rwX,go="_s, u"--"_s, *part}, {}, 10 * 60'000}, cancel); !closed)
        return fail(std::move(closed.error()));
    if (Done written = repository.write(*part + "/RUNBOOK.md"_L1, runbookOf(manifest, facts->version, toolbox.where()), cancel); !written)
        return fail(std::move(written.error()));
    tell(verifyStep(plan.id), u"the sum of each file"_s);
    auto files = filesOf(repository, *part, cancel);
    if (!files)
        return fail(std::move(files.error()));
    manifest.files = *files;
    if (Done written = repository.write(*part + "/dump_manifest.json"_L1, QJsonDocument(manifest.toJson()).toJson(QJsonDocument::Compact) + '\n', cancel); !written)
        return fail(std::move(written.error()));
    const auto sum = repository.sha256Of(*part + "/dump_manifest.json"_L1, cancel);
    if (!sum)
        return fail(sum.error());

    Backup backup;
    backup.id = plan.id;
    backup.kind = BackupKind::Dump;
    backup.folder = *part;
    backup.data = *part;
    backup.compression = listing->compression == "none"_L1 ? QString() : listing->compression;
    backup.systemIdentifier = facts->systemIdentifier;
    backup.serverVersion = facts->version;
    backup.serverVersionNum = facts->versionNum;
    backup.toolsVersion = toolbox.version();
    backup.toolsWhere = toolbox.where();
    backup.imageId = source.imageId;
    backup.startMs = facts->nowMs;
    backup.stopMs = stopMs;
    backup.files = manifest.files.size();
    backup.checksumAlgorithm = u"SHA256"_s;
    backup.manifestSha256 = *sum;
    backup.label = plan.options.label.isEmpty() ? listedName(manifest.database) : plan.options.label;
    backup.notes = facts->notes + far.warnings.mid(0, 100);
    if (plan.options.readThrough) {
        auto verdict = readThrough(repository, backup, manifest, progress, cancel); // the sums were made of what lies there a moment ago
        if (!verdict)
            return fail(std::move(verdict.error()));
        if (!verdict->good)
            return fail(ErrorKind::Client, u"verify_failed"_s, u"The dump that was just taken is not sound: %1"_s.arg(verdict->words), u"Nothing was kept of it. Look after the disk of %1"_s.arg(repository.name()));
        backup.verified = *verdict;
    }
    const auto bytes = repository.bytesOf(*part, cancel);
    if (!bytes)
        return fail(bytes.error());
    backup.bytes = *bytes;
    if (cancel.isCancelled())
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
    tell(u"Make the dump %1 durable"_s.arg(plan.id));
    if (Done named = repository.finish(backup, cancel); !named)
        return fail(std::move(named.error()));
    nothingStays.dismiss();
    backup.folder = repository.folderOf(backup.id, backup.kind);
    backup.data = backup.folder;
    return backup;
}

} // namespace howdah::backup
