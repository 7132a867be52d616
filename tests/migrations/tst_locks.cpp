// SPDX-License-Identifier: GPL-3.0-or-later
// What the linter says that a statement locks (lintlocks.cpp), measured: each is run in a transaction of a real server, which is then asked.
#include "migrations/lintparts.h"
#include "support/testserver.h"

#include <QTest>

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
    "create table s.p (id int, k int) partition by range (id)", "create table s.p1 partition of s.p for values from (1) to (10)", "create table s.p3 (id int, k int)",
    "create table s.dp (id int, k int)", "create view s.v as select id from s.r", "create materialized view s.mv as select id from s.r", "create unique index on s.mv (id)",
    "create function s.f() returns trigger language plpgsql as 'begin return new; end'", "create trigger g before insert on s.t for each row execute function s.f()",
    "create policy pol on s.t using (true)", "create sequence s.q", "create index p_i on only s.p (k)"};

// Statement, the relation that is asked for; the server has the last word on the lock.
static const QList<std::pair<QByteArray, QByteArray>> statements{
    {"create index on s.t (b)", "s.t"}, {"create index on s.p (id)", "s.p"}, {"create index on only s.p (id)", "s.p"}, {"drop index s.t_a", "s.t_a"}, {"reindex index s.t_a", "s.t_a"},
    {"alter table s.t add column n int", "s.t"}, {"alter table s.t add column n int references s.r", "s.t"}, {"alter table s.t add column n int references s.r", "s.r"},
    {"alter table s.t drop column b", "s.t"}, {"alter table s.t alter column a type bigint", "s.t"}, {"alter table s.t alter column a set not null", "s.t"},
    {"alter table s.t alter column a drop not null", "s.t"}, {"alter table s.t alter column a set default 1", "s.t"}, {"alter table s.t alter column b set storage external", "s.t"},
    {"alter table s.t alter column a set statistics 100", "s.t"}, {"alter table s.t alter column a set (n_distinct = 5)", "s.t"}, {"alter table s.t set (fillfactor = 70)", "s.t"},
    {"alter table s.t set (user_catalog_table = true)", "s.t"}, {"alter table s.t reset (fillfactor)", "s.t"}, {"alter table s.t cluster on t_a", "s.t"}, {"alter table s.t set without cluster", "s.t"},
    {"alter table s.t add constraint k check (a > 0)", "s.t"}, {"alter table s.t add constraint k foreign key (a) references s.r", "s.t"},
    {"alter table s.t add constraint k foreign key (a) references s.r", "s.r"}, {"alter table s.t add constraint k foreign key (a) references s.r not valid", "s.t"},
    {"alter table s.t add constraint k unique (a)", "s.t"}, {"alter table s.t add constraint k unique using index t_u", "s.t"}, {"alter table s.t validate constraint ck", "s.t"},
    {"alter table s.t drop constraint ck", "s.t"}, {"alter table s.t rename column a to z", "s.t"}, {"alter table s.t rename to z", "s.t"}, {"alter table s.t rename constraint ck to z", "s.t"},
    {"alter table s.t set unlogged", "s.t"}, {"alter table s.t set access method heap", "s.t"}, {"alter table s.t enable row level security", "s.t"}, {"alter table s.t disable trigger g", "s.t"},
    {"alter table s.t replica identity full", "s.t"}, {"alter table s.t owner to postgres", "s.t"}, {"alter index s.t_a rename to z", "s.t_a"}, {"alter index s.t_a set (fillfactor = 50)", "s.t_a"},
    {"alter sequence s.q restart", "s.q"}, {"alter view s.v rename to z", "s.v"}, {"alter table s.p attach partition s.p3 for values from (20) to (30)", "s.p"},
    {"alter table s.p attach partition s.p3 for values from (20) to (30)", "s.p3"}, {"alter table s.p detach partition s.p1", "s.p"}, {"alter table s.p detach partition s.p1", "s.p1"},
    {"create table s.n partition of s.p for values from (40) to (50)", "s.p"}, {"create table s.n (id int references s.r)", "s.r"},
    {"create table s.n (id int, foreign key (id) references s.r)", "s.r"}, {"create trigger g2 before insert on s.t for each row execute function s.f()", "s.t"},
    {"drop trigger g on s.t", "s.t"}, {"create rule z as on delete to s.t do instead nothing", "s.t"}, {"create policy z on s.t using (true)", "s.t"}, {"drop policy pol on s.t", "s.t"},
    {"alter policy pol on s.t using (false)", "s.t"}, {"alter trigger g on s.t rename to z", "s.t"}, {"create or replace view s.v as select id from s.r", "s.v"},
    {"create statistics s.st on a, c from s.t", "s.t"}, {"refresh materialized view s.mv", "s.mv"}, {"refresh materialized view concurrently s.mv", "s.mv"},
    {"truncate s.t", "s.t"}, {"cluster s.t using t_a", "s.t"}, {"analyze s.t", "s.t"}, {"insert into s.r values (1)", "s.r"}, {"update s.t set a = 1", "s.t"},
    {"delete from s.t", "s.t"}, {"lock table s.t", "s.t"}};

static QString measured(pg::Connection &link, const QByteArray &relation)
{
    static const QStringList modes{u"AccessShareLock"_s, u"RowExclusiveLock"_s, u"ShareUpdateExclusiveLock"_s, u"ShareLock"_s, u"ShareRowExclusiveLock"_s, u"ExclusiveLock"_s, u"AccessExclusiveLock"_s};
    const auto rows = link.run({"select mode from pg_catalog.pg_locks where pid = pg_catalog.pg_backend_pid() and locktype = 'relation' and relation = " + relation, {}});
    if (!rows)
        return rows.error().text();
    Lock strongest = Lock::None;
    for (qsizetype i = 0; i < rows->size(); ++i)
        strongest = std::max(strongest, Lock(modes.indexOf(rows->text(i, 0)) + 1));
    return lockName(strongest);
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
    for (const auto &[text, relation] : statements) {
        LintFile file;
        file.up.text = text;
        Section section(file, {}, false);
        section.look(0);
        Lock told = Lock::None;
        for (const Taken &taken : section.taken(0)) {
            if (taken.relation == QString::fromUtf8(relation))
                told = std::max(told, taken.lock);
        }
        const auto oid = (*link)->run({"select '" + relation + "'::regclass::oid", {}}); // before: a rename takes its name
        QVERIFY2(oid, relation);
        QVERIFY((*link)->run({"begin", {}}));
        const auto ran = (*link)->run({text, {}});
        const QString is = ran ? measured(**link, oid->text(0, 0).toUtf8()) : ran.error().text();
        QVERIFY((*link)->run({"rollback", {}}));
        if (is != lockName(told))
            wrong << u"%1: %2 is said to be %3, is %4"_s.arg(QString::fromUtf8(text), QString::fromUtf8(relation), lockName(told), is);
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(QString(u'\n' + wrong.join(u'\n'))));
}

QTEST_GUILESS_MAIN(TestLocks)
#include "tst_locks.moc"
