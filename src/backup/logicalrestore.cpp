// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicalrestore.h"

#include "backup/logicalrun.h"
#include "backup/logicaltarget.h"
#include "pg/quote.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QUuid>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// To its oid.
Result<QHash<QString, qint64>> objectsOf(const Toolbox &toolbox, const PhysicalSource &source, const QString &database, const CancelToken &cancel)
{
    const auto rows = ask(toolbox, source, database, u"restore_objects"_s, cancel);
    if (!rows)
        return fail(rows.error());
    QHash<QString, qint64> keys;
    for (const QJsonValue &row : *rows)
        keys.insert(keyOf(row.toArray().at(0).toString(), row.toArray().at(1).toString(), row.toArray().at(2).toString()), row.toArray().at(3).toInteger());
    return keys;
}

// Kinds that objectsOf() tells: the others are parts of these, or in no schema.
bool isLookedFor(const DumpEntry &entry)
{
    static const QStringList kinds{u"TABLE"_s, u"VIEW"_s, u"MATERIALIZED VIEW"_s, u"SEQUENCE"_s, u"FOREIGN TABLE"_s, u"INDEX"_s, u"TYPE"_s, u"DOMAIN"_s, u"FUNCTION"_s, u"PROCEDURE"_s, u"AGGREGATE"_s, u"SCHEMA"_s};
    return kinds.contains(entry.kind);
}

QString wordsOf(const DumpEntry &entry)
{
    return entry.kind.toLower() + u' ' + (entry.schema.isEmpty() ? entry.name : QString(pg::displayIdentifier(entry.schema) + u'.' + (entry.kind == "FUNCTION"_L1 ? entry.name : pg::displayIdentifier(entry.name))));
}

Done checkRoles(const PhysicalSource &source, const DumpSource &dump, const QJsonArray &rows, RestorePlan &plan)
{
    QSet<QString> there, settable;
    for (const QJsonValue &row : rows) {
        there.insert(row.toArray().at(0).toString());
        if (row.toArray().at(1).toBool())
            settable.insert(row.toArray().at(0).toString());
    }
    if (plan.options.create)
        settable.insert(u"pg_database_owner"_s); // as whose member who makes it counts
    const QStringList named = dump.manifest ? dump.manifest->roles : QStringList();
    QSet<QString> owners;
    for (const DumpEntry &entry : std::as_const(plan.entries)) {
        if (const QString owner = ownerOf(entry, plan.known); !owner.isEmpty())
            owners.insert(owner);
    }
    QSet<QString> needed = plan.options.noOwner ? QSet<QString>() : owners;
    if (!plan.partly && !plan.options.noPrivileges && !plan.options.noOwner)
        needed.unite({named.begin(), named.end()});
    QStringList missing, locked;
    for (const QString &role : std::as_const(needed)) {
        if (!there.contains(role))
            missing << role;
        else if (owners.contains(role) && !plan.superuser && plan.options.becomes.isEmpty() && !settable.contains(role))
            locked << role;
    }
    missing.sort();
    locked.sort();
    if (!missing.isEmpty())
        return fail(ErrorKind::Client, u"roles_missing"_s, u"%1 has no role %2, which objects of the dump name"_s.arg(source.name, someOf(missing)),
                    dump.manifest && dump.manifest->globals ? u"Make them: what they are stands in globals.sql beside the dump. Or give everything to %1: --no-owner --no-privileges"_s.arg(source.role)
                                                            : u"Make them, or give everything to %1: --no-owner --no-privileges"_s.arg(source.role));
    if (!locked.isEmpty())
        return fail(ErrorKind::Permission, u"no_right"_s, u"%1 may not give objects to %2"_s.arg(source.role, someOf(locked)), u"Restore as a superuser, as --set-role of their owner, or with --no-owner"_s);
    if (plan.options.noOwner && !plan.options.noPrivileges) {
        QStringList unknown;
        for (const QString &role : named) {
            if (!there.contains(role))
                unknown << role;
        }
        if (!unknown.isEmpty())
            plan.notes << u"the server has no role %1: where a grant or a policy names it, the restore ends there (--no-privileges leaves grants out)"_s.arg(someOf(unknown));
    }
    return {};
}

