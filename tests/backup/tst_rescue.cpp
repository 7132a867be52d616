// SPDX-License-Identifier: GPL-3.0-or-later
// Rows that were lost in live, brought back from a copy as it was: every one, with the same content, and nothing else touched; or none, with words that say
// why. Live goes on meanwhile: what was written later stays.
#include "backup/rescue.h"
#include "support/client.h"
#include "twodatabases.h"

#include <QJsonDocument>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;
using Rows = RescueTable::Rows;
using Conflict = RescueChoice::Conflict;
using Triggers = RescueChoice::Triggers;

class TestRescue : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void deletedWithoutWhere();
    void onlyWhatDiffersComes();
    void everyProject();
    void planLeavesNothing();
    void changedRows();
    void otherKeys();
    void danglingAndOrder();
    void circle();
    void triggers();
    void triggerThatChangesRows();
    void silencedLooksAtForeignKeys();
    void withoutAKey();
    void hostileNames();
    void definitionsChanged();
    void sequencesForward();
    void partition();
    void changedSinceThePlan();
    void failureRollsBack();
    void refusals();
    void cancelled();
    void commitWithoutAnswer();

private:
    Result<RescuePlan> plan(const RescueChoice &choice)
    {
        auto planned = planRescue(*m_both->live, *m_both->rehearsed, choice);
        if (!planned)
            qWarning("%s", qPrintable(planned.error().text()));
        return planned;
    }
    // The error's reason, or none.
    QString bringBack(const RescueChoice &choice)
    {
        const auto planned = plan(choice);
        if (!planned)
            return planned.error().reason;
        if (!planned->isGood())
            return u"blocked: "_s + planned->blocked.join(u"; "_s);
        const auto done = rescue(*m_both->live, *m_both->rehearsed, *planned);
        if (!done) {
            m_error = done.error();
            return done.error().reason.isEmpty() ? done.error().sqlstate : done.error().reason;
        }
        m_outcome = *done;
        return {};
    }
    static RescueChoice of(const QStringList &tables, Rows rows = Rows::Missing, Conflict conflict = Conflict::Fail)
    {
        RescueChoice choice;
        for (const QString &table : tables)
            choice.tables.append({{u"public"_s, table}, rows, {}});
        choice.conflict = conflict;
        return choice;
    }
    bool inLive(const QList<QByteArray> &statements) { return TwoDatabases::run(*m_both->live, statements); }
    bool inBoth(const QList<QByteArray> &statements) { return inLive(statements) && TwoDatabases::run(*m_both->rehearsed, statements); }
    QString live(const QByteArray &question) { return TwoDatabases::one(*m_both->live, question); }
    QString rehearsed(const QByteArray &question) { return TwoDatabases::one(*m_both->rehearsed, question); }
    // Every row of the copy is in live, as it was.
    bool allThere(const QByteArray &table, const QByteArray &where = "true")
    {
        const QByteArray question = "SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM " + table + " AS t WHERE " + where;
        return live(question) == rehearsed(question) && !rehearsed(question).isEmpty();
    }
    std::unique_ptr<TwoDatabases> m_both;
    RescueOutcome m_outcome;
    Error m_error;
};

static const QList<QByteArray> schema{
    "CREATE TABLE projects (id int PRIMARY KEY, name text)",
    "INSERT INTO projects SELECT n, 'project ' || n FROM generate_series(1, 5) AS n",
    // identity, generated, referring to itself and to another, under row security in five projects
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project int NOT NULL REFERENCES projects, parent bigint REFERENCES orders, payload text NOT NULL, total numeric(10,2), "
    "twice numeric GENERATED ALWAYS AS (total * 2) STORED, data jsonb, tags text[])",
    "INSERT INTO orders (project, payload, total, data, tags) SELECT n % 5 + 1, md5(n::text), CASE WHEN n % 7 <> 0 THEN n / 3.0 END, jsonb_build_object('n', n, 'x', E'tab\\there \\\\ and \\nline'), "
    "CASE WHEN n % 2 = 0 THEN ARRAY['a', NULL, 'c,\"d'] END FROM generate_series(1, 120) AS n",
    "UPDATE orders SET parent = 121 - id WHERE id <= 60", // to rows that come later
    "CREATE TABLE lines (id bigserial PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE, code text UNIQUE)",
    "INSERT INTO lines (order_id, code) SELECT n, 'code ' || n FROM generate_series(1, 120) AS n",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY mine ON orders USING (project = 1)",
    "CREATE TABLE audit (at timestamptz DEFAULT now(), what text, row_id bigint)",
    "CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.audit (what, row_id) VALUES (TG_OP, NEW.id); RETURN NULL; END'",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON orders, lines, projects, audit TO app",
};

