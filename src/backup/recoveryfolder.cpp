// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/recoveryfolder.h"

#include "backup/copyroom.h"
#include "backup/nativeengine.h"
#include "base/units.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QScopeGuard>

#include <sys/stat.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto firstLine = "# Written for a recovery; all between these two lines may go once it has ended.\n";
constexpr auto lastLine = "# The end of what was written for a recovery.\n";

QByteArray settingsOf(const RehearsalChoice &choice)
{
    QStringList lines{u"restore_command = 'sh ../restore.sh \"%f\" \"%p\"'"_s, u"archive_mode = off"_s, u"primary_conninfo = ''"_s, u"primary_slot_name = ''"_s, u"recovery_target_action = 'promote'"_s};
    lines << targetSettingsOf(choice);
    return firstLine + lines.join(u'\n').toUtf8() + '\n' + lastLine;
}

QByteArray readmeOf(const RecoveryFolderPlan &plan, const PitrTarget &target)
{
    const Verdict &verdict = plan.choice.verdict;
    const QString stops = verdict.stopsBefore.isNone() ? u"after the record at %1"_s.arg(verdict.stopsAfter.text()) : u"before the record at %1"_s.arg(verdict.stopsBefore.text());
    QString text = u"# To %1\n\n"
                   "A server of PostgreSQL %2 that is started here replays WAL to %1, from backup %3 on timeline %4: it stops %5, and opens.\n"
                   "Nothing else is needed, and nothing outside this folder is read: carry it where you want, with its modes. The programs are PostgreSQL %2's own.\n\n"
                   "1. Give it to whoever runs the server (never root), and start it so that nobody else gets in:\n\n"
                   "       chown -R postgres: . && cd HERE\n"
                   "       postgres -D data -c config_file=$PWD/postgresql.conf -c hba_file=$PWD/pg_hba.conf -c ident_file=$PWD/pg_ident.conf -c listen_addresses='' -c unix_socket_directories=$PWD\n\n"
                   "   A socket's path may have 107 characters: where HERE is longer, name another folder that only this user may enter.\n\n"
                   "2. That it has started does not say that it has arrived. Its log says \"recovery stopping …\" and then \"archive recovery complete\"; after that\n\n"
                   "       psql -h $PWD -U %6 -d postgres -c 'select pg_is_in_recovery()'    # f\n\n"
                   "3. Look before you believe, then stop it and look at every page:\n\n"
                   "       pg_amcheck -h $PWD -U %6 --all --install-missing\n"
                   "       pg_ctl -D data stop && pg_checksums --check -D data\n\n"
                   "4. Only then let it be production: config/ has the configuration that the lost server had (config/PLACES says where each file was). In\n"
                   "   data/postgresql.auto.conf remove what stands between the two lines about a recovery; archiving is off there. It is on a timeline of its own now: archive\n"
                   "   into an empty folder, or into the old one once nothing else archives there, and take a full backup at once. Standbys, slots and subscriptions are made anew.\n"_s
                       .arg(target.text())
                       .arg(plan.choice.major)
                       .arg(verdict.backup)
                       .arg(verdict.timeline)
                       .arg(stops, plan.choice.superuser);
    for (const QString &warning : verdict.warnings)
        text += u"\nNote: %1.\n"_s.arg(warning);
    return text.toUtf8();
}

class Making
{
public:
    Making(const RecoveryFolderPlan &plan, const PitrTarget &target, const Toolbox &toolbox, const Progress &progress, const CancelToken &cancel)
        : m_plan(plan), m_target(target), m_toolbox(toolbox), m_repository(toolbox, plan.choice.root, plan.choice.repository), m_engine(m_repository, plan.choice.archive), m_progress(progress), m_cancel(cancel)
    {
    }
    Result<RecoveryFolder> all();

private:
    Done run(const QString &program, const QStringList &arguments) const
    {
        auto done = m_toolbox.runChecked({program, arguments, {}, 0}, m_cancel);
        return done ? Done() : fail(std::move(done.error()));
    }
    Done room(const Catalogue &catalogue) const;
    Done fetch();
    Done prepare(const Backup &backup);
    Done judge();

    const RecoveryFolderPlan &m_plan;
    const PitrTarget &m_target;
    const Toolbox &m_toolbox;
    const Repository m_repository;
    NativeEngine m_engine;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    QString m_part;
    RecoveryFolder m_made;
};

