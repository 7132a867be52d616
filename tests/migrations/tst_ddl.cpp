// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ddl.h"

#include <QTest>

using namespace howdah::migrations;
using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

class TestDdl : public QObject
{
    Q_OBJECT
private slots:
    void kinds_data();
    void kinds();
    void unknown();
    void names();
    void types_data();
    void types();
    void indexes();
    void actions_data();
    void actions();
    void columns();
    void constraints();
    void tables();
    void settings();
    void takesWhateverComes();
};

void TestDdl::kinds_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("object");
    QTest::addColumn<QStringList>("relations");
    const auto row = [](const char *sql, K kind, const char *object, const QStringList &relations) {
        QTest::newRow(sql) << int(kind) << QString::fromLatin1(object) << relations;
    };
    row("create unlogged table if not exists S.T (a int)", K::Create, "table", {u"s.t"_s});
    row("create materialized view mv as select 1", K::Create, "materialized view", {u"mv"_s});
    row("create or replace constraint trigger g after update of a, b on t execute function f()", K::Create, "trigger", {u"t"_s});
    row("create rule r as on delete to s.t do instead nothing", K::Create, "rule", {u"s.t"_s});
    row("create policy p on t using (true)", K::Create, "policy", {u"t"_s});
    row("create statistics st on a, b from t", K::Create, "statistics", {u"t"_s});
    row("create function f() returns int language sql begin atomic select 1; end", K::Create, "function", {});
    row("drop table if exists a, s.\"B\" cascade", K::Drop, "table", {u"a"_s, u"s.\"B\""_s});
    row("drop trigger g on t", K::Drop, "trigger", {u"t"_s});
    row("drop materialized view mv", K::Drop, "materialized view", {u"mv"_s});
    row("alter materialized view mv rename to m", K::Alter, "materialized view", {u"mv"_s});
    row("alter table only t drop column a", K::Alter, "table", {u"t"_s});
    row("alter policy p on t using (true)", K::Alter, "policy", {u"t"_s});
    row("reindex (verbose, concurrently) table s.t", K::Reindex, "table", {u"s.t"_s});
    row("refresh materialized view concurrently mv", K::Refresh, "", {u"mv"_s});
    row("vacuum (full, verbose) t", K::Vacuum, "", {u"t"_s});
    row("cluster verbose t using i", K::Cluster, "", {u"t"_s});
    row("truncate table only a, b cascade", K::Truncate, "", {u"a"_s, u"b"_s});
    row("update only t set a = 1", K::Update, "", {u"t"_s});
    row("with x as (select 1) delete from t", K::Delete, "", {u"t"_s});
    row("with x as (select 1) select * from x", K::Query, "", {});
    row("insert into s.t select * from u", K::Insert, "", {u"s.t"_s});
    row("select a into unlogged s.n from t", K::Create, "table", {u"s.n"_s});
    row("start transaction", K::Begin, "", {});
    row("rollback to savepoint a", K::Savepoint, "", {});
    row("rollback", K::End, "", {});
    row("/* c */ comment on table t is 'x'", K::Comment, "", {u"t"_s});
}

void TestDdl::kinds()
{
    QFETCH(int, kind);
    const Ddl ddl = recognise(QTest::currentDataTag());
    QCOMPARE(int(ddl.kind), kind);
    QTEST(ddl.object, "object");
    QTEST(ddl.relations, "relations");
}

void TestDdl::unknown()
{
    for (const char *sql : {"", "  -- nothing", "frobnicate table t", "create gadget g", "alter gadget g set x", "drop gadget g", "create index i t (a)", "repack t", "alter table all in tablespace a set tablespace b", "'create table t ()'"})
        QCOMPARE(int(recognise(sql).kind), int(K::Unknown));
}

void TestDdl::names()
{
    QCOMPARE(recognise("drop table \"Or ders\", PUBLIC.Orders, \"public\".\"orders\", \"1a\", \"a\"\"b\"").relations,
             (QStringList{u"\"Or ders\""_s, u"public.orders"_s, u"public.orders"_s, u"\"1a\""_s, u"\"a\"\"b\""_s}));
    QVERIFY(sameRelation(u"t"_s, u"public.t"_s));
    QVERIFY(sameRelation(u"s.t"_s, u"s.t"_s));
    QVERIFY(!sameRelation(u"s.t"_s, u"u.t"_s));
    QVERIFY(!sameRelation(u"t"_s, u"public.at"_s));
    QVERIFY(!sameRelation({}, {}));
}

void TestDdl::types_data()
{
    QTest::addColumn<QString>("normal");
    const auto row = [](const char *type, const char *normal) { QTest::newRow(type) << QString::fromLatin1(normal); };
    row("character varying(20)", "varchar(20)");
    row("VARCHAR ( 20 )", "varchar(20)");
    row("timestamp(3) with time zone", "timestamptz(3)");
    row("timestamp without time zone", "timestamp");
    row("numeric(10, 2)", "numeric(10,2)");
    row("double precision", "float8");
    row("integer[]", "int[]");
    row("pg_catalog.int8", "bigint");
    row("s.Mood", "s.mood");
}

