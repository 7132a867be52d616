// SPDX-License-Identifier: GPL-3.0-or-later
// The preview of each statement is what a second session sees when it runs for real on tables of 100,000 rows: locks, scans, rewrites.
#include "migrations/lockmode.h"
#include "migrations/preview.h"
#include "migrations/scratchrows.h"
#include "previewcases.h"
#include "project.h"

#include <QJsonArray>
#include <QMap>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestPreview : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void asForReal();
    void words();
    void heldLocks();
    void victims();
    void failures();
    void rows();
    void whoWouldBlock();
    void hiddenTransactions();
    void noSuperuser();
    void cancelled();

private:
    std::unique_ptr<Scratch> scratch(const QList<QByteArray> &setup) const;
    static Pending pending(const QByteArray &name, const QByteArray &up, bool transaction = true);
    std::unique_ptr<test::TestServer> m_server;
};

void TestPreview::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = QStringList{u"autovacuum=off"_s, u"fsync=on"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
}

std::unique_ptr<Scratch> TestPreview::scratch(const QList<QByteArray> &setup) const
{
    auto made = Scratch::make(m_server->spec(), m_server->password(), true);
    if (!made)
        qFatal("%s", qPrintable(made.error().text()));
    if (!(*made)->enter(u"public"_s))
        qFatal("no settings");
    for (const QByteArray &text : setup) {
        if (const auto done = (*made)->connection().run({text, {}}); !done)
            qFatal("%s: %s", text.constData(), qPrintable(done.error().text()));
    }
    return *std::move(made);
}

Pending TestPreview::pending(const QByteArray &name, const QByteArray &up, bool transaction)
{
    const auto file = parseFile(QString::fromLatin1(name), "-- Purpose: a test\n-- migrate:up" + QByteArray(transaction ? "" : " transaction:false") + "\n" + up + ";\n-- migrate:down\n");
    if (!file)
        qFatal("%s: %s", up.constData(), qPrintable(file.error().text()));
    return {*file, Direction::Up};
}

namespace
{

// What was seen of one statement, in either way.
struct Outcome {
    QMap<QString, QStringList> locks; // by relation: modes
    QMap<QString, int> passes;        // by table: tenths of all its rows
    QStringList rewritten;
    QStringList built;
    bool sampled = false;

