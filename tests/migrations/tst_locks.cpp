// SPDX-License-Identifier: GPL-3.0-or-later
// What the linter says that a statement locks (lintlocks.cpp), measured: each is run on a real server, in a transaction or while it waits for somebody,
// and the server is asked. Its table of locks, measuredlocks.h, is written by this.
#include "migrations/lintparts.h"
#include "support/testserver.h"

#include <QFile>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestLocks : public QObject
{
    Q_OBJECT
private slots:
    void locks_data();
    void locks();
};

void TestLocks::locks_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 18})
        QTest::addRow("%d", major) << major;
}

static const QList<QByteArray> setup{
    "create table s.r (id int primary key, v int)", "create table s.t (id int primary key, a int, b text, c int)", "create index t_a on s.t (a)",
    "alter table s.t add constraint ck check (a > 0) not valid", "alter table s.t add constraint t_fk foreign key (c) references s.r not valid", "create unique index t_u on s.t (c)",
    "create table s.p (id int, k int) partition by range (id)", "create table s.p1 partition of s.p for values from (1) to (10)", "create table s.p2 partition of s.p for values from (10) to (20)", "create table s.p3 (id int, k int)",
    "create table s.dp (id int, k int)", "create view s.v as select id from s.r", "create materialized view s.mv as select id from s.r", "create unique index on s.mv (id)",
    "create function s.f() returns trigger language plpgsql as 'begin return new; end'", "create trigger g before insert on s.t for each row execute function s.f()",
    "create policy pol on s.t using (true)", "create sequence s.q", "create index p_i on only s.p (k)"};

struct Measured {
    const char *name;      // of what it is in measuredlocks.h; null: one more of its kind
    QByteArray statement;
    QByteArray relation;   // the one that is asked for
    const char *meets = nullptr; // not in a transaction: seen while it runs into somebody who holds this mode of `held`
    QByteArray held = {};        // empty: of `relation`
};