void TestDdl::types()
{
    const QString type = QString::fromLatin1(QTest::currentDataTag());
    QTEST(normalType(type), "normal");
    const Ddl ddl = recognise(QByteArray("alter table t add column c " + type.toUtf8() + " not null"));
    QTEST(ddl.actions.value(0).column.type, "normal");
    QVERIFY(ddl.actions.value(0).column.notNull);
}

void TestDdl::indexes()
{
    const Ddl ddl = recognise("create unique index concurrently if not exists i on only s.t using btree (a, lower(b), c desc) where a > 1");
    QVERIFY(ddl.is(K::Create, "index") && ddl.unique && ddl.concurrently && ddl.ifNotExists && ddl.only);
    QCOMPARE(ddl.name, u"i"_s);
    QCOMPARE(ddl.relations, QStringList{u"s.t"_s});
    QCOMPARE(ddl.columns, (QStringList{u"a"_s, QString(), u"c"_s}));
    const QByteArray plain = "create index on t (a)";
    QCOMPARE(recognise(plain).name, QString());
    QCOMPARE(plain.left(recognise(plain).keywordEnd), QByteArray("create index"));
}

void TestDdl::actions_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("object");
    const auto row = [](const char *sql, A kind, const char *object) { QTest::newRow(sql) << int(kind) << QString::fromLatin1(object); };
    row("add column if not exists a int", A::AddColumn, "a");
    row("add a int", A::AddColumn, "a");
    row("drop column if exists a cascade", A::DropColumn, "a");
    row("drop a", A::DropColumn, "a");
    row("alter column a type bigint using a::bigint", A::AlterType, "a");
    row("alter a set data type text collate \"C\"", A::AlterType, "a");
    row("alter a set not null", A::SetNotNull, "a");
    row("alter a drop not null", A::DropNotNull, "a");
    row("alter a set default f(1, 2)", A::SetDefault, "a");
    row("alter a drop default", A::DropDefault, "a");
    row("alter a set statistics 100", A::SetStatistics, "a");
    row("alter a add generated always as identity", A::AddIdentity, "a");
    row("add constraint c check (a > 0) not valid", A::AddConstraint, "c");
    row("add check (a in (1, 2))", A::AddConstraint, "");
    row("add unique (a)", A::AddConstraint, "");
    row("drop constraint c", A::DropConstraint, "c");
    row("validate constraint c", A::ValidateConstraint, "c");
    row("alter constraint c not enforced", A::AlterConstraint, "c");
    row("rename a to b", A::RenameColumn, "a");
    row("rename column a to b", A::RenameColumn, "a");
    row("rename to u", A::RenameTo, "");
    row("rename constraint a to b", A::RenameConstraint, "a");
    row("add value int", A::AddColumn, "value");
    row("rename value to amount", A::RenameColumn, "value");
    row("rename attribute to b", A::RenameColumn, "attribute");
    row("add column exclude boolean", A::AddColumn, "exclude");
    row("set schema s", A::SetSchema, "");
    row("set unlogged", A::SetUnlogged, "");
    row("set (fillfactor = 70)", A::SetOptions, "");
    row("set access method heap", A::SetAccessMethod, "");
    row("set without cluster", A::ClusterOn, "");
    row("attach partition p for values from (1, 2) to (3, 4)", A::Attach, "p");
    row("detach partition s.p concurrently", A::Detach, "s.p");
    row("enable row level security", A::RowSecurity, "");
    row("no force row level security", A::RowSecurity, "");
    row("disable trigger all", A::Trigger, "");
    row("replica identity full", A::ReplicaIdentity, "");
    row("owner to o", A::Owner, "");
    row("no inherit p", A::Inherit, "");
    row("enable rule r", A::Other, "");
}

void TestDdl::actions()
{
    QFETCH(int, kind);
    const QByteArray text = QTest::currentDataTag();
    const QByteArray sql = "alter table t " + text;
    const Ddl ddl = recognise(sql);
    QCOMPARE(ddl.actions.size(), 1);
    QCOMPARE(int(ddl.actions[0].kind), kind);
    QTEST(ddl.actions[0].object, "object");
    QCOMPARE(sql.mid(ddl.actions[0].begin, ddl.actions[0].end - ddl.actions[0].begin), text);
    const Ddl two = recognise(QByteArray("alter table t " + text + ", add column z int"));
    QCOMPARE(two.actions.size(), 2);
    QCOMPARE(int(two.actions[0].kind), kind);
    QCOMPARE(two.actions[1].object, u"z"_s);
}

