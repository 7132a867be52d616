// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/hazards.h"

#include <QTest>

using namespace howdah;
using H = session::Hazard::Kind;
using N = query::Nature::Kind;

class TestHazards : public QObject
{
    Q_OBJECT
private slots:
    void hazards_data();
    void hazards();
    void place();
    void natures_data();
    void natures();
    void whatIsNotSeen();
    void rowsReturned_data();
    void rowsReturned();
    void plainRelations_data();
    void plainRelations();
};

void TestHazards::hazards_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QList<int>>("kinds");
    QTest::addColumn<QString>("object");
    const auto row = [](const char *sql, const QList<H> &kinds, const char *object = "") {
        QList<int> numbers;
        for (const H kind : kinds)
            numbers << int(kind);
        QTest::newRow(sql) << QByteArray(sql) << numbers << QString::fromUtf8(object);
    };
    row("update public.\"Or ders\" set a = 1", {H::UpdateWithoutWhere}, "public.\"Or ders\"");
    row("update only t set a = (select 1 where true)", {H::UpdateWithoutWhere}, "t");
    row("update t set a = 1 where id = 1", {});
    row("update t set a = 1 where true", {H::UpdateWithoutWhere}, "t");
    row("delete from t where 1 = 1 returning *", {H::DeleteWithoutWhere}, "t");
    row("update t set a = 1 -- where id = 1", {H::UpdateWithoutWhere}, "t");
    row("update t set a = 'where'", {H::UpdateWithoutWhere}, "t");
    row("update t set a = 1 where current of c", {});
    row("DELETE FROM s.t", {H::DeleteWithoutWhere}, "s.t");
    row("delete from t using u where t.id = u.id", {});
    row("with d as (delete from t returning *) select * from d where true", {H::DeleteWithoutWhere}, "t");
    row("with d as materialized (update t set a = 1 where id = 1 returning *) delete from u", {H::DeleteWithoutWhere}, "u");
    row("with a as (select 1 where true) update t set b = 2", {H::UpdateWithoutWhere}, "t");
    row("insert into x with d as (delete from t returning *) select * from d", {H::DeleteWithoutWhere}, "t");
    row("explain update t set a = 1", {});
    row("explain analyze update t set a = 1", {H::UpdateWithoutWhere}, "t");
    row("explain (costs off, analyze) delete from t", {H::DeleteWithoutWhere}, "t");
    row("explain (analyze off) delete from t", {});
    row("prepare p as delete from t", {});
    row("select * from t for update", {});
    row("insert into t values (1) on conflict do update set a = 1", {});
    row("create rule r as on update to t do delete from u", {});
    row("create function f() returns void begin atomic delete from t; end", {});
    row("create trigger r before update on t execute function f()", {});
    row("merge into t using u on true when matched then delete", {H::MergeOfAll}, "t");
    row("merge into t using u on t.id = u.id when not matched by source then delete", {H::MergeOfAll}, "t");
    row("merge into t using u on t.id = u.id when matched then update set a = 1", {});
    row("truncate table a.b, c", {H::Truncate}, "a.b");
    row("drop table if exists x cascade", {H::Drop}, "x");
    row("drop materialized view m", {H::Drop}, "m");
    row("drop index concurrently i", {H::Drop}, "i");
    row("drop database if exists \"prod\"", {H::DropDatabase}, "\"prod\"");
    row("drop role joe", {H::RoleChange}, "joe");
    row("drop owned by joe", {H::Drop}, "joe");
    row("alter table t drop column a, add b int", {H::Drop}, "t.a");
    row("alter table t alter column a type bigint", {H::AlterTableRewrite}, "t");
    row("alter table t alter a set data type bigint using a::bigint", {H::AlterTableRewrite}, "t");
    row("alter table t add b int default 0", {});
    row("alter table t add b uuid default gen_random_uuid()", {H::AlterTableRewrite}, "t");
    row("alter table t set unlogged", {H::AlterTableRewrite}, "t");
    row("alter table t disable trigger all", {H::DisableTrigger}, "t");
    row("alter table t disable row level security", {H::DisableRowSecurity}, "t");
    row("alter table t no force row level security", {H::DisableRowSecurity}, "t");
    row("set session_replication_role = replica", {H::DisableTrigger});
    row("alter system set work_mem = '1GB'", {H::AlterSystem}, "work_mem");
    row("alter system reset all", {H::AlterSystem}, "all");
    row("copy t to program 'cat'", {H::CopyProgram});
    row("copy t from '/etc/passwd'", {H::CopyServerFile});
    row("copy (select 1) to stdout", {});
    row("copy (delete from t returning *) to stdout", {});
    row("create role x superuser", {H::RoleChange}, "x");
    row("alter user x password 'a'", {H::RoleChange}, "x");
    row("alter user mapping for x server s options (a 'b')", {});
    row("grant admin to joe", {H::RoleChange}, "admin");
    row("grant select on t to public", {H::GrantToPublic});
    row("grant select on t to joe", {});
    row("revoke select on t from public", {});
    row("alter default privileges grant select on tables to public", {H::GrantToPublic});
    row("select pg_terminate_backend(pid) from pg_stat_activity", {H::TerminateBackend});
    row("select pg_catalog.pg_reload_conf()", {H::Reload});
    row("vacuum full t", {H::Vacuum});
    row("vacuum (full, analyze) t", {H::Vacuum}, "t");
    row("vacuum t", {});
    row("cluster t using i", {H::Vacuum}, "t");
    row("create function f() returns int security definer language sql as 'select 1'", {H::SecurityDefiner});
    row("set transaction read write", {H::ReadOnlyOff});
    row("begin read write", {H::ReadOnlyOff});
    row("set default_transaction_read_only = off", {H::ReadOnlyOff});
    row("set default_transaction_read_only = on", {});
    row("select set_config('default_transaction_read_only', 'off', false)", {H::ReadOnlyOff});
    row("reset all", {H::ReadOnlyOff});
    row("do $$ begin delete from t; end $$", {H::DoBlock});
    row("select 1; delete from t", {H::DeleteWithoutWhere}, "t");
    row("select 'drop table t'", {});
    row("", {});
    row("with", {});
    row("update", {H::UpdateWithoutWhere});
}