void TestRescue::initTestCase()
{
    QString why;
    m_both = TwoDatabases::make({}, &why);
    QVERIFY2(m_both, qPrintable(why));
    QVERIFY2(m_both->server->sql({"CREATE ROLE app LOGIN"}, &why), qPrintable(why));
}

void TestRescue::init()
{
    QString why;
    QVERIFY2(m_both->renew(schema, &why), qPrintable(why));
    m_outcome = {};
    m_error = {};
}

// The story: a DELETE without WHERE takes 120 orders and their lines; the application goes on; then all are back.
void TestRescue::deletedWithoutWhere()
{
    QVERIFY(inLive({"DELETE FROM orders", "INSERT INTO orders (project, payload) VALUES (2, 'later 1'), (3, 'later 2')", "INSERT INTO lines (order_id, code) SELECT id, 'later ' || id FROM orders"}));
    const QString later = live("SELECT string_agg(t::text, ';' ORDER BY id) FROM orders AS t"), laterLines = live("SELECT string_agg(t::text, ';' ORDER BY id) FROM lines AS t");
    const auto planned = plan(of({u"lines"_s, u"orders"_s}));
    VERIFY_OK(planned);
    QVERIFY2(planned->isGood(), qPrintable(planned->text()));
    QCOMPARE(planned->rows(), 240);
    QCOMPARE(planned->tables.at(0).wanted.table.name, u"orders"_s); // what is referred to first
    QVERIFY(!planned->change.steps.isEmpty() && planned->change.rows == 240);
    QVERIFY(session::planAsSql(planned->change).contains(u"OVERRIDING SYSTEM VALUE"_s));
    QVERIFY(session::guardFor(planned->change).demand != session::Demand::Nothing);
    const auto done = rescue(*m_both->live, *m_both->rehearsed, *planned);
    VERIFY_OK(done);
    QCOMPARE(done->tables.at(0).inserted, 120);
    QCOMPARE(done->tables.at(1).inserted, 120);
    QVERIFY(!done->outcomeUnknown);
    QVERIFY(allThere("orders", "id <= 120"));
    QVERIFY(allThere("lines", "id <= 120"));
    QCOMPARE(live("SELECT string_agg(t::text, ';' ORDER BY id) FROM orders AS t WHERE id > 120"), later);
    QCOMPARE(live("SELECT string_agg(t::text, ';' ORDER BY id) FROM lines AS t WHERE id > 120"), laterLines);
    QCOMPARE(live("SELECT count(*) FROM orders"), u"122"_s);
    // As compare sees it: nothing of the copy is missing, nothing is changed, the later ones are only in live.
    const auto compared = compare(*m_both->live, *m_both->rehearsed);
    VERIFY_OK(compared);
    const TableComparison *orders = compared->find({u"public"_s, u"orders"_s});
    QCOMPARE(orders->onlyRehearsed, 0);
    QCOMPARE(orders->changed, 0);
    QCOMPARE(orders->onlyLive, 2);
    QCOMPARE(m_both->live->transactionState(), pg::TransactionState::Idle);
    QCOMPARE(live("INSERT INTO orders (project, payload) VALUES (1, 'next') RETURNING id"), u"123"_s);
    // Once more: nothing is left to do.
    const auto again = plan(of({u"lines"_s, u"orders"_s}));
    VERIFY_OK(again);
    QCOMPARE(again->rows(), 0);
}

