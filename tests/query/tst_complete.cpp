// SPDX-License-Identifier: GPL-3.0-or-later
// What is offered at a cursor ("|" in the text), by the statement around it.
#include "query/complete.h"

#include <QTest>

using namespace howdah;
using namespace howdah::query;
using namespace Qt::StringLiterals;

class TestComplete : public QObject
{
    Q_OBJECT

private:
    static CompletionSources sources()
    {
        auto names = std::make_shared<CatalogNames>();
        names->relations = {{u"public"_s, u"orders"_s, u"table"_s, true}, {u"public"_s, u"items"_s, u"table"_s, true}, {u"public"_s, u"Odd Name"_s, u"view"_s, true},
                            {u"audit"_s, u"log"_s, u"table"_s, false}, {u"pg_catalog"_s, u"pg_class"_s, u"table"_s, true}};
        names->functions = {{u"pg_catalog"_s, u"count"_s, {}, true}, {u"audit"_s, u"note"_s, u"text"_s, false}};
        names->schemas = {u"audit"_s, u"pg_catalog"_s, u"public"_s};
        return {names, {"select", "from", "where", "order", "on", "count_not"}, [](const RelationName &name) -> std::optional<QVector<ColumnName>> {
                    if (name.name == "orders"_L1)
                        return QVector<ColumnName>{{u"id"_s, u"bigint"_s}, {u"owner"_s, u"text"_s}, {u"Total"_s, u"numeric"_s}};
                    if (name.name == "items"_L1)
                        return QVector<ColumnName>{{u"id"_s, u"bigint"_s}, {u"sku"_s, u"text"_s}};
                    if (name == RelationName{u"audit"_s, u"log"_s})
                        return QVector<ColumnName>{{u"what"_s, u"text"_s}};
                    return {};
                }};
    }
    static Completion at(QByteArray text)
    {
        const qsizetype cursor = text.indexOf('|');
        return complete(text.remove(cursor, 1), cursor, sources());
    }
    // Without the keywords.
    static QString offered(const QByteArray &text)
    {
        QStringList words;
        for (const Suggestion &one : at(text).suggestions) {
            if (one.kind != Suggestion::Kind::Keyword)
                words << one.text;
        }
        return words.join(u' ');
    }

private slots:
    void byPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const QString tables = u"orders items \"Odd Name\" audit.log pg_class audit pg_catalog public"_s;
        const QString ofOrders = u"id owner \"Total\""_s;
        const auto row = [](const char *text, const QString &expected) { QTest::newRow(text) << QByteArray(text) << expected; };
        row("SELECT a.| FROM orders a", ofOrders);
        row("SELECT A.ow| FROM Orders AS a", u"owner"_s);
        row("SELECT orders.| FROM orders", ofOrders);
        row("SELECT a.| FROM items a; SELECT b.id FROM orders b", u"id sku"_s);
        row("SELECT ow| FROM orders", u"owner"_s);
        row("SELECT | FROM orders o", ofOrders + u" o audit pg_catalog public"_s);
        row("SELECT i| FROM orders o JOIN items t ON true", u"o.id t.id"_s);
        row("SELECT * FROM orders o JOIN items t ON t.|", u"id sku"_s);
        row("SELECT * FROM orders o WHERE o.t|", u"\"Total\""_s);
        row("SELECT * FROM |", tables);
        row("SELECT * FROM orders, |", tables);
        row("SELECT * FROM o| WHERE true", u"orders \"Odd Name\""_s);
        row("SELECT * FROM orders JOIN it|", u"items"_s);
        row("SELECT * FROM orders o|", QString());
        row("SELECT * FROM audit.|", u"log note"_s);
        row("SELECT audit.log.| FROM audit.log", u"what"_s);
        row("SELECT log.| FROM audit.log", u"what"_s);
        row("SELECT audit.n|", u"note"_s);
        row("INSERT INTO |", tables);
        row("INSERT INTO orders (|", ofOrders);
        row("INSERT INTO orders (id, ow|) VALUES (1)", u"owner"_s);
        row("INSERT INTO public.orders (id) VALUES (1) ON CONFLICT (|", ofOrders);
        row("UPDATE |", tables);
        row("UPDATE orders SET |", ofOrders);
        row("UPDATE orders SET id = 1, o|", u"owner"_s);
        row("UPDATE orders SET id = ow|", u"owner"_s);
        row("UPDATE orders o SET id = 1 WHERE o.|", ofOrders);
        row("DELETE FROM orders WHERE ow|", u"owner"_s);
        row("DELETE FROM orders RETURNING ow|", u"owner"_s);
        row("ALTER TABLE orders DROP COLUMN ow|", u"owner"_s);
        row("CREATE INDEX ON orders (ow|", u"owner"_s);
        row("COPY orders (ow|", u"owner"_s);
        row("WITH recent AS (SELECT id, owner AS who, count(*) FROM orders) SELECT * FROM rec|", u"recent"_s);
        row("WITH recent AS (SELECT id, owner AS who, count(*) FROM orders) SELECT r.| FROM recent r", u"id who count"_s);
        row("WITH recent (a, b) AS (SELECT 1, 2) SELECT recent.| FROM recent", u"a b"_s);
        row("SELECT s.| FROM (SELECT o.id AS number, o.owner FROM orders o) s", u"number owner"_s);
        row("SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.id = o.|)", ofOrders);
        row("SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.|)", u"id sku"_s);
        row("SELECT a.id FROM orders a UNION SELECT b.| FROM items b", u"id sku"_s);
        row("SELECT a.| FROM orders a UNION SELECT a.id FROM items a", ofOrders);
        row("SELECT cou| FROM orders", u"count"_s);
        row("SELECT max(ow|) FROM orders", u"owner"_s);
        row("SELECT \"T| FROM orders", u"\"Total\""_s);
        row("SELECT 'a.| FROM orders a", QString());
        row("SELECT 1 -- a.|\nFROM orders a", QString());
        row("SELECT /* | */ 1 FROM orders", QString());
        row("DO $$ BEGIN PERFORM o.| FROM orders o; END $$", ofOrders);
        row("|", QString());
    }
    void byPlace()
    {
        QFETCH(QByteArray, text);
        QTEST(offered(text), "expected");
    }

    void keywordsAsTheyAreWritten()
    {
        QCOMPARE(at("sel|").suggestions, (QVector<Suggestion>{{Suggestion::Kind::Keyword, u"select"_s, {}}}));
        QCOMPARE(at("SEL|").suggestions, (QVector<Suggestion>{{Suggestion::Kind::Keyword, u"SELECT"_s, {}}}));
        QCOMPARE(at("SELECT * FROM orders wh|").suggestions, (QVector<Suggestion>{{Suggestion::Kind::Keyword, u"where"_s, {}}}));
    }

    void whatIsReplaced()
    {
        QCOMPARE(at("SELECT o.ow| FROM orders o").begin, 9);
        QVERIFY(at("SELECT o.ow| FROM orders o").qualified);
        QCOMPARE(at("SELECT ow| FROM orders o").begin, 7);
        QVERIFY(!at("SELECT ow| FROM orders o").qualified);
    }

    // A megabyte of script around the cursor costs no more than its neighbourhood.
    void bigTexts()
    {
        const QByteArray lines = QByteArray("SELECT 'it''s' FROM items;\n").repeated(40'000);
        QCOMPARE(offered(lines + "SELECT o.| FROM orders o;\n" + lines), u"id owner \"Total\""_s);
    }
};

QTEST_GUILESS_MAIN(TestComplete)
#include "tst_complete.moc"