// The server has the last word on the lock.
static const QList<Measured> statements{
    {"createIndex", "create index on s.t (b)", "s.t"},
    {nullptr, "create index on s.p (id)", "s.p"},
    {nullptr, "create index on only s.p (id)", "s.p"},
    {"drop", "drop index s.t_a", "s.t_a"},
    {"reindex", "reindex index s.t_a", "s.t_a"},
    {"alterTable", "alter table s.t add column n int", "s.t"},
    {nullptr, "alter table s.t add column n int references s.r", "s.t"},
    {"addColumnReferenced", "alter table s.t add column n int references s.r", "s.r"},
    {nullptr, "alter table s.t drop column b", "s.t"},
    {nullptr, "alter table s.t alter column a type bigint", "s.t"},
    {nullptr, "alter table s.t alter column a set not null", "s.t"},
    {nullptr, "alter table s.t alter column a drop not null", "s.t"},
    {nullptr, "alter table s.t alter column a set default 1", "s.t"},
    {nullptr, "alter table s.t alter column b set storage external", "s.t"},
    {"setStatistics", "alter table s.t alter column a set statistics 100", "s.t"},
    {nullptr, "alter table s.t alter column a set (n_distinct = 5)", "s.t"},
    {"setOption", "alter table s.t set (fillfactor = 70)", "s.t"},
    {"setStrongOption", "alter table s.t set (user_catalog_table = true)", "s.t"},
    {nullptr, "alter table s.t reset (fillfactor)", "s.t"},
    {"clusterOn", "alter table s.t cluster on t_a", "s.t"},
    {nullptr, "alter table s.t set without cluster", "s.t"},
    {nullptr, "alter table s.t add constraint k check (a > 0)", "s.t"},
    {"addForeignKey", "alter table s.t add constraint k foreign key (a) references s.r", "s.t"},
    {"addForeignKeyReferenced", "alter table s.t add constraint k foreign key (a) references s.r", "s.r"},
    {nullptr, "alter table s.t add constraint k foreign key (a) references s.r not valid", "s.t"},
    {nullptr, "alter table s.t add constraint k unique (a)", "s.t"},
    {nullptr, "alter table s.t add constraint k unique using index t_u", "s.t"},
    {"validateConstraint", "alter table s.t validate constraint ck", "s.t"},
    {nullptr, "alter table s.t drop constraint ck", "s.t"},
    {nullptr, "alter table s.t rename column a to z", "s.t"},
    {nullptr, "alter table s.t rename to z", "s.t"},
    {nullptr, "alter table s.t rename constraint ck to z", "s.t"},
    {nullptr, "alter table s.t set unlogged", "s.t"},
    {nullptr, "alter table s.t set access method heap", "s.t"},
    {nullptr, "alter table s.t enable row level security", "s.t"},
    {"enableTrigger", "alter table s.t disable trigger g", "s.t"},
    {nullptr, "alter table s.t replica identity full", "s.t"},
    {nullptr, "alter table s.t owner to postgres", "s.t"},
    {nullptr, "alter index s.t_a rename to z", "s.t_a"},
    {"alterIndex", "alter index s.t_a set (fillfactor = 50)", "s.t_a"},
    {"alterSequence", "alter sequence s.q restart", "s.q"},
    {nullptr, "alter view s.v rename to z", "s.v"},
    {"attachPartition", "alter table s.p attach partition s.p3 for values from (20) to (30)", "s.p"},
    {"attachedPartition", "alter table s.p attach partition s.p3 for values from (20) to (30)", "s.p3"},
    {"detachPartition", "alter table s.p detach partition s.p1", "s.p"},
    {"detachedPartition", "alter table s.p detach partition s.p1", "s.p1"},
    {"createPartition", "create table s.n partition of s.p for values from (40) to (50)", "s.p"},
    {"createTableReferenced", "create table s.n (id int references s.r)", "s.r"},
    {nullptr, "create table s.n (id int, foreign key (id) references s.r)", "s.r"},
    {"createTrigger", "create trigger g2 before insert on s.t for each row execute function s.f()", "s.t"},
    {nullptr, "drop trigger g on s.t", "s.t"},
    {nullptr, "create rule z as on delete to s.t do instead nothing", "s.t"},
    {"createPolicy", "create policy z on s.t using (true)", "s.t"},
    {nullptr, "drop policy pol on s.t", "s.t"},
    {"alterPolicy", "alter policy pol on s.t using (false)", "s.t"},
    {nullptr, "alter trigger g on s.t rename to z", "s.t"},
    {"replaceView", "create or replace view s.v as select id from s.r", "s.v"},
    {"createStatistics", "create statistics s.st on a, c from s.t", "s.t"},
    {"refresh", "refresh materialized view s.mv", "s.mv"},
    {"refreshConcurrently", "refresh materialized view concurrently s.mv", "s.mv"},
    {"truncate", "truncate s.t", "s.t"},
    {"cluster", "cluster s.t using t_a", "s.t"},
    {"analyze", "analyze s.t", "s.t"},
    {"write", "insert into s.r values (1)", "s.r"},
    {nullptr, "update s.t set a = 1", "s.t"},
    {nullptr, "delete from s.t", "s.t"},
    {nullptr, "lock table s.t", "s.t"},
    {"moveIndex", "alter index s.t_a set tablespace pg_default", "s.t_a"},
    {"comment", "comment on table s.t is 'x'", "s.t"},
    {"createIndexConcurrently", "create index concurrently on s.t (b)", "s.t", "row exclusive"},
    {"reindexConcurrently", "reindex index concurrently s.t_a", "s.t_a", "row exclusive", "s.t"},
    {"detachPartitionConcurrently", "alter table s.p detach partition s.p1 concurrently", "s.p", "share update exclusive"},
    {"detachedPartitionConcurrently", "alter table s.p detach partition s.p2 concurrently", "s.p2", "access share"},
    {"vacuum", "vacuum s.t", "s.t", "share update exclusive"},
    {"vacuumFull", "vacuum full s.t", "s.t", "access share"},
    {"dropIndexConcurrently", "drop index concurrently s.t_a", "s.t_a", "row exclusive", "s.t"}};

// As the server says: of `pid`, whether it has it or waits for it.
static Lock measured(pg::Connection &link, const QByteArray &pid, const QByteArray &relation)
{
    static const QStringList modes{u"AccessShareLock"_s, u"RowExclusiveLock"_s, u"ShareUpdateExclusiveLock"_s, u"ShareLock"_s, u"ShareRowExclusiveLock"_s, u"ExclusiveLock"_s, u"AccessExclusiveLock"_s};
    const auto rows = link.run({"select mode from pg_catalog.pg_locks where pid = " + pid + " and locktype = 'relation' and relation = " + relation, {}});
    Lock strongest = Lock::None;
    for (qsizetype i = 0; rows && i < rows->size(); ++i)
        strongest = std::max(strongest, Lock(modes.indexOf(rows->text(i, 0)) + 1));
    return strongest;
}