// 60,000 rows, of which three are gone.
void TestRescue::onlyWhatDiffersComes()
{
    QVERIFY(inBoth({"CREATE TABLE many (id int PRIMARY KEY, filler text)", "INSERT INTO many SELECT n, repeat('x', 100) FROM generate_series(1, 60000) AS n", "ANALYZE many"}));
    QVERIFY(inLive({"DELETE FROM many WHERE id IN (5, 30000, 59999)"}));
    qint64 most = 0;
    const auto planned = planRescue(*m_both->live, *m_both->rehearsed, of({u"many"_s}), [&](const ProgressStep &step) {
        if (step.unit == u"B"_s)
            most = qMax(most, step.done);
    });
    VERIFY_OK(planned);
    QCOMPARE(planned->rows(), 3);
    QVERIFY2(most > 0 && most < 3 * 1024 * 110, qPrintable(QString::number(most))); // three buckets, of 6,000,000 bytes
    VERIFY_OK(rescue(*m_both->live, *m_both->rehearsed, *planned));
    QVERIFY(allThere("many"));
}

// 1,000 rows in each of five projects, by a role that reads them all; by the application's, nothing at all.
void TestRescue::everyProject()
{
    QVERIFY(inBoth({"INSERT INTO orders (project, payload) SELECT n % 5 + 1, 'many ' || n FROM generate_series(1, 4880) AS n", "INSERT INTO audit (at, what, row_id) SELECT '2026-11-27 10:00+00', 'INSERT', n FROM generate_series(1, 5000) AS n"}));
    QVERIFY(inLive({"TRUNCATE orders, lines, audit RESTART IDENTITY"}));
    QCOMPARE(bringBack(of({u"orders"_s, u"lines"_s, u"audit"_s})), QString());
    for (const QByteArray &table : {QByteArray("orders"), QByteArray("lines"), QByteArray("audit")})
        QVERIFY(allThere(table));
    QCOMPARE(live("SELECT string_agg(n::text, ',') FROM (SELECT count(*) AS n FROM orders GROUP BY project) AS x"), u"1000,1000,1000,1000,1000"_s);
    QVERIFY(inLive({"DELETE FROM orders WHERE project = 4"}));
    m_both->live = m_both->open(u"live"_s, u"app"_s);
    const QString refused = bringBack(of({u"orders"_s}));
    QVERIFY2(refused.startsWith(u"blocked: public.orders: row security would hide rows from app"_s), qPrintable(refused));
}

void TestRescue::planLeavesNothing()
{
    QVERIFY(inLive({"DELETE FROM lines"}));
    const QString before = live("SELECT count(*) || ' ' || (SELECT count(*) FROM pg_class)::text FROM lines");
    VERIFY_OK(plan(of({u"lines"_s})));
    QCOMPARE(live("SELECT count(*) || ' ' || (SELECT count(*) FROM pg_class)::text FROM lines"), before);
    QCOMPARE(live("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND relation = 'lines'::regclass"), u"0"_s);
    QVERIFY(QJsonDocument(plan(of({u"lines"_s}))->toJson()).toJson().contains("\"missing\": 120"));
}

void TestRescue::changedRows()
{
    QVERIFY(inLive({"DELETE FROM lines", "DELETE FROM orders WHERE id <= 20", "UPDATE orders SET payload = 'wrong', total = NULL WHERE id IN (31, 32, 33)"}));
    QCOMPARE(bringBack(of({u"orders"_s})), QString()); // the missing ones
    QCOMPARE(live("SELECT count(*) FROM orders WHERE payload = 'wrong'"), u"3"_s);
    QCOMPARE(m_outcome.tables.at(0).overwritten, 0);
    QVERIFY(bringBack(of({u"orders"_s}, Rows::Changed)).contains(u"overwriting"_s));
    QVERIFY(bringBack(of({u"orders"_s}, Rows::All)).contains(u"3 rows are there with other values"_s));
    QCOMPARE(bringBack(of({u"orders"_s}, Rows::All, Conflict::Skip)), QString());
    QCOMPARE(live("SELECT count(*) FROM orders WHERE payload = 'wrong'"), u"3"_s);
    RescueChoice named = of({u"orders"_s}, Rows::Changed, Conflict::Overwrite);
    named.tables[0].keys = {{u"32"_s}};
    QCOMPARE(bringBack(named), QString());
    QCOMPARE(live("SELECT string_agg(id::text, ',' ORDER BY id) FROM orders WHERE payload = 'wrong'"), u"31,33"_s);
    QVERIFY(inLive({"DELETE FROM orders WHERE id = 40"}));
    QCOMPARE(bringBack(of({u"orders"_s}, Rows::All, Conflict::Overwrite)), QString());
    QCOMPARE(m_outcome.tables.at(0).inserted, 1);
    QCOMPARE(m_outcome.tables.at(0).overwritten, 2);
    QVERIFY(allThere("orders"));
}

