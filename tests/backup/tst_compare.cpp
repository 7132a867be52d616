// SPDX-License-Identifier: GPL-3.0-or-later
// Live beside a copy of it as it was: what was deleted, added and changed since is told row by row, order and columns' order do not matter, a row twice is
// two rows, and what could not be read is never equal.
#include "backup/compare.h"
#include "support/client.h"
#include "twodatabases.h"

#include <QJsonDocument>
#include <QTemporaryDir>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;
using State = TableComparison::State;

class TestCompare : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void equal();
    void rowByRow();
    void manyRowsFewDiffer();
    void equalKeysOfOtherTexts();
    void withoutAKey();
    void orderAndColumns();
    void definitions();
    void sameTextOfValues();
    void hostileNames();
    void notPermitted();
    void lockedOrUnlogged();
    void partitions();
    void ofTablesAndSequences();
    void sequencesThatWereRestarted();
    void largeObjects();
    void equalAsFarAsCompared();
    void cancelled();
    void refusals();

private:
    const TableComparison &of(const QString &name, const QString &schema = u"public"_s)
    {
        static const TableComparison none;
        const TableComparison *found = m_comparison.find({schema, name});
        return found ? *found : none;
    }
    bool look(const CompareChoice &choice = {})
    {
        auto compared = compare(*m_both->live, *m_both->rehearsed, choice);
        if (!compared) {
            qWarning("%s", qPrintable(compared.error().text()));
            return false;
        }
        m_comparison = *compared;
        return true;
    }
    bool inLive(const QList<QByteArray> &statements) { return TwoDatabases::run(*m_both->live, statements); }
    std::unique_ptr<TwoDatabases> m_both;
    Comparison m_comparison;
};

static const QList<QByteArray> schema{
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, total numeric(10,2), twice numeric GENERATED ALWAYS AS (total * 2) STORED, at timestamptz DEFAULT '2026-11-27 10:00+00')",
    "INSERT INTO orders (customer, total) SELECT 'customer ' || n, n FROM generate_series(1, 500) AS n",
    "CREATE TABLE log (line text, level int)",
    "INSERT INTO log SELECT 'line ' || n % 50, n % 3 FROM generate_series(1, 300) AS n",
    "CREATE VIEW large AS SELECT * FROM orders WHERE total > 100",
};

void TestCompare::initTestCase()
{
    QString why;
    m_both = TwoDatabases::make({}, &why);
    QVERIFY2(m_both, qPrintable(why));
    QVERIFY2(m_both->server->sql({"CREATE ROLE reader LOGIN", "CREATE ROLE app LOGIN"}, &why), qPrintable(why));
}

void TestCompare::init()
{
    QString why;
    QVERIFY2(m_both->renew(schema, &why), qPrintable(why));
}

void TestCompare::equal()
{
    QVERIFY(look());
    QVERIFY2(m_comparison.isEqual(), qPrintable(m_comparison.text()));
    QCOMPARE(of(u"orders"_s).live->rows, 500);
    QCOMPARE(of(u"orders"_s).live, of(u"orders"_s).rehearsed);
    QVERIFY(m_comparison.withoutRows.join(u';').contains(u"public.large"_s) && m_comparison.notCompared.isEmpty());
    QCOMPARE(m_both->live->transactionState(), pg::TransactionState::Idle);
    QCOMPARE(m_both->rehearsed->transactionState(), pg::TransactionState::Idle);
}

void TestCompare::rowByRow()
{
    QVERIFY(inLive({"DELETE FROM orders WHERE id BETWEEN 101 AND 220", "INSERT INTO orders (customer, total) VALUES ('new', 1), ('new', 2)", "UPDATE orders SET total = NULL WHERE id = 7", "UPDATE orders SET customer = '' WHERE id IN (8, 9)"}));
    QVERIFY(look());
    const TableComparison &orders = of(u"orders"_s);
    QCOMPARE(orders.state, State::Different);
    QCOMPARE(orders.live->rows, 382);
    QCOMPARE(orders.rehearsed->rows, 500);
    QCOMPARE(orders.onlyRehearsed, 120);
    QCOMPARE(orders.onlyLive, 2);
    QCOMPARE(orders.changed, 3);
    QCOMPARE(orders.key, QStringList{u"id"_s});
    int gone = 0, added = 0, changed = 0;
    for (const RowExample &example : orders.examples) {
        const int id = example.key.at(0).toString().toInt();
        switch (example.what) {
        case RowExample::What::OnlyRehearsed:
            ++gone;
            QVERIFY(id >= 101 && id <= 220 && example.live.isEmpty());
            QCOMPARE(example.rehearsed["customer"_L1].toString(), u"customer %1"_s.arg(id));
            break;
        case RowExample::What::OnlyLive:
            ++added;
            QVERIFY(id > 500 && example.rehearsed.isEmpty());
            break;
        case RowExample::What::Changed:
            ++changed;
            QVERIFY(example.live != example.rehearsed);
            if (id == 7)
                QVERIFY(example.live["total"_L1].isNull());
        }
    }
    QCOMPARE(gone, 10);
    QCOMPARE(added, 2);
    QCOMPARE(changed, 3);
    QCOMPARE(of(u"log"_s).state, State::Equal);
    QVERIFY(!m_comparison.isEqual());
    // The same from the other end.
    const auto turned = compare(*m_both->rehearsed, *m_both->live);
    VERIFY_OK(turned);
    QCOMPARE(turned->find({u"public"_s, u"orders"_s})->onlyLive, 120);
    QVERIFY(QJsonDocument(m_comparison.toJson()).toJson().contains("\"only_rehearsed\": 120"));
}

