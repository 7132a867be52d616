// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backuparchivecopy.h"

#include "backup/archivecopy.h"
#include "backup/window.h"
#include "base/paths.h"
#include "base/units.h"
#include "ctl/backupstand.h"

#include <QDir>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct ArchiveOptions {
    BackupOptions backups;
    std::string archive;
};

QString rememberedIn(const QString &where)
{
    return paths::cacheDir() + u"/wal-copy-%1"_s.arg(QString::number(qHash(where), 16));
}

// Of the oldest backup there that can still be used; nullopt: none is there.
std::optional<Segment> firstNeeded(const Catalogue &catalogue, const QString &systemIdentifier, quint64 segmentSize)
{
    std::optional<Segment> first;
    for (const Backup &one : catalogue.backups) {
        if (one.kind == BackupKind::Dump || one.state != BackupState::Complete || one.systemIdentifier != systemIdentifier)
            continue;
        const Segment needed = Segment::holding(one.timeline, one.startLsn, segmentSize);
        if (!first || needed.number < first->number)
            first = needed;
    }
    return first;
}

Result<Answer> copyVerb(Ctl &ctl, const ArchiveOptions &options)
{
    if (options.backups.folder.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"Where to? A folder outside Docker, with the backups in it"_s, u"--to FOLDER"_s);
    auto to = backupStandOf(ctl, options.backups, false);
    if (!to)
        return fail(std::move(to.error()));
    PhysicalPlace source;
    ArchiveAccess from;
    if (options.archive.empty()) {
        const QString stack = to->profile.stack;
        if (stack.isEmpty())
            return fail(ErrorKind::Client, u"usage"_s, u"The profile is no stack of this machine: where is its WAL archived?"_s, u"--archive FOLDER"_s);
        auto opened = openStackPlace(stack, ctl.progress(), ctl.cancel());
        if (!opened)
            return fail(std::move(opened.error()));
        source = *std::move(opened);
        from = toolboxArchive(*source.toolbox, source.archive, u"%1 (%2)"_s.arg(source.archive, source.repository->name()));
    } else {
        from = folderArchive(QDir(QString::fromStdString(options.archive)).absolutePath());
    }
    if (Done made = paths::makePrivateDir(paths::cacheDir()); !made)
        return fail(std::move(made.error()));
    const auto archive = takeInventory(from, 0, {}, rememberedIn(from.where), ctl.progress(), ctl.cancel());
    if (!archive)
        return fail(archive.error());
    const Repository &repository = *to->place.repository;
    const auto catalogue = repository.list(ctl.cancel());
    if (!catalogue)
        return fail(catalogue.error());
    const auto first = firstNeeded(*catalogue, archive->systemIdentifier, archive->segmentSize);
    const bool others = std::any_of(catalogue->backups.cbegin(), catalogue->backups.cend(), [](const Backup &one) { return one.kind != BackupKind::Dump && one.state == BackupState::Complete; });
    if (!first && others)
        return fail(ErrorKind::Client, u"another_server"_s, u"The backups in %1 are of another cluster than the WAL in %2 (%3)"_s.arg(repository.name(), from.where, archive->systemIdentifier), u"Its WAL belongs into another folder"_s);
    const QString folder = repository.root() + u"/wal"_s;
    ArchiveAccess there = folderArchive(folder);
    Inventory arrived;
    if (!QDir(folder).exists())
        there.list = [](const CancelToken &) { return QVector<ArchiveEntry>(); };
    else if (auto read = takeInventory(there, archive->segmentSize, archive->systemIdentifier, rememberedIn(folder), ctl.progress(), ctl.cancel()))
        arrived = *std::move(read);
    else
        return fail(std::move(read.error()));
    for (const SegmentFacts &one : std::as_const(arrived.segments)) {
        if (one.isWhole() && QString::number(one.scan.systemIdentifier) != archive->systemIdentifier)
            return fail(ErrorKind::Client, u"another_server"_s, u"%1 in %2 is of another cluster than the WAL in %3"_s.arg(one.file, folder, from.where), u"Its WAL belongs into another folder"_s);
    }
    const auto plan = planArchiveCopy(from, *archive, there, arrived, first ? first->number : 0, ctl.cancel());
    if (!plan)
        return fail(plan.error());
    QStringList holes;
    for (const Gap &gap : gapsOf(*archive)) {
        if (!first || gap.history || gap.last.number >= first->number)
            holes << (gap.history ? u"timeline %1: %2"_s.arg(gap.timeline).arg(gap.what) : u"%1 to %2: %3"_s.arg(gap.first.name(archive->segmentSize), gap.last.name(archive->segmentSize), gap.what));
    }
    QJsonArray names;
    for (const ArchiveCopyPlan::File &file : plan->goes)
        names.append(file.name);
    QJsonObject json{{u"from"_s, from.where}, {u"to"_s, folder}, {u"first"_s, first ? QJsonValue(first->name(archive->segmentSize)) : QJsonValue()}, {u"goes"_s, names}, {u"bytes"_s, plan->bytes}, {u"there"_s, plan->there},
                     {u"differ"_s, QJsonArray::fromStringList(plan->differ)}, {u"damaged"_s, QJsonArray::fromStringList(plan->damaged)}, {u"gaps"_s, QJsonArray::fromStringList(holes)}};
    QString text;
    for (const QString &name : plan->differ)
        text += u"! %1 in %2 is another file than that of the archive: it stays as it is\n"_s.arg(name, folder);
    for (const QString &one : plan->damaged)
        text += u"! does not go: %1\n"_s.arg(one);
    for (const QString &one : std::as_const(holes))
        text += u"! a hole in the archive: %1\n"_s.arg(one);
    const ExitCode found = plan->differ.isEmpty() && plan->damaged.isEmpty() && holes.isEmpty() ? ExitCode::Success : ExitCode::Findings;
    const QString what = u"%1 files (%2) from %3 to %4"_s.arg(plan->goes.size()).arg(units::bytes(double(plan->bytes)), from.where, folder);
    if (options.backups.planOnly || plan->goes.isEmpty()) {
        text += plan->goes.isEmpty() ? u"Nothing new: %1 files are there\n"_s.arg(plan->there) : u"Would copy %1; %2 are there\n"_s.arg(what).arg(plan->there);
        return Answer{json, text, found};
    }
    session::ChangePlan change = backupPlanOf(*to, u"Copy WAL: "_s + what);
    change.steps.append({u"With %1, each read back before it has its name; nothing is overwritten"_s.arg(to->place.toolbox->where()), u"%1 to %2"_s.arg(plan->goes.constFirst().name, plan->goes.constLast().name).toUtf8(), true, {}, {}});
    change.undo = u"the files are removed"_s;
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const auto copied = copyArchive(from, *plan, *to->place.toolbox, folder, ctl.progress(), ctl.cancel());
        if (!copied)
            return fail(copied.error());
        return Answer{json, text + u"Copied %1, read back there; %2 were there\n"_s.arg(what).arg(plan->there), found};
    });
}

} // namespace

void addArchiveCopyVerb(CLI::App *backup, Ctl &ctl)
{
    const auto options = std::make_shared<ArchiveOptions>();
    CLI::App *copy = backup->add_subcommand("archive-copy", "The WAL that a folder's backups need, from the stack's archive into FOLDER/wal: read through, read back, never overwriting; exit 5 where something is damaged or differs");
    copy->fallthrough();
    copy->add_option("--to,--in", options->backups.folder, "The folder outside Docker with the backups");
    copy->add_option("--archive", options->archive, "The archive, where it is a folder and not the stack's");
    copy->add_flag("--plan", options->backups.planOnly, "Only says what would be done");
    copy->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return copyVerb(c, *options); }); });
}

} // namespace howdah::ctl