void TestHazards::hazards()
{
    QFETCH(QByteArray, sql);
    QFETCH(QList<int>, kinds);
    QFETCH(QString, object);
    const auto found = query::hazardsOf(sql);
    QList<int> numbers;
    for (const auto &hazard : found)
        numbers << int(hazard.kind);
    QCOMPARE(numbers, kinds);
    if (!object.isEmpty())
        QCOMPARE(found.front().object, object);
}

void TestHazards::place()
{
    const QByteArray sql = "/* ä */ with d as (delete from t) select 1";
    const auto found = query::hazardsOf(sql);
    QCOMPARE(found.size(), 1);
    QCOMPARE(sql.mid(found[0].begin, found[0].length), QByteArray("delete"));
}

void TestHazards::natures_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("writes");
    const auto row = [](const char *sql, N kind, bool writes) { QTest::newRow(sql) << QByteArray(sql) << int(kind) << writes; };
    row("select 1", N::Select, false);
    row("(select 1) union (select 2)", N::Select, false);
    row("table t", N::Select, false);
    row("select * into x from t", N::Select, true);
    row("with d as (delete from t returning *) select * from d", N::Select, true);
    row("with a as (select 1) insert into t select * from a", N::Insert, true);
    row("update t set a = 1", N::Update, true);
    row("merge into t using u on true when matched then do nothing", N::Merge, true);
    row("explain update t set a = 1", N::Utility, false);
    row("explain (analyze) update t set a = 1", N::Utility, true);
    row("explain analyze select 1", N::Utility, false);
    row("create table t (a int)", N::Ddl, true);
    row("begin", N::Begin, false);
    row("start transaction", N::Begin, false);
    row("end", N::Commit, false);
    row("prepare transaction 'a'", N::Commit, true);
    row("rollback", N::Rollback, false);
    row("rollback to savepoint a", N::Savepoint, false);
    row("release a", N::Savepoint, false);
    row("set work_mem = '1MB'", N::Set, false);
    row("copy t to stdout", N::Copy, false);
    row("copy t from stdin", N::Copy, true);
    row("copy t to '/tmp/x'", N::Copy, true);
    row("show all", N::Utility, false);
    row("vacuum", N::Utility, true);
    row("call p()", N::Other, true);
    row("do 'x'", N::Other, true);
    row("select 1; delete from t; select 2", N::Select, true);
    row("", N::Other, false);
}

