// SPDX-License-Identifier: GPL-3.0-or-later
// What the slow-query pane makes of a list: shares, what is not known, what is not told apart, what passes a filter, earlier times; and thousands of
// statements in bounded time.
#include "ui/statements/regressionrows.h"
#include "ui/statements/statementrows.h"
#include "ui/statements/statementsource.h"
#include "ui/widgets/keyedmodel.h"

#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using namespace howdah::statements;
using namespace Qt::StringLiterals;

class TestRows : public QObject
{
    Q_OBJECT
private slots:
    void sharesAreOfTheWhole();
    void whatIsNotCountedIsNotNothing();
    void theRestStandsLast();
    void aFilterPicks_data();
    void aFilterPicks();
    void earlierTimes();
    void slowerAndNew();
    void serverTextIsHarmless();
    void thousandsAreBounded();

private:
    static Total total(qint64 id, qint64 ns, const QString &text, bool toplevel = true)
    {
        Total one;
        one.key = {10, 5, id, toplevel, 0};
        one.counters[Measure::Calls] = 10;
        one.counters[Measure::ExecTime] = ns;
        one.text = Text{text, text.size()};
        return one;
    }
    static TopList list(const QVector<Total> &totals)
    {
        TopList made;
        made.fromMs = 1'000'000;
        made.toMs = 2'000'000;
        made.totals = totals;
        made.names.roles = {{10, u"app"_s}};
        made.names.databases = {{5, u"shop"_s}};
        return made;
    }
    static int column(const QString &id)
    {
        const auto columns = statementColumns();
        return int(std::find_if(columns.cbegin(), columns.cend(), [&id](const KeyedColumn &one) { return one.id == id; }) - columns.cbegin());
    }
    static KeyedCell cell(const StatementTable &table, const QString &key, const QString &id)
    {
        for (const KeyedRow &row : table.rows + table.rest) {
            if (row.key == key)
                return row.cells.value(column(id));
        }
        return {};
    }
};

void TestRows::sharesAreOfTheWhole()
{
    TopList some = list({total(2, 30, u"b"_s), total(1, 50, u"a"_s), total(3, 40, u"called"_s, false)});
    some.others.statements = 7;
    some.others.counters[Measure::ExecTime] = 20;
    some.others.counters[Measure::Calls] = 70;
    const StatementTable table = statementTable(some);
    QCOMPARE(cell(table, u"10/5/1"_s, u"total"_s).share, std::optional(0.5)); // of 100: what a function called is part of its caller's
    QCOMPARE(cell(table, u"10/5/2"_s, u"total"_s).share, std::optional(0.3));
    QCOMPARE(cell(table, u"10/5/3/nested"_s, u"total"_s).share, std::nullopt);
    QCOMPARE(cell(table, u"10/5/3/nested"_s, u"calls"_s).share, std::optional(0.1)); // calls are not: of 100 too
    QCOMPARE(cell(table, u"others"_s, u"total"_s).share, std::optional(0.2));
    QCOMPARE(table.rows.at(0).key, u"10/5/1"_s); // by their keys
    QCOMPARE(table.rows.at(1).key, u"10/5/2"_s);
}

void TestRows::whatIsNotCountedIsNotNothing()
{
    TopList some = list({total(1, 50, u"a"_s)});
    QCOMPARE(cell(statementTable(some), u"10/5/1"_s, u"jit"_s).text, QString()); // none
    some.gaps.known &= ~bitOf(Measure::JitTime);
    QCOMPARE(cell(statementTable(some), u"10/5/1"_s, u"jit"_s).text, u"–"_s);
    some.totals[0].counters[Measure::Calls] = 0;
    QCOMPARE(cell(statementTable(some), u"10/5/1"_s, u"mean"_s).text, u"–"_s);
    some.totals[0].text.reset();
    QVERIFY(cell(statementTable(some), u"10/5/1"_s, u"statement"_s).text.startsWith(u"text not known"_s));
    for (const QString &name : orderNames()) // each order has its column
        QVERIFY2(column(columnOf(*orderFromName(name))) < statementColumns().size(), qPrintable(name));
}

void TestRows::theRestStandsLast()
{
    TopList some = list({total(1, 50, u"a"_s)});
    QVERIFY(statementTable(some).rest.isEmpty()); // nothing is missing
    some.gaps.evictions = 2;
    some.nestedOthers.statements = 1;
    const StatementTable table = statementTable(some);
    QCOMPARE(table.rest.size(), 2);
    QCOMPARE(cell(table, u"lost"_s, u"total"_s).text, u"–"_s);
    QVERIFY(cell(table, u"lost"_s, u"statement"_s).text.contains(u"Evicted"_s));
    for (const KeyedRow &row : table.rest) {
        for (const KeyedCell &one : row.cells)
            QCOMPARE(one.sort, QVariant(QString())); // KeyedView puts it last in either order
    }
    Filter nobody;
    nobody.role = u"nobody"_s;
    QCOMPARE(shownRows(table, nobody).size(), 2); // nobody knows whose it is
}