// 40,000 rows, of which four differ: only these buckets' rows come.
void TestCompare::manyRowsFewDiffer()
{
    QVERIFY(TwoDatabases::run(*m_both->rehearsed, {"INSERT INTO orders (customer, total) SELECT 'customer ' || n, n FROM generate_series(501, 40000) AS n"}));
    QVERIFY(inLive({"INSERT INTO orders (customer, total) SELECT 'customer ' || n, n FROM generate_series(501, 40000) AS n", "DELETE FROM orders WHERE id IN (1, 20000, 39999)", "UPDATE orders SET total = 0 WHERE id = 30000"}));
    QVERIFY(look({{{u"public"_s, u"orders"_s}}}));
    QCOMPARE(m_comparison.tables.size(), 1);
    QCOMPARE(of(u"orders"_s).onlyRehearsed, 3);
    QCOMPARE(of(u"orders"_s).onlyLive, 0);
    QCOMPARE(of(u"orders"_s).changed, 1);
}

// 1.0 is the key 1.00, and what apply takes for one row is told as one.
void TestCompare::equalKeysOfOtherTexts()
{
    QString why;
    QVERIFY2(m_both->renew({"CREATE DOMAIN price AS numeric", "CREATE TABLE prices (price price, place float8, words text, PRIMARY KEY (price, place))", "INSERT INTO prices VALUES (1.0, 0, 'one'), (2.0, 1, 'two'), (3.0, 1, 'three')"}, &why), qPrintable(why));
    QVERIFY(inLive({"UPDATE prices SET price = 1.000 WHERE price = 1", "UPDATE prices SET place = -0.0::float8 WHERE price = 1", "UPDATE prices SET price = 4.0 WHERE price = 3"}));
    QVERIFY(look());
    const TableComparison &prices = of(u"prices"_s);
    QCOMPARE(prices.state, State::Different);
    QCOMPARE(prices.changed, 1);
    QCOMPARE(prices.onlyLive, 1);
    QCOMPARE(prices.onlyRehearsed, 1);
}

void TestCompare::withoutAKey()
{
    QVERIFY(inLive({"DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log WHERE line = 'line 3')", "INSERT INTO log SELECT * FROM log WHERE line = 'line 4'", "INSERT INTO log VALUES (NULL, 1)"}));
    const int four = TwoDatabases::one(*m_both->rehearsed, "SELECT count(*) FROM log WHERE line = 'line 4'").toInt();
    QVERIFY(look());
    const TableComparison &log = of(u"log"_s);
    QCOMPARE(log.state, State::Different);
    QVERIFY(log.key.isEmpty() && !log.changed);
    QCOMPARE(log.onlyRehearsed, 1);
    QCOMPARE(log.onlyLive, four + 1);
    QVERIFY(log.notes.join(u';').contains(u"no key"_s));
    // As many rows of the same sum, one of them twice for another: no XOR would see it.
    QVERIFY(inLive({"TRUNCATE log", "INSERT INTO log VALUES ('a', 1), ('a', 1)"}));
    QVERIFY(TwoDatabases::run(*m_both->rehearsed, {"TRUNCATE log", "INSERT INTO log VALUES ('b', 1), ('b', 1)"}));
    QVERIFY(look());
    QCOMPARE(of(u"log"_s).onlyRehearsed, 2);
    QCOMPARE(of(u"log"_s).onlyLive, 2);
}