Done checkExtensions(const Toolbox &toolbox, const PhysicalSource &source, const RestorePlan &plan, const CancelToken &cancel)
{
    QStringList wanted;
    for (const DumpEntry &entry : plan.entries) {
        if (entry.kind == "EXTENSION"_L1)
            wanted << entry.name;
    }
    if (wanted.isEmpty())
        return {};
    const auto rows = ask(toolbox, source, plan.create.isEmpty() ? plan.options.database : source.database, u"restore_extensions"_s, cancel);
    if (!rows)
        return fail(rows.error());
    QHash<QString, QPair<bool, bool>> known;
    for (const QJsonValue &row : *rows)
        known.insert(row.toArray().at(0).toString(), {row.toArray().at(1).toBool() && plan.create.isEmpty(), row.toArray().at(2).toBool()});
    QStringList missing, locked;
    for (const QString &name : std::as_const(wanted)) {
        if (!known.contains(name))
            missing << name;
        else if (!known.value(name).first && !known.value(name).second && !plan.superuser)
            locked << name;
    }
    if (!missing.isEmpty())
        return fail(ErrorKind::Client, u"extensions_missing"_s, u"%1 has no extension %2"_s.arg(source.name, someOf(missing)), u"Install its package on the server's machine"_s);
    if (!locked.isEmpty())
        return fail(ErrorKind::Permission, u"no_right"_s, u"%1 may not make the extension %2"_s.arg(source.role, someOf(locked)), u"Restore as a superuser, or let one make it first"_s);
    return {};
}

Result<QByteArray> createStatement(const QString &database, const std::optional<DumpManifest> &manifest)
{
    const auto name = pg::quoteIdentifier(database);
    if (!name)
        return fail(name.error());
    QByteArray text = "CREATE DATABASE " + *name + " TEMPLATE template0"; // sql-ok: a plan's, put together from names
    if (manifest) {
        QVector<QPair<QByteArray, QString>> words{{"ENCODING", manifest->encoding}, {"LOCALE_PROVIDER", manifest->provider}, {"LC_COLLATE", manifest->collate}, {"LC_CTYPE", manifest->ctype}};
        if (manifest->provider == "icu"_L1)
            words.append({"ICU_LOCALE", manifest->locale});
        else if (manifest->provider == "builtin"_L1)
            words.append({"BUILTIN_LOCALE", manifest->locale});
        for (const auto &[word, value] : std::as_const(words)) {
            const auto literal = pg::quoteLiteral(value);
            if (!literal)
                return fail(literal.error());
            text += ' ' + word + " = " + *literal;
        }
    }
    return text + ';';
}

QStringList restoreWords(const PhysicalSource &source, const DumpSource &dump, const RestorePlan &plan, const QString &list)
{
    QStringList words = connectionWords(source, plan.application, plan.options.database);
    words << u"--exit-on-error"_s << u"--verbose"_s;
    if (plan.options.jobs == 1)
        words << u"--single-transaction"_s;
    else
        words << u"--jobs"_s << QString::number(plan.options.jobs);
    if (plan.options.clean)
        words << u"--clean"_s << u"--if-exists"_s;
    if (plan.options.noOwner)
        words << u"--no-owner"_s;
    if (plan.options.noPrivileges)
        words << u"--no-privileges"_s;
    if (!plan.options.becomes.isEmpty())
        words << "--role="_L1 + plan.options.becomes;
    if (plan.partly)
        words << u"--use-list"_s << list;
    return words << dump.path;
}

} // namespace

Result<DumpSource> openDump(const Repository &repository, const Backup &backup, bool verify, const Progress &progress, const CancelToken &cancel)
{
    auto manifest = readManifest(repository, backup, cancel);
    if (!manifest)
        return fail(std::move(manifest.error()));
    if (verify) {
        const auto verdict = verifyDump(repository, backup, *manifest, progress, cancel);
        if (!verdict)
            return fail(verdict.error());
        if (!verdict->good)
            return fail(ErrorKind::Client, u"verify_failed"_s, u"The dump %1 is not what was taken: %2"_s.arg(backup.id, verdict->words), u"Take another one"_s);
    }
    DumpSource dump;
    dump.name = backup.id;
    dump.path = backup.folder + u'/' + manifest->path();
    auto listing = listDump(repository.toolbox(), dump.path, cancel);
    if (!listing)
        return fail(std::move(listing.error()));
    dump.listing = std::move(*listing);
    nameTruly(dump.listing, *manifest);
    dump.manifest = std::move(*manifest);
    return dump;
}