void TestDdl::columns()
{
    using G = Column::Generated;
    const auto column = [](const char *text) { return recognise(QByteArray(QByteArray("alter table t add column ") + text)).actions.value(0).column; };
    Column made = column("a uuid constraint nn not null default gen_random_uuid() constraint u unique references r (id) on delete cascade check (a <> b)");
    QVERIFY(made.notNull && made.hasDefault);
    QCOMPARE(made.defaultText, QByteArray("gen_random_uuid ( )"));
    QCOMPARE(made.constraints.size(), 3);
    QCOMPARE(made.constraints[0].name, u"u"_s);
    QCOMPARE(made.constraints[1].references, u"r"_s);
    QVERIFY(made.constraints[2].kind == Constraint::Kind::Check);
    QVERIFY(column("a int generated always as (b + 1) stored").generated == G::Stored);
    QVERIFY(column("a int generated always as (b + 1) virtual").generated == G::Virtual);
    QVERIFY(column("a int generated always as (b + 1)").generated == G::Implicit);
    QVERIFY(column("a int generated by default as identity (start 5)").generated == G::Identity);
    QVERIFY(column("a bigserial").serial());
    QCOMPARE(column("a int default null").defaultText, QByteArray("null"));
    QVERIFY(!column("a int default null").notNull);
    QVERIFY(column("a numeric(10,2) default 1.5 not null").notNull);
}

void TestDdl::constraints()
{
    using C = Constraint::Kind;
    const auto constraint = [](const char *text) { return recognise(QByteArray(QByteArray("alter table t add ") + text)).actions.value(0).constraint; };
    QVERIFY(constraint("constraint c foreign key (a, b) references s.r (x, y) on delete set null not valid").notValid);
    QCOMPARE(constraint("foreign key (a, b) references s.r").columns, (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(constraint("foreign key (a, b) references s.r").references, u"s.r"_s);
    QVERIFY(constraint("constraint c check (a > 0) not enforced").notEnforced);
    QVERIFY(!constraint("constraint c check (not valid)").notValid);
    QVERIFY(constraint("constraint c primary key using index i").usingIndex);
    QVERIFY(!constraint("constraint c primary key (a) using index tablespace s").usingIndex);
    QVERIFY(constraint("constraint c unique nulls not distinct (a)").kind == C::Unique);
    QCOMPARE(constraint("constraint c unique nulls not distinct (a)").columns, QStringList{u"a"_s});
    QVERIFY(constraint("constraint c not null a not valid").kind == C::NotNull);
    QVERIFY(constraint("constraint c not null a not valid").notValid);
    QVERIFY(constraint("constraint c exclude using gist (r with &&)").kind == C::Exclude);
}

void TestDdl::tables()
{
    const Ddl ddl = recognise("create table t (id bigint primary key, n numeric(10, 2) default 0, like u including all, foreign key (n) references r) partition by range (id)");
    QCOMPARE(ddl.columnsMade.size(), 2);
    QCOMPARE(ddl.constraints.size(), 1);
    QVERIFY(ddl.partitioned);
    QCOMPARE(recognise("create table t (exclude boolean, a bit varying(5))").columnsMade.size(), 2);
    QCOMPARE(recognise("with d as (delete from \"S\".T returning *) insert into u select * from d").allRowsOf, u"\"S\".t"_s);
    QCOMPARE(recognise("create table p partition of s.t for values from (1) to (2)").partitionOf, u"s.t"_s);
    QVERIFY(!recognise("create table p partition of s.t default").partitioned);
    QVERIFY(recognise("create temp table x as select 1").temporary);
    QVERIFY(recognise("create table x as select 1").query);
    QVERIFY(recognise("create domain d as int not null check (value > 0)").columnsMade.value(0).notNull);
}

void TestDdl::settings()
{
    QCOMPARE(recognise("set local lock_timeout = '3s'").setting, u"lock_timeout"_s);
    QCOMPARE(recognise("set local lock_timeout = '3s'").value, u"3s"_s);
    QCOMPARE(recognise("SET statement_timeout TO 0").value, u"0"_s);
    QCOMPARE(recognise("set time zone 'UTC'").setting, u"timezone"_s);
}

// Every beginning of a statement, and every statement with a word missing: nothing may be read outside of it.
void TestDdl::takesWhateverComes()
{
    const QByteArray sql = "alter table if exists only a.b add column if not exists c numeric(1, 2)[] default f(x) check (a > (1)) generated always as (a) stored, "
                           "alter d set data type text collate \"C\" using (x), add constraint k foreign key (a) references r (b) not valid, rename x to y, set (a = 1)";
    for (qsizetype cut = 0; cut <= sql.size(); ++cut)
        recognise(QByteArrayView(sql).first(cut));
    for (const char *text : {"create", "create index", "create index on", "drop", "alter", "alter table", "set", "reindex (", "vacuum (", "truncate", "create table t (", "create trigger g",
                             "create domain d", "alter table t add", "alter table t drop", "alter table t alter", "alter table t rename", "alter table t set", ";", "(", ")", "alter table t ,,"}) {
        const Ddl ddl = recognise(text);
        QVERIFY(ddl.end <= qsizetype(qstrlen(text)));
    }
}

QTEST_APPLESS_MAIN(TestDdl)
#include "tst_ddl.moc"