void TestRows::aFilterPicks_data()
{
    QTest::addColumn<Filter>("filter");
    QTest::addColumn<int>("rows");
    QTest::newRow("none") << Filter{} << 2;
    QTest::newRow("own") << Filter{{}, {}, {}, true} << 3;
    QTest::newRow("text") << Filter{{}, {}, u"ORDERS"_s, false} << 1;
    QTest::newRow("deep in the text") << Filter{{}, {}, u"the end"_s, false} << 1;
    QTest::newRow("query id") << Filter{{}, {}, u"2"_s, false} << 1;
    QTest::newRow("part of a query id") << Filter{{}, {}, u"99"_s, true} << 0;
    QTest::newRow("database") << Filter{u"shop"_s, {}, {}, false} << 2;
    QTest::newRow("another database") << Filter{u"other"_s, {}, {}, false} << 0;
    QTest::newRow("role") << Filter{{}, u"app"_s, {}, false} << 2;
}

void TestRows::aFilterPicks()
{
    QFETCH(Filter, filter);
    QFETCH(int, rows);
    Total own = total(999, 1, u"howdah's"_s);
    own.own = true;
    const StatementTable table = statementTable(list({total(1, 50, u"SELECT * FROM orders "_s + QString(5000, u'x') + u" the end"_s), total(2, 30, u"SELECT b"_s), own}));
    QCOMPARE(shownRows(table, filter).size(), rows);
}

void TestRows::earlierTimes()
{
    const TimeRange::Interval now{100'000'000, 103'600'000};
    const auto is = [&](Against against, qint64 fromMs, qint64 toMs) {
        const auto earlier = earlierOf(now, against);
        return earlier.fromMs == fromMs && earlier.toMs == toMs;
    };
    QVERIFY(is(Against::SameBefore, 96'400'000, 100'000'000));
    QVERIFY(is(Against::HourEarlier, 96'400'000, 100'000'000)); // the same: it is an hour long
    QVERIFY(is(Against::DayEarlier, 100'000'000 - 86'400'000, 103'600'000 - 86'400'000));
    QVERIFY(is(Against::WeekEarlier, 100'000'000 - 7LL * 86'400'000, 103'600'000 - 7LL * 86'400'000));
}

void TestRows::slowerAndNew()
{
    TopList before = list({total(1, 10'000'000, u"slower"_s), total(2, 10'000'000, u"faster"_s)});
    TopList after = list({total(1, 40'000'000, u"slower"_s), total(2, 5'000'000, u"faster"_s), total(3, 7, u"new"_s), total(4, 6, u"back"_s)});
    before.fromMs = 0;
    before.toMs = 1'000'000;
    after.totals[2].firstMs = 1'500'000;
    after.totals[3].firstMs = 500'000;
    const Comparison comparison = compare(before, after, 1, {});
    const auto slower = slowerRows(comparison, after);
    QCOMPARE(slower.size(), 2);
    QCOMPARE(slower.at(0).cells.at(1).text, u"+30.0 ms"_s);
    QCOMPARE(slower.at(0).cells.at(2).text, u"× 4.00"_s);
    QCOMPARE(slower.at(1).cells.at(1).text, u"−5.00 ms"_s);
    QVERIFY(slower.at(0).cells.at(1).share && !slower.at(1).cells.at(1).share);
    QCOMPARE(slower.at(0).cells.size(), slowerColumns().size());
    const auto fresh = freshRows(comparison, after);
    QCOMPARE(fresh.size(), 2);
    QVERIFY(!fresh.at(0).cells.at(4).muted);
    QCOMPARE(fresh.at(1).cells.at(4).text, u"ran before, but not then"_s);
    QCOMPARE(fresh.at(0).cells.size(), freshColumns().size());
}

void TestRows::serverTextIsHarmless()
{
    const QString hostile = u"SELECT\t1 \x1b[31m\u202e<b>\r\n\x7f FROM x"_s;
    const QString shown = shownText(hostile);
    QCOMPARE(shown.count(u'\n'), 1);
    for (const QChar bad : {QChar(0x1b), QChar(0x202e), QChar(0x7f), QChar(u'\r'), QChar(u'\t')})
        QVERIFY(!shown.contains(bad));
    QVERIFY(shown.contains(u"<b>"_s)); // as it stands: nothing here reads markup
    TopList some = list({total(1, 50, hostile)});
    some.names.roles[10] = u"a\u202eb"_s;
    QVERIFY(!whoText(some.names, some.totals.constFirst().key).contains(QChar(0x202e)));
}

void TestRows::thousandsAreBounded()
{
    QVector<Total> totals;
    for (int i = 0; i < 5000; ++i)
        totals << total(i * 7919LL % 5000 + 1, i, u"SELECT "_s + QString(1600, u'x') + QString::number(i));
    QElapsedTimer timer;
    timer.start();
    const StatementTable table = statementTable(list(totals));
    const qint64 made = timer.restart();
    Filter filter;
    filter.text = u"x4321"_s;
    QCOMPARE(shownRows(table, filter).size(), 1);
    const qint64 filtered = timer.restart();
    KeyedModel model(statementColumns());
    model.setRows(shownRows(table, {}));
    const qint64 shown = timer.restart();
    std::reverse(totals.begin(), totals.end());
    totals.remove(0, 100);
    model.setRows(statementTable(list(totals)).rows); // the next minute, in whatever order the list came
    const qint64 again = timer.restart();
    qInfo("made %lld ms, filtered %lld ms, shown %lld ms, shown again %lld ms", made, filtered, shown, again);
    QCOMPARE(model.rowCount(), 4900);
    QVERIFY(made < 2000 && filtered < 500 && shown < 1000 && again < 3000); // a machine under load; thousands of moves would take minutes
}

QTEST_MAIN(TestRows)
#include "tst_rows.moc"