// A row that came back by another's code.
void TestRescue::otherKeys()
{
    QVERIFY(inLive({"DELETE FROM lines WHERE id IN (7, 8)", "INSERT INTO lines (order_id, code) VALUES (1, 'code 7')"}));
    QVERIFY(bringBack(of({u"lines"_s})).contains(u"of 1 rows another row of live has the same code"_s));
    QVERIFY(bringBack(of({u"lines"_s}, Rows::Missing, Conflict::Overwrite)).startsWith(u"blocked"_s));
    QCOMPARE(bringBack(of({u"lines"_s}, Rows::Missing, Conflict::Skip)), QString());
    QCOMPARE(m_outcome.tables.at(0).inserted, 1);
    QCOMPARE(m_outcome.tables.at(0).skipped, 1);
    QCOMPARE(live("SELECT string_agg(id::text, ',' ORDER BY id) FROM lines WHERE code IN ('code 7', 'code 8')"), u"8,121"_s);
}

void TestRescue::danglingAndOrder()
{
    QVERIFY(inLive({"UPDATE orders SET parent = NULL", "DELETE FROM orders WHERE id > 60"}));
    const QString refused = bringBack(of({u"lines"_s}));
    QVERIFY2(refused.contains(u"60 rows would refer to rows of public.orders"_s), qPrintable(refused));
    QCOMPARE(bringBack(of({u"lines"_s, u"orders"_s})), QString());
    QVERIFY(allThere("lines"));
    QVERIFY(allThere("orders", "id > 60"));
}

void TestRescue::circle()
{
    QVERIFY(inBoth({"CREATE TABLE a (id int PRIMARY KEY, b int)", "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a DEFERRABLE)", "INSERT INTO a SELECT n, n FROM generate_series(1, 10) AS n",
                    "INSERT INTO b SELECT n, n FROM generate_series(1, 10) AS n", "ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b) REFERENCES b DEFERRABLE"}));
    QVERIFY(inLive({"TRUNCATE a, b"}));
    QCOMPARE(bringBack(of({u"a"_s, u"b"_s})), QString());
    QVERIFY(allThere("a") && allThere("b"));
}

void TestRescue::triggers()
{
    const QByteArray trigger = "CREATE TRIGGER audit_lines AFTER INSERT OR UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION audited()";
    QVERIFY(inBoth({trigger}));
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10"}));
    RescueChoice choice = of({u"lines"_s});
    QVERIFY(plan(choice)->notes.join(u';').contains(u"audit_lines"_s)); // said before
    QCOMPARE(bringBack(choice), QString());
    QCOMPARE(live("SELECT count(*) FROM audit WHERE what = 'INSERT'"), u"10"_s);
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10", "DELETE FROM audit"}));
    choice.triggers = Triggers::Silence;
    const auto planned = plan(choice);
    QVERIFY(planned->notes.join(u';').contains(u"audit"_s) && session::planAsSql(planned->change).contains(u"session_replication_role"_s));
    QCOMPARE(bringBack(choice), QString());
    QCOMPARE(live("SELECT count(*) FROM audit"), u"0"_s);
    QVERIFY(allThere("lines"));
    QCOMPARE(live("SHOW session_replication_role"), u"origin"_s);
    // Whoever may not silence them is told before.
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10"}));
    m_both->live = m_both->open(u"live"_s, u"app"_s);
    QVERIFY(bringBack(choice).contains(u"app may not silence triggers"_s));
}

