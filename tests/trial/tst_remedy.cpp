// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements are tried as a remedy, what each locks, and what can be taken back.
#include "trial/remedy.h"

#include <QTest>

using namespace howdah;
using namespace howdah::trial;
using namespace Qt::StringLiterals;

class TestRemedy : public QObject
{
    Q_OBJECT
private slots:
    void kinds_data();
    void kinds();
    void refused_data();
    void refused();
    void locks_data();
    void locks();
    void relations_data();
    void relations();
    void names_data();
    void names();
};

void TestRemedy::kinds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("relation");
    QTest::addColumn<bool>("goesBack");
    const auto row = [](const char *text, const char *kind, const char *relation, bool goesBack) {
        QTest::addRow("%s", text) << QString::fromLatin1(text) << QString::fromLatin1(kind) << QString::fromLatin1(relation) << goesBack;
    };
    row("CREATE INDEX ON shop.orders (customer_id);", "index", "shop.orders", true);
    row("create unique index concurrently if not exists i on orders (a, lower(b)) where a > 0", "index", "orders", true);
    row("-- why\nCREATE INDEX ON orders (a)", "index", "orders", true);
    row("CREATE STATISTICS shop.s (dependencies) ON a, b FROM shop.orders", "statistics", "shop.orders", true);
    row("ANALYZE shop.orders", "analyze", "shop.orders", false);
    row("VACUUM (ANALYZE) shop.orders", "vacuum", "shop.orders", false);
    row("REINDEX INDEX CONCURRENTLY shop.i", "reindex", "shop.i", false);
    row("SET work_mem = '64MB'", "setting", "", true);
    row("SET jit TO off", "setting", "", true);
    row("ALTER TABLE shop.orders ALTER COLUMN a SET STATISTICS 1000", "change", "shop.orders", false);
    row("DROP INDEX shop.i", "change", "shop.i", false);
}

void TestRemedy::kinds()
{
    QFETCH(const QString, text);
    const auto remedy = remedyOf(text);
    QVERIFY2(remedy, remedy ? "" : qPrintable(remedy.error().text()));
    QTEST(kindName(remedy->kind), "kind");
    QTEST(remedy->relation, "relation");
    QTEST(remedy->canBePutBack(), "goesBack");
    QVERIFY(!remedy->text.endsWith(u';'));
    QCOMPARE(remedy->locks.isEmpty(), remedy->kind == Remedy::Kind::Setting);
}

void TestRemedy::refused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"",
                             "-- nothing",
                             "CREATE INDEX ON t (a); DROP TABLE t",
                             "CREATE INDEX ON t (a) \\; DROP TABLE t",
                             "DROP TABLE t",
                             "TRUNCATE t",
                             "DELETE FROM t",
                             "DO $$ BEGIN END $$",
                             "CALL p()",
                             "SELECT f()",
                             "BEGIN",
                             "COMMIT",
                             "ALTER SYSTEM SET work_mem = '1GB'",
                             "CREATE ROLE r",
                             "ALTER ROLE r SUPERUSER",
                             "DROP DATABASE d",
                             "SET ROLE r",
                             "SET SESSION AUTHORIZATION r",
                             "SET LOCAL work_mem = '1MB'",
                             "SET search_path = x",
                             "SET \"Search_Path\" = x",
                             "SET \"ROLE\" = x",
                             "SET statement_timeout = 0",
                             "SET TRANSACTION READ WRITE",
                             "COPY t TO PROGRAM 'x'",
                             "\\! rm",
                             "CREATE TABLE t (a int)",
                             "CREATE EXTENSION x",
                             "nonsense"})
        QTest::addRow("%s", text) << QString::fromLatin1(text);
}

void TestRemedy::refused()
{
    QFETCH(const QString, text);
    const auto remedy = remedyOf(text);
    QVERIFY(!remedy);
    QCOMPARE(remedy.error().reason, u"no_remedy"_s);
    QVERIFY(!remediesOf({u"ANALYZE t"_s, text}));
    QVERIFY(!remediesOf({}));
}

void TestRemedy::locks_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("lock");
    QTest::newRow("index") << u"CREATE INDEX ON shop.orders (a)"_s << u"SHARE on shop.orders; what waits for it: writes"_s;
    QTest::newRow("concurrently") << u"CREATE INDEX CONCURRENTLY ON shop.orders (a)"_s
                                  << u"SHARE UPDATE EXCLUSIVE on shop.orders; what waits for it: other DDL and VACUUM"_s;
    QTest::newRow("vacuum full") << u"VACUUM FULL shop.orders"_s
                                 << u"ACCESS EXCLUSIVE on shop.orders; what waits for it: reads and writes; the table is written anew meanwhile"_s;
    QTest::newRow("analyze") << u"ANALYZE shop.orders"_s << u"SHARE UPDATE EXCLUSIVE on shop.orders; what waits for it: other DDL and VACUUM"_s;
}