static Result<Lock> inATransaction(pg::Connection &link, const Measured &one, const QByteArray &oid)
{
    if (Done begun = link.command("BEGIN"); !begun)
        return fail(begun.error());
    const auto ran = link.run({one.statement, {}});
    const Lock lock = ran ? measured(link, "pg_catalog.pg_backend_pid()", oid) : Lock::None;
    (void)link.command("ROLLBACK");
    return ran ? Result<Lock>(lock) : fail(ran.error());
}

static Result<Lock> whileItWaits(const test::TestServer &server, pg::Connection &link, const Measured &one, const QByteArray &oid)
{
    const auto holder = server.admin(), runs = server.admin();
    if (!holder || !runs)
        return fail((holder ? runs : holder).error());
    if (Done begun = (*holder)->command("BEGIN"); !begun)
        return fail(begun.error());
    if (const auto held = (*holder)->run({"lock table " + (one.held.isEmpty() ? one.relation : one.held) + " in " + one.meets + " mode", {}}); !held)
        return fail(held.error());
    Result<pg::Rows> ran;
    std::thread worker([&] { ran = (*runs)->run({one.statement, {}}); });
    const QByteArray pid = QByteArray::number((*runs)->facts().backendPid);
    const bool waits = QTest::qWaitFor([&] {
        const auto blocked = link.run({"select pg_catalog.cardinality(pg_catalog.pg_blocking_pids(" + pid + "))", {}});
        return blocked && blocked->integer(0, 0).value_or(0) > 0;
    }, 20'000);
    const Lock lock = waits ? measured(link, pid, oid) : Lock::None;
    (void)(*holder)->command("ROLLBACK");
    worker.join(); // it goes on to its end
    return ran ? Result<Lock>(lock) : fail(ran.error());
}

static Lock toldOf(const Measured &one)
{
    LintFile file;
    file.up.text = one.statement;
    LintedSection section(file, {}, false);
    section.look(0);
    Lock told = Lock::None;
    for (const Taken &taken : section.taken(0)) {
        if (taken.relation == QString::fromUtf8(one.relation))
            told = std::max(told, taken.lock);
    }
    return told;
}

static QByteArray wordOf(Lock lock)
{
    static constexpr const char *words[] = {"None", "AccessShare", "RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"};
    return words[int(lock)];
}

void TestLocks::locks()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup wanted;
    wanted.major = major;
    const auto server = test::TestServer::start(wanted, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"create schema s"}, &why) && server->sql(setup, &why), qPrintable(why));
    auto link = server->admin();
    QVERIFY(link);
    QStringList wrong;
    QByteArray table = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
                       "// What a statement takes, as measured on PostgreSQL 18 by tests/migrations/tst_locks.cpp, which writes this file (HOWDAH_GENERATE=1) and fails where the\n"
                       "// server says something else than what stands here. Not edited by hand. The statement that was measured stands behind each.\n"
                       "#pragma once\n\n#include \"migrations/lintparts.h\"\n\nnamespace howdah::migrations::measured\n{\n\n";
    for (const Measured &one : statements) {
        const auto oid = (*link)->run({"select '" + one.relation + "'::regclass::oid", {}}); // before: a rename takes its name
        QVERIFY2(oid, one.statement);
        const auto is = one.meets ? whileItWaits(*server, **link, one, oid->text(0, 0).toUtf8()) : inATransaction(**link, one, oid->text(0, 0).toUtf8());
        QVERIFY2(is, qPrintable(QString::fromUtf8(one.statement) + u": "_s + (is ? QString() : is.error().text())));
        if (*is != toldOf(one))
            wrong << u"%1: %2 is said to be %3, is %4"_s.arg(QString::fromUtf8(one.statement), QString::fromUtf8(one.relation), lockName(toldOf(one)), lockName(*is));
        if (one.name)
            table += QByteArray("inline constexpr Lock ") + one.name + " = Lock::" + wordOf(*is) + "; // " + one.relation + " by: " + one.statement + '\n';
    }
    table += "\n} // namespace howdah::migrations::measured\n";
    if (major == 18) {
        QFile file(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/src/migrations/measuredlocks.h"_s);
        if (qEnvironmentVariableIntValue("HOWDAH_GENERATE") == 1) {
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(table) == table.size());
            return;
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), QString::fromUtf8(table));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(QString(u'\n' + wrong.join(u'\n'))));
}

QTEST_GUILESS_MAIN(TestLocks)
#include "tst_locks.moc"