void TestRescue::triggerThatChangesRows()
{
    QVERIFY(inBoth({"CREATE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.code := NEW.code || ''!''; RETURN NEW; END'", "CREATE TRIGGER stamp BEFORE INSERT ON lines FOR EACH ROW EXECUTE FUNCTION stamped()"}));
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10"}));
    QCOMPARE(bringBack(of({u"lines"_s})), u"not_verified"_s);
    QVERIFY(m_error.hint.contains(u"trigger"_s));
    QCOMPARE(live("SELECT count(*) FROM lines"), u"110"_s);
    QCOMPARE(m_both->live->transactionState(), pg::TransactionState::Idle);
    // One that swallows rows, and one that changes them afterwards.
    QVERIFY(inBoth({"CREATE OR REPLACE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"}));
    QCOMPARE(bringBack(of({u"lines"_s})), u"not_verified"_s);
    QVERIFY(inBoth({"DROP TRIGGER stamp ON lines", "CREATE OR REPLACE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE public.lines SET code = ''late'' || id WHERE id = NEW.id; RETURN NULL; END'",
                    "CREATE CONSTRAINT TRIGGER stamp AFTER INSERT ON lines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stamped()"}));
    QCOMPARE(bringBack(of({u"lines"_s})), u"not_verified"_s);
    QCOMPARE(live("SELECT count(*) FROM lines"), u"110"_s);
    RescueChoice choice = of({u"lines"_s});
    choice.triggers = Triggers::Silence;
    QCOMPARE(bringBack(choice), QString());
    QVERIFY(allThere("lines"));
}

// The server looks at none then; what would dangle is refused all the same, and what is referred to can't go meanwhile.
void TestRescue::silencedLooksAtForeignKeys()
{
    QVERIFY(inLive({"UPDATE orders SET parent = NULL", "DELETE FROM orders WHERE id = 60"}));
    RescueChoice choice = of({u"lines"_s});
    choice.triggers = Triggers::Silence;
    QVERIFY(bringBack(choice).contains(u"1 rows would refer to rows of public.orders"_s));
    choice.tables << RescueTable{{u"public"_s, u"orders"_s}, Rows::Missing, {}};
    QCOMPARE(bringBack(choice), QString());
    QVERIFY(allThere("lines"));
}

void TestRescue::withoutAKey()
{
    QVERIFY(inBoth({"CREATE TABLE log (line text, level int)", "INSERT INTO log SELECT 'line ' || n % 10, NULL FROM generate_series(1, 100) AS n"}));
    QVERIFY(inLive({"DELETE FROM log WHERE ctid IN (SELECT ctid FROM log WHERE line = 'line 3' LIMIT 4)", "DELETE FROM log WHERE line = 'line 7'", "INSERT INTO log VALUES ('later', 1)", "INSERT INTO log VALUES ('line 5', NULL)"}));
    QCOMPARE(plan(of({u"log"_s}))->rows(), 14);
    QVERIFY(bringBack(of({u"log"_s}, Rows::Changed, Conflict::Overwrite)).contains(u"no key"_s));
    QCOMPARE(bringBack(of({u"log"_s}, Rows::All)), QString());
    QCOMPARE(m_outcome.tables.at(0).inserted, 14);
    QCOMPARE(live("SELECT string_agg(line || '=' || n, ',' ORDER BY line) FROM (SELECT line, count(*) AS n FROM log GROUP BY 1) AS x WHERE n <> 10"), u"later=1,line 5=11"_s);
    QCOMPARE(plan(of({u"log"_s}))->rows(), 0);
}

