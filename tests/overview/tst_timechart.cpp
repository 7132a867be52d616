// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/redrawqueue.h"
#include "ui/metrics/timechart.h"
#include "ui/widgets/theme.h"

#include <QAbstractScrollArea>
#include <QSignalSpy>
#include <QtTest>

#include <cmath>

using namespace howdah::ui;

static constexpr qint64 start = 1'764'000'000'000;

class TimeChartTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { theme().setChoice(Theme::Choice::Light); }
    void gapsAreNotDrawn();
    void pointsAreBoundedByPixels();
    void oneChartATurn();
    void hiddenChartsAreNotDrawn();
    void pickingAnInterval();
    void keysMoveTheCrosshair();
    void scaleOfAShare();
    void accessible();

private:
    static void fill(TimeChart &chart, int seconds, int gapFrom = -1, int gapTo = -1);
};

void TimeChartTest::fill(TimeChart &chart, int seconds, int gapFrom, int gapTo)
{
    TimeSeries series;
    for (int i = 0; i < seconds; ++i)
        series.append(start + i * 1000LL, i >= gapFrom && i < gapTo ? std::nullopt : std::optional<double>(50.0));
    chart.setSeries(0, series);
    chart.setInterval(start, start + seconds * 1000LL, true);
}

// By what reaches the eye: Qt Charts must break the line at NaN.
void TimeChartTest::gapsAreNotDrawn()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Test"), Quantity::Count, {{QStringLiteral("line"), 0}}, &queue);
    chart.resize(600, 200);
    QSignalSpy redrawn(&chart, &TimeChart::redrawn);
    fill(chart, 100, 40, 60);
    chart.show();
    QTRY_VERIFY(queue.isEmpty() && redrawn.size() > 0);
    QCOMPARE(chart.drawnSegments(0), 2);

    const QImage image = chart.grab().toImage();
    const QColor line = seriesColor(0);
    const auto inked = [&](double share) {
        const QRect plot = chart.plotRect();
        const int x = plot.left() + int(plot.width() * share);
        for (int y = plot.top(); y <= plot.bottom(); ++y) {
            const QColor seen = image.pixelColor(x, y);
            if (std::abs(seen.red() - line.red()) + std::abs(seen.green() - line.green()) + std::abs(seen.blue() - line.blue()) < 90)
                return true;
        }
        return false;
    };
    QVERIFY(inked(0.2));
    QVERIFY(inked(0.8));
    QVERIFY2(!inked(0.5), "the gap is drawn over");
}

void TimeChartTest::pointsAreBoundedByPixels()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Test"), Quantity::PerSecond, {{QStringLiteral("line"), 0}}, &queue);
    chart.resize(500, 160);
    TimeSeries series;
    for (int i = 0; i < 100'000; ++i)
        series.append(start + i * 1000LL, std::sin(i * 0.37) * 40 + 50);
    chart.setSeries(0, series);
    chart.setInterval(start, start + 100'000'000LL, true);
    chart.show();
    QTRY_VERIFY(chart.drawnPoints(0) > 0);
    QVERIFY2(chart.drawnPoints(0) <= 2 * chart.plotRect().width() + 4, qPrintable(QString::number(chart.drawnPoints(0))));
}

void TimeChartTest::oneChartATurn()
{
    RedrawQueue queue;
    QWidget window;
    int drawn = 0;
    int mostInATurn = 0;
    for (int i = 0; i < 5; ++i) {
        auto *chart = new TimeChart(QStringLiteral("Test"), Quantity::Count, {{QStringLiteral("line"), 0}}, &queue, &window);
        chart->setGeometry(0, i * 100, 300, 100);
        fill(*chart, 50);
        connect(chart, &TimeChart::redrawn, this, [&] { ++drawn; });
    }
    window.resize(300, 500);
    window.show();
    QTRY_VERIFY(drawn >= 5 && queue.isEmpty());
    for (TimeChart *chart : window.findChildren<TimeChart *>())
        fill(*chart, 60);
    drawn = 0;
    while (!queue.isEmpty()) {
        const int before = drawn;
        QCoreApplication::processEvents(QEventLoop::AllEvents);
        mostInATurn = std::max(mostInATurn, drawn - before);
    }
    QCOMPARE(drawn, 5);
    QCOMPARE(mostInATurn, 1);
}

