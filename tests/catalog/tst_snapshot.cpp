// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots against real servers: equal where the databases are, different by exactly what was changed, and the same for whoever reads them.
#include "catalog/snapshot.h"
#include "psql.h"

#include <QTest>

using namespace howdah;
using namespace howdah::test;
using catalog::Snapshot;
using namespace Qt::StringLiterals;

class TestSnapshot : public QObject
{
    Q_OBJECT
private slots:
    void equalDatabases_data();
    void equalDatabases();
    void everyChange_data();
    void everyChange();
    void leavesTheLinkAsItWas();
    void dependencies();

private:
    static std::unique_ptr<pg::Connection> link(const TestServer &server, const QString &database, const QString &role = {});
    static Snapshot snapshotOf(pg::Connection &connection);
    static QString textsOf(const Snapshot &from, const Snapshot &to);
    std::unique_ptr<TestServer> m_server; // of 18
};

std::unique_ptr<pg::Connection> TestSnapshot::link(const TestServer &server, const QString &database, const QString &role)
{
    pg::ConnectionSpec spec = role.isEmpty() ? server.spec() : server.socketSpec();
    spec.database = database;
    if (!role.isEmpty())
        spec.role = role;
    auto opened = pg::Connection::open(spec, server.password());
    if (!opened)
        qFatal("%s", qPrintable(opened.error().text()));
    return std::move(*opened);
}

Snapshot TestSnapshot::snapshotOf(pg::Connection &connection)
{
    auto snapshot = catalog::readSnapshot(connection);
    if (!snapshot)
        qFatal("%s", qPrintable(snapshot.error().text()));
    return *std::move(snapshot);
}

QString TestSnapshot::textsOf(const Snapshot &from, const Snapshot &to)
{
    QStringList texts;
    const auto differences = catalog::compare(from, to);
    for (const catalog::Difference &one : differences)
        texts << one.text();
    return texts.join(u'\n');
}

void TestSnapshot::equalDatabases_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

