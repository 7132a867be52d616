// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicalfacts.h"

#include "pg/quote.h"

#include <QSet>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostNamed = 20;

struct Relation {
    DumpRelation itself;
    bool usable = true;
    bool readable = true;
    bool stopped = false;
    bool member = false;
    bool chosen = true;
};

QString named(const QVector<Relation> &relations, bool (*which)(const Relation &), qsizetype *count)
{
    QStringList names;
    *count = 0;
    for (const Relation &one : relations) {
        if (!one.chosen || !which(one))
            continue;
        if (++*count <= mostNamed)
            names << one.itself.text();
    }
    return names.join(u", "_s) + (*count > mostNamed ? u" and %1 more"_s.arg(*count - mostNamed) : QString());
}

// A pattern of pg_dump that means this name and no other.
QString pattern(const QString &name)
{
    return u'"' + QString(name).replace(u'"', "\"\""_L1) + u'"';
}

// Those that the words mean, with the children of each: without them a partitioned table would be dumped without its rows.
Result<QSet<quint32>> meant(const QVector<Relation> &relations, const QStringList &words, bool *schemas, QStringList *patterns)
{
    QSet<quint32> oids;
    *schemas = false;
    bool tables = false;
    for (const QString &text : words) {
        const auto word = parseRelationWord(text);
        if (!word)
            return fail(word.error());
        (word->name.isEmpty() ? *schemas : tables) = true;
        bool found = false;
        for (const Relation &one : relations) {
            if (one.itself.schema == word->schema && (word->name.isEmpty() || one.itself.name == word->name)) {
                oids.insert(one.itself.oid);
                found = true;
            }
        }
        if (!found)
            return fail(ErrorKind::Client, u"no_such_table"_s, u"The database has no %1"_s.arg(text), u"Names are case-sensitive here; howdahctl catalog list shows them"_s);
        if (word->name.isEmpty())
            *patterns << pattern(word->schema);
    }
    if (*schemas && tables)
        return fail(ErrorKind::Client, u"usage"_s, u"Tables and whole schemas can't be named together: with tables named, pg_dump passes over schemas"_s, u"Name tables alone, or schemas alone"_s);
    if (*schemas)
        return oids;
    for (bool more = !oids.isEmpty(); more;) {
        more = false;
        for (const Relation &one : relations) {
            if (one.itself.parent != 0 && oids.contains(one.itself.parent) && !oids.contains(one.itself.oid)) {
                oids.insert(one.itself.oid);
                more = true;
            }
        }
    }
    for (const Relation &one : relations) {
        if (oids.contains(one.itself.oid))
            *patterns << pattern(one.itself.schema) + u'.' + pattern(one.itself.name);
    }
    return oids;
}

Done choose(QVector<Relation> &relations, const DumpOptions &options, DumpFacts &facts)
{
    bool schemas = false, schemasToo = false;
    QStringList patterns, without;
    const auto only = meant(relations, options.only, &schemas, &patterns);
    if (!only)
        return fail(only.error());
    const auto exclude = meant(relations, options.exclude, &schemasToo, &without);
    if (!exclude)
        return fail(exclude.error());
    if (!options.only.isEmpty() && !schemas && schemasToo)
        return fail(ErrorKind::Client, u"usage"_s, u"With tables named, pg_dump does not leave out schemas"_s, u"Leave out tables"_s);
    for (const QString &one : std::as_const(patterns))
        facts.dumped << (schemas ? "--schema="_L1 : "--table="_L1) + one;
    for (const QString &one : std::as_const(without))
        facts.dumped << (schemasToo ? "--exclude-schema="_L1 : "--exclude-table="_L1) + one;
    for (Relation &one : relations)
        one.chosen = (options.only.isEmpty() || only->contains(one.itself.oid)) && !exclude->contains(one.itself.oid);
    if (std::none_of(relations.begin(), relations.end(), [](const Relation &one) { return one.chosen; }) && !relations.isEmpty() && !options.only.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"What is named is left out again: nothing remains"_s);
    return {};
}

