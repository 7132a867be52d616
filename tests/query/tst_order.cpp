// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting and filtering of a stored result: by what a value means, in bounded memory, and ended by a cancel.
#include "query/order.h"
#include "query/rowsof.h"

#include <QtTest>

#include <algorithm>
#include <random>

using namespace howdah;
using namespace howdah::query;

namespace
{

// One column, and the row's number beside it.
std::shared_ptr<ResultStore> storeOf(quint32 typeOid, const std::vector<test::Cell> &cells, qsizetype chunkRows = 7)
{
    const std::vector<pg::Column> columns{{QStringLiteral("v"), typeOid}, {QStringLiteral("n"), 23}};
    auto store = std::make_shared<ResultStore>(columns);
    for (size_t from = 0; from < cells.size(); from += size_t(chunkRows)) {
        std::vector<std::vector<test::Cell>> rows;
        for (size_t i = from; i < std::min(cells.size(), from + size_t(chunkRows)); ++i)
            rows.push_back({cells[i], QByteArray::number(qulonglong(i))});
        store->push(test::rowsOf(columns, rows));
    }
    store->finish();
    return store;
}

QByteArray shown(const ResultStore &store, const RowOrder &order)
{
    QByteArrayList cells;
    for (const quint32 row : order.rows) {
        const int chunk = store.chunkOf(row);
        const auto rows = store.load(chunk);
        const qsizetype at = row - store.firstRow(chunk);
        cells << (rows->isNull(at, 0) ? QByteArray("NULL") : rows->bytes(at, 0).toByteArray());
    }
    return cells.join(' ');
}

std::vector<test::Cell> cellsOf(const QByteArray &text)
{
    std::vector<test::Cell> cells;
    for (const QByteArray &word : text.split(' '))
        cells.push_back(word == "NULL" ? test::Cell() : test::Cell(word));
    return cells;
}

} // namespace

class TestOrder : public QObject
{
    Q_OBJECT

private slots:
    void byType_data()
    {
        QTest::addColumn<quint32>("type");
        QTest::addColumn<QByteArray>("cells");
        QTest::addColumn<QByteArray>("sorted");
        const auto row = [](const char *name, quint32 type, const char *cells, const char *sorted) {
            QTest::newRow(name) << type << QByteArray(cells) << QByteArray(sorted);
        };
        row("int8", 20, "10 9 -9223372036854775808 9223372036854775807 NULL -1 0 100", "-9223372036854775808 -1 0 9 10 100 9223372036854775807 NULL");
        row("float8", 701, "NaN 1e300 -Infinity 0.5 Infinity -1e-300 5e-324 -2", "-Infinity -2 -1e-300 5e-324 0.5 1e300 Infinity NaN");
        row("numeric", 1700, "NaN 123456789012345678901234567890.1 -0.001 Infinity 0.0010 0 -12.5 -Infinity 12.49 0.00999 -12.49",
            "-Infinity -12.5 -12.49 -0.001 0 0.0010 0.00999 12.49 123456789012345678901234567890.1 Infinity NaN");
        row("bool", 16, "t f NULL t f", "f f t t NULL");
        row("date", 1082, "2024-01-10 0044-03-15_BC infinity 10000-01-01 -infinity 0001-01-01 0100-01-01_BC",
            "-infinity 0100-01-01_BC 0044-03-15_BC 0001-01-01 2024-01-10 10000-01-01 infinity");
        row("timestamptz, one zone an offset", 1184, "2024-01-01_12:00:00+02 2024-01-01_11:00:00+00 2024-01-01_09:59:59.5+00",
            "2024-01-01_09:59:59.5+00 2024-01-01_12:00:00+02 2024-01-01_11:00:00+00");
        row("text, by code point", 25, "b a B \xc3\xa4 aa NULL", "B a aa b \xc3\xa4 NULL");
        row("another DateStyle is text", 1082, "31.12.2024 01.01.2025", "01.01.2025 31.12.2024");
    }