void TestHazards::natures()
{
    QFETCH(QByteArray, sql);
    QFETCH(int, kind);
    QFETCH(bool, writes);
    const auto nature = query::natureOf(sql);
    QCOMPARE(int(nature.kind), kind);
    QCOMPARE(nature.writes, writes);
}

void TestHazards::whatIsNotSeen()
{
    const auto runs = [](const char *script) { return query::runsWhatIsNotSeen(query::split(script).at(0)); };
    for (const char *script : {"\\i file.sql", "\\ir file.sql", "\\include x", "SELECT 'DELETE FROM t' \\gexec", ":cmd;", "/* a */ :cmd;", "\\copy t from 'f.csv' csv"})
        QVERIFY2(runs(script), script);
    for (const char *script : {"\\dt", "\\copy t to 'f.csv'", "\\copy (select 1 from t) to stdout", "SELECT :n;", "SELECT 1 \\gset", "\\echo :cmd", "\\info"})
        QVERIFY2(!runs(script), script);
}

void TestHazards::rowsReturned_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<bool>("returns");
    const auto row = [](const char *sql, bool returns) { QTest::newRow(sql) << QByteArray(sql) << returns; };
    row("select 1", true);
    row("(select 1) union select 2 -- all", true);
    row("values (1)", true);
    row("with d as (delete from t returning a) select * from d", true);
    row("insert into t select 1 returning a", true);
    row("insert into t select 1", false);
    row("insert into t (returning) values (1)", false);
    row("select 1 into t", false);
    row("select (select 'into')", true);
    row("explain select 1", true);
    row("show all", true);
    row("lock t", false);
    row("call p()", false);
    row("select 1; select 2", false);
    row("", false);
}

void TestHazards::rowsReturned()
{
    QFETCH(QByteArray, sql);
    QFETCH(bool, returns);
    QCOMPARE(query::returnsRows(sql), returns);
}

void TestHazards::plainRelations_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QString>("relation");
    const auto row = [](const char *sql, const char *relation) { QTest::newRow(sql) << QByteArray(sql) << QString::fromLatin1(relation); };
    row("select * from t", "t");
    row("SELECT a, b FROM public.\"T x\" AS o WHERE a = (SELECT 1 FROM u) ORDER BY 1 LIMIT 5;", "public.\"T x\"");
    row("select a from only t o for update", "t");
    row("table s.t", "s.t");
    row("select extract(year from d) from t where 1 = 1", "t");
    row("select a from t, u", "");
    row("select a from t join u using (a)", "");
    row("select a from t natural join u", "");
    row("select a, count(*) from t group by a", "");
    row("select distinct a from t", "");
    row("select a from t union select a from u", "");
    row("select a from f(1)", "");
    row("select a from f (1)", "");
    row("select a from (select 1 as a) s", "");
    row("with t as (select 1) select * from t", "");
    row("select 1", "");
    row("select a into b from t", "");
    row("delete from t returning a", "");
    row("select a from t; select 2", "");
}

void TestHazards::plainRelations()
{
    QFETCH(QByteArray, sql);
    QFETCH(QString, relation);
    QCOMPARE(query::plainRelation(sql), relation);
}

QTEST_APPLESS_MAIN(TestHazards)
#include "tst_hazards.moc"
