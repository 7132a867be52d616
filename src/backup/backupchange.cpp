// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupchange.h"

#include "base/units.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

session::ChangePlan backupChange(const PhysicalPlace &place, session::Environment environment, const QString &title)
{
    session::ChangePlan change;
    change.subject = session::ChangeSubject::Files;
    change.title = title;
    change.verb = title;
    change.server = place.source ? place.source->name : place.repository->name();
    change.role = place.source ? place.source->role : QString();
    change.environment = environment;
    change.transactional = false;
    return change;
}

session::ChangePlan takeChange(const PhysicalPlace &place, session::Environment environment, const TakePlan &plan)
{
    session::ChangePlan change =
        backupChange(place, environment, u"Take the %1 backup %2 of %3 into %4"_s.arg(kindName(plan.options.kind), plan.id, place.source ? place.source->name : u"the server"_s, place.repository->name()));
    for (const QString &id : plan.left)
        change.steps.append({u"Remove %1, which a killed program left unfinished"_s.arg(id), {}, true, {}, {}});
    change.steps.append({u"With %1"_s.arg(place.repository->toolbox().where()), tool::commandLine(plan.command).toUtf8(), true, {}, u"a checkpoint at once, and every file is read; nothing is locked"_s});
    change.undo = u"howdahctl backup prune, or the folder is removed"_s;
    change.facts = {{u"Needs"_s, plan.needBytes < 0 ? u"not known"_s : (plan.needIsCertain ? QString() : u"at most "_s) + units::bytes(double(plan.needBytes))},
                    {u"Free"_s, plan.freeBytes < 0 ? u"not known"_s : units::bytes(double(plan.freeBytes))}};
    return change;
}

QString dumpReads(const DumpPlan &plan)
{
    if (plan.superuser)
        return u"a superuser: reads every row"_s;
    return plan.manifest.bypasses ? u"BYPASSRLS, SELECT on every table: reads every row"_s : u"may read every table, and no row security is in its way: reads every row"_s;
}

session::ChangePlan dumpChange(const PhysicalPlace &place, session::Environment environment, const DumpPlan &plan)
{
    const Repository &repository = *place.repository;
    session::ChangePlan change;
    change.subject = session::ChangeSubject::Files;
    change.title = u"Dump %1 of %2 into %3 as %4"_s.arg(listedName(plan.manifest.database), plan.server, repository.name(), plan.id);
    change.verb = u"Dump"_s;
    change.server = plan.server;
    change.database = plan.manifest.database;
    change.role = plan.manifest.role;
    change.environment = environment;
    change.transactional = false;
    for (const QString &id : plan.left)
        change.steps.append({u"Remove %1, which a killed program left unfinished"_s.arg(id), {}, true, {}, {}});
    for (const QString &command : plan.commands)
        change.steps.append({u"With %1, as %2 (%3)"_s.arg(repository.toolbox().where(), plan.manifest.role, dumpReads(plan)), command.toUtf8(), true, {}, u"ACCESS SHARE on every table that is dumped, until its end"_s});
    change.undo = u"the folder of the dump is removed"_s;
    change.facts = {{u"Tables"_s, QString::number(plan.tables)},
                    {u"On the server"_s, plan.tableBytes < 0 ? u"not known"_s : units::bytes(double(plan.tableBytes))},
                    {u"Free"_s, plan.freeBytes < 0 ? u"not known"_s : units::bytes(double(plan.freeBytes))}};
    return change;
}

