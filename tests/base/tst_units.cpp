// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"

#include <QTest>

using namespace howdah;

class TestUnits : public QObject
{
    Q_OBJECT
private slots:
    void bytes_data();
    void bytes();
    void count_data();
    void count();
    void duration_data();
    void duration();
    void others();
    void oneLine();
};

void TestUnits::bytes_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << 0.0 << QStringLiteral("0 B");
    QTest::newRow("512") << 512.0 << QStringLiteral("512 B");
    QTest::newRow("1 kB") << 1024.0 << QStringLiteral("1.00 kB");
    QTest::newRow("just below 1 MB") << 1048575.0 << QStringLiteral("1.00 MB");
    QTest::newRow("3.1 MB") << 3.1 * 1024 * 1024 << QStringLiteral("3.10 MB");
    QTest::newRow("412 GB") << 412.0 * 1024 * 1024 * 1024 << QStringLiteral("412 GB");
    QTest::newRow("negative") << -2048.0 << QStringLiteral("-2.00 kB");
}

void TestUnits::bytes()
{
    QFETCH(double, value);
    QTEST(units::bytes(value), "text");
}

void TestUnits::count_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << 0.0 << QStringLiteral("0");
    QTest::newRow("412") << 412.0 << QStringLiteral("412");
    QTest::newRow("20.1 k") << 20'100.0 << QStringLiteral("20.1 k");
    QTest::newRow("rounds up into M") << 999'999.0 << QStringLiteral("1.00 M");
    QTest::newRow("a share of one") << 0.25 << QStringLiteral("0.25");
    QTest::newRow("beyond the last name") << 5e15 << QStringLiteral("5000 T");
}

void TestUnits::count()
{
    QFETCH(double, value);
    QTEST(units::count(value), "text");
}

void TestUnits::duration_data()
{
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::newRow("ms") << qint64(350) << QStringLiteral("350 ms");
    QTest::newRow("s") << qint64(4200) << QStringLiteral("4.2 s");
    QTest::newRow("min") << qint64(72'000) << QStringLiteral("1 min 12 s");
    QTest::newRow("h") << qint64(2 * 3'600'000 + 5 * 60'000) << QStringLiteral("2 h 05 min");
    QTest::newRow("d") << qint64(3 * 86'400'000 + 4 * 3'600'000) << QStringLiteral("3 d 4 h");
}

void TestUnits::duration()
{
    QFETCH(qint64, ms);
    QTEST(units::duration(ms), "text");
}

void TestUnits::others()
{
    QCOMPARE(units::ratio(0.9942), QStringLiteral("99.42 %"));
    QCOMPARE(units::bytesPerSecond(1536), QStringLiteral("1.50 kB/s"));
    QCOMPARE(units::exact(1234567), QStringLiteral("1,234,567"));
    QCOMPARE(units::exact(0.5), QStringLiteral("0.500"));
}

void TestUnits::oneLine()
{
    const QString hostile = QStringLiteral("a\nb\u001b[2J\u202ec");
    const QString shown = units::oneLine(hostile);
    QCOMPARE(shown, QStringLiteral("a\u240ab\u241b[2J\u27e8U+202E\u27e9c"));
    QCOMPARE(units::oneLine(QStringLiteral("plain äöü 漢字")), QStringLiteral("plain äöü 漢字"));
}

QTEST_GUILESS_MAIN(TestUnits)
#include "tst_units.moc"
