// SPDX-License-Identifier: GPL-3.0-or-later
// The catalog of a schema full of oddities, old server and new, against what psql says of it.
#include "catalog/objects.h"
#include "pg/quote.h"
#include "psql.h"

#include <QElapsedTimer>
#include <QTest>

using namespace howdah;
using namespace howdah::catalog;
using namespace Qt::StringLiterals;
using Link = std::unique_ptr<pg::Connection>;

class TestObjects : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<int>("major");
        QTest::newRow("15") << 15;
        QTest::newRow("18") << 18;
    }
    void init();
    void cleanupTestCase() { m_servers.clear(); }

    void catalogEqualsPsqls();
    void systemSchemasOnlyWhenAsked();
    void hostileNamesAreExact();
    void relationsSayWhatTheyAre();
    void partsInOrder();
    void indexesSayWhenInvalid();
    void functionsAndTheirOverloads();
    void definitionsMakeTheSameAgain();
    void everyKindHasADefinition();
    void goneIsAnError();
    void sizesAreTheServers();
    void sizesDoNotWaitForALock();
    void sizesOfADatabaseNotPermitted();
    void closedSchemasAreSeenAndMarked();

private:
    Link open(const QString &database = u"odd"_s, const QString &role = u"postgres"_s);
    test::Psql psql(const QString &database = u"odd"_s) { return {*m_server, database}; }
    QVector<Object> relations(pg::Connection &link, const QString &schema = u"odd"_s);
    Object relation(pg::Connection &link, const QString &name);
    static Object find(const QVector<Object> &objects, const QString &name, ObjectKind kind);

    std::map<int, std::unique_ptr<test::TestServer>> m_servers;
    test::TestServer *m_server = nullptr;
    int m_major = 0;
};

void TestObjects::init()
{
    QFETCH_GLOBAL(int, major);
    m_major = major;
    auto &server = m_servers[major];
    if (!server) {
        QString why;
        test::ServerSetup setup;
        setup.major = major;
        server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        m_server = server.get();
        QVERIFY(server->sql({"CREATE DATABASE odd", "CREATE ROLE plain LOGIN"}));
        const QString folder = qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/catalog/"_s;
        QVERIFY(psql().file(folder + u"oddities.sql"_s));
        if (major >= 18)
            QVERIFY(psql().file(folder + u"oddities18.sql"_s));
        QVERIFY(!open()->run({"CREATE UNIQUE INDEX CONCURRENTLY twins_x ON odd.twins (x)", {}})); // fails, and leaves it invalid
        QVERIFY(open()->run({"INSERT INTO odd.parts SELECT '2026-05-05', 'eu', 1", {}}));
        QVERIFY(open()->run({"ANALYZE", {}}));
    }
    m_server = server.get();
}

Link TestObjects::open(const QString &database, const QString &role)
{
    auto link = pg::Connection::open(m_server->socketSpec().withDatabase(database).withRole(role), {});
    if (!link)
        qFatal("%s", qPrintable(link.error().text()));
    return std::move(*link);
}

QVector<Object> TestObjects::relations(pg::Connection &link, const QString &schema)
{
    const auto schemas = listSchemas(link);
    if (!schemas)
        qFatal("%s", qPrintable(schemas.error().text()));
    const auto all = listRelations(link, find(*schemas, schema, ObjectKind::Schema).ref.oid);
    if (!all)
        qFatal("%s", qPrintable(all.error().text()));
    return *all;
}

Object TestObjects::find(const QVector<Object> &objects, const QString &name, ObjectKind kind)
{
    for (const Object &object : objects)
        if (object.name == name && object.ref.kind == kind)
            return object;
    qWarning("no %s \"%s\"", qPrintable(kindName(kind)), qPrintable(name));
    return {};
}

Object TestObjects::relation(pg::Connection &link, const QString &name)
{
    const QVector<Object> all = relations(link);
    for (const Object &object : all)
        if (object.name == name)
            return object;
    qWarning("no relation \"%s\"", qPrintable(name));
    return {};
}