// The same rows, put in backwards, into a table with its columns the other way round.
void TestCompare::orderAndColumns()
{
    QVERIFY(inLive({"CREATE TABLE turned (level int, line text)", "INSERT INTO turned SELECT level, line FROM log ORDER BY ctid DESC", "DROP TABLE log", "ALTER TABLE turned RENAME TO log"}));
    QVERIFY(look());
    QCOMPARE(of(u"log"_s).state, State::Equal);
    QCOMPARE(of(u"log"_s).live->rows, 300);
}

void TestCompare::definitions()
{
    QVERIFY(inLive({"DROP VIEW large", "ALTER TABLE orders ADD COLUMN note text DEFAULT 'x'", "ALTER TABLE orders DROP COLUMN at",
                    "ALTER TABLE orders ALTER COLUMN customer TYPE varchar(100)", "CREATE TABLE later (id int)"}));
    QVERIFY(look());
    QVERIFY(m_comparison.schemaCompared);
    const QString words = m_comparison.text();
    for (const QString &word : {u"added column public.orders.note"_s, u"removed column public.orders.at"_s, u"only in live: note"_s, u"only in the rehearsed copy: at"_s, u"of another type: customer"_s,
                                u"generated, and not compared: twice"_s, u"removed view public.large"_s})
        QVERIFY2(words.contains(word), qPrintable(word + u" in "_s + words));
    QCOMPARE(of(u"orders"_s).state, State::Different); // equal in what both have, and a column is lost
    QVERIFY2(of(u"orders"_s).text().contains(u"live has lost at"_s), qPrintable(of(u"orders"_s).text()));
    QCOMPARE(of(u"later"_s).state, State::OnlyLive);
}

// Both links are set differently by their roles: the texts that are hashed are the same.
void TestCompare::sameTextOfValues()
{
    QVERIFY(inLive({"CREATE TABLE odd (id int PRIMARY KEY, d date, i interval, f float8, b bytea, m money, j jsonb)", "INSERT INTO odd VALUES (1, '2026-11-05', '1 day 2 hours', 0.1::float8 + 0.2, '\\x00ff', 12.5, '{\"a\": [1, null]}')"}));
    QVERIFY(TwoDatabases::run(*m_both->rehearsed, {"CREATE TABLE odd (id int PRIMARY KEY, d date, i interval, f float8, b bytea, m money, j jsonb)",
                                                   "INSERT INTO odd VALUES (1, '2026-11-05', '1 day 2 hours', 0.1::float8 + 0.2, '\\x00ff', 12.5, '{\"a\": [1, null]}')", "SET TimeZone = 'Asia/Tokyo'", "SET DateStyle = 'SQL, DMY'",
                                                   "SET IntervalStyle = 'iso_8601'", "SET extra_float_digits = -5", "SET bytea_output = 'escape'"}));
    QVERIFY(look());
    QCOMPARE(of(u"odd"_s).state, State::Equal);
    QCOMPARE(of(u"orders"_s).state, State::Equal);
    QCOMPARE(TwoDatabases::one(*m_both->rehearsed, "SHOW TimeZone"), u"Asia/Tokyo"_s); // the link's own settings are as they were
    QVERIFY(inLive({"UPDATE odd SET f = 0.3"}));
    QVERIFY(look());
    QCOMPARE(of(u"odd"_s).changed, 1);
}

void TestCompare::hostileNames()
{
    const QString name = u"a\"; DROP TABLE orders; --'%I$1\n"_s;
    const QByteArray quoted = "\"odd \"\"schema\".\"a\"\"; DROP TABLE orders; --'%I$1\n\"";
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"CREATE SCHEMA \"odd \"\"schema\"", "CREATE TABLE " + quoted + " (\"k\"\"'%s\" text PRIMARY KEY, \"t.'); --\" text, \"\\\" text)",
                                          "INSERT INTO " + quoted + " VALUES ('1', 'x', 'y'), ('2,\"', '\\', NULL)"}));
    QVERIFY(inLive({"DELETE FROM " + quoted + " WHERE \"\\\" IS NULL"}));
    QVERIFY(look());
    const TableComparison &odd = of(name, u"odd \"schema"_s);
    QCOMPARE(odd.state, State::Different);
    QCOMPARE(odd.onlyRehearsed, 1);
    QCOMPARE(odd.examples.size(), 1);
    QCOMPARE(odd.examples.at(0).key.at(0).toString(), u"2,\""_s);
    QCOMPARE(odd.examples.at(0).rehearsed["t.'); --"_L1].toString(), u"\\"_s);
    QVERIFY(!m_comparison.text().contains(name));
}