// What pg_dump would stop at after an hour, or what it would leave out with --enable-row-security, which is never given.
Done checkRights(const QVector<Relation> &relations, const QString &role, bool schemaOnly)
{
    const QString hint = u"Dump as a role that reads every row: on the stack --role howdah_backup, elsewhere a superuser, or a role with BYPASSRLS and SELECT on everything"_s;
    qsizetype count = 0;
    QString names = named(relations, [](const Relation &one) { return !one.usable && !one.member; }, &count);
    if (count > 0)
        return fail(ErrorKind::Permission, u"no_select"_s, u"%1 may not look into the schemas of %2 relations: %3"_s.arg(role).arg(count).arg(names), hint);
    names = named(relations, [](const Relation &one) { return !one.readable; }, &count);
    if (count > 0)
        return fail(ErrorKind::Permission, u"no_select"_s, u"%1 may not read %2 tables and sequences: %3"_s.arg(role).arg(count).arg(names), hint);
    names = named(relations, [](const Relation &one) { return one.stopped; }, &count);
    if (count > 0 && !schemaOnly)
        return fail(ErrorKind::Permission, u"row_security"_s, u"Row security hides rows of %2 tables from %1: %3"_s.arg(role).arg(count).arg(names), hint);
    return {};
}

} // namespace

Done beginSnapshot(pg::Connection &link, const CancelToken &cancel)
{
    if (Done begun = link.command("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"); !begun)
        return begun;
    if (const auto patient = link.runFile(u"backup/dump_patient"_s, {}, {}, cancel); !patient)
        return fail(patient.error());
    return {};
}