void TestSnapshot::equalDatabases()
{
    QFETCH(int, major);
    QString why;
    ServerSetup setup;
    setup.major = major;
    auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY(server->sql({"CREATE DATABASE one", "CREATE ROLE nobody_much LOGIN"}));
    const QString folder = qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/catalog/"_s;
    QVERIFY((Psql{*server, u"one"_s}.file(folder + u"oddities.sql"_s)));
    if (major >= 18)
        QVERIFY((Psql{*server, u"one"_s}.file(folder + u"oddities18.sql"_s)));
    // Other OIDs, the same objects; roles are of the whole server.
    QVERIFY(server->sql({"CREATE DATABASE two"}));
    for (const auto &name : major >= 18 ? QStringList{u"oddities.sql"_s, u"oddities18.sql"_s} : QStringList{u"oddities.sql"_s}) {
        QFile file(folder + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY((Psql{*server, u"two"_s}.script("CREATE TABLE public.filler (i int); DROP TABLE public.filler;\n" + file.readAll().replace("CREATE ROLE \"odd", "-- \"odd"))));
    }
    const Snapshot one = snapshotOf(*link(*server, u"one"_s)), two = snapshotOf(*link(*server, u"two"_s));
    QVERIFY2(one.items.size() > 80, qPrintable(QString::number(one.items.size())));
    QVERIFY2(one.hash() == two.hash(), qPrintable(textsOf(one, two)));
    QVERIFY(!QString::fromUtf8(QJsonDocument(one.toJson()).toJson()).contains(u"schema_migrations"_s));
    // A role without any right reads the same.
    const Snapshot other = snapshotOf(*link(*server, u"one"_s, u"nobody_much"_s));
    QVERIFY2(one.hash() == other.hash(), qPrintable(textsOf(one, other)));
    // As JSON and back; what was edited on the way is none.
    QJsonObject json = QJsonDocument::fromJson(QJsonDocument(one.toJson()).toJson()).object();
    const auto again = catalog::snapshotFromJson(json);
    QVERIFY(again);
    QCOMPARE(again->hash(), one.hash());
    QCOMPARE(again->dependencies, one.dependencies);
    QCOMPARE(again->notSeen, one.notSeen);
    QVERIFY(catalog::compare(one, *again).isEmpty());
    json.insert(u"items"_s, QJsonArray{});
    QCOMPARE(catalog::snapshotFromJson(json).error().reason, u"bad_snapshot"_s);
}

void TestSnapshot::everyChange_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<QString>("told"); // empty: none
    const auto row = [](const char *change, const char *told) { QTest::newRow(change) << QByteArray(change) << QString::fromUtf8(told); };
    row("CREATE SCHEMA other", "added schema other");
    row("CREATE TABLE public.n (i int)", "added column public.n.i: integer\nadded table public.n");
    row("ALTER TABLE public.t ALTER c TYPE bigint", "changed column public.t.c: type integer -> bigint");
    row("ALTER TABLE public.t ALTER a SET DEFAULT 3", "changed column public.t.a: default none -> 3");
    row("ALTER TABLE public.t ALTER a SET NOT NULL", "changed column public.t.a: not null none -> valid");
    row("ALTER TABLE public.t ADD CONSTRAINT k NOT NULL a NOT VALID", "changed column public.t.a: not null none -> not valid; not null name none -> k");
    row("ALTER TABLE public.t ALTER b SET STORAGE external", "changed column public.t.b: storage none -> EXTERNAL");
    row("ALTER TABLE public.t ALTER b SET STATISTICS 7", "changed column public.t.b: statistics none -> 7");
    row("ALTER TABLE public.t ADD CHECK (a > 0) NOT VALID", "added constraint public.t.t_a_check");
    row("ALTER TABLE public.t VALIDATE CONSTRAINT positive", "changed constraint public.t.positive: definition CHECK ((id > 0)) NOT VALID -> CHECK ((id > 0))");
    row("ALTER TABLE public.t ALTER id SET INCREMENT 2", "changed column public.t.id: sequence {\"cache\":\"1\",\"increment\":\"1\",\"max\":\"2147483647\",\"min\":\"1\",\"start\":\"1\",\"type\":\"integer\"} -> "
                                                          "{\"cache\":\"1\",\"increment\":\"2\",\"max\":\"2147483647\",\"min\":\"1\",\"start\":\"1\",\"type\":\"integer\"}");
    row("CREATE INDEX i ON public.t (a)", "added index public.i");
    row("DROP INDEX public.t_b", "removed index public.t_b");
    row("ALTER SEQUENCE public.s CYCLE", "changed sequence public.s: cycle none -> yes");
    row("ALTER TYPE public.mood ADD VALUE 'meh' AFTER 'sad'", "changed enum public.mood: labels [\"sad\",\"glad\"] -> [\"sad\",\"meh\",\"glad\"]");
    row("ALTER DOMAIN public.plus SET DEFAULT 1", "changed domain public.plus: default none -> 1");
    row("ALTER TYPE public.pair ADD ATTRIBUTE z int", "changed composite type public.pair: attributes [\"x integer\",\"y integer\"] -> [\"x integer\",\"y integer\",\"z integer\"]");
    row("ALTER VIEW public.v SET (security_barrier)", "changed view public.v: options none -> {\"security_barrier\":\"true\"}");
    row("DROP RULE r ON public.t", "removed rule public.t.r");
    row("ALTER TABLE public.t DISABLE TRIGGER tr", "changed trigger public.t.tr: enabled none -> disabled");
    row("ALTER TABLE public.t ENABLE ROW LEVEL SECURITY", "changed table public.t: row security none -> yes");
    row("CREATE POLICY p ON public.t USING (a = 1)", "added policy public.t.p");
    row("CREATE STATISTICS public.st ON a, id FROM public.t", "added statistics public.st");
    row("COMMENT ON COLUMN public.t.a IS 'x'", "added comment column public.t.a");
    row("COMMENT ON COLUMN public.v.a IS 'x'", "added comment column public.v.a");
    row("COMMENT ON INDEX public.t_pkey IS 'x'", "added comment index public.t_pkey");
    row("GRANT SELECT ON public.t TO reader", "added grant table public.t to reader");
    row("GRANT UPDATE (a) ON public.t TO reader", "added grant column public.t.a to reader");
    row("REVOKE EXECUTE ON FUNCTION public.f() FROM PUBLIC", "added grant function public.f() to PUBLIC");
    row("REVOKE DELETE ON public.t FROM postgres", "added grant table public.t to the owner");
    row("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader", "added default acl for role postgres in schema public on tables");
    row("CREATE PUBLICATION p FOR TABLE public.t", "added publication p");
    row("CREATE OR REPLACE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", "changed function public.f(): definition CREATE OR REPLACE FUNCTION public.f() "
        "RETURNS trigger LANGUAGE plpgsql AS $function$BEGIN RETURN NEW; END$function$ -> CREATE OR REPLACE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $function$BEGIN RETURN NULL; END$function$");
    row("CREATE EXTENSION citext SCHEMA public", "added extension citext");
    // What is no difference.
    row("ALTER TABLE public.t OWNER TO reader", "");
    row("GRANT EXECUTE ON FUNCTION public.f() TO PUBLIC", "");
    row("CREATE TABLE public.schema_migrations (version varchar PRIMARY KEY)", "");
    row("CREATE SCHEMA howdah", "");
    row("CREATE TEMP TABLE mine (i int)", "");
    row("SELECT nextval('public.s')", "");
    row("REFRESH MATERIALIZED VIEW public.m", "");
}

