// SPDX-License-Identifier: GPL-3.0-or-later
// backup dump|contents|restore
#include "ctl/backupdumpstand.h"

#include "backup/backupchange.h"
#include "base/units.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

Result<Answer> takeDump(Ctl &ctl, const DumpVerbOptions &options)
{
    auto stand = dumpStandOf(ctl, options);
    if (!stand)
        return fail(std::move(stand.error()));
    const Repository &repository = *stand->place.repository;
    DumpOptions wanted;
    wanted.directory = options.format == "directory";
    wanted.jobs = options.jobs;
    wanted.compress = QString::fromStdString(options.compress);
    wanted.only = wordsOf(options.only);
    wanted.exclude = wordsOf(options.exclude);
    wanted.statistics = options.statistics;
    wanted.schemaOnly = options.schemaOnly;
    wanted.globals = options.globals;
    wanted.readThrough = options.readThrough;
    wanted.label = QString::fromStdString(options.label);
    const auto plan = planDump(*stand->link, *stand->place.source, repository, wanted, ctl.cancel());
    if (!plan)
        return fail(plan.error());
    const session::ChangePlan change = dumpChange(stand->place, stand->profile.environment, *plan);
    QString text = change.title + u'\n';
    if (options.planOnly) {
        for (const session::ChangeStep &step : change.steps)
            text += step.title + u'\n' + (step.text.isEmpty() ? QString() : "    "_L1 + QString::fromUtf8(step.text) + u'\n');
        text += u"%1 tables, %2 on the server; how small the dump gets is not known; %3 free\n"_s.arg(plan->tables).arg(units::bytes(double(plan->tableBytes)), units::bytes(double(plan->freeBytes)));
        for (const QString &note : plan->notes)
            text += u"note: "_s + note + u'\n';
        return Answer{{{u"id"_s, plan->id},
                       {u"tools"_s, repository.toolbox().where()},
                       {u"role"_s, plan->manifest.role},
                       {u"reads"_s, dumpReads(*plan)},
                       {u"commands"_s, QJsonArray::fromStringList(plan->commands)},
                       {u"repository"_s, repository.name()},
                       {u"tables"_s, plan->tables},
                       {u"table_bytes"_s, plan->tableBytes},
                       {u"free_bytes"_s, plan->freeBytes},
                       {u"left"_s, QJsonArray::fromStringList(plan->left)},
                       {u"notes"_s, QJsonArray::fromStringList(plan->notes)}},
                      text, ExitCode::Success};
    }
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const auto taken = dump(*stand->link, *stand->place.source, repository, *plan, ctl.progress(), ctl.cancel());
        if (!taken)
            return fail(taken.error());
        QString told = u"%1: %2, %3 files, %4 tables with every row, by %5 (%6) with %7; %8\n%9\n"_s.arg(taken->id, units::bytes(double(taken->bytes))).arg(taken->files).arg(plan->tables)
                           .arg(plan->manifest.role, dumpReads(*plan), taken->toolsWhere, taken->verified.atMs ? u"verified: "_s + taken->verified.words : u"not read through"_s, taken->folder);
        if (options.schemaOnly)
            told.replace(u"tables with every row"_s, u"tables without their rows"_s);
        for (const QString &note : taken->notes)
            told += u"note: "_s + note + u'\n';
        return Answer{taken->toJson(repository.name()), told, ExitCode::Success};
    });
}

// Of a dump no server is needed.
Result<PhysicalPlace> placeOf(Ctl &ctl, const DumpVerbOptions &options)
{
    const auto path = dumpPathOf(QString::fromStdString(options.word));
    const QString folder = path ? path->folder : QString::fromStdString(options.folder);
    const auto target = ctl.target();
    const QString stack = target ? target->profile.stack : QString();
    if (!folder.isEmpty())
        return openFolderPlace(folder, 18, stack.isEmpty() ? u"howdah"_s : stack, ctl.progress(), ctl.cancel());
    if (!target)
        return fail(target.error());
    if (stack.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no stack of this machine: name the folder of its dumps"_s.arg(target->profile.spec.address()), u"--in FOLDER"_s);
    return openStackPlace(stack, ctl.progress(), ctl.cancel());
}

Result<Answer> showContents(Ctl &ctl, const DumpVerbOptions &options)
{
    const auto place = placeOf(ctl, options);
    if (!place)
        return fail(place.error());
    const auto dump = openWanted(ctl, options, *place);
    if (!dump)
        return fail(dump.error());
    QJsonObject json = dump->listing.toJson();
    json.insert(u"name"_s, dump->name);
    json.insert(u"path"_s, dump->path);
    json.insert(u"recorded"_s, dump->manifest.has_value());
    QString text = u"%1: %2 of PostgreSQL %3, %4, %5\n"_s.arg(dump->name, listedName(dump->listing.database), dump->listing.serverVersion, dump->listing.format.toLower(),
                                                              dump->listing.compression == "none"_L1 ? u"not compressed"_s : dump->listing.compression);
    if (dump->manifest) {
        json.insert(u"role"_s, dump->manifest->role);
        json.insert(u"whole"_s, dump->manifest->whole);
        json.insert(u"globals"_s, dump->manifest->globals);
        json.insert(u"roles"_s, QJsonArray::fromStringList(dump->manifest->roles));
        text += u"read by %1; %2\n"_s.arg(dump->manifest->role, dump->manifest->whole ? u"the whole database"_s : u"a part of the database"_s);
    } else {
        text += u"no record of ours: names with spaces are as pg_restore's list has them\n"_s;
    }
    const QMap<QString, int> counts = dump->listing.counts();
    for (auto it = counts.begin(); it != counts.end(); ++it)
        text += u"%1  %2\n"_s.arg(it.value(), 6).arg(it.key());
    for (const DumpEntry &entry : dump->listing.entries)
        text += u"%1  %2  %3%4  %5\n"_s.arg(entry.number, 6).arg(entry.kind.leftJustified(18), entry.schema.isEmpty() ? QString() : QString(listedName(entry.schema) + u'.'), listedName(entry.name), entry.owner);
    return Answer{json, text, ExitCode::Success};
}

} // namespace