void TimeChartTest::hiddenChartsAreNotDrawn()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Test"), Quantity::Count, {{QStringLiteral("line"), 0}}, &queue);
    chart.resize(300, 120);
    QSignalSpy redrawn(&chart, &TimeChart::redrawn);
    fill(chart, 50);
    QCoreApplication::processEvents();
    QCOMPARE(redrawn.size(), 0);
    chart.show();
    QTRY_VERIFY(redrawn.size() > 0);
}

void TimeChartTest::pickingAnInterval()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Test"), Quantity::Count, {{QStringLiteral("line"), 0}}, &queue);
    chart.resize(600, 200);
    fill(chart, 100);
    chart.show();
    QTRY_VERIFY(chart.drawnPoints(0) > 0);
    QSignalSpy picked(&chart, &TimeChart::intervalPicked);
    auto *area = qobject_cast<QAbstractScrollArea *>(chart.focusProxy());
    QVERIFY(area);
    QWidget *view = area->viewport();
    const QRect plot = chart.plotRect();
    const auto at = [&](double share) { return QPoint(plot.left() + int(plot.width() * share), plot.center().y()); };
    QTest::mousePress(view, Qt::LeftButton, {}, at(0.25));
    QTest::mouseMove(view, at(0.5));
    QTest::mouseMove(view, at(0.75));
    QTest::mouseRelease(view, Qt::LeftButton, {}, at(0.75));
    QCOMPARE(picked.size(), 1);
    QVERIFY(std::abs(picked.at(0).at(0).toLongLong() - (start + 25'000)) < 500);
    QVERIFY(std::abs(picked.at(0).at(1).toLongLong() - (start + 75'000)) < 500);
    QTest::mouseClick(view, Qt::LeftButton, {}, at(0.4)); // a click picks nothing
    QCOMPARE(picked.size(), 1);
}

void TimeChartTest::keysMoveTheCrosshair()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Test"), Quantity::Count, {{QStringLiteral("line"), 0}}, &queue);
    chart.resize(600, 200);
    fill(chart, 100);
    chart.show();
    QTRY_VERIFY(chart.drawnPoints(0) > 0);
    connect(&chart, &TimeChart::hovered, &chart, [&](qint64 atMs) { chart.setCrosshair(atMs); });
    connect(&chart, &TimeChart::left, &chart, [&] { chart.setCrosshair(std::nullopt); });
    QTest::keyClick(chart.focusProxy(), Qt::Key_Home);
    QCOMPARE(chart.crosshair(), std::optional<qint64>(start));
    QTest::keyClick(chart.focusProxy(), Qt::Key_Right);
    QVERIFY(*chart.crosshair() > start);
    QTest::keyClick(chart.focusProxy(), Qt::Key_End);
    QTest::keyClick(chart.focusProxy(), Qt::Key_Right);
    QCOMPARE(chart.crosshair(), std::optional<qint64>(start + 100'000));
    QTest::keyClick(chart.focusProxy(), Qt::Key_Escape);
    QVERIFY(!chart.crosshair());
}

void TimeChartTest::scaleOfAShare()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("Buffer hit"), Quantity::Share, {{QStringLiteral("Buffer hit"), 0}}, &queue);
    chart.resize(600, 200);
    TimeSeries series;
    for (int i = 0; i < 100; ++i)
        series.append(start + i * 1000LL, 0.98 + 0.0001 * i);
    chart.setSeries(0, series);
    chart.setInterval(start, start + 100'000, true);
    chart.show();
    QTRY_VERIFY(chart.drawnPoints(0) > 0);
    QVERIFY(chart.scaleText().isEmpty());
    QSignalSpy redrawn(&chart, &TimeChart::redrawn);
    chart.setZoomed(true);
    QTRY_VERIFY(redrawn.size() > 0);
    QVERIFY2(chart.scaleText().startsWith(QStringLiteral("zoomed to 97.9")), qPrintable(chart.scaleText()));
}

void TimeChartTest::accessible()
{
    RedrawQueue queue;
    TimeChart chart(QStringLiteral("WAL"), Quantity::BytesPerSecond, {{QStringLiteral("WAL"), 0}}, &queue);
    chart.resize(600, 200);
    fill(chart, 100);
    chart.show();
    QTRY_COMPARE(chart.focusProxy()->accessibleDescription(), QStringLiteral("WAL 50 B/s"));
    QCOMPARE(chart.focusProxy()->accessibleName(), QStringLiteral("WAL"));
    chart.append(0, start + 100'000, std::nullopt);
    QTRY_COMPARE(chart.focusProxy()->accessibleDescription(), QStringLiteral("WAL unknown"));
}

QTEST_MAIN(TimeChartTest)
#include "tst_timechart.moc"