session::ChangePlan restoreChange(const Toolbox &toolbox, session::Environment environment, const DumpSource &dump, const RestorePlan &plan)
{
    session::ChangePlan change;
    const QString database = listedName(plan.options.database);
    change.title = u"Restore %1 of %2 into %3"_s.arg(plan.partly ? u"a part"_s : u"all"_s, dump.name, database);
    change.verb = u"Restore"_s;
    change.server = plan.server;
    change.database = plan.options.database;
    change.role = plan.role;
    change.environment = environment;
    change.object = plan.options.database;
    change.transactional = false;
    if (!plan.create.isEmpty())
        change.steps.append({u"Make the database %1"_s.arg(database), plan.create, false, {}, {}});
    change.steps.append({u"%1 entries with %2"_s.arg(plan.entries.size()).arg(toolbox.where()), plan.command.toUtf8(), true, {}, plan.options.clean ? u"ACCESS EXCLUSIVE on what it drops, until its end"_s : QString()});
    for (const QString &clash : plan.clashes)
        change.hazards.append({session::Hazard::Kind::Drop, clash, 0, 0});
    change.undo = !plan.create.isEmpty() ? u"the database %1 is dropped"_s.arg(database) : plan.options.clean ? u"there is none: what is dropped is gone; a dump of it brings it back"_s : u"what was restored is dropped"_s;
    return change;
}

static QString lineOf(const QString &program, const QStringList &arguments)
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments;
    return tool::commandLine(command);
}

// As removeWal() does it. A year's names would hide everything else, here and in the journal: then what is first and last stands for them.
static QString removalOf(const QString &archive, const QStringList &names)
{
    constexpr qsizetype told = 40;
    const QString into = lineOf(u"cd"_s, {archive}) + u" &&\n"_s;
    if (names.size() <= told)
        return into + lineOf(u"rm"_s, QStringList{u"-f"_s, u"--"_s} + names);
    return into + lineOf(u"xargs"_s, {u"-0"_s, u"rm"_s, u"-f"_s, u"--"_s}) + u" # %1 names on its input, %2 to %3"_s.arg(names.size()).arg(names.constFirst(), names.constLast());
}

session::ChangePlan pruneChange(const PhysicalPlace &place, session::Environment environment, const PrunePlan &plan, const WalPlan &wal)
{
    session::ChangePlan change = backupChange(place, environment, u"Remove %1 from %2"_s.arg(plan.going().size() == 1 ? u"1 backup"_s : u"%1 backups"_s.arg(plan.going().size()), place.repository->name()));
    // As Repository::remove does it: out of the list at once, then gone.
    for (const PruneItem &item : plan.items) {
        if (!item.goes)
            continue;
        const QString gone = place.repository->folderOf(u'.' + item.backup.id + ".gone"_L1, item.backup.kind);
        change.steps.append({u"Remove %1: %2"_s.arg(item.backup.id, item.why),
                             (lineOf(u"mv"_s, {u"-T"_s, u"--"_s, item.backup.folder, gone}) + u" &&\n"_s + lineOf(u"rm"_s, {u"-rf"_s, u"--one-file-system"_s, u"--"_s, gone})).toUtf8(), true, {}, {}});
        change.hazards.append({session::Hazard::Kind::RemoveFiles, item.backup.id, 0, 0});
    }
    if (!wal.goes.isEmpty())
        change.steps.append({u"Remove %1 files of WAL, from %2 to %3"_s.arg(wal.goes.size()).arg(wal.goes.constFirst(), wal.goes.constLast()), removalOf(place.archive, wal.goes).toUtf8(), true, {}, {}});
    if (!wal.goes.isEmpty())
        change.hazards.append({session::Hazard::Kind::RemoveFiles, u"%1 files of WAL"_s.arg(wal.goes.size()), 0, 0});
    change.undo = u"there is none: what is removed can't be brought back"_s;
    change.facts = {{u"Comes free"_s, (plan.bytesAreCertain ? QString() : u"at least "_s) + units::bytes(double(plan.bytes + wal.bytes))}};
    return change;
}

session::ChangePlan rehearsalChange(const PhysicalPlace &place, session::Environment environment, const QString &title, const RehearsalPlan &plan)
{
    session::ChangePlan change = backupChange(place, environment, title);
    change.subject = session::ChangeSubject::Volumes;
    change.steps.append({u"In a container of %1, without a network"_s.arg(plan.choice.image), plan.text().toUtf8(), true, {}, u"a copy of the backup on this machine's disk; nothing of production is written"_s});
    change.undo = u"howdahctl pitr drop "_s + plan.id;
    return change;
}

} // namespace howdah::backup