void addBackupDumpVerbs(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<DumpVerbOptions>();
    CLI::App *backup = app.get_subcommand("backup");
    const auto verb = [&](const char *name, const char *what, const char *folderFlag, Result<Answer> (*action)(Ctl &, const DumpVerbOptions &)) {
        auto *command = backup->add_subcommand(name, what);
        command->fallthrough();
        command->add_option(folderFlag, options->folder, "A folder outside Docker; without it the archive of the profile's stack");
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return command;
    };
    auto *dump = verb("dump", "One database by pg_dump, as a role that reads every row; compared with the catalogs and read through before it has its name", "--to", takeDump);
    dump->add_option("--database", options->database, "Which; without it the profile's");
    dump->add_option("--role", options->role, "As whom; of the stack howdah_backup, else the profile's own");
    dump->add_option("--format", options->format, "custom (one file) or directory")->check(CLI::IsMember({"custom", "directory"}))->capture_default_str();
    dump->add_option("--jobs", options->jobs, "So many tables at a time, into a directory")->check(CLI::Range(1, 64));
    dump->add_option("--compress", options->compress, "zstd:3 (the default), lz4, gzip:6 or none");
    dump->add_option("--only", options->only, "schema.table with its partitions, or schema.*; may be given several times");
    dump->add_option("--exclude", options->exclude, "What is left out, by the same words");
    dump->add_option("--label", options->label, "Kept in it")->check([](const std::string &text) { return text.find_first_of("\n\r") == std::string::npos && text.size() <= 1000 ? std::string() : std::string("one line of at most 1000 bytes"); });
    dump->add_flag("--statistics", options->statistics, "The planner's statistics too; PostgreSQL 18 and later");
    dump->add_flag("--schema-only", options->schemaOnly, "Without rows");
    dump->add_flag("!--no-globals", options->globals, "Without roles and tablespaces");
    dump->add_flag("!--no-verify", options->readThrough, "Names it before pg_restore has read it through");
    dump->add_flag("--plan", options->planOnly, "Only says what would be done");
    auto *contents = verb("contents", "What is in a dump: of the catalogue by its id, or any dump of pg_dump's by its path", "--in", showContents);
    contents->add_option("id", options->word, "An id of backup list, or a path")->required();
    contents->add_flag("!--no-verify", options->readThrough, "Without a look at its files' sums");
    auto *restore = verb("restore", "A dump into a database by pg_restore: in one transaction, and an error ends it. What it would meet is looked for first", "--in", restoreDump);
    restore->add_option("id", options->word, "An id of backup list, or a path")->required();
    restore->add_option("--into", options->database, "The database")->required();
    restore->add_flag("--create", options->create, "Makes it");
    restore->add_flag("--clean", options->clean, "Drops what has these names there already");
    restore->add_option("--only", options->only, "schema.table with all that belongs to it, or schema.*; may be given several times");
    restore->add_option("--jobs", options->jobs, "So many at a time: not one transaction then")->check(CLI::Range(1, 64));
    restore->add_option("--role", options->role, "As whom; from the stack's archive postgres, else the profile's own");
    restore->add_option("--set-role", options->becomes, "Becomes this one first: the objects' owner");
    restore->add_flag("--no-owner", options->noOwner, "Everything is the restoring role's");
    restore->add_flag("--no-privileges", options->noPrivileges, "Without grants");
    restore->add_flag("!--no-verify", options->readThrough, "Without a look at its files' sums");
    restore->add_flag("--plan", options->planOnly, "Only says what would be done");
    restore->add_option("--confirm", options->confirm, "The database's name, where the environment or --clean demands it");
}

} // namespace howdah::ctl