void TestSnapshot::everyChange()
{
    QFETCH(QByteArray, change);
    QFETCH(QString, told);
    if (!m_server) {
        QString why;
        m_server = TestServer::start({}, &why);
        QVERIFY2(m_server, qPrintable(why));
        QVERIFY(m_server->sql({"CREATE ROLE reader", "GRANT CREATE ON SCHEMA public TO reader"}));
        QVERIFY((Psql{*m_server, u"postgres"_s}.script(
            "GRANT CREATE ON SCHEMA public TO reader;"
            "CREATE TABLE public.t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, b text, c int);"
            "ALTER TABLE public.t ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;"
            "CREATE INDEX t_b ON public.t (b); CREATE SEQUENCE public.s; CREATE TYPE public.mood AS ENUM ('sad', 'glad');"
            "CREATE DOMAIN public.plus AS int CHECK (VALUE > 0); CREATE TYPE public.pair AS (x int, y int);"
            "CREATE VIEW public.v AS SELECT a, b FROM public.t; CREATE MATERIALIZED VIEW public.m AS SELECT a FROM public.v;"
            "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE TRIGGER tr BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();"
            "CREATE RULE r AS ON DELETE TO public.t DO INSTEAD NOTHING;")));
    }
    const auto connection = link(*m_server, u"postgres"_s);
    const Snapshot before = snapshotOf(*connection);
    QVERIFY(connection->command("BEGIN"));
    const auto done = connection->run({change, {}});
    QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
    QCOMPARE(textsOf(before, snapshotOf(*connection)), told);
    QVERIFY(connection->command("ROLLBACK"));
    QCOMPARE(snapshotOf(*connection).hash(), before.hash());
}

void TestSnapshot::leavesTheLinkAsItWas()
{
    const auto connection = link(*m_server, u"postgres"_s);
    QVERIFY(connection->run({"SET search_path = public", {}}));
    const auto path = [&] { return connection->run({"SHOW search_path", {}})->text(0, 0); };
    const QByteArray outside = snapshotOf(*connection).hash();
    QCOMPARE(path(), u"public"_s);
    QVERIFY(connection->command("BEGIN") && connection->run({"CREATE TABLE public.open (i int)", {}}));
    QVERIFY(snapshotOf(*connection).find(u"table public.open"_s));
    QCOMPARE(path(), u"public"_s);
    QCOMPARE(connection->transactionState(), pg::TransactionState::Open);
    QVERIFY(connection->command("ROLLBACK"));
    QCOMPARE(snapshotOf(*connection).hash(), outside);
    QVERIFY(!snapshotOf(*connection).find(u"table public.open"_s));
    // A column that was taken away and put back stands elsewhere, and is the same.
    QVERIFY(connection->command("BEGIN") && connection->run({"ALTER TABLE public.t DROP c", {}}) && connection->run({"ALTER TABLE public.t ADD c int", {}}));
    QCOMPARE(snapshotOf(*connection).hash(), outside);
    QVERIFY(connection->command("ROLLBACK"));
}

void TestSnapshot::dependencies()
{
    const auto connection = link(*m_server, u"postgres"_s);
    const Snapshot snapshot = snapshotOf(*connection);
    const auto on = [&](const QString &key) { return snapshot.dependencies.value(key); };
    QCOMPARE(on(u"materialized view public.m"_s), (QStringList{u"schema public"_s, u"view public.v"_s}));
    QVERIFY(on(u"view public.v"_s).contains(u"column public.t.a"_s));
    QVERIFY(on(u"trigger public.t.tr"_s).contains(u"function public.f()"_s));
    QVERIFY(on(u"constraint public.t.t_pkey"_s).contains(u"column public.t.id"_s));
    QVERIFY(on(u"index public.t_b"_s).contains(u"column public.t.b"_s));
}

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