    void byType()
    {
        QFETCH(quint32, type);
        QFETCH(QByteArray, cells);
        QFETCH(QByteArray, sorted);
        std::vector<test::Cell> made = cellsOf(cells);
        for (test::Cell &cell : made) {
            if (cell)
                cell->replace('_', ' ');
        }
        const auto store = storeOf(type, made, 3);
        const auto ascending = orderRows(*store, {{0, false, false}}, {});
        QVERIFY(ascending);
        QCOMPARE(shown(*store, **ascending), QByteArray(sorted).replace('_', ' '));
        const auto descending = orderRows(*store, {{0, true, true}}, {});
        QVERIFY(descending);
        std::vector<quint32> back((*descending)->rows.rbegin(), (*descending)->rows.rend());
        QCOMPARE(shown(*store, RowOrder{back, 0}), QByteArray(sorted).replace('_', ' '));
    }

    void equalRowsStayAsTheyCame()
    {
        const auto store = storeOf(1700, cellsOf("1 0 1.0 0.0 1.00"));
        QCOMPARE((*orderRows(*store, {{0, false, false}}, {}))->rows, (std::vector<quint32>{1, 3, 0, 2, 4}));
        QCOMPARE((*orderRows(*store, {{0, true, true}}, {}))->rows, (std::vector<quint32>{0, 2, 4, 1, 3}));
    }

    void severalColumns()
    {
        const auto store = storeOf(25, cellsOf("b a NULL a b ab"));
        QCOMPARE((*orderRows(*store, {{0, false, false}, {1, true, true}}, {}))->rows, (std::vector<quint32>{3, 1, 5, 4, 0, 2}));
    }

    // More keys than fit: parts in a file, merged.
    void sortedInParts()
    {
        std::mt19937 random(7);
        std::vector<test::Cell> cells;
        for (int i = 0; i < 20000; ++i)
            cells.push_back(random() % 50 == 0 ? test::Cell() : test::Cell("the same beginning " + QByteArray::number(random() % 5000)));
        const auto store = storeOf(25, cells, 256);
        const auto inMemory = orderRows(*store, {{0, false, false}}, {});
        const auto inParts = orderRows(*store, {{0, false, false}}, {}, {}, 64 << 10);
        QVERIFY(inMemory && inParts);
        QCOMPARE((*inParts)->rows.size(), cells.size());
        QVERIFY((*inParts)->rows == (*inMemory)->rows);
        QVERIFY(std::is_sorted((*inMemory)->rows.begin(), (*inMemory)->rows.end(), [&](quint32 a, quint32 b) {
            return cells[a] && cells[b] ? *cells[a] < *cells[b] : bool(cells[a]) && !cells[b];
        }));
    }

    void filters_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QByteArray>("left");
        QTest::newRow("contains, any case") << QStringLiteral("AB") << QByteArray("abc xAby");
        QTest::newRow("more than ASCII") << QStringLiteral("\u00c4") << QByteArray("\xc3\xa4rger");
        QTest::newRow("exactly") << QStringLiteral("=abc") << QByteArray("abc");
        QTest::newRow("the empty string") << QStringLiteral("=") << QByteArray("");
        QTest::newRow("null") << QStringLiteral("null") << QByteArray("NULL");
        QTest::newRow("not null") << QStringLiteral("not null") << QByteArray("abc xAby  \xc3\xa4rger");
    }

    void filters()
    {
        QFETCH(QString, typed);
        QFETCH(QByteArray, left);
        const auto store = storeOf(25, {QByteArray("abc"), QByteArray("xAby"), std::nullopt, QByteArray(""), QByteArray("\xc3\xa4rger")});
        const auto filter = filterFromText(0, typed);
        QVERIFY(filter);
        const auto order = orderRows(*store, {}, {*filter});
        QVERIFY(order);
        QCOMPARE(shown(*store, **order), left);
        QVERIFY(!filterFromText(0, QStringLiteral(" ")));
    }

    void cancelled()
    {
        const auto store = storeOf(20, cellsOf("2 1"));
        CancelToken cancel;
        cancel.cancel();
        const auto order = orderRows(*store, {{0, false, false}}, {}, cancel);
        QVERIFY(!order);
        QCOMPARE(order.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestOrder)
#include "tst_order.moc"