Result<DumpFacts> readDumpFacts(pg::Connection &link, const DumpOptions &options, const CancelToken &cancel)
{
    DumpFacts facts;
    const auto server = link.runFile(u"backup/dump_server"_s, {}, {}, cancel);
    if (!server || server->isEmpty())
        return fail(server ? Error{ErrorKind::Protocol, u"bad_answer"_s, u"The server did not say what it is"_s, {}, {}, {}, {}, 0} : server.error());
    facts.version = server->text(0, "version"_L1);
    facts.versionNum = int(server->integer(0, "version_num"_L1).value_or(0));
    facts.systemIdentifier = server->text(0, "system_identifier"_L1);
    facts.snapshot = server->text(0, "snapshot"_L1);
    facts.nowMs = server->integer(0, "now_ms"_L1).value_or(0);
    facts.superuser = server->boolean(0, "superuser"_L1).value_or(false);
    facts.inRecovery = server->boolean(0, "in_recovery"_L1).value_or(false);
    facts.connectionsLeft = server->integer(0, "connections_left"_L1);
    DumpManifest &manifest = facts.manifest;
    manifest.database = link.facts().database;
    manifest.directory = options.directory;
    manifest.encoding = server->text(0, "encoding"_L1);
    manifest.provider = server->text(0, "provider"_L1);
    manifest.collate = server->text(0, "collate"_L1);
    manifest.ctype = server->text(0, "ctype"_L1);
    manifest.locale = server->text(0, "locale"_L1);
    manifest.role = server->text(0, "role"_L1);
    manifest.bypasses = server->boolean(0, "bypasses"_L1).value_or(false);
    manifest.schemaOnly = options.schemaOnly;
    manifest.statistics = options.statistics;
    manifest.only = options.only;
    manifest.exclude = options.exclude;
    manifest.whole = options.only.isEmpty() && options.exclude.isEmpty() && !options.schemaOnly;
    manifest.globals = options.globals;
    manifest.passwords = options.globals && facts.superuser;

    const auto rows = link.runFile(u"backup/dump_relations"_s, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<Relation> relations;
    qsizetype foreign = 0;
    for (qsizetype i = 0; i < rows->size(); ++i) {
        Relation one;
        one.itself = {quint32(rows->integer(i, "oid"_L1).value_or(0)), rows->text(i, "schema"_L1), rows->text(i, "name"_L1), rows->text(i, "kind"_L1).at(0),
                      rows->integer(i, "bytes"_L1).value_or(0), rows->boolean(i, "data"_L1).value_or(false) && !options.schemaOnly,
                      quint32(rows->integer(i, "parent"_L1).value_or(0))};
        one.usable = rows->boolean(i, "usable"_L1).value_or(false);
        one.readable = rows->boolean(i, "readable"_L1).value_or(false);
        one.stopped = rows->boolean(i, "stopped"_L1).value_or(false);
        one.member = rows->boolean(i, "member"_L1).value_or(false);
        relations.append(one);
    }
    if (Done chosen = choose(relations, options, facts); !chosen)
        return fail(std::move(chosen.error()));
    if (Done may = checkRights(relations, manifest.role, options.schemaOnly); !may)
        return fail(std::move(may.error()));
    for (const Relation &one : std::as_const(relations)) {
        // An extension's script makes its own tables; the rows that it marked as its configuration are dumped, where the extension is.
        if (!one.chosen || (one.member && (!one.itself.data || !options.only.isEmpty())))
            continue;
        manifest.relations.append(one.itself);
        manifest.relations.last().ofExtension = one.member;
        foreign += one.itself.kind == u'f';
    }
    if (foreign > 0)
        facts.notes << u"the rows of %1 foreign tables lie on other servers and are not in it"_s.arg(foreign);

    if (options.only.isEmpty() && !options.schemaOnly)
        manifest.largeObjects = server->integer(0, "large_objects"_L1).value_or(0);
    else if (server->integer(0, "large_objects"_L1).value_or(0) > 0)
        facts.notes << u"large objects are not in it"_s;
    if (manifest.largeObjects > 0) {
        const auto hidden = link.runFile(u"backup/dump_large_objects"_s, {}, {}, cancel);
        if (!hidden)
            return fail(hidden.error());
        if (const qint64 count = hidden->integer(0, "unreadable"_L1).value_or(0); count > 0)
            return fail(ErrorKind::Permission, u"no_select"_s, u"%1 may not read %2 large objects"_s.arg(manifest.role).arg(count), u"Grant SELECT on them, or dump as a superuser"_s);
    }
    const auto parts = link.runFile(u"backup/dump_parts"_s, {}, {}, cancel);
    if (!parts)
        return fail(parts.error());
    for (qsizetype i = 0; i < parts->size(); ++i) {
        manifest.parts.insert(DumpManifest::partKey(quint32(parts->integer(i, "class"_L1).value_or(0)), quint32(parts->integer(i, "oid"_L1).value_or(0))),
                              quint32(parts->integer(i, "owner"_L1).value_or(0)));
    }
    const auto roles = link.runFile(u"backup/dump_roles"_s, {}, {}, cancel);
    if (!roles)
        return fail(roles.error());
    for (qsizetype i = 0; i < roles->size(); ++i)
        manifest.roles << roles->text(i, "role"_L1);
    if (!manifest.whole)
        facts.notes << (options.schemaOnly ? u"it holds no rows"_s : options.only.isEmpty() ? u"it lacks what was left out"_s : u"it holds what was named alone: what that depends on is not in it"_s);
    if (options.globals && !facts.superuser)
        facts.notes << u"the roles in globals.sql have no passwords: %1 is no superuser"_s.arg(manifest.role);
    if (options.globals && facts.superuser)
        facts.notes << u"globals.sql has the roles' password verifiers"_s;
    if (!facts.superuser)
        facts.notes << u"passwords of user mappings and the subscriptions are a superuser's alone, and are not in it"_s;
    return facts;
}

} // namespace howdah::backup