void TestRemedy::locks()
{
    QFETCH(const QString, text);
    const auto remedy = remedyOf(text);
    QVERIFY(remedy);
    QCOMPARE(remedy->locks.size(), 1);
    QTEST(remedy->locks.first(), "lock");
}

void TestRemedy::relations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("index") << u"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"on\" ON orders (\"on\")"_s
                           << u"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"on\" ON shop.x (\"on\")"_s;
    QTest::newRow("only") << u"CREATE INDEX ON ONLY \"Or.ders\" (a)"_s << u"CREATE INDEX ON ONLY shop.x (a)"_s;
    QTest::newRow("with its schema") << u"CREATE INDEX ON shop.orders (a)"_s << u"CREATE INDEX ON shop.orders (a)"_s;
    QTest::newRow("statistics") << u"CREATE STATISTICS ON (extract(day FROM at)), b FROM orders"_s << u"CREATE STATISTICS ON (extract(day FROM at)), b FROM shop.x"_s;
    QTest::newRow("analyze") << u"ANALYZE orders (a)"_s << u"ANALYZE shop.x (a)"_s;
    QTest::newRow("analyze verbose") << u"ANALYZE VERBOSE orders"_s << u"ANALYZE VERBOSE shop.x"_s;
    QTest::newRow("analyze options") << u"ANALYZE (SKIP_LOCKED) orders"_s << u"ANALYZE (SKIP_LOCKED) shop.x"_s;
    QTest::newRow("analyze all") << u"ANALYZE"_s << u"ANALYZE"_s;
    QTest::newRow("another") << u"VACUUM orders"_s << u"VACUUM orders"_s;
}

void TestRemedy::relations()
{
    QFETCH(const QString, text);
    const auto remedy = remedyOf(text);
    QVERIFY2(remedy, remedy ? "" : qPrintable(remedy.error().text()));
    QTEST(withRelation(*remedy, u"shop.x"_s), "said");
}

void TestRemedy::names_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("usual");
    QTest::addColumn<QString>("named");
    QTest::newRow("index") << u"CREATE INDEX ON shop.orders (customer_id, at)"_s << u"orders_customer_id_at_idx"_s
                           << u"CREATE INDEX x ON shop.orders (customer_id, at)"_s;
    QTest::newRow("concurrently") << u"create unique index concurrently on orders (a)"_s << u"orders_a_idx"_s
                                  << u"create unique index concurrently x on orders (a)"_s;
    QTest::newRow("expression") << u"CREATE INDEX ON orders ((a + 1))"_s << u"orders_expr_idx"_s << u"CREATE INDEX x ON orders ((a + 1))"_s;
    QTest::newRow("named") << u"CREATE INDEX mine ON orders (a)"_s << u"orders_a_idx"_s << u"CREATE INDEX mine ON orders (a)"_s;
    QTest::newRow("quoted") << u"CREATE INDEX ON \"Shop\".\"Or ders\" (a)"_s << u"\"Or ders_a_idx\""_s << u"CREATE INDEX x ON \"Shop\".\"Or ders\" (a)"_s;
    QTest::newRow("statistics") << u"CREATE STATISTICS ON a, b FROM shop.orders"_s << u"orders_stat"_s << u"CREATE STATISTICS x ON a, b FROM shop.orders"_s;
    QTest::newRow("statistics' kinds") << u"CREATE STATISTICS (mcv) ON a, b FROM shop.orders"_s << u"orders_stat"_s
                                       << u"CREATE STATISTICS x (mcv) ON a, b FROM shop.orders"_s;
    QTest::newRow("long") << u"CREATE INDEX ON %1 (b)"_s.arg(QString(60, u'a')) << QString(QString(59, u'a') + u"_idx"_s)
                          << u"CREATE INDEX x ON %1 (b)"_s.arg(QString(60, u'a'));
}

void TestRemedy::names()
{
    QFETCH(const QString, text);
    const auto remedy = remedyOf(text);
    QVERIFY2(remedy, remedy ? "" : qPrintable(remedy.error().text()));
    QTEST(usualName(*remedy), "usual");
    const auto named = withName(*remedy, u"x"_s);
    QVERIFY2(named, named ? "" : qPrintable(named.error().text()));
    QTEST(*named, "named");
}

QTEST_GUILESS_MAIN(TestRemedy)
#include "tst_remedy.moc"