void TestRescue::hostileNames()
{
    const QString name = u"a\"; DROP TABLE orders; --'%I$1\\\n"_s;
    const QByteArray quoted = "\"odd \"\"schema\".\"a\"\"; DROP TABLE orders; --'%I$1\\\n\"";
    QVERIFY(inBoth({"CREATE SCHEMA \"odd \"\"schema\"", "CREATE TABLE " + quoted + " (\"k\"\"'%s\" text COLLATE \"C\", \"k 2\" int, \"t.'); --\" text, \"\\\" text, PRIMARY KEY (\"k 2\", \"k\"\"'%s\"))",
                    "INSERT INTO " + quoted + " VALUES ('1', 1, 'x', 'y'), (E'2,\"\\n\\\\N', 2, E'\\\\.', NULL), ('3', 3, '\\N', '')"}));
    QVERIFY(inLive({"DELETE FROM " + quoted + " WHERE \"k 2\" > 1", "UPDATE " + quoted + " SET \"\\\" = 'other'"}));
    RescueChoice choice;
    choice.tables = {{{u"odd \"schema"_s, name}, Rows::All, {}}};
    choice.conflict = Conflict::Overwrite;
    QCOMPARE(bringBack(choice), QString());
    QVERIFY(allThere(quoted));
    QCOMPARE(m_outcome.tables.at(0).overwritten, 1);
    QVERIFY(inLive({"DELETE FROM " + quoted}));
    choice.tables[0].keys = {{u"2"_s, u"2,\"\n\\N"_s}, {u"9"_s, u"none"_s}};
    QCOMPARE(bringBack(choice), QString());
    QCOMPARE(live("SELECT string_agg(\"k 2\"::text, ',') FROM " + quoted), u"2"_s);
    QCOMPARE(live("SELECT count(*) FROM orders"), u"120"_s);
}

void TestRescue::definitionsChanged()
{
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10", "ALTER TABLE lines ADD COLUMN added text NOT NULL DEFAULT 'x'", "ALTER TABLE lines ALTER COLUMN added DROP DEFAULT"}));
    QVERIFY(bringBack(of({u"lines"_s})).contains(u"its column added is new since, NOT NULL and without a default"_s));
    QVERIFY(inLive({"ALTER TABLE lines ALTER COLUMN added SET DEFAULT 'new'", "ALTER TABLE lines ALTER COLUMN code TYPE varchar(50)"}));
    QVERIFY(TwoDatabases::run(*m_both->rehearsed, {"ALTER TABLE lines ADD COLUMN gone int"}));
    const QString notes = plan(of({u"lines"_s}))->notes.join(u';');
    QVERIFY2(notes.contains(u"new in live, and left to their defaults: added"_s) && notes.contains(u"gone from live, their values are left behind: gone"_s) && notes.contains(u"of another type: code"_s), qPrintable(notes));
    QCOMPARE(bringBack(of({u"lines"_s})), QString());
    QCOMPARE(live("SELECT count(*) FROM lines WHERE id <= 10 AND added = 'new'"), u"10"_s);
    QVERIFY(inLive({"DROP TABLE lines"}));
    QVERIFY(bringBack(of({u"lines"_s})).contains(u"the table is gone from live"_s));
}

void TestRescue::sequencesForward()
{
    QVERIFY(inLive({"TRUNCATE lines RESTART IDENTITY", "INSERT INTO lines (order_id, code) VALUES (1, 'later')", "DELETE FROM lines", "SELECT setval('orders_id_seq', 1000)", "UPDATE orders SET parent = NULL", "DELETE FROM orders WHERE id = 100"}));
    QCOMPARE(bringBack(of({u"lines"_s, u"orders"_s})), QString());
    QCOMPARE(m_outcome.sequences, QStringList{u"public.lines_id_seq to 120"_s});
    QCOMPARE(live("INSERT INTO lines (order_id) VALUES (1) RETURNING id"), u"121"_s);
    QCOMPARE(live("INSERT INTO orders (project, payload) VALUES (1, 'x') RETURNING id"), u"1001"_s); // never back
}