// Before hours of copying. What can't be told refuses nothing: the disk itself does.
Done Making::room(const Catalogue &catalogue) const
{
    const auto chain = catalogue.chain(m_plan.choice.verdict.backup);
    if (!chain)
        return fail(chain.error());
    const auto free = Repository(m_toolbox, m_part, m_part).freeBytes(m_cancel);
    if (!free && m_cancel.isCancelled())
        return fail(free.error());
    const auto copy = copyBytesOf(m_repository, *chain, m_cancel);
    if (!free || copy.value_or(0) + m_plan.bytes <= *free)
        return {};
    return fail(ErrorKind::Io, u"disk_full"_s, u"%1 has %2 free, and the copy takes %3, its WAL %4"_s.arg(QFileInfo(m_plan.folder).absolutePath(), units::bytes(double(*free)), copy ? u"up to "_s + units::bytes(double(*copy)) : u"an unknown part"_s, units::bytes(double(m_plan.bytes))),
                u"Name a folder on another disk"_s);
}

Done Making::fetch()
{
    qint64 done = 0;
    for (const QString &file : m_plan.wal) {
        if (m_progress)
            m_progress({u"Copy WAL"_s, file, done++, m_plan.wal.size(), u"files"_s});
        const ArchiveFile is = archiveFile(file, m_plan.choice.segmentSize);
        const QString name = is.kind == ArchiveFile::Kind::History ? historyName(is.timeline) : is.segment.name(m_plan.choice.segmentSize);
        if (Done fetched = m_engine.fetchWal(file, m_part + "/wal/"_L1 + name, m_cancel); !fetched)
            return fetched;
    }
    return {};
}

Done Making::prepare(const Backup &backup)
{
    const QString data = m_part + "/data"_L1;
    const auto kept = m_toolbox.runChecked({u"cat"_s, {u"--"_s, data + "/postgresql.auto.conf"_L1}}, m_cancel);
    if (!kept)
        return fail(kept.error());
    // What its own control file asks for beside what was known before it was here.
    const auto control = m_toolbox.runChecked({u"pg_controldata"_s, {u"-D"_s, data}}, m_cancel);
    if (!control)
        return fail(control.error());
    RehearsalChoice choice = m_plan.choice;
    choice.floors = atLeast(choice.floors, floorsOf(parseControlData(control->output)));
    const QVector<std::pair<QString, QByteArray>> files{
        {data + "/postgresql.auto.conf"_L1, kept->output + "\n" + settingsOf(choice)},
        {data + "/recovery.signal"_L1, {}},
        {m_part + "/restore.sh"_L1, m_plan.restoreScript},
        {m_part + "/postgresql.conf"_L1, "# For the recovery alone: what the lost server had is in config/\n"},
        {m_part + "/pg_hba.conf"_L1, "local all all trust\n"},
        {m_part + "/pg_ident.conf"_L1, "\n"},
        {m_part + "/README.md"_L1, m_plan.readme},
    };
    for (const auto &[path, bytes] : files) {
        if (Done written = m_repository.write(path, bytes, m_cancel); !written)
            return written;
    }
    if (Done removed = run(u"rm"_s, {u"-f"_s, u"--"_s, data + "/standby.signal"_L1, data + "/postmaster.pid"_L1}); !removed)
        return removed;
    // What the stack took at its first start has none.
    const QString config = m_repository.folderOf(backup.id, backup.kind) + "/config"_L1;
    const auto there = m_toolbox.run({u"test"_s, {u"-d"_s, config}}, m_cancel);
    if (!there)
        return fail(there.error());
    return there->exitCode == 0 ? run(u"cp"_s, {u"-a"_s, u"--"_s, config, m_part + "/config"_L1}) : Done();
}