void TestCompare::notPermitted()
{
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"CREATE TABLE projects (id int PRIMARY KEY, project int)", "INSERT INTO projects SELECT n, n % 5 FROM generate_series(1, 5000) AS n", "ALTER TABLE projects ENABLE ROW LEVEL SECURITY",
                                          "CREATE POLICY mine ON projects USING (project = 1)", "GRANT SELECT ON projects, orders TO app"}));
    QVERIFY(look());
    QCOMPARE(of(u"projects"_s).state, State::Equal); // a superuser reads every row of all five
    QCOMPARE(of(u"projects"_s).live->rows, 5000);
    m_both->live = m_both->open(u"live"_s, u"app"_s);
    QVERIFY(m_both->live && look());
    QCOMPARE(of(u"projects"_s).state, State::NotPermitted);
    QVERIFY2(of(u"projects"_s).why.contains(u"row security"_s), qPrintable(of(u"projects"_s).why));
    QCOMPARE(of(u"log"_s).state, State::NotPermitted);
    QCOMPARE(of(u"orders"_s).state, State::Equal); // one table's refusal is not the next one's
    QVERIFY(!m_comparison.isEqual());
}

void TestCompare::lockedOrUnlogged()
{
    QVERIFY(inLive({"CREATE UNLOGGED TABLE cache (id int)"}));
    QVERIFY(TwoDatabases::run(*m_both->rehearsed, {"CREATE UNLOGGED TABLE cache (id int)"}));
    Client other(m_both->open(u"live"_s));
    QVERIFY(other.run("BEGIN") && other.run("LOCK TABLE log IN ACCESS EXCLUSIVE MODE"));
    CompareChoice choice;
    choice.schema = false; // its definitions would wait for the lock, too
    choice.lockTimeoutMs = 200;
    QVERIFY(look(choice));
    QCOMPARE(of(u"log"_s).state, State::NotCompared);
    QCOMPARE(of(u"log"_s).why, u"locked by another session"_s);
    QCOMPARE(of(u"cache"_s).state, State::NotCompared);
    QVERIFY(of(u"cache"_s).why.contains(u"unlogged"_s));
    QCOMPARE(of(u"orders"_s).state, State::Equal);
    QVERIFY(other.run("ROLLBACK"));
}

void TestCompare::partitions()
{
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"CREATE TABLE parted (id int, y int, PRIMARY KEY (id, y)) PARTITION BY RANGE (y)", "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10)",
                                          "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20)", "INSERT INTO parted SELECT n, n % 20 FROM generate_series(1, 100) AS n",
                                          "CREATE TABLE parent (id int PRIMARY KEY)", "CREATE TABLE child () INHERITS (parent)", "INSERT INTO parent VALUES (1)", "INSERT INTO child VALUES (2)"}));
    QVERIFY(inLive({"DELETE FROM parted WHERE y >= 10", "DELETE FROM child"}));
    QVERIFY(look());
    QCOMPARE(of(u"parted_1"_s).state, State::Equal);
    QCOMPARE(of(u"parted_2"_s).onlyRehearsed, 50);
    QCOMPARE(of(u"parent"_s).state, State::Equal); // of itself, without its children
    QCOMPARE(of(u"child"_s).onlyRehearsed, 1);
}

void TestCompare::ofTablesAndSequences()
{
    QVERIFY(inLive({"SELECT nextval('orders_id_seq')", "DROP TABLE log"}));
    QVERIFY(look());
    QCOMPARE(of(u"log"_s).state, State::OnlyRehearsed);
    QCOMPARE(m_comparison.sequences.size(), 1);
    QCOMPARE(m_comparison.sequences.at(0).live.last, 501);
    QCOMPARE(m_comparison.sequences.at(0).rehearsed.last, 500);
    CompareChoice choice;
    choice.tables = {{u"public"_s, u"nothing"_s}};
    QVERIFY(look(choice));
    QCOMPARE(of(u"nothing"_s).state, State::NotCompared);
}