Result<DumpSource> openDumpAt(const Toolbox &toolbox, const QString &path, const CancelToken &cancel)
{
    DumpSource dump;
    dump.name = path;
    dump.path = path;
    // 0: a folder with a table of contents; 1: a file; 2: a folder without; 3: nothing there.
    const auto kind = toolbox.run({u"sh"_s, {u"-c"_s, u"if [ -d \"$0\" ]; then ls -- \"$0\"/toc.dat* >/dev/null 2>&1 || exit 2; elif [ -f \"$0\" ]; then exit 1; else exit 3; fi"_s, path}, {}, 20'000}, cancel);
    if (!kind)
        return fail(kind.error());
    if (kind->exitCode == 3)
        return fail(ErrorKind::Io, u"no_such_file"_s, u"There is no %1"_s.arg(path));
    if (kind->exitCode == 2)
        return fail(ErrorKind::Client, u"not_a_dump"_s, u"%1 is no dump in the directory format: it has no toc.dat"_s.arg(path));
    if (kind->exitCode == 1) {
        const auto head = toolbox.runChecked({u"head"_s, {u"-c"_s, u"512"_s, u"--"_s, path}, {}, 20'000}, cancel);
        if (!head)
            return fail(head.error());
        if (!head->output.startsWith("PGDMP") && head->output.mid(257, 5) != "ustar") {
            return fail(ErrorKind::Client, u"plain_sql"_s, u"%1 is no dump of pg_dump's custom, directory or tar format"_s.arg(path),
                        u"A plain script is not restored: psql would also run its backslash commands (\\!, \\copy … program), as you, on this machine, and goes on behind errors. "
                        "Dump again with --format=custom. Where there is nothing else, read it, and run it by psql 18.6 or later in a container without a network: psql -X -v ON_ERROR_STOP=1 -1"_s);
        }
    }
    auto listing = listDump(toolbox, path, cancel);
    if (!listing)
        return fail(std::move(listing.error()));
    dump.listing = std::move(*listing);
    return dump;
}

Result<RestorePlan> planRestore(const Toolbox &toolbox, const PhysicalSource &source, const DumpSource &dump, const RestoreOptions &options, const CancelToken &cancel)
{
    RestorePlan plan;
    plan.options = options;
    plan.source = source;
    plan.server = source.name;
    plan.application = "howdah-restore "_L1 + QUuid::createUuid().toString(QUuid::WithoutBraces).left(8);
    if (options.database.isEmpty() || options.jobs < 1)
        return fail(ErrorKind::Client, u"usage"_s, u"Into which database is not said"_s, u"--into DATABASE"_s);
    if (options.create && options.clean)
        return fail(ErrorKind::Client, u"usage"_s, u"In a database that is to be made nothing can be dropped"_s, u"Say --create or --clean"_s);
    const auto said = ask(toolbox, source, source.database, u"restore_target"_s, cancel);
    if (!said)
        return fail(said.error());
    const QJsonObject facts = said->at(0).toObject();
    plan.role = facts.value("role"_L1).toString();
    plan.superuser = facts.value("superuser"_L1).toBool();
    if (facts.value("in_recovery"_L1).toBool())
        return fail(ErrorKind::Client, u"standby"_s, u"%1 is a standby: it can't be written to"_s.arg(source.name), u"Name the primary"_s);
    const int dumped = versionNumOf(dump.listing.serverVersion), here = facts.value("version_num"_L1).toInt();
    if (here / 10000 != toolbox.versionNum() / 10000)
        return fail(ErrorKind::Client, u"other_major"_s, u"%1 is PostgreSQL %2, and the tools (%3) are of another version"_s.arg(source.name, facts.value("version"_L1).toString(), toolbox.where()));
    if (dumped / 10000 > here / 10000)
        return fail(ErrorKind::Client, u"older_server"_s, u"The dump is of PostgreSQL %1, and %2 is %3: an older one need not understand it"_s.arg(dump.listing.serverVersion, source.name, facts.value("version"_L1).toString()),
                    u"Restore into %1 or later"_s.arg(dumped / 10000));
    const bool exists = facts.value("databases"_L1).toArray().contains(options.database);
    if (exists && options.create)
        return fail(ErrorKind::Client, u"database_exists"_s, u"%1 has a database %2 already"_s.arg(source.name, listedName(options.database)), u"Name another, or say it without --create"_s);
    if (!exists && !options.create)
        return fail(ErrorKind::Client, u"no_such_database"_s, u"%1 has no database %2"_s.arg(source.name, listedName(options.database)), u"--create makes it"_s);
    if (options.create && !facts.value("create_database"_L1).toBool())
        return fail(ErrorKind::Permission, u"no_right"_s, u"%1 may not make a database"_s.arg(plan.role), u"Restore as a superuser, or as a role with CREATEDB; on the stack from its own archive: --role postgres"_s);

    const auto roleRows = ask(toolbox, source, options.create ? source.database : options.database, u"restore_roles"_s, cancel);
    if (!roleRows)
        return fail(roleRows.error());
    plan.known = dump.manifest ? dump.manifest->roles : QStringList();
    for (const QJsonValue &row : *roleRows)
        plan.known << row.toArray().at(0).toString();
    auto entries = chosenEntries(dump, options.only, &plan.notes);
    if (!entries)
        return fail(std::move(entries.error()));
    plan.partly = !options.only.isEmpty();
    QHash<QString, qint64> taken;
    if (!options.create) {
        auto objects = objectsOf(toolbox, source, options.database, cancel);
        if (!objects)
            return fail(std::move(objects.error()));
        taken = std::move(*objects);
    }
    int ofDatabase = 0;
    for (const DumpEntry &entry : std::as_const(*entries)) {
        // Entries of the database itself name the old one: they stay out.
        const bool database = entry.kind.startsWith("DATABASE"_L1) || (entry.catalog == 0 && QString::fromUtf8(entry.line).section(u' ', 3).contains(u" - DATABASE "_s));
        ofDatabase += database && entry.kind != "DATABASE"_L1;
        // A schema that is there already is no part of a table that was named.
        if (database || (plan.partly && entry.kind == "SCHEMA"_L1 && (taken.contains(keyOf(entry, plan.known)) || entry.name == "public"_L1)))
            continue;
        plan.entries << entry;
        if (isLookedFor(entry) && taken.contains(keyOf(entry, plan.known)) && !(entry.kind == "SCHEMA"_L1 && entry.name == "public"_L1)) {
            plan.clashes << wordsOf(entry);
            plan.before.insert(keyOf(entry, plan.known), taken.value(keyOf(entry, plan.known)));
        }
    }
    if (ofDatabase > 0 && !plan.partly)
        plan.notes << u"settings, rights and the comment of the database itself (%1 entries) name %2 and are not taken over; RUNBOOK.md says how"_s.arg(ofDatabase).arg(listedName(dump.listing.database));
    if (!plan.clashes.isEmpty() && !options.clean)
        return fail(ErrorKind::Client, u"names_taken"_s, u"The database %1 has %2 objects of these names already: %3"_s.arg(listedName(options.database)).arg(plan.clashes.size()).arg(someOf(plan.clashes)),
                    u"Restore into a new database (--create), or say --clean, which drops them"_s);
    if (options.create) {
        auto create = createStatement(options.database, dump.manifest);
        if (!create)
            return fail(std::move(create.error()));
        plan.create = *create;
    }
    if (Done roles = checkRoles(source, dump, *roleRows, plan); !roles)
        return fail(std::move(roles.error()));
    if (Done extensions = checkExtensions(toolbox, source, plan, cancel); !extensions)
        return fail(std::move(extensions.error()));
    if (options.clean) {
        const auto parts = goesAlong(toolbox, plan, cancel);
        if (!parts)
            return fail(parts.error());
        if (!parts->isEmpty())
            plan.notes << u"goes with what is dropped, and is not in the dump: %1"_s.arg(someOf(*parts));
        if (!plan.before.isEmpty())
            plan.notes << u"columns, rights and comments of what is dropped come back as the dump has them"_s;
    }
    plan.notes << u"what superusers of the dump's source put into it runs here as %1: restore only what you trust"_s.arg(options.becomes.isEmpty() ? plan.role : options.becomes);
    if (options.jobs > 1)
        plan.notes << u"with several jobs it is not one transaction: after an error a part of it stands"_s;
    plan.command = tool::commandLine(toolbox.command(u"pg_restore"_s, restoreWords(source, dump, plan, u"(a list of %1 entries)"_s.arg(plan.entries.size()))));
    return plan;
}

QJsonObject RestoreReport::toJson() const
{
    QJsonObject counted;
    for (auto it = kinds.begin(); it != kinds.end(); ++it)
        counted.insert(it.key(), QJsonObject{{u"there"_s, it->first}, {u"wanted"_s, it->second}});
    QJsonObject json{{u"looked"_s, looked}, {u"wanted"_s, wanted}, {u"there"_s, looked ? QJsonValue(there) : QJsonValue()}, {u"kinds"_s, counted}, {u"missing"_s, QJsonArray::fromStringList(missing)}, {u"stands"_s, stands}};
    if (error)
        json.insert(u"error"_s, error->toJson());
    return json;
}

// What there is now, and how much of what was there before the same.
static void look(const Toolbox &toolbox, const RestorePlan &plan, RestoreReport &report, qsizetype *asBefore)
{
    const auto objects = objectsOf(toolbox, plan.source, plan.options.database, {}); // also after a cancel
    report.looked = bool(objects);
    for (const DumpEntry &entry : plan.entries) {
        if (!isLookedFor(entry))
            continue;
        ++report.wanted;
        auto &kind = report.kinds[entry.kind];
        ++kind.second;
        if (objects && objects->contains(keyOf(entry, plan.known))) {
            ++report.there;
            ++kind.first;
        } else if (objects) {
            report.missing << wordsOf(entry);
        }
    }
    *asBefore = std::count_if(plan.before.keyBegin(), plan.before.keyEnd(), [&](const QString &key) { return objects && objects->value(key) == plan.before.value(key); });
}

RestoreReport restore(Toolbox &toolbox, const DumpSource &dump, const RestorePlan &plan, const Progress &progress, const CancelToken &cancel)
{
    RestoreReport report;
    const QString database = listedName(plan.options.database);
    const QString step = u"Restore %1 into %2"_s.arg(dump.name, database);
    QString list;
    if (plan.options.clean) {
        if (const auto parts = goesAlong(toolbox, plan, cancel); !parts) { // one that was made since the plan
            report.error = parts.error();
            report.stands = u"Nothing was begun"_s;
            return report;
        }
    }
    if (plan.partly) {
        QByteArray lines;
        for (const DumpEntry &entry : plan.entries)
            lines += entry.line + '\n';
        const auto kept = toolbox.keepSecret(Secret(lines), cancel);
        if (!kept) {
            report.error = kept.error();
            report.stands = u"Nothing was begun"_s;
            return report;
        }
        list = *kept;
    }
    if (!plan.create.isEmpty()) {
        if (auto made = psql(toolbox, plan.source, plan.source.database, plan.create + '\n', cancel); !made) {
            report.error = std::move(made.error()).during(u"make the database %1"_s.arg(database));
            report.stands = u"Whether the database %1 was made is not known; nothing was restored"_s.arg(database);
            return report;
        }
    }
    qint64 done = 0;
    Watching watching;
    watching.onLine = [&](const QByteArray &line) {
        const bool item = line.startsWith("pg_restore: creating ") || line.startsWith("pg_restore: processing data for ") || line.startsWith("pg_restore: executing ");
        done += item;
        if (progress && line.startsWith("pg_restore: "))
            progress({step, QString::fromUtf8(line.mid(12)), std::min(done, qint64(plan.entries.size())), plan.entries.size(), u"objects"_s});
    };
    const auto ended = runWatched(toolbox, {u"pg_restore"_s, restoreWords(plan.source, dump, plan, list), {}, 0, 1 << 20}, watching, cancel);
    if (!ended) {
        report.error = Error(ended.error()).during(step);
    } else if (ended->exitCode != 0) {
        report.error = stack::dockerError(Error{ErrorKind::Tool, u"failed"_s, u"pg_restore ended with exit code %1"_s.arg(ended->exitCode), QString::fromUtf8(ended->lastLines.join('\n')), {}, {}, {}, 0}.during(step));
    }
    qsizetype asBefore = 0;
    look(toolbox, plan, report, &asBefore);
    const bool all = report.missing.isEmpty() && asBefore == 0;
    const QString counted = u"%1 of %2 objects are there"_s.arg(report.there).arg(report.wanted);
    if (!report.looked)
        report.stands = u"What stands in %1 is not known: it could not be asked"_s.arg(database);
    else if (!report.error)
        report.stands = report.missing.isEmpty() ? counted : u"%1; not there: %2"_s.arg(counted, someOf(report.missing));
    else if (plan.options.jobs > 1)
        report.stands = u"A part stands: %1, and which rows they have is not known"_s.arg(counted);
    else if (all && report.wanted > 0) // the link was lost, or it was ended, behind its COMMIT
        report.stands = u"It was done all the same: %1, by one transaction"_s.arg(counted);
    else if (asBefore == plan.before.size() && report.there == plan.before.size())
        report.stands = u"It was one transaction, and rolled back: %1"_s.arg(!plan.create.isEmpty() ? u"the database %1 was made and is empty"_s.arg(database) : !plan.before.isEmpty() ? u"%1 is as it was before"_s.arg(database)
                                                                                                                                                    : u"nothing of it is in %1"_s.arg(database));
    else
        report.stands = u"Somebody else changed %1 meanwhile: %2"_s.arg(database, counted);
    if (!report.error && !report.missing.isEmpty())
        report.error = Error{ErrorKind::Client, u"incomplete"_s, u"pg_restore ended without an error, and %1 objects are not there"_s.arg(report.missing.size()), {}, {}, {}, {}, 0};
    return report;
}

} // namespace howdah::backup