// Flat lists of one part of the JSON, to be put beside psql's.
static QJsonArray flat(const QJsonObject &catalog, const QString &part, const QStringList &keys)
{
    QJsonArray list;
    const QJsonArray schemas = catalog.value(u"schemas"_s).toArray();
    for (const QJsonValue &schema : schemas) {
        const QJsonArray relations = schema[part == u"functions"_s ? u"functions"_s : u"relations"_s].toArray();
        for (const QJsonValue &relation : relations) {
            if (part == u"functions"_s || part == u"relations"_s) {
                QJsonArray entry{schema[u"name"_s]};
                for (const QString &key : keys)
                    entry.append(relation[key]);
                list.append(entry);
                continue;
            }
            const QJsonArray parts = relation[part].toArray();
            for (const QJsonValue &one : parts) {
                QJsonArray entry{schema[u"name"_s], relation[u"name"_s]};
                for (const QString &key : keys)
                    entry.append(one[key]);
                list.append(entry);
            }
        }
    }
    return list;
}

static void compareLists(const QJsonArray &ours, const QJsonArray &psqls)
{
    QVERIFY(!psqls.isEmpty());
    for (qsizetype i = 0; i < std::min(ours.size(), psqls.size()); ++i)
        QCOMPARE(QJsonDocument(ours.at(i).toArray()).toJson(), QJsonDocument(psqls.at(i).toArray()).toJson());
    QCOMPARE(ours.size(), psqls.size());
}