    QString text() const
    {
        QStringList words;
        for (auto lock = locks.cbegin(); lock != locks.cend(); ++lock)
            words << lock.key() + u'=' + lock.value().join(u'+');
        for (auto pass = passes.cbegin(); pass != passes.cend(); ++pass)
            words << u"reads %1 tenths of %2"_s.arg(pass.value()).arg(pass.key());
        return words.join(u"; "_s) + u" | rewrites "_s + rewritten.join(u", "_s) + u" | builds "_s + built.join(u", "_s);
    }
};

// Another session's look at the database, by its own statements.
struct Look {
    QMap<qint64, QStringList> relations; // name, kind, file, the table's OID, rows read so far
    qint64 at(qint64 oid, int field) const { return relations.value(oid).value(field).toLongLong(); }
};

Look look(pg::Connection &link)
{
    Look seen;
    const auto rows = link.run({"select c.oid, n.nspname || '.' || c.relname, c.relkind::text, c.relfilenode, coalesce(i.indrelid, 0), pg_stat_get_tuples_returned(c.oid) + pg_stat_get_tuples_fetched(c.oid) "
                                "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join pg_catalog.pg_index i on i.indexrelid = c.oid where n.nspname = 's'", {}});
    if (!rows)
        qFatal("%s", qPrintable(rows.error().text()));
    for (qsizetype row = 0; row < rows->size(); ++row)
        seen.relations.insert(*rows->integer(row, 0), {rows->text(row, 1), rows->text(row, 2), rows->text(row, 3), rows->text(row, 4), rows->text(row, 5)});
    return seen;
}

void addLocks(pg::Connection &watcher, int pid, const Look &before, Outcome &told)
{
    const auto rows = watcher.run({"select relation, mode from pg_catalog.pg_locks where locktype = 'relation' and granted and pid = " + QByteArray::number(pid), {}});
    for (qsizetype row = 0; rows && row < rows->size(); ++row) {
        const QString name = before.relations.value(rows->integer(row, 0).value_or(0)).value(0);
        if (!name.isEmpty() && !told.locks[name].contains(modeWords(modeRank(rows->text(row, 1)))))
            told.locks[name] << modeWords(modeRank(rows->text(row, 1)));
    }
}

Outcome forReal(pg::Connection &runner, pg::Connection &watcher, const previewcases::Case &one)
{
    Outcome told;
    const auto flush = [&] {
        if (!runner.run({"select pg_stat_force_next_flush()", {}}))
            qFatal("no flush");
    };
    flush();
    const Look before = look(watcher);
    if (one.transaction) {
        if (!runner.command("BEGIN"))
            qFatal("no BEGIN");
    }
    std::atomic_bool done{false}, watching{false};
    std::thread thread;
    const int pid = runner.facts().backendPid;
    if (!one.transaction) {
        // Its locks are there a little longer at the end of each of its transactions.
        if (!runner.run({"set commit_delay = 100000", {}}) || !runner.run({"set commit_siblings = 0", {}}))
            qFatal("no pause");
        thread = std::thread([&] {
            while (!done) {
                addLocks(watcher, pid, before, told);
                watching = true;
            }
        });
        while (!watching)
            std::this_thread::yield();
    }
    const auto ran = runner.run({one.text, {}});
    done = true;
    if (thread.joinable())
        thread.join();
    if (!ran)
        qFatal("%s: %s", one.text.constData(), qPrintable(ran.error().text()));
    if (one.transaction) {
        addLocks(watcher, pid, before, told);
        if (!runner.command("COMMIT"))
            qFatal("no COMMIT");
    }
    flush();
    const Look after = look(watcher);
    for (auto relation = after.relations.cbegin(); relation != after.relations.cend(); ++relation) {
        const QString name = relation.value().at(0), kind = relation.value().at(1);
        const bool wasThere = before.relations.contains(relation.key()), newFile = wasThere && before.at(relation.key(), 2) != after.at(relation.key(), 2);
        if ((kind == "r"_L1 || kind == "m"_L1) && wasThere) {
            if (newFile)
                told.rewritten << name;
            if (const int tenths = qRound(double(after.at(relation.key(), 4) - before.at(relation.key(), 4)) / 10'000.0); tenths > 0)
                told.passes.insert(before.relations.value(relation.key()).at(0), tenths);
        } else if (kind == "i"_L1 && before.relations.contains(after.at(relation.key(), 3)) && (!wasThere || newFile)) {
            told.built << name;
        }
    }
    return told;
}

Outcome previewed(const PreviewedStatement &statement)
{
    Outcome told;
    told.sampled = statement.sampled;
    for (const PreviewLock &lock : statement.locks)
        told.locks[lock.relation] << lock.mode;
    for (const PreviewScan &scan : statement.scans) {
        if (scan.indexBuilt)
            told.built << scan.relation;
        if (scan.rewritten)
            told.rewritten << scan.relation;
        if (const int tenths = qRound(double(scan.rows) / 1000.0); tenths > 0)
            told.passes.insert(scan.relation, tenths);
    }
    return told;
}

// Of what is looked at from outside the strongest mode on each relation: a weak one that it has for an instant within a transaction is seen or not.
void sort(Outcome &told, bool sampled)
{
    told.rewritten.sort();
    told.built.sort();
    for (auto lock = told.locks.begin(); lock != told.locks.end();) {
        std::sort(lock->begin(), lock->end(), [](const QString &a, const QString &b) { return modeRank(a) > modeRank(b); });
        if (sampled)
            *lock = lock->first(1);
        lock = sampled && lock->constFirst() == "ACCESS SHARE"_L1 ? told.locks.erase(lock) : std::next(lock);
    }
}

} // namespace

void TestPreview::asForReal()
{
    const test::Project real(*m_server, "real");
    const auto runner = real.link(), watcher = real.link(u"watcher"_s);
    for (const QByteArray &text : previewcases::setup() + previewcases::fill())
        QVERIFY2(runner->run({text, {}}), text);
    const QList<previewcases::Case> cases = previewcases::cases();
    QVERIFY(cases.size() >= 60);
    QVector<Pending> files;
    for (const auto &one : cases)
        files.append(pending(QByteArray::number(files.size() + 1) + "_x.sql", one.text, one.transaction));
    const auto target = scratch(previewcases::setup());
    const auto seen = preview(*target, files, {});
    QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
    QVERIFY2(seen->stopped.isEmpty(), qPrintable(seen->stopped + (seen->statements.constLast().error ? seen->statements.constLast().error->text() : QString())));
    QCOMPARE(seen->statements.size(), cases.size());
    QStringList wrong;
    int scans = 0, rewrites = 0, sampled = 0;
    for (qsizetype i = 0; i < cases.size(); ++i) {
        Outcome is = forReal(*runner, *watcher, cases.at(i)), told = previewed(seen->statements.at(i));
        sort(is, told.sampled);
        sort(told, told.sampled);
        if (cases.at(i).text.startsWith("truncate"))
            is.built.clear(); // nothing is built of an empty table
        if (cases.at(i).text.startsWith("vacuum") && is.locks.isEmpty())
            is.locks = told.locks; // it found nothing to do, and was done before anybody could look
        if (is.text() != told.text())
            wrong << u"%1\n    previewed %2\n    for real  %3"_s.arg(QString::fromUtf8(cases.at(i).text), told.text(), is.text());
        scans += is.passes.isEmpty() ? 0 : 1;
        rewrites += is.rewritten.isEmpty() ? 0 : 1;
        sampled += told.sampled ? 1 : 0;
    }
    qInfo("%lld statements: %d that scan, %d that rewrite, %d sampled", qlonglong(cases.size()), scans, rewrites, sampled);
    QVERIFY2(wrong.isEmpty(), qPrintable(u"%1 differ\n"_s.arg(wrong.size()) + wrong.join(u'\n')));
    QVERIFY(scans > 15 && rewrites > 8 && sampled > 5);
}

static QStringList modesOn(const PreviewedStatement &statement, const QString &relation, bool newly)
{
    QStringList modes;
    for (const PreviewLock &lock : statement.locks) {
        if (lock.relation == relation && lock.newlyTaken == newly)
            modes << lock.mode;
    }
    return modes;
}

static const PreviewScan *scanOf(const PreviewedStatement &statement, const QString &relation)
{
    const auto found = std::find_if(statement.scans.cbegin(), statement.scans.cend(), [&](const PreviewScan &scan) { return scan.relation == relation; });
    return found == statement.scans.cend() ? nullptr : &*found;
}

void TestPreview::words()
{
    const auto where = scratch({"create table t (id int primary key, b text, u text)", "create index t_b on t (b)"});
    TargetFacts facts;
    facts.tables.insert(u"public.t"_s, {50'000'000, 40LL << 30});
    const auto seen = preview(*where, {pending("1_a.sql", "alter table t alter column b type text collate \"C\"", true), pending("2_b.sql", "alter table t alter column u set not null"),
                                       pending("3_c.sql", "alter table t add column x float default random()"), pending("4_d.sql", "create index concurrently t_x on t (x)", false)}, facts);
    QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
    QVERIFY2(seen->stopped.isEmpty(), qPrintable(seen->stopped));
    const auto &collation = seen->statements.at(0), &notNull = seen->statements.at(1), &rewrite = seen->statements.at(2), &index = seen->statements.at(3);
    // The table keeps its file, and its index has to be built anew.
    QVERIFY(scanOf(collation, u"public.t_b"_s) && scanOf(collation, u"public.t_b"_s)->indexBuilt);
    QVERIFY(!scanOf(collation, u"public.t"_s)->rewritten && scanOf(collation, u"public.t"_s)->rows == 10'000);
    QCOMPARE(notNull.strongest()->mode, u"ACCESS EXCLUSIVE"_s);
    QCOMPARE(notNull.strongest()->blocks, u"reads and writes"_s);
    QCOMPARE(scanOf(notNull, u"public.t"_s)->rows, 10'000);
    QCOMPARE(scanOf(rewrite, u"public.t"_s)->rewriteReason, u"the default of a column"_s);
    QVERIFY(rewrite.walBytes > 100'000 && notNull.walBytes < 100'000);
    QVERIFY(rewrite.estimatedMs && *rewrite.estimatedMs > 1000 * rewrite.ms);
    QVERIFY(index.sampled && !index.transaction && !index.strongest()->held && index.line == 3);
    QCOMPARE(index.strongest()->mode, u"SHARE UPDATE EXCLUSIVE"_s);
    QVERIFY2(seen->text().contains("builds the index public.t_b"_L1) && seen->text().contains("there: 50000000 rows, 40.0 GB"_L1), qPrintable(seen->text()));
    QVERIFY2(seen->text().contains("Who would stand in its way there is not known"_L1), qPrintable(seen->text()));
    // How large it is there: nobody knows, and nothing is reckoned.
    const auto blind = preview(*scratch({"create table t (id int)"}), {pending("1_a.sql", "alter table t add constraint c check (id > 0)")}, {});
    QVERIFY(blind && !blind->statements.at(0).estimatedMs && blind->toJson().value("statements"_L1).toArray().at(0).toObject().value("estimated_ms"_L1).isNull());
}

void TestPreview::heldLocks()
{
    const auto where = scratch({"create table t (id int primary key)", "create table u (id int primary key)"});
    const auto seen = preview(*where, {pending("1_a.sql", "alter table t add column x int;\ncreate table made (i int);\nalter table made add column j int;\nalter table u add constraint c check (id > 0)")}, {});
    QVERIFY(seen);
    QCOMPARE(seen->statements.size(), 4);
    QCOMPARE(modesOn(seen->statements.at(0), u"public.t"_s, true), QStringList{u"ACCESS EXCLUSIVE"_s});
    // What the migration made itself blocks nobody.
    QVERIFY(!seen->statements.at(2).strongest());
    // Its own lock, and while it scans the one of the first statement.
    QCOMPARE(modesOn(seen->statements.at(3), u"public.t"_s, false), QStringList{u"ACCESS EXCLUSIVE"_s});
    QCOMPARE(modesOn(seen->statements.at(3), u"public.u"_s, true), QStringList{u"ACCESS EXCLUSIVE"_s});
    QVERIFY(scanOf(seen->statements.at(3), u"public.u"_s)->rows == 10'000 && seen->statements.at(3).locks.constFirst().held);
    QVERIFY(seen->text().contains("while still held: ACCESS EXCLUSIVE on public.t"_L1));
}

void TestPreview::victims()
{
    const auto where = scratch({"create table t (id int primary key, s serial)", "create table c (id int references t)", "create view v as select id from t", "create view w as select id from v", "create schema x",
                                "create function x.f() returns int language sql as 'select 1'"});
    const auto seen = preview(*where, {pending("1_a.sql", "drop table t cascade"), pending("2_b.sql", "do $$ begin drop schema x cascade; end $$")}, {});
    QVERIFY(seen);
    QCOMPARE(seen->statements.at(0).victims, (QStringList{u"table constraint c_id_fkey on public.c"_s, u"view public.v"_s, u"view public.w"_s}));
    QCOMPARE(seen->statements.at(1).victims, QStringList{u"function x.f()"_s});
    QVERIFY(seen->text().contains("takes with it: view public.w"_L1));
}

void TestPreview::failures()
{
    const auto where = scratch({"create table t (id int primary key, a int)", "create table p (id int not null) partition by range (id)", "create table p9 (id int not null)"});
    // The made-up rows are refused: without them it goes, and that is said.
    const auto attached = preview(*where, {pending("1_a.sql", "alter table t add column q int;\nalter table p attach partition p9 for values from (500000) to (600000)")}, {});
    QVERIFY2(attached && attached->stopped.isEmpty(), attached ? qPrintable(attached->stopped) : qPrintable(attached.error().text()));
    QCOMPARE(attached->statements.size(), 2);
    QVERIFY2(attached->basis.contains("public.p9"_L1) && attached->statements.at(1).note.contains("not known"_L1), qPrintable(attached->basis));
    QVERIFY(!attached->statements.at(1).estimatedMs && attached->statements.at(0).note.isEmpty());
    QCOMPARE(modesOn(attached->statements.at(1), u"public.p9"_s, true).constLast(), u"ACCESS EXCLUSIVE"_s);
    // What fails by itself ends it, and nothing behind it is told.
    const auto failed = preview(*where, {pending("2_b.sql", "alter table t add column r int"), pending("3_c.sql", "alter table t add column s int;\nalter table none add column s int"), pending("4_d.sql", "alter table t add column u int")}, {});
    QVERIFY(failed);
    QCOMPARE(failed->statements.size(), 3);
    QCOMPARE(failed->statements.constLast().error->sqlstate, u"42P01"_s);
    QVERIFY2(failed->stopped.contains("3_c.sql"_L1) && failed->text().contains("fails:"_L1), qPrintable(failed->text()));
}

void TestPreview::rows()
{
    const auto where = scratch({"create type mood as enum ('sad', 'ok')", "create domain email as text check (value ~ '^[^@]+@[^@]+$')",
                                "create table parent (id uuid primary key, two int, unique (id, two))",
                                "create table kid (id bigint generated always as identity primary key, parent uuid not null references parent, one uuid unique references parent, up bigint references kid, "
                                "status text not null check (status in ('open', 'done')), mail email not null, age smallint not null check (age >= 18 and age < 100), n numeric(4,2), code char(3), m mood not null, "
                                "during tstzrange, tags text[] not null, addr inet, doc jsonb not null, made timestamptz not null default now(), full_name varchar(6) generated always as ('x') stored)",
                                "create table pairs (id int primary key, a uuid, b int, foreign key (a, b) references parent (id, two))",
                                "create table parts (at timestamptz not null, id int) partition by range (at)", "create table parts_1 partition of parts for values from ('2026-01-01') to ('2026-02-01')",
                                "create table lists (k text not null) partition by list (k)", "create table lists_a partition of lists for values in ('a', 'b')",
                                "create table hashed (id int primary key) partition by hash (id)", "create table hashed_0 partition of hashed for values with (modulus 2, remainder 0)",
                                "create table hashed_1 partition of hashed for values with (modulus 2, remainder 1)", "create table cannot (id int check (id < 0) not null, p int not null check (p = id + 7))",
                                "create materialized view sums as select count(*) from kid"});
    const auto filled = fillRows(*where, {}, 1000);
    QVERIFY2(filled, filled ? "" : qPrintable(filled.error().text()));
    for (const auto *table : {"parent", "kid", "pairs", "parts_1", "lists_a", "hashed"}) {
        const auto counted = where->connection().run({QByteArray("select count(*) from ") + table, {}});
        QVERIFY2(counted->text(0, 0) == "1000"_L1, qPrintable(QString::fromLatin1(table) + u": "_s + counted->text(0, 0) + u' ' + filled->left.join(u'\n')));
    }
    QCOMPARE(where->connection().run({"select count(*) from pairs join parent on (a, b) = (parent.id, two)", {}})->text(0, 0), u"1000"_s);
    QCOMPARE(where->connection().run({"select count from sums", {}})->text(0, 0), u"1000"_s);
    // What can't be filled is said.
    QCOMPARE(filled->left.size(), 1);
    QVERIFY2(filled->left.constFirst().startsWith("public.cannot is empty"_L1), qPrintable(filled->left.constFirst()));
    // Among many tables those that are named, and what their keys need.
    const auto few = scratch({"create table a (id int primary key)", "create table b (id int primary key, a int references a)", "create table c (id int)"});
    const auto some = fillRows(*few, {"ALTER TABLE B ADD x int"}, 10, 2);
    QVERIFY(some);
    QCOMPARE(QSet<QString>(some->rows.keyBegin(), some->rows.keyEnd()), (QSet<QString>{u"public.a"_s, u"public.b"_s}));
    QVERIFY(some->left.constFirst().contains("1 of 3 tables are empty"_L1));
}

void TestPreview::whoWouldBlock()
{
    const test::Project target(*m_server, "blocked");
    const auto link = target.link();
    QVERIFY(link->run({"create table t (id int primary key)", {}}) && link->run({"create table other (id int)", {}}));
    const auto where = scratch({"create table t (id int primary key)", "create table other (id int)"});
    auto seen = preview(*where, {pending("1_a.sql", "alter table t add column x int"), pending("2_b.sql", "create index on other (id)")}, *readTargetFacts(*link));
    QVERIFY(seen);
    test::Client reader(target.spec(u"report"_s), m_server->password()), writer(target.spec(u"shop"_s), m_server->password());
    QVERIFY(reader.run("BEGIN") && reader.run("SELECT count(*) FROM t") && reader.run("SELECT count(*) FROM other"));
    auto blockers = wouldBlock(*link, *seen);
    QVERIFY2(blockers, blockers ? "" : qPrintable(blockers.error().text()));
    QVERIFY(blockers->known);
    QCOMPARE(blockers->now.size(), 1);
    QCOMPARE(blockers->now.constFirst().application, u"report"_s);
    QVERIFY2(blockers->now.constFirst().text().contains("idle in transaction"_L1), qPrintable(blockers->now.constFirst().text()));
    // A reader does not mind an index that is built; a writer does.
    QVERIFY(reader.run("ROLLBACK") && reader.run("BEGIN") && reader.run("SELECT count(*) FROM other"));
    QVERIFY(wouldBlock(*link, *seen)->now.isEmpty());
    QVERIFY(writer.run("BEGIN") && writer.run("INSERT INTO other VALUES (1)"));
    blockers = wouldBlock(*link, *seen);
    QCOMPARE(blockers->now.size(), 1);
    QCOMPARE(blockers->now.constFirst().application, u"shop"_s);
    seen->wouldBlockNow = blockers->now;
    seen->blockersKnown = true;
    QVERIFY(seen->text().contains("Would stand in its way there now:"_L1));
    // Who waits behind the reader, for what would conflict with us: we would stand behind him.
    QVERIFY(writer.run("ROLLBACK"));
    test::Client other(target.spec(u"other migration"_s), m_server->password());
    other.start("ALTER TABLE other ADD COLUMN y int");
    QTRY_VERIFY_WITH_TIMEOUT(!link->run({"select 1 from pg_locks where not granted", {}})->isEmpty(), 30'000);
    blockers = wouldBlock(*link, *seen);
    QCOMPARE(blockers->now.size(), 1);
    QCOMPARE(blockers->now.constFirst().application, u"other migration"_s);
    QVERIFY(reader.run("ROLLBACK"));
    QCOMPARE(other.end(), u"done"_s);
}

void TestPreview::hiddenTransactions()
{
    const test::Project target(*m_server, "hidden");
    QVERIFY(m_server->sql({"create role looker login password 'looker'"}) && target.link()->run({"create table t (id int)", {}}));
    const auto where = scratch({"create table t (id int)"});
    auto waits = preview(*where, {pending("1_a.sql", "create index concurrently on t (id)", false)}, {}), locks = preview(*where, {pending("2_b.sql", "alter table t add column x int")}, {});
    QVERIFY(waits && waits->statements.constLast().sampled && locks);
    pg::ConnectionSpec spec = target.spec();
    spec.role = u"looker"_s;
    const auto looker = pg::Connection::open(spec, Secret("looker"));
    QVERIFY(looker);
    test::Client reader(target.spec(u"report"_s), m_server->password());
    QVERIFY(reader.run("BEGIN") && reader.run("SELECT count(*) FROM t"));
    // Whose transaction is how old, that role may not see: then it is not known whom a CONCURRENTLY would wait for.
    auto blockers = wouldBlock(**looker, *waits);
    QVERIFY2(blockers && !blockers->known, blockers ? "known" : qPrintable(blockers.error().text()));
    QVERIFY(wouldBlock(*target.link(), *waits)->known);
    // Locks everybody may see.
    blockers = wouldBlock(**looker, *locks);
    QVERIFY(blockers->known);
    QCOMPARE(blockers->now.size(), 1);
    QCOMPARE(blockers->now.constFirst().pid, reader.pid());
    waits->wouldBlockNow = blockers->now;
    QVERIFY2(waits->text().contains("who else is not known"_L1), qPrintable(waits->text()));
    QCOMPARE(waits->toJson().value("would_block_known"_L1), QJsonValue(false));
}

void TestPreview::noSuperuser()
{
    // A sandbox whose role may make databases and no more: what it can't see it says.
    QVERIFY(m_server->sql({"create role maker login createdb password 'maker'"}));
    pg::ConnectionSpec spec = m_server->spec();
    spec.role = u"maker"_s;
    const auto where = Scratch::make(spec, Secret("maker"), false);
    QVERIFY2(where, where ? "" : qPrintable(where.error().text()));
    QVERIFY((*where)->enter(u"public"_s) && (*where)->connection().run({"create schema mine", {}}) && (*where)->connection().run({"create table mine.t (id int primary key, v int)", {}}));
    const auto seen = preview(**where, {pending("1_a.sql", "alter table mine.t add column u uuid default gen_random_uuid()"), pending("2_b.sql", "create index concurrently t_v on mine.t (v)", false)}, {});
    QVERIFY2(seen && seen->stopped.isEmpty(), seen ? qPrintable(seen->text()) : qPrintable(seen.error().text()));
    QVERIFY2(seen->basis.contains("no superuser"_L1), qPrintable(seen->basis));
    const PreviewScan *scan = scanOf(seen->statements.at(0), u"mine.t"_s);
    QVERIFY(scan && scan->rewritten && scan->rewriteReason.isEmpty());
    QCOMPARE(seen->statements.at(1).strongest()->mode, u"SHARE UPDATE EXCLUSIVE"_s);
}

void TestPreview::cancelled()
{
    const auto where = scratch({"create table t (id int)"});
    const CancelToken token;
    std::thread ends([&] {
        const auto watcher = m_server->admin();
        for (int i = 0; watcher && i < 20'000; ++i) {
            const auto sleeps = (*watcher)->run({"select 1 from pg_stat_activity where query like 'select pg_sleep(600)%' and state = 'active'", {}});
            if (!sleeps || !sleeps->isEmpty())
                break;
            std::this_thread::yield();
        }
        if (!watcher)
            qWarning("%s", qPrintable(watcher.error().text()));
        token.cancel();
    });
    const auto seen = preview(*where, {pending("1_a.sql", "select pg_sleep(600)")}, {}, {}, {}, token);
    ends.join();
    QVERIFY(!seen);
    QCOMPARE(seen.error().kind, ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(TestPreview)
#include "tst_preview.moc"