void TestRescue::partition()
{
    QVERIFY(inBoth({"CREATE TABLE parted (id int GENERATED BY DEFAULT AS IDENTITY, y int, PRIMARY KEY (id, y)) PARTITION BY RANGE (y)", "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
                    "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)", "INSERT INTO parted (y) SELECT n % 20 FROM generate_series(1, 100) AS n",
                    "CREATE TABLE refers (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES parted)", "INSERT INTO refers SELECT id, id, y FROM parted"}));
    QVERIFY(inLive({"TRUNCATE parted, refers RESTART IDENTITY"}));
    QVERIFY(bringBack(of({u"parted"_s})).contains(u"partitioned: choose its partitions"_s));
    QVERIFY(bringBack(of({u"refers"_s, u"parted_1"_s})).contains(u"50 rows would refer to rows of public.parted"_s));
    QCOMPARE(bringBack(of({u"refers"_s, u"parted_1"_s, u"parted_2"_s})), QString());
    QVERIFY(allThere("parted") && allThere("refers"));
    QCOMPARE(live("INSERT INTO parted (y) VALUES (1) RETURNING id"), u"101"_s);
}

void TestRescue::changedSinceThePlan()
{
    QVERIFY(inLive({"DELETE FROM lines WHERE id <= 10", "UPDATE lines SET code = 'wrong' WHERE id = 50"}));
    const auto planned = plan(of({u"lines"_s}, Rows::All, Conflict::Overwrite));
    VERIFY_OK(planned);
    QCOMPARE(planned->rows(), 11);
    // As many rows, and yet not what was looked at: somebody else has changed the row that would be overwritten.
    QVERIFY(inLive({"UPDATE lines SET code = 'somebody else''s' WHERE id = 50"}));
    const auto refused = rescue(*m_both->live, *m_both->rehearsed, *planned);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"changed_since"_s);
    QCOMPARE(live("SELECT code FROM lines WHERE id = 50"), u"somebody else's"_s);
    QCOMPARE(live("SELECT count(*) FROM lines"), u"110"_s);
    // And in between, after it was measured again: the row is locked by another who then changes it.
    const auto second = plan(of({u"lines"_s}, Rows::All, Conflict::Overwrite));
    VERIFY_OK(second);
    Client other(m_both->open(u"live"_s));
    bool once = false;
    const auto late = rescue(*m_both->live, *m_both->rehearsed, *second, [&](const ProgressStep &step) {
        if (step.step == u"Write"_s && !std::exchange(once, true))
            QVERIFY(other.run("UPDATE lines SET code = 'in between' WHERE id = 50"));
    });
    QVERIFY(once && !late);
    QCOMPARE(late.error().sqlstate, u"40001"_s);
    QCOMPARE(live("SELECT code FROM lines WHERE id = 50"), u"in between"_s);
    QCOMPARE(live("SELECT count(*) FROM lines"), u"110"_s);
}

void TestRescue::failureRollsBack()
{
    QVERIFY(inBoth({"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id = 115 THEN RAISE ''not this one''; END IF; RETURN NEW; END'", "CREATE TRIGGER refuse BEFORE INSERT ON lines FOR EACH ROW EXECUTE FUNCTION refuse()"}));
    QVERIFY(inLive({"DELETE FROM orders", "ALTER SEQUENCE orders_id_seq RESTART"}));
    QVERIFY(!bringBack(of({u"orders"_s, u"lines"_s})).isEmpty());
    QCOMPARE(m_error.sqlstate, u"P0001"_s); // the orders were in by then
    QVERIFY(m_error.text().contains(u"rolled back"_s));
    QCOMPARE(live("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM lines)"), u"0"_s);
    // A backend that is ended in the middle of it.
    QVERIFY(inLive({"DROP TRIGGER refuse ON lines"}));
    const auto planned = plan(of({u"orders"_s, u"lines"_s}));
    VERIFY_OK(planned);
    Client other(m_both->open(u"live"_s));
    const int pid = m_both->live->facts().backendPid;
    const auto lost = rescue(*m_both->live, *m_both->rehearsed, *planned, [&](const ProgressStep &step) {
        if (step.step == u"Verify"_s)
            other.run("SELECT pg_terminate_backend(" + QByteArray::number(pid) + ")");
    });
    QVERIFY(!lost);
    QVERIFY(!m_both->live->isAlive());
    QCOMPARE(TwoDatabases::one(other.link(), "SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM lines)"), u"0"_s);
    QCOMPARE(m_both->rehearsed->transactionState(), pg::TransactionState::Idle);
}