// What a server will find is what lies here now, and not what the archive had.
Done Making::judge()
{
    if (m_progress)
        m_progress({u"Read the copies"_s, {}, 0, 0, {}});
    const ArchiveAccess access = toolboxArchive(m_toolbox, m_part + "/wal"_L1, m_part + "/wal"_L1);
    const auto inventory = takeInventory(access, m_plan.choice.segmentSize, {}, {}, m_progress, m_cancel);
    if (!inventory)
        return fail(inventory.error());
    PitrTarget target = m_target;
    target.timeline = m_plan.choice.verdict.timeline;
    auto verdict = verdictOf(access, *inventory, {m_plan.point}, target, m_plan.point.id, m_cancel);
    if (!verdict)
        return fail(std::move(verdict.error()));
    const Verdict &told = m_plan.choice.verdict;
    if (!verdict->isGood() || verdict->stopsBefore != told.stopsBefore || verdict->stopsAfter != told.stopsAfter || verdict->lastCommit != told.lastCommit)
        return fail(ErrorKind::Io, u"not_sound"_s, u"The copies of WAL do not lead to %1: %2"_s.arg(m_target.text(), verdict->isGood() ? u"they stop elsewhere than the archive did"_s : verdict->message), u"Look at the archive: howdahctl backup gaps --again"_s);
    m_made.verdict = *std::move(verdict);
    m_made.segments = inventory->segments.size();
    return {};
}

Result<RecoveryFolder> Making::all()
{
    m_part = m_plan.folder + ".part"_L1;
    const auto there = m_toolbox.run({u"test"_s, {u"-e"_s, m_part, u"-o"_s, u"-L"_s, m_part}}, m_cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode == 0)
        return fail(ErrorKind::Client, u"folder_there"_s, u"%1 is there: unfinished, of a program that was ended, or of one that is at work"_s.arg(m_part), u"Remove it where nobody is at work there, or name another folder"_s);
    if (Done made = run(u"mkdir"_s, {u"-m"_s, u"0700"_s, u"--"_s, m_part}); !made)
        return fail(std::move(made.error()));
    const auto nothingStays = qScopeGuard([&] { std::ignore = m_toolbox.run({u"rm"_s, {u"-rf"_s, u"--one-file-system"_s, u"--"_s, m_part}, {}, 0}); });
    if (Done made = run(u"mkdir"_s, {u"-m"_s, u"0700"_s, u"--"_s, m_part + "/wal"_L1}); !made)
        return fail(std::move(made.error()));
    auto catalogue = m_engine.list(m_cancel);
    if (!catalogue)
        return fail(std::move(catalogue.error()));
    const auto backup = std::find_if(catalogue->backups.cbegin(), catalogue->backups.cend(), [&](const Backup &one) { return one.id == m_plan.choice.verdict.backup; });
    if (backup == catalogue->backups.cend())
        return fail(ErrorKind::Io, u"changed"_s, u"Backup %1 is no more there"_s.arg(m_plan.choice.verdict.backup));
    if (Done fits = room(*catalogue); !fits)
        return fail(std::move(fits.error()));
    const auto data = m_engine.materialise(backup->id, m_part + "/data"_L1, m_progress, m_cancel);
    if (!data)
        return fail(data.error());
    // Links to the live tablespaces would be made anew from the map, and two servers write into one folder.
    if (!data->tablespaces.isEmpty())
        return fail(ErrorKind::Client, u"not_supported"_s, u"Backup %1 has tablespaces, which are not placed in a folder yet"_s.arg(backup->id), u"RUNBOOK.md beside the backup says how to recover it by hand"_s);
    m_made.links = data->links;
    if (Done fetched = fetch(); !fetched)
        return fail(std::move(fetched.error()));
    if (Done prepared = prepare(*backup); !prepared)
        return fail(std::move(prepared.error()));
    if (Done judged = judge(); !judged)
        return fail(std::move(judged.error()));
    struct stat parent{};
    ::stat(QFile::encodeName(QFileInfo(m_plan.folder).absolutePath()).constData(), &parent);
    const QString above = QFileInfo(m_plan.folder).absolutePath();
    const QVector<std::pair<QString, QStringList>> last{
        {u"chmod"_s, {u"-R"_s, u"go="_s, u"--"_s, m_part + "/wal"_L1}},
        {u"chown"_s, {u"-R"_s, u"--no-dereference"_s, u"%1:%2"_s.arg(parent.st_uid).arg(parent.st_gid), u"--"_s, m_part}},
        {u"find"_s, {m_part, u"-exec"_s, u"sync"_s, u"--"_s, u"{}"_s, u"+"_s}},
        {u"mv"_s, {u"-T"_s, u"--no-clobber"_s, u"--"_s, m_part, m_plan.folder}},
        {u"test"_s, {u"-e"_s, m_plan.folder + "/README.md"_L1}},
        {u"sync"_s, {u"--"_s, above}},
    };
    for (const auto &[program, arguments] : last) {
        if (Done done = run(program, arguments); !done)
            return fail(std::move(done.error()));
    }
    m_made.folder = m_plan.folder;
    return m_made;
}

} // namespace

