// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/rowsdata.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah::pg;

class TestRows : public QObject
{
    Q_OBJECT
private slots:
    void nullIsNeverZero()
    {
        const Rows rows = twoRows();
        QVERIFY(rows.isNull(0, 1));
        QVERIFY(!rows.integer(0, 1) && !rows.real(0, 1) && !rows.boolean(0, 1));
        QVERIFY(rows.json(0, 1).isNull());
        QCOMPARE(rows.text(0, 1), QString());
        QVERIFY(!rows.isNull(0, 2)); // '' is not NULL
        QVERIFY(!rows.integer(0, 2) && !rows.real(0, 2));
    }
    void neighboursDoNotMix()
    {
        const Rows rows = twoRows();
        QCOMPARE(rows.integer(0, 0), std::optional<qint64>(-42));
        QCOMPARE(rows.text(1, 0), QStringLiteral("x"));
        QCOMPARE(rows.text(1, 1), QStringLiteral("yz"));
        QVERIFY(rows.isNull(1, 2));
        QCOMPARE(rows.size(), 2);
    }
    void outside()
    {
        const Rows rows = twoRows();
        QVERIFY(rows.isNull(2, 0) && rows.isNull(0, 3) && rows.isNull(-1, 0) && rows.isNull(0, -1));
        QVERIFY(!rows.integer(0, QLatin1StringView("nowhere")));
        QCOMPARE(rows.columnIndex(QLatin1StringView("c")), 2);
        QCOMPARE(rows.columnIndex(QLatin1StringView("nowhere")), -1);
        QVERIFY(Rows().isEmpty());
        QCOMPARE(Rows().affected(), -1);
    }
    void numbers_data()
    {
        QTest::addColumn<QByteArray>("cell");
        QTest::addColumn<bool>("integer");
        QTest::addColumn<bool>("real");
        QTest::newRow("int") << QByteArray("12") << true << true;
        QTest::newRow("max") << QByteArray("9223372036854775807") << true << true;
        QTest::newRow("over") << QByteArray("9223372036854775808") << false << true;
        QTest::newRow("fraction") << QByteArray("1.5e3") << false << true;
        QTest::newRow("text") << QByteArray("12x") << false << false;
        QTest::newRow("space") << QByteArray(" 1") << false << false;
        QTest::newRow("infinity") << QByteArray("-Infinity") << false << true;
    }
    void numbers()
    {
        QFETCH(QByteArray, cell);
        QFETCH(bool, integer);
        QFETCH(bool, real);
        auto data = std::make_shared<Rows::Data>();
        data->columns = {{QStringLiteral("a"), 0}};
        data->beginRow();
        data->addCell(cell);
        const Rows rows(data);
        QCOMPARE(rows.integer(0, 0).has_value(), integer);
        QCOMPARE(rows.real(0, 0).has_value(), real);
    }
    void tags()
    {
        auto data = std::make_shared<Rows::Data>();
        data->commandTag = "INSERT 0 5";
        QCOMPARE(Rows(data).affected(), 5);
        auto other = std::make_shared<Rows::Data>();
        other->commandTag = "CREATE TABLE";
        QCOMPARE(Rows(other).affected(), -1);
    }
    void json()
    {
        auto data = std::make_shared<Rows::Data>();
        data->columns = {{QStringLiteral("a"), 3802}, {QStringLiteral("b"), 3802}, {QStringLiteral("c"), 3802}};
        data->beginRow();
        data->addCell("{\"k\": [1, 2]}");
        data->addCell("\"text\"");
        data->addCell("null");
        const Rows rows(data);
        QCOMPARE(rows.json(0, 0)[QLatin1StringView("k")].toArray().size(), 2);
        QCOMPARE(rows.json(0, 1).toString(), QStringLiteral("text"));
        QVERIFY(rows.json(0, 2).isNull());
    }

private:
    static Rows twoRows()
    {
        auto data = std::make_shared<Rows::Data>();
        data->columns = {{QStringLiteral("a"), 20}, {QStringLiteral("b"), 20}, {QStringLiteral("c"), 25}};
        data->beginRow();
        data->addCell("-42");
        data->addNull();
        data->addCell("");
        data->beginRow();
        data->addCell("x");
        data->addCell("yz");
        data->addNull();
        return Rows(data);
    }
};

QTEST_GUILESS_MAIN(TestRows)
#include "tst_rows.moc"