void TestRescue::refusals()
{
    QCOMPARE(plan(RescueChoice()).error().reason, u"usage"_s);
    QVERIFY(bringBack(of({u"lines"_s, u"lines"_s})).contains(u"named twice"_s));
    QVERIFY(bringBack(of({u"nothing"_s})).contains(u"no such table"_s));
    QVERIFY(inLive({"SET default_transaction_read_only = on"}));
    QVERIFY(bringBack(of({u"lines"_s})).contains(u"this session is read-only"_s));
    QVERIFY(inLive({"SET default_transaction_read_only = off"}));
    QVERIFY(inLive({"CREATE RULE r AS ON INSERT TO projects DO INSTEAD NOTHING", "DELETE FROM lines WHERE id = 1", "REVOKE INSERT ON lines FROM app"}));
    QVERIFY(bringBack(of({u"projects"_s})).contains(u"a rule would rewrite"_s));
    m_both->live = m_both->open(u"live"_s, u"app"_s);
    QVERIFY(bringBack(of({u"lines"_s})).contains(u"app may not insert into it"_s));
    auto blocked = plan(of({u"lines"_s}));
    const auto refused = rescue(*m_both->live, *m_both->rehearsed, *blocked);
    QCOMPARE(refused.error().reason, u"blocked"_s);
}

void TestRescue::cancelled()
{
    QVERIFY(inLive({"DELETE FROM lines"}));
    const auto planned = plan(of({u"lines"_s}));
    VERIFY_OK(planned);
    for (const QString &at : {u"Fetch rows"_s, u"Write"_s, u"Verify"_s}) {
        CancelToken cancel;
        const auto done = rescue(
            *m_both->live, *m_both->rehearsed, *planned,
            [&](const ProgressStep &step) {
                if (step.step == at)
                    cancel.cancel();
            },
            cancel);
        QVERIFY2(!done && done.error().kind == ErrorKind::Cancelled, qPrintable(at));
        QCOMPARE(live("SELECT count(*) FROM lines"), u"0"_s);
        QCOMPARE(m_both->live->transactionState(), pg::TransactionState::Idle);
        QCOMPARE(m_both->rehearsed->transactionState(), pg::TransactionState::Idle);
    }
    QCOMPARE(bringBack(of({u"lines"_s})), QString());
}

// Written and flushed, and its answer never came: the server is asked on a new link.
void TestRescue::commitWithoutAnswer()
{
    QString why;
    QVERIFY(m_both->server->sql({"ALTER SYSTEM SET synchronous_commit = 'local'", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"}, &why));
    QVERIFY(inLive({"SET synchronous_commit = local", "DELETE FROM lines"}));
    const auto planned = plan(of({u"lines"_s}));
    VERIFY_OK(planned);
    QVERIFY(inLive({"SET synchronous_commit = on"}));
    Client other(m_both->open(u"live"_s));
    const QByteArray pid = QByteArray::number(m_both->live->facts().backendPid);
    std::thread ending([&] {
        for (int i = 0; i < 3000; ++i) {
            if (TwoDatabases::one(other.link(), "SELECT wait_event FROM pg_stat_activity WHERE pid = " + pid) == u"SyncRep"_s)
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        other.run("SELECT pg_terminate_backend(" + pid + ")");
    });
    const auto done = rescue(*m_both->live, *m_both->rehearsed, *planned);
    ending.join();
    QVERIFY(m_both->server->sql({"ALTER SYSTEM RESET synchronous_commit", "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"}, &why));
    VERIFY_OK(done);
    QVERIFY2(!done->outcomeUnknown && done->message.contains(u"committed"_s), qPrintable(done->message));
    m_both->live = m_both->open(u"live"_s);
    QVERIFY(allThere("lines"));
}

QTEST_GUILESS_MAIN(TestRescue)
#include "tst_rescue.moc"