// The view of the server's sequences has no value for one that was restarted.
void TestCompare::sequencesThatWereRestarted()
{
    QVERIFY(inLive({"ALTER SEQUENCE orders_id_seq RESTART"}));
    QVERIFY(look());
    QCOMPARE(m_comparison.sequences.size(), 1);
    QCOMPARE(m_comparison.sequences.at(0).live.text(), u"before 1"_s);
    QCOMPARE(m_comparison.sequences.at(0).rehearsed.text(), u"at 500"_s);
    QCOMPARE(m_comparison.answer(), Comparison::Answer::Different);
    QVERIFY(inLive({"SELECT setval('orders_id_seq', 500)", "CREATE SEQUENCE later"}));
    CompareChoice choice;
    choice.schema = false;
    QVERIFY(look(choice));
    QCOMPARE(m_comparison.sequences.size(), 1);
    QCOMPARE(m_comparison.sequences.at(0).rehearsed.text(), u"not there"_s);
    // Who may not look does not know.
    QVERIFY(inLive({"DROP SEQUENCE later", "GRANT SELECT ON orders, log TO app"}));
    m_both->live = m_both->open(u"live"_s, u"app"_s);
    QVERIFY(look(choice));
    QCOMPARE(m_comparison.sequences.size(), 1);
    QCOMPARE(m_comparison.sequences.at(0).live.text(), u"not permitted"_s);
    QVERIFY2(m_comparison.answer() == Comparison::Answer::EqualAsFarAsCompared && !m_comparison.isSeen(), qPrintable(m_comparison.text()));
}

void TestCompare::largeObjects()
{
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"SELECT lo_from_bytea(60001, 'first')", "SELECT lo_from_bytea(60002, 'second')", "SELECT lo_create(60003)"}));
    QVERIFY(look());
    QCOMPARE(m_comparison.largeObjects->live, 3);
    QVERIFY2(m_comparison.isEqual(), qPrintable(m_comparison.text()));
    QVERIFY(inLive({"SELECT lo_put(60002, 0, 'S')"}));
    QVERIFY(look());
    QCOMPARE(m_comparison.largeObjects->state, State::Different);
    QVERIFY(!m_comparison.isEqual());
    QVERIFY(inLive({"SELECT lo_unlink(oid) FROM pg_largeobject_metadata"}));
    QVERIFY(look());
    QVERIFY2(m_comparison.text().contains(u"large objects: 0 in live, 3 in the rehearsed copy; different"_s), qPrintable(m_comparison.text()));
    QVERIFY(!m_comparison.isEqual());
}

// Materialized views hold rows; what was not looked at makes no "equal".
void TestCompare::equalAsFarAsCompared()
{
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM orders"}));
    QVERIFY(look());
    QCOMPARE(of(u"counted"_s).state, State::Equal);
    QVERIFY2(m_comparison.isEqual(), qPrintable(m_comparison.text()));
    for (pg::Connection *link : {m_both->live.get(), m_both->rehearsed.get()})
        QVERIFY(TwoDatabases::run(*link, {"CREATE FOREIGN DATA WRAPPER nowhere", "CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere", "CREATE FOREIGN TABLE far (id int) SERVER elsewhere"}));
    QVERIFY(look());
    QCOMPARE(m_comparison.answer(), Comparison::Answer::EqualAsFarAsCompared);
    QVERIFY(m_comparison.notCompared.join(u';').contains(u"public.far"_s));
    QVERIFY(m_comparison.text().contains(u"equal as far as it was compared"_s) && !m_comparison.toJson()["equal"_L1].toBool());
    QVERIFY(inLive({"DELETE FROM orders WHERE id = 1", "REFRESH MATERIALIZED VIEW counted"}));
    QVERIFY(look());
    QCOMPARE(of(u"counted"_s).state, State::Different);
    QCOMPARE(m_comparison.answer(), Comparison::Answer::Different);
}

void TestCompare::cancelled()
{
    Client other(m_both->open(u"live"_s));
    QVERIFY(other.run("BEGIN") && other.run("LOCK TABLE log IN ACCESS EXCLUSIVE MODE"));
    CancelToken cancel;
    CompareChoice choice;
    choice.schema = false;
    choice.tables = {{u"public"_s, u"log"_s}};
    choice.lockTimeoutMs = 60'000;
    const auto compared = compare(*m_both->live, *m_both->rehearsed, choice, [&](const ProgressStep &) { cancel.cancel(); }, cancel);
    QVERIFY(!compared);
    QCOMPARE(compared.error().kind, ErrorKind::Cancelled);
    QCOMPARE(m_both->live->transactionState(), pg::TransactionState::Idle);
    QVERIFY(other.run("ROLLBACK"));
    QVERIFY(look()); // both links are as good as before
}

void TestCompare::refusals()
{
    auto second = m_both->open(u"live"_s);
    const auto itself = compare(*m_both->live, *second);
    QVERIFY(!itself);
    QCOMPARE(itself.error().reason, u"same_database"_s);
    VERIFY_OK(m_both->live->command("BEGIN"));
    const auto open = compare(*m_both->live, *m_both->rehearsed);
    QVERIFY(!open);
    QCOMPARE(open.error().reason, u"in_transaction"_s);
    VERIFY_OK(m_both->live->command("ROLLBACK"));
}

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