void TestObjects::catalogEqualsPsqls()
{
    const Link link = open();
    const auto catalog = catalogJson(*link, false);
    QVERIFY2(catalog, catalog ? "" : qPrintable(catalog.error().text()));
    const QByteArray ours = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";
    const QByteArray relations = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE " + ours;
    const QByteArray kinds = " AND c.relkind IN ('r','p','f','v','m','S') ";
    const QByteArray order = " ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

    compareLists(flat(*catalog, u"relations"_s, {u"name"_s, u"kind"_s, u"owner"_s}),
                 psql().list("SELECT json_build_array(n.nspname, c.relname, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table' "
                             "WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'sequence' END, pg_get_userbyid(c.relowner)) " + relations + kinds + order));
    compareLists(flat(*catalog, u"columns"_s, {u"name"_s, u"type"_s, u"not_null"_s}),
                 psql().list("SELECT json_build_array(n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) "
                             "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE " + ours + kinds
                             + " AND a.attnum > 0 AND NOT a.attisdropped" + order + ", a.attnum"));
    // The standard's own view of defaults, identity and generation.
    compareLists(flat(*catalog, u"columns"_s, {u"name"_s, u"default"_s, u"identity"_s}),
                 psql().list("SELECT json_build_array(n.nspname, c.relname, a.attname, i.d, coalesce(i.g, '')) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                                   "JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN LATERAL (SELECT coalesce(s.column_default, CASE WHEN s.is_generated = 'ALWAYS' THEN s.generation_expression END) d, "
                                   "lower(s.identity_generation) g FROM information_schema.columns s WHERE s.table_schema = n.nspname AND s.table_name = c.relname AND s.column_name = a.attname) i ON true WHERE "
                                   + ours + kinds + " AND a.attnum > 0 AND NOT a.attisdropped" + order + ", a.attnum"));
    compareLists(flat(*catalog, u"indexes"_s, {u"name"_s, u"definition"_s}),
                 psql().list("SELECT json_build_array(n.nspname, c.relname, x.indexname, x.indexdef) FROM pg_indexes x JOIN pg_namespace n ON n.nspname = x.schemaname "
                             "JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = x.tablename WHERE " + ours + order + ", x.indexname COLLATE \"C\""));
    compareLists(flat(*catalog, u"constraints"_s, {u"name"_s, u"definition"_s}),
                 psql().list("SELECT json_build_array(n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
                             "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype <> 't' AND " + ours + order + ", k.conname COLLATE \"C\""));
    compareLists(flat(*catalog, u"triggers"_s, {u"name"_s}),
                 psql().list("SELECT DISTINCT json_build_array(i.event_object_schema, i.event_object_table, i.trigger_name)::jsonb FROM information_schema.triggers i ORDER BY 1"));
    compareLists(flat(*catalog, u"policies"_s, {u"name"_s}),
                 psql().list("SELECT json_build_array(p.schemaname, p.tablename, p.policyname) FROM pg_policies p ORDER BY p.policyname COLLATE \"C\""));
    compareLists(flat(*catalog, u"functions"_s, {u"name"_s, u"arguments"_s, u"kind"_s}),
                 psql().list("SELECT json_build_array(n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END) "
                             "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE " + ours
                             + " ORDER BY n.nspname COLLATE \"C\", p.proname COLLATE \"C\", pg_get_function_identity_arguments(p.oid) COLLATE \"C\""));
}

void TestObjects::systemSchemasOnlyWhenAsked()
{
    const Link link = open();
    const auto own = catalogJson(*link, false);
    const auto all = catalogJson(*link, true);
    QVERIFY(own && all);
    const auto names = [](const QJsonObject &catalog) {
        QStringList list;
        const QJsonArray schemas = catalog.value(u"schemas"_s).toArray();
        for (const QJsonValue &schema : schemas)
            list << schema[u"name"_s].toString();
        return list;
    };
    QCOMPARE(names(*own), (QStringList{u"a \"quoted\" schema; DROP SCHEMA odd --"_s, u"closed_to_others"_s, u"odd"_s, u"public"_s}));
    QVERIFY(names(*all).contains(u"pg_catalog"_s) && names(*all).contains(u"information_schema"_s));
    QCOMPARE(own->value(u"database"_s).toString(), u"odd"_s);
}

void TestObjects::hostileNamesAreExact()
{
    const Link link = open();
    const QVector<Object> all = relations(*link);
    find(all, u"line\nbreak"_s, ObjectKind::Table);
    QVERIFY(find(all, u"line\nbreak"_s, ObjectKind::Table).ref.oid != 0);
    QVERIFY(find(all, u"\u202Egnp.exe\u200B"_s, ObjectKind::Table).ref.oid != 0);
    QVERIFY(find(all, QString(31, QChar(0xE9)) + u"x"_s, ObjectKind::Table).ref.oid != 0);
    const auto parts = listParts(*link, relation(*link, u"line\nbreak"_s).ref.oid);
    QVERIFY(parts);
    for (const QString &name : {u"tab\there"_s, u"\""_s, u"%s$(x)`id`"_s, u"\\!id"_s})
        QVERIFY2(find(*parts, name, ObjectKind::Column).ref.subId > 0, qPrintable(name));
    // A name that holds what stands before an index's method.
    QCOMPARE(find(*parts, u"i ON odd.t USING btree ("_s, ObjectKind::Index).detail, u"hash (\"tab\there\")"_s);
    QCOMPARE(find(*parts, u"UPPER idx"_s, ObjectKind::Index).detail,
             u"btree (\"%s$(x)`id`\" DESC NULLS LAST, lower(\"tab\there\")) INCLUDE (id) WHERE (\"\"\"\" IS NOT NULL)"_s);
    QVERIFY(std::is_sorted(all.cbegin(), all.cend(), [](const Object &a, const Object &b) { return a.name.toUtf8() < b.name.toUtf8(); }));
}

void TestObjects::relationsSayWhatTheyAre()
{
    const Link link = open();
    const QVector<Object> all = relations(*link);
    QCOMPARE(find(all, u"parts"_s, ObjectKind::PartitionedTable).detail, u"about 1 rows, partitioned by RANGE (at)"_s);
    QVERIFY(find(all, u"parts_2026"_s, ObjectKind::PartitionedTable).detail.contains(u"partitioned by LIST (region), partition of odd.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"_s));
    QVERIFY(find(all, u"parts_rest"_s, ObjectKind::Table).detail.endsWith(u"partition of odd.parts DEFAULT"_s));
    QVERIFY(find(all, u"child"_s, ObjectKind::Table).detail.contains(u"inherits odd.parent"_s));
    QVERIFY(find(all, u"unlogged_one"_s, ObjectKind::Table).detail.contains(u"unlogged"_s));
    QCOMPARE(find(all, u"invoker_view"_s, ObjectKind::View).detail, u"security_invoker=true, security_barrier=true"_s);
    QCOMPARE(find(all, u"invoker_view"_s, ObjectKind::View).comment, u"as the caller"_s);
    QVERIFY(find(all, u"kept"_s, ObjectKind::MaterializedView).detail.contains(u"not populated"_s));
    QVERIFY(find(all, u"far"_s, ObjectKind::ForeignTable).ref.oid != 0);
    QVERIFY(find(all, u"Seq"_s, ObjectKind::Sequence).ref.oid != 0);
    const Object kinds = find(all, u"kinds"_s, ObjectKind::Table);
    QVERIFY(kinds.detail.contains(u"row security forced"_s));
    QCOMPARE(kinds.owner, u"odd \"owner\""_s);
    QCOMPARE(kinds.comment, u"it's a \"comment\" \\ with everything"_s);
    QCOMPARE(find(all, u"twins"_s, ObjectKind::Table).estimatedRows, 2.0);
}

void TestObjects::partsInOrder()
{
    const Link link = open();
    const auto parts = listParts(*link, relation(*link, u"kinds"_s).ref.oid);
    QVERIFY(parts);
    QVERIFY(std::is_sorted(parts->cbegin(), parts->cend(), [](const Object &a, const Object &b) { return a.ref.kind < b.ref.kind; }));
    const auto detail = [&](const QString &name, ObjectKind kind) { return find(*parts, name, kind).detail; };
    QCOMPARE(detail(u"id"_s, ObjectKind::Column), u"bigint not null generated always as identity"_s);
    QCOMPARE(detail(u"small"_s, ObjectKind::Column), u"smallint not null generated by default as identity"_s);
    QCOMPARE(detail(u"twice"_s, ObjectKind::Column), u"numeric generated always as ((amount * (2)::numeric)) stored"_s);
    QCOMPARE(detail(u"name"_s, ObjectKind::Column), u"character varying(40) collate odd.nocase"_s);
    QCOMPARE(detail(u"later"_s, ObjectKind::Constraint), u"CHECK ((small > 0)) NOT VALID"_s);
    QVERIFY(detail(u"no overlap"_s, ObjectKind::Constraint).startsWith(u"EXCLUDE USING gist"_s));
    QCOMPARE(detail(u"no overlap"_s, ObjectKind::Index), u"exclusion, gist (during) WHERE (id > 0)"_s);
    QVERIFY(detail(u"name_once"_s, ObjectKind::Index).startsWith(u"unique, btree (name) INCLUDE (amount)"_s));
    QVERIFY(detail(u"touch it"_s, ObjectKind::Trigger).startsWith(u"disabled: CREATE TRIGGER"_s));
    QVERIFY(detail(u"at the end"_s, ObjectKind::Trigger).startsWith(u"CREATE CONSTRAINT TRIGGER"_s));
    QCOMPARE(detail(u"mine only"_s, ObjectKind::Policy),
             u"restrictive for update to \"odd \"\"owner\"\"\" using (((name)::text = CURRENT_USER)) with check ((amount < (100)::numeric))"_s);
    for (const Object &part : *parts) // the dropped column, and the triggers of foreign keys, are the server's own business
        QVERIFY2(!part.name.contains(u"dropped"_s) && !part.name.startsWith(u"RI_"_s), qPrintable(part.name));
    if (m_major >= 18) {
        const auto eighteen = listParts(*link, relation(*link, u"eighteen"_s).ref.oid);
        QVERIFY(eighteen);
        QCOMPARE(find(*eighteen, u"b"_s, ObjectKind::Column).detail, u"integer generated always as ((a + 1)) virtual"_s);
        QCOMPARE(find(*eighteen, u"a is there"_s, ObjectKind::Constraint).detail, u"NOT NULL a"_s);
        QCOMPARE(find(*eighteen, u"c_soon"_s, ObjectKind::Constraint).detail, u"NOT NULL c NOT VALID"_s);
        QCOMPARE(find(*eighteen, u"small"_s, ObjectKind::Constraint).detail, u"CHECK ((a < 10)) NOT ENFORCED"_s);
    }
}

void TestObjects::indexesSayWhenInvalid()
{
    const Link link = open();
    const auto twins = listParts(*link, relation(*link, u"twins"_s).ref.oid);
    QVERIFY(twins);
    QVERIFY2(find(*twins, u"twins_x"_s, ObjectKind::Index).detail.contains(u"invalid"_s), qPrintable(find(*twins, u"twins_x"_s, ObjectKind::Index).detail));
    const auto parts = listParts(*link, relation(*link, u"parts"_s).ref.oid);
    QVERIFY(parts);
    QVERIFY(find(*parts, u"parts_only"_s, ObjectKind::Index).detail.contains(u"invalid"_s));
    QCOMPARE(find(*parts, u"parts_v"_s, ObjectKind::Index).detail, u"btree (v)"_s);
}

void TestObjects::functionsAndTheirOverloads()
{
    const Link link = open();
    const auto schemas = listSchemas(*link);
    QVERIFY(schemas);
    QCOMPARE(find(*schemas, u"odd"_s, ObjectKind::Schema).comment, u"first line\nsecond line"_s);
    const auto all = listFunctions(*link, find(*schemas, u"odd"_s, ObjectKind::Schema).ref.oid);
    QVERIFY(all);
    QCOMPARE(find(*all, u"f(integer)"_s, ObjectKind::Function).comment, u"the identity"_s);
    QCOMPARE(find(*all, u"f(text, VARIADIC \"more args\" integer[])"_s, ObjectKind::Function).detail, u"returns SETOF text, sql"_s);
    QCOMPARE(find(*all, u"f(bigint, bigint)"_s, ObjectKind::Aggregate).detail, u"returns bigint"_s);
    QVERIFY(find(*all, u"p(INOUT x integer)"_s, ObjectKind::Procedure).ref.oid != 0);
    QCOMPARE(find(*all, u"f\"(int)()"_s, ObjectKind::Function).detail, u"returns void, plpgsql, security definer"_s);
}

// The strongest proof of a definition: run on an empty schema, it makes what the catalog reads as the same.
void TestObjects::definitionsMakeTheSameAgain()
{
    const Link link = open();
    QVector<Object> tables;
    const QVector<Object> all = relations(*link);
    for (const Object &object : all)
        if (object.ref.kind == ObjectKind::Table || object.ref.kind == ObjectKind::PartitionedTable || object.ref.kind == ObjectKind::ForeignTable)
            if (object.name != u"twins"_s)
                tables << object;
    // Made before what refers to them: in the order of their oids, partitions after the rest.
    std::sort(tables.begin(), tables.end(), [](const Object &a, const Object &b) {
        const auto rank = [](const Object &o) { return std::pair(o.detail.contains(u"partition of"_s), o.ref.oid); };
        return rank(a) < rank(b);
    });
    QByteArray script = "DROP VIEW odd.plain_view, odd.invoker_view;\nDROP MATERIALIZED VIEW odd.kept;\n";
    QByteArray made = "CREATE SEQUENCE odd.kinds_ser_seq;\nALTER SEQUENCE odd.kinds_ser_seq OWNER TO \"odd \"\"owner\"\"\";\n";
    for (const Object &table : tables) {
        const auto text = definition(*link, table.ref);
        QVERIFY2(text, text ? "" : qPrintable(text.error().text()));
        QVERIFY(text->startsWith(u"-- Put together"_s));
        made += text->toUtf8();
    }
    made += "DROP INDEX odd.parts_only;\nALTER SEQUENCE odd.kinds_ser_seq OWNED BY odd.kinds.ser;\n";
    for (const QString &name : {u"plain_view"_s, u"invoker_view"_s, u"kept"_s})
        made += definition(*link, relation(*link, name).ref).value_or(u"broken"_s).toUtf8();

    QVERIFY(m_server->sql({"DROP DATABASE IF EXISTS again", "CREATE DATABASE again"}));
    const QString folder = qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/catalog/"_s;
    QFile oddities(folder + u"oddities.sql"_s);
    QVERIFY(oddities.open(QIODevice::ReadOnly));
    QByteArray again = oddities.readAll();
    again.replace("CREATE ROLE \"odd \"\"owner\"\"\";", ""); // roles are the server's
    QVERIFY(psql(u"again"_s).script(again));
    if (m_major >= 18)
        QVERIFY(psql(u"again"_s).file(folder + u"oddities18.sql"_s));
    for (const Object &table : tables)
        if (!table.detail.contains(u"partition of"_s)) // those go with their parents
            script += QByteArray(table.ref.kind == ObjectKind::ForeignTable ? "DROP FOREIGN TABLE" : "DROP TABLE") + " IF EXISTS odd."
                + pg::quoteIdentifier(table.name).value_or("broken") + " CASCADE;\n";
    script += "DROP TABLE odd.twins;\n";
    QVERIFY(psql(u"again"_s).script(script));
    QVERIFY(psql(u"again"_s).script(made));

    QVERIFY(psql(u"again"_s).script("CREATE TABLE odd.twins (x int);\n"));
    QVERIFY(open()->run({"DROP INDEX IF EXISTS odd.twins_x, odd.parts_only", {}}));
    const auto was = catalogJson(*link, false);
    const Link other = open(u"again"_s);
    const auto is = catalogJson(*other, false);
    QVERIFY(was && is);
    QVERIFY(open()->run({"CREATE INDEX parts_only ON ONLY odd.parts (region)", {}}));
    QVERIFY(!open()->run({"CREATE UNIQUE INDEX CONCURRENTLY twins_x ON odd.twins (x)", {}}));
    // A constraint that a partition had by itself and got from its parent later is as good either way.
    for (const auto &[part, keys] : std::initializer_list<std::pair<QString, QStringList>>{
             {u"relations"_s, {u"name"_s, u"kind"_s, u"owner"_s, u"comment"_s, u"parent"_s, u"bound"_s, u"partition_key"_s, u"inherits"_s, u"options"_s, u"persistence"_s, u"row_security"_s}},
             {u"columns"_s, {u"name"_s, u"type"_s, u"not_null"_s, u"default"_s, u"identity"_s, u"generated"_s, u"collation"_s, u"comment"_s}},
             {u"indexes"_s, {u"name"_s, u"definition"_s, u"valid"_s, u"comment"_s}},
             {u"constraints"_s, {u"name"_s, u"definition"_s, u"validated"_s, u"comment"_s}},
             {u"triggers"_s, {u"name"_s, u"definition"_s, u"enabled"_s}},
             {u"policies"_s, {u"name"_s, u"definition"_s}}})
        compareLists(flat(*is, part, keys), flat(*was, part, keys));
}

void TestObjects::everyKindHasADefinition()
{
    const Link link = open();
    const auto text = [&](const ObjectRef &ref) { return definition(*link, ref).value_or(u"failed"_s); };
    const auto databases = listDatabases(*link);
    const auto schemas = listSchemas(*link);
    QVERIFY(databases && schemas);
    QVERIFY(text(find(*databases, u"odd"_s, ObjectKind::Database).ref).contains(u"CREATE DATABASE odd OWNER postgres ENCODING 'UTF8'"_s));
    QVERIFY(text(find(*schemas, u"a \"quoted\" schema; DROP SCHEMA odd --"_s, ObjectKind::Schema).ref).startsWith(u"CREATE SCHEMA \"a \"\"quoted\"\" schema; DROP SCHEMA odd --\" AUTHORIZATION postgres;"_s));
    QVERIFY(text(relation(*link, u"invoker_view"_s).ref).startsWith(u"CREATE VIEW odd.invoker_view WITH (security_invoker='true', security_barrier='true') AS\n"_s));
    QVERIFY(text(relation(*link, u"Seq"_s).ref).startsWith(u"CREATE SEQUENCE odd.\"Seq\" AS smallint\n    START WITH 3 INCREMENT BY -1 MINVALUE -9 MAXVALUE 3 CACHE 5 CYCLE;"_s));
    const auto parts = listParts(*link, relation(*link, u"kinds"_s).ref.oid);
    QVERIFY(parts);
    QCOMPARE(text(find(*parts, u"amount"_s, ObjectKind::Column).ref), u"ALTER TABLE odd.kinds ADD COLUMN amount numeric(12,3) DEFAULT 0 NOT NULL;\n"_s);
    QCOMPARE(text(find(*parts, u"later"_s, ObjectKind::Constraint).ref), u"ALTER TABLE odd.kinds ADD CONSTRAINT later CHECK ((small > 0)) NOT VALID;\n"_s);
    QVERIFY(text(find(*parts, u"touch it"_s, ObjectKind::Trigger).ref).endsWith(u"ALTER TABLE odd.kinds DISABLE TRIGGER \"touch it\";\n"_s));
    QVERIFY(text(find(*parts, u"mine only"_s, ObjectKind::Policy).ref).startsWith(u"CREATE POLICY \"mine only\" ON odd.kinds AS RESTRICTIVE FOR UPDATE TO \"odd \"\"owner\"\"\" USING"_s));
    QVERIFY(text(find(*parts, u"kinds_pkey"_s, ObjectKind::Index).ref).startsWith(u"CREATE UNIQUE INDEX kinds_pkey ON odd.kinds"_s));

    // Functions and aggregates run again as they are.
    const auto functions = listFunctions(*link, find(*schemas, u"odd"_s, ObjectKind::Schema).ref.oid);
    QVERIFY(functions);
    QByteArray script = "BEGIN;\nDROP AGGREGATE odd.f(bigint, bigint), odd.counted(*);\n";
    for (const Object &function : *functions)
        script += text(function.ref).toUtf8();
    QVERIFY(psql().script(script + "ROLLBACK;\n"));
}

void TestObjects::goneIsAnError()
{
    const Link link = open();
    for (const ObjectKind kind : {ObjectKind::Table, ObjectKind::View, ObjectKind::Index, ObjectKind::Function, ObjectKind::Constraint, ObjectKind::Column}) {
        const auto text = definition(*link, {kind, 4'000'000'000u, 1});
        QVERIFY(!text);
        QCOMPARE(text.error().reason, u"gone"_s);
    }
    const auto measured = sizes(*link, {ObjectKind::Table, 4'000'000'000u, 0});
    QVERIFY(!measured || !measured->total);
}

void TestObjects::sizesAreTheServers()
{
    const Link link = open();
    const auto of = [&](const QByteArray &query) { return link->run({query, {}})->integer(0, 0); };
    const auto plain = sizes(*link, relation(*link, u"twins"_s).ref);
    QVERIFY(plain);
    QVERIFY(plain->unknownBecause.isEmpty());
    QCOMPARE(plain->total, of("SELECT pg_total_relation_size('odd.twins')"));
    QCOMPARE(plain->indexes, of("SELECT pg_indexes_size('odd.twins')"));
    QVERIFY(*plain->heap > 0);
    QCOMPARE(*plain->heap + *plain->indexes + *plain->toast, *plain->total);
    // A partitioned table's is that of its leaves.
    const auto parts = sizes(*link, relation(*link, u"parts"_s).ref);
    QVERIFY(parts);
    QCOMPARE(parts->total, of("SELECT sum(pg_total_relation_size(relid))::int8 FROM pg_partition_tree('odd.parts')"));
    QVERIFY(*parts->total > 0);
    const auto database = sizes(*link, {ObjectKind::Database, quint32(*of("SELECT oid FROM pg_database WHERE datname = current_database()")), 0});
    QVERIFY(database);
    QVERIFY(*database->total > 1'000'000);
    const auto schema = sizes(*link, {ObjectKind::Schema, quint32(*of("SELECT 'odd'::regnamespace::oid")), 0});
    QVERIFY(schema);
    QCOMPARE(schema->total, of("SELECT sum(pg_total_relation_size(oid))::int8 FROM pg_class WHERE relnamespace = 'odd'::regnamespace AND relkind IN ('r', 'm', 'S')"));
    QVERIFY(!sizes(*link, relation(*link, u"plain_view"_s).ref)->total);
}

void TestObjects::sizesDoNotWaitForALock()
{
    const Link link = open();
    const Link holder = open();
    const ObjectRef parts = relation(*link, u"parts"_s).ref;
    const ObjectRef leaf = relation(*link, u"parts_2026_eu"_s).ref;
    const auto index = link->run({"SELECT 'odd.parts_2026_eu_v_idx'::regclass::oid", {}});
    QVERIFY(index);
    QVERIFY(holder->command("BEGIN"));
    QVERIFY(holder->run({"LOCK TABLE odd.parts_2026_eu IN ACCESS EXCLUSIVE MODE", {}}));
    QVERIFY(holder->run({"LOCK TABLE odd.twins IN ACCESS SHARE MODE", {}}));
    QElapsedTimer clock;
    clock.start();
    for (const ObjectRef &ref : {leaf, parts}) {
        const auto locked = sizes(*link, ref);
        QVERIFY2(locked, locked ? "" : qPrintable(locked.error().text()));
        QVERIFY(!locked->total && !locked->heap);
        QVERIFY2(locked->unknownBecause.contains(u"lock"_s), qPrintable(locked->unknownBecause));
    }
    // Lists come too, and say what they could not ask.
    const QVector<Object> all = relations(*link);
    QCOMPARE(find(all, u"parts_2026_eu"_s, ObjectKind::Table).detail.section(u", "_s, 1), u"partition of odd.parts_2026, locked exclusively just now"_s);
    QVERIFY(find(all, u"parts_2027"_s, ObjectKind::Table).detail.contains(u"FOR VALUES"_s));
    const auto leafParts = listParts(*link, leaf.oid);
    QVERIFY(leafParts);
    QCOMPARE(find(*leafParts, u"parts_2026_eu_pkey"_s, ObjectKind::Constraint).detail, u"not known: locked exclusively just now"_s);
    QVERIFY(find(*leafParts, u"region"_s, ObjectKind::Column).detail.startsWith(u"text not null"_s));
    const auto catalog = catalogJson(*link, false);
    QVERIFY(catalog);
    QVERIFY(QJsonDocument(*catalog).toJson(QJsonDocument::Compact).contains("\"locked\":true"));
    QVERIFY(sizes(*link, find(all, u"twins"_s, ObjectKind::Table).ref)->total); // a weak lock is no reason
    QVERIFY2(clock.elapsed() < 2000, qPrintable(QString::number(clock.elapsed())));
    const auto text = definition(*link, leaf); // needs the lock: given up in time
    QVERIFY(!text);
    QCOMPARE(text.error().reason, u"locked"_s);
    QVERIFY(holder->command("ROLLBACK"));
    QVERIFY(sizes(*link, leaf)->total);
}

void TestObjects::sizesOfADatabaseNotPermitted()
{
    QVERIFY(m_server->sql({"DROP DATABASE IF EXISTS closed", "CREATE DATABASE closed", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC"}));
    const Link link = open(u"odd"_s, u"plain"_s);
    const auto databases = listDatabases(*link);
    QVERIFY(databases);
    const Object closed = find(*databases, u"closed"_s, ObjectKind::Database);
    QVERIFY(!closed.permitted);
    QVERIFY(find(*databases, u"odd"_s, ObjectKind::Database).permitted);
    QVERIFY(find(*databases, u"template0"_s, ObjectKind::Database).system);
    const auto measured = sizes(*link, closed.ref);
    QVERIFY(measured);
    QVERIFY(!measured->total);
    QVERIFY2(measured->unknownBecause.contains(u"GRANT CONNECT ON DATABASE closed TO plain"_s), qPrintable(measured->unknownBecause));
}

void TestObjects::closedSchemasAreSeenAndMarked()
{
    const Link link = open(u"odd"_s, u"plain"_s);
    const auto schemas = listSchemas(*link);
    QVERIFY(schemas);
    QVERIFY(!find(*schemas, u"closed_to_others"_s, ObjectKind::Schema).permitted);
    QVERIFY(find(*schemas, u"public"_s, ObjectKind::Schema).permitted);
    QVERIFY(find(*schemas, u"pg_catalog"_s, ObjectKind::Schema).system);
}

QTEST_GUILESS_MAIN(TestObjects)
#include "tst_objects.moc"