Result<RecoveryFolderPlan> planRecoveryFolder(const Stand &stand, const PhysicalPlace &place, const Verdict &verdict, const PitrTarget &target, const QString &folder)
{
    if (!verdict.isGood())
        return fail(ErrorKind::Client, u"not_reachable"_s, verdict.message);
    if (stand.engine)
        return fail(ErrorKind::Client, u"not_supported"_s, u"A folder of a backup of %1 is made by that tool itself"_s.arg(stand.engine->name));
    const QFileInfo is(folder);
    if (!is.isAbsolute() || !QFileInfo(is.absolutePath()).isDir() || is.fileName().isEmpty())
        return fail(ErrorKind::Client, u"bad_folder"_s, u"%1 is no path of a new folder in one that is there"_s.arg(folder));
    if (is.exists() || is.isSymLink())
        return fail(ErrorKind::Client, u"folder_there"_s, u"%1 is there already"_s.arg(folder), u"Name a folder that is not there yet"_s);
    RecoveryFolderPlan plan;
    plan.folder = QFileInfo(is.absolutePath()).canonicalFilePath() + u'/' + is.fileName();
    plan.choice = rehearsalChoiceOf(stand, place, verdict);
    const auto point = std::find_if(stand.points.cbegin(), stand.points.cend(), [&](const BackupPoint &one) { return one.id == verdict.backup; });
    if (point == stand.points.cend())
        return fail(ErrorKind::Client, u"no_backup"_s, u"There is no backup %1"_s.arg(verdict.backup));
    plan.point = *point;
    const quint64 size = stand.inventory.segmentSize;
    const auto entries = stand.archive.list({});
    if (!entries)
        return fail(entries.error());
    // Every history of the way: the server asks for the newest, and for those that it names.
    for (const ArchiveEntry &entry : *entries) {
        if (const ArchiveFile file = archiveFile(entry.name, size); file.kind == ArchiveFile::Kind::History && file.timeline <= verdict.timeline)
            plan.wal << entry.name;
    }
    // What is replayed, and the segment behind it: the server reads ahead.
    const quint64 last = verdict.stopsIn(size) + 1;
    for (const Segment &segment : reachOf(stand.inventory, *point, verdict.timeline).segments) {
        if (segment.number > last)
            continue;
        plan.wal << stand.inventory.segments[segment].file;
        plan.bytes += qint64(size);
    }
    plan.settings = settingsOf(plan.choice);
    plan.restoreScript = restoreScriptOf(u"../wal"_s, size);
    plan.readme = readmeOf(plan, target);
    return plan;
}

QString RecoveryFolderPlan::text() const
{
    QString said = u"# A new folder, %1; %2 and the archive %3 are only read, no server is started and none written to\n"_s.arg(folder, choice.repository, choice.archive);
    said += u"# Every link of backup %1 is verified, then copied (or combined) to %2/data, and a recovery.signal put there\n"_s.arg(choice.verdict.backup, folder);
    said += u"# %1 files of WAL, %2, are copied to %3/wal and read there\n"_s.arg(wal.size()).arg(units::bytes(double(bytes)), folder);
    said += u"# Appended to %1/data/postgresql.auto.conf:\n"_s.arg(folder) + QString::fromUtf8(settings);
    said += u"# %1/restore.sh:\n"_s.arg(folder) + QString::fromUtf8(restoreScript);
    return said;
}

QJsonObject RecoveryFolder::toJson() const
{
    return {{u"folder"_s, folder}, {u"links"_s, QJsonArray::fromStringList(links)}, {u"segments"_s, segments}, {u"verdict"_s, verdict.toJson()}};
}

Result<RecoveryFolder> makeRecoveryFolder(const RecoveryFolderPlan &plan, const PitrTarget &target, const Progress &progress, const CancelToken &cancel)
{
    ToolboxChoice tools;
    tools.major = plan.choice.major;
    tools.image = plan.choice.image;
    tools.places = plan.choice.places;
    for (Place &place : tools.places)
        place.writable = false;
    tools.places.append({QFileInfo(plan.folder).absolutePath(), {}, true});
    tools.asRoot = true;
    auto toolbox = Toolbox::open(tools, progress, cancel);
    if (!toolbox)
        return fail(std::move(toolbox.error()));
    return Making(plan, target, **toolbox, progress, cancel).all();
}

} // namespace howdah::backup
