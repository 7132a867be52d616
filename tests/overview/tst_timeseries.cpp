// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/quantity.h"
#include "ui/metrics/timeseries.h"

#include <QtTest>

#include <cmath>

using namespace howdah::ui;

class TimeSeriesTest : public QObject
{
    Q_OBJECT

private slots:
    void undefinedIsAGap();
    void missingSamplesAreAGap();
    void coarseHistoryIsNoGap();
    void clockSetBack();
    void decimationIsBoundedAndKeepsExtremes();
    void decimationStandsStill();
    void aLonePointIsSeen();
    void isBounded();
    void valueAt();
    void ticks();
};

static constexpr qint64 start = 1'764'000'000'000;

void TimeSeriesTest::undefinedIsAGap()
{
    TimeSeries series;
    for (int i = 0; i < 30; ++i)
        series.append(start + i * 1000, i >= 10 && i < 20 ? std::nullopt : std::optional<double>(0.99));
    QCOMPARE(segmentCount(series.decimated(start, start + 30'000, 300)), 2);
    QVERIFY(!series.valueAt(start + 15'000));
    QVERIFY(series.last());
    series.append(start + 30'000, std::nullopt);
    QVERIFY(!series.last());
    series.append(start + 31'000, std::nan(""));
    QVERIFY(!series.last());
}

void TimeSeriesTest::missingSamplesAreAGap()
{
    TimeSeries series;
    for (int i = 0; i < 30; ++i) {
        if (i < 10 || i >= 16)
            series.append(start + i * 1000, 1.0);
    }
    QCOMPARE(segmentCount(series.points()), 2);
    QVERIFY(!series.valueAt(start + 12'500));
    TimeSeries first;
    for (const int second : {0, 60, 61, 62})
        first.append(start + second * 1000, 1.0);
    QCOMPARE(segmentCount(first.points()), 2);
    TimeSeries late; // one tick skipped is none
    for (const int second : {0, 1, 2, 4, 5, 6})
        late.append(start + second * 1000, 1.0);
    QCOMPARE(segmentCount(late.points()), 1);
}

void TimeSeriesTest::coarseHistoryIsNoGap()
{
    TimeSeries series;
    qint64 at = start;
    for (const int step : {60'000, 10'000, 1000}) {
        for (int i = 0; i < 50; ++i, at += step)
            series.append(at, 5.0);
    }
    QCOMPARE(segmentCount(series.points()), 1);
}

void TimeSeriesTest::clockSetBack()
{
    TimeSeries series;
    for (int i = 0; i < 20; ++i)
        series.append(start + i * 1000, 1.0);
    series.append(start + 10'500, 2.0);
    const QList<QPointF> points = series.points();
    for (qsizetype i = 1; i < points.size(); ++i)
        QVERIFY(points.at(i).x() > points.at(i - 1).x());
    QCOMPARE(series.last(), std::optional<double>(2.0));
    QCOMPARE(segmentCount(points), 2);
}

void TimeSeriesTest::decimationIsBoundedAndKeepsExtremes()
{
    TimeSeries series;
    constexpr int pixels = 400;
    // 10,000 at once is what a series may hold; 100,000 passed through it.
    double least = 1e9;
    double most = -1e9;
    for (int i = 0; i < 100'000; ++i) {
        const double value = i == 43'210 ? 9000 : i == 77'777 ? -9000 : std::sin(i * 0.37) * 100;
        least = std::min(least, value);
        most = std::max(most, value);
        series.append(start + i * 1000LL, value);
    }
    const QList<QPointF> points = series.decimated(start, start + 100'000'000LL, pixels);
    QVERIFY2(points.size() <= 2 * pixels + 4, qPrintable(QString::number(points.size())));
    QVERIFY(points.size() > pixels);
    const auto [low, high] = std::minmax_element(points.cbegin(), points.cend(), [](const QPointF &a, const QPointF &b) { return a.y() < b.y(); });
    QCOMPARE(low->y(), least);
    QCOMPARE(high->y(), most);
    QCOMPARE(segmentCount(points), 1);
}

void TimeSeriesTest::decimationStandsStill()
{
    TimeSeries series;
    for (int i = 0; i < 3600; ++i)
        series.append(start + i * 1000LL, std::sin(i * 1.7));
    const QList<QPointF> before = series.decimated(start + 600'000, start + 3'000'000, 300);
    const QList<QPointF> after = series.decimated(start + 601'000, start + 3'001'000, 300);
    int same = 0;
    for (const QPointF &point : before)
        same += after.contains(point);
    QVERIFY2(same > before.size() * 95 / 100, "the drawn points change with each second");
}

void TimeSeriesTest::aLonePointIsSeen()
{
    TimeSeries series;
    for (int i = 0; i < 20; ++i)
        series.append(start + i * 1000, i % 2 == 0 ? std::optional<double>(7.0) : std::nullopt);
    const QList<QPointF> points = series.decimated(start, start + 20'000, 200);
    QCOMPARE(segmentCount(points), 10);
    QCOMPARE(std::count_if(points.cbegin(), points.cend(), [](const QPointF &p) { return !std::isnan(p.y()); }), 20);
}

void TimeSeriesTest::isBounded()
{
    TimeSeries series;
    for (int i = 0; i < 200'000; ++i) {
        series.append(start + i * 1000LL, i % 7 == 0 ? std::nullopt : std::optional<double>(i));
        QVERIFY(series.points().size() <= TimeSeries::maxPoints + 2);
    }
    TimeSeries live;
    for (int i = 0; i < 10'000; ++i) {
        live.append(start + i * 1000LL, 1.0);
        live.dropBefore(start + (i - 300) * 1000LL);
    }
    QVERIFY2(live.points().size() < 700, qPrintable(QString::number(live.points().size())));
}

void TimeSeriesTest::valueAt()
{
    TimeSeries series;
    QVERIFY(!series.valueAt(start));
    series.append(start, 1.0);
    series.append(start + 1000, 3.0);
    QCOMPARE(series.valueAt(start + 400), std::optional<double>(1.0));
    QCOMPARE(series.valueAt(start + 600), std::optional<double>(3.0));
    QVERIFY(!series.valueAt(start + 5000));
    QVERIFY(!series.valueAt(start - 5000));
}

void TimeSeriesTest::ticks()
{
    QCOMPARE(axisTicks(Quantity::Share, 0, 1, 4), (QVector<double>{0, 0.5, 1.0}));
    const QVector<double> bytes = axisTicks(Quantity::BytesPerSecond, 0, 3.3 * 1024 * 1024, 4);
    QCOMPARE(axisText(Quantity::BytesPerSecond, bytes.at(1)), QStringLiteral("1 MB"));
    const QVector<double> counts = axisTicks(Quantity::Count, 0, 2, 4);
    QCOMPARE(counts, (QVector<double>{0, 1, 2})); // half a connection there is not
    QVERIFY(axisTicks(Quantity::Count, 1, 1, 4).isEmpty());
    for (const qint64 span : {10'000LL, 300'000LL, 3'600'000LL, 86'400'000LL, 7 * 86'400'000LL}) {
        const QVector<TimeTick> times = timeTicks(start, start + span, 5);
        QVERIFY2(times.size() >= 2 && times.size() <= 7, qPrintable(QString::number(times.size())));
    }
    QCOMPARE(figure(Quantity::PerSecond, std::optional<double>()).text(), QStringLiteral("–"));
    QCOMPARE(figure(Quantity::Share, 0.9942).text(), QStringLiteral("99.42 %"));
}

QTEST_GUILESS_MAIN(TimeSeriesTest)
#include "tst_timeseries.moc"
