// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview/recorded.h"
#include "store/samples.h"
#include "ui/metrics/healthstrip.h"
#include "ui/metrics/overviewview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/timerange.h"

#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using test::point;

class OverviewViewTest : public QObject
{
    Q_OBJECT

private slots:
    void liveValues();
    void anUndefinedRatioIsADash();
    void crosshairIsShared();
    void pickingSetsTheRange();
    void pauseStandsStill();
    void lateHistoryKeepsLivePoints();
    void pickedPastTakesNoLivePoints();
    void checkpointsAreCounted();
    void notPermittedSaysWhatToGrant();
    void staleAndNoAnswer();
    void healthIsNeverGreenWhenUnknown();
    void detailsSayWhenHealthIsNotKnown();
    void detailsKeepTheirPlace();
    void troublesAreNotedUntilTheyEnd();
    void historyFromTheStore();
    void columnsFollowTheWidth();
    void memoryIsFlat();

private:
    static bool says(const QWidget &view, const QString &text)
    {
        for (const auto *label : view.findChildren<PlainLabel *>()) {
            if (label->text().contains(text))
                return true;
        }
        for (const auto *label : view.findChildren<ElidedLabel *>()) {
            if (label->fullText().contains(text))
                return true;
        }
        return false;
    }
};

void OverviewViewTest::liveValues()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.setHistory({});
    for (int i = 0; i < 10; ++i, clock.pass(1000))
        view.addPoint(point(clock.wall));
    QCOMPARE(view.tile(QStringLiteral("connections"))->nowText(), QStringLiteral("24 / 97"));
    QCOMPARE(view.tile(QStringLiteral("buffer_hit"))->nowText(), QStringLiteral("99.00 %"));
    QCOMPARE(view.tile(QStringLiteral("transactions"))->nowText(), QStringLiteral("404 /s"));
    QCOMPARE(view.pointCount(), 10);
    QVERIFY(view.tile(QStringLiteral("wal"))->reason().isEmpty());
}

void OverviewViewTest::anUndefinedRatioIsADash()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    metrics::Point p = point(clock.wall);
    p.bufferHit.reset();
    view.addPoint(p);
    QCOMPARE(view.tile(QStringLiteral("buffer_hit"))->nowText(), QStringLiteral("–"));
    QVERIFY(!view.tile(QStringLiteral("buffer_hit"))->chart()->series(0).last());
}

void OverviewViewTest::crosshairIsShared()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    for (int i = 0; i < 10; ++i, clock.pass(1000))
        view.addPoint(point(clock.wall, 100 + i));
    emit view.tiles().constFirst()->chart()->hovered(clock.wall - 5000);
    for (const ChartTile *tile : view.tiles())
        QCOMPARE(tile->chart()->crosshair(), std::optional<qint64>(clock.wall - 5000));
    QVERIFY(says(view, QStringLiteral("commits 105 /s, rollbacks 4 /s")));
    QVERIFY(says(view, QStringLiteral("Buffer hit 99.00 %")));
    emit view.tiles().constLast()->chart()->left();
    QVERIFY(!view.tiles().constFirst()->chart()->crosshair());
}

void OverviewViewTest::pickingSetsTheRange()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    QSignalSpy wanted(&view, &OverviewView::historyWanted);
    emit view.tiles().at(2)->chart()->intervalPicked(clock.wall - 60'000, clock.wall - 30'000);
    QVERIFY(!range.isFollowing());
    QCOMPARE(wanted.size(), 1);
    for (const ChartTile *tile : view.tiles()) {
        QCOMPARE(tile->chart()->fromMs(), clock.wall - 60'000);
        QCOMPARE(tile->chart()->toMs(), clock.wall - 30'000);
    }
}

void OverviewViewTest::pauseStandsStill()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.setHistory({});
    view.addPoint(point(clock.wall));
    QSignalSpy wanted(&view, &OverviewView::historyWanted);
    range.setPaused(true, clock.wall);
    const qint64 stood = view.tiles().constFirst()->chart()->toMs();
    for (int i = 0; i < 20; ++i) {
        clock.pass(1000);
        view.addPoint(point(clock.wall));
    }
    QCOMPARE(view.tiles().constFirst()->chart()->toMs(), stood);
    QCOMPARE(view.pointCount(), 21);
    QVERIFY(says(view, QStringLiteral("paused")));
    range.setPaused(false, clock.wall);
    QCOMPARE(view.tiles().constFirst()->chart()->toMs(), clock.wall);
    QCOMPARE(segmentCount(view.tiles().constFirst()->chart()->series(0).points()), 1); // sampling went on
    QCOMPARE(wanted.size(), 0);
}

void OverviewViewTest::lateHistoryKeepsLivePoints()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    OverviewHistory history;
    for (int i = 60; i > 0; --i)
        history.append(point(clock.wall - i * 1000));
    for (int i = 0; i < 5; ++i, clock.pass(1000))
        view.addPoint(point(clock.wall));
    view.setHistory(history);
    QCOMPARE(view.pointCount(), 65);
    QCOMPARE(segmentCount(view.tiles().constFirst()->chart()->series(0).points()), 1);
}

void OverviewViewTest::pickedPastTakesNoLivePoints()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.addPoint(point(clock.wall));
    range.setInterval(clock.wall - 7'200'000, clock.wall - 3'600'000);
    view.setHistory({});
    clock.pass(1000);
    view.addPoint(point(clock.wall));
    QCOMPARE(view.pointCount(), 0);
    QVERIFY(says(view, QStringLiteral("Nothing was sampled in this interval")));
    QCOMPARE(view.tile(QStringLiteral("connections"))->nowText(), QStringLiteral("24 / 97")); // now is now
}

void OverviewViewTest::checkpointsAreCounted()
{
    test::StoppedClock clock;
    TimeRange range;
    range.setLast(300'000);
    OverviewView view(&range, &clock);
    OverviewHistory history;
    for (int i = 600; i > 0; --i) {
        metrics::Point p = point(clock.wall - i * 1000);
        p.checkpoints = i % 100 == 0 ? 1 : 0; // three of six in the last five minutes
        history.append(p);
    }
    view.setHistory(history);
    view.addPoint(point(clock.wall));
    QCOMPARE(view.tile(QStringLiteral("checkpoints"))->nowText(), QStringLiteral("3 in 5 min"));
}

void OverviewViewTest::notPermittedSaysWhatToGrant()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    metrics::Point p = point(clock.wall);
    p.active = p.idle = p.idleInTransaction = p.otherState = p.connections = p.usable = std::nullopt;
    view.addPoint(p);
    view.setAbsent({{QStringLiteral("connections_active"), QStringLiteral("not permitted: GRANT pg_monitor TO \"x<b>y\"")},
                    {QStringLiteral("wal_lsn"), QStringLiteral("not known")}});
    ChartTile *tile = view.tile(QStringLiteral("connections"));
    QCOMPARE(tile->reason(), QStringLiteral("Not permitted to this role"));
    QVERIFY(says(*tile, QStringLiteral("GRANT pg_monitor TO \"x<b>y\"")));
    QVERIFY(tile->nowText().startsWith(QStringLiteral("–")));
    QVERIFY(view.tile(QStringLiteral("wal"))->reason().isEmpty()); // it has values all the same
    view.setAbsent({});
    QVERIFY(tile->reason().isEmpty());
}

void OverviewViewTest::staleAndNoAnswer()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.setHistory({});
    for (int i = 0; i < 5; ++i, clock.pass(1000))
        view.addPoint(point(clock.wall));
    clock.pass(11'000);
    view.addGap(QStringLiteral("timed out"));
    view.setLinkTrouble(QStringLiteral("no answer for 12 s"));
    view.advance();
    QVERIFY(says(view, QStringLiteral("no answer for 12 s · last sample 12 s ago")));
    QVERIFY(!view.tiles().constFirst()->chart()->series(0).last());
    QCOMPARE(view.tiles().constFirst()->chart()->toMs(), clock.wall - 1000 + 1000); // the gap grows to the right
    view.setLinkTrouble({});
    view.addPoint(point(clock.wall));
    QVERIFY(!says(view, QStringLiteral("no answer")));
    QCOMPARE(segmentCount(view.tiles().constFirst()->chart()->series(0).points()), 2);
}

void OverviewViewTest::healthIsNeverGreenWhenUnknown()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    QCOMPARE(view.health()->words().look, StateLook::Unknown);
    health::Report report;
    view.setReport(report);
    QCOMPARE(view.health()->words().look, StateLook::Unknown);
    report.verdict = health::Verdict::Ok;
    view.setReport(report);
    QCOMPARE(view.health()->words().look, StateLook::Ok);
    view.setHealthUnknown(QStringLiteral("no answer for 12 s"));
    QCOMPARE(view.health()->words().look, StateLook::Unknown);
    report.verdict = health::Verdict::Critical;
    report.errors = {QStringLiteral("<b>disk</b> full")};
    report.warnings = {QStringLiteral("a"), QStringLiteral("b")};
    view.setReport(report);
    QCOMPARE(view.health()->words().verdict, QStringLiteral("1 error, 2 warnings"));
    QCOMPARE(view.health()->words().attention, 3);
    QCOMPARE(view.health()->words().finding, QStringLiteral("<b>disk</b> full"));
}

void OverviewViewTest::detailsSayWhenHealthIsNotKnown()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.resize(1200, 800);
    view.show();
    auto *details = view.findChild<HealthDetails *>();
    view.health()->setDetailsOpen(true);
    QVERIFY(details->isVisible());
    QVERIFY(says(*details, QStringLiteral("not asked yet")));
    health::Report report;
    report.verdict = health::Verdict::Ok;
    report.source = QStringLiteral("direct");
    report.details = {{QStringLiteral("connections"), 4}};
    view.setReport(report);
    QVERIFY(says(*details, QStringLiteral("from direct, 0 s ago")));
    QVERIFY(says(*details, QStringLiteral("No findings.")));
    auto *unknown = details->findChild<StateWord *>();
    QVERIFY(!unknown->isVisible());

    clock.pass(12'000);
    view.setHealthUnknown(QStringLiteral("no answer for 12 s"));
    view.advance();
    QVERIFY(unknown->isVisible());
    QCOMPARE(unknown->look(), StateLook::Unknown);
    QVERIFY(says(*details, QStringLiteral("no answer for 12 s")));
    QVERIFY(says(*details, QStringLiteral("last report, from direct, 12 s ago")));
    QVERIFY(!says(*details, QStringLiteral("No findings.")));
    const auto isMuted = [&] {
        for (const auto *label : details->findChildren<PlainLabel *>()) {
            if (label->text() == QLatin1StringView("4"))
                return label->property("role").toString() == QLatin1StringView("muted");
        }
        return false;
    };
    QVERIFY(isMuted());

    report.warnings = {QStringLiteral("old backup")};
    view.setReport(report);
    QVERIFY(!details->findChild<StateWord *>()->isVisible());
    QVERIFY(!says(*details, QStringLiteral("no answer")));
    QVERIFY(says(*details, QStringLiteral("old backup")));
    QVERIFY(!isMuted());
}

void OverviewViewTest::detailsKeepTheirPlace()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.resize(1200, 500);
    view.show();
    auto *details = view.findChild<HealthDetails *>();
    health::Report report;
    report.verdict = health::Verdict::Ok;
    const auto fill = [&](int value) {
        QJsonObject group;
        for (int i = 0; i < 40; ++i)
            group.insert(QStringLiteral("figure_%1").arg(i), value + i);
        report.details = {{QStringLiteral("at"), value}, {QStringLiteral("group"), group}};
    };
    fill(1000);
    view.setReport(report);
    QVERIFY(!says(*details, QStringLiteral("1039"))); // nobody sees it
    view.health()->setDetailsOpen(true);
    QVERIFY(says(*details, QStringLiteral("1039")));
    QCoreApplication::processEvents();

    auto *bar = details->findChild<QScrollArea *>()->verticalScrollBar();
    QVERIFY2(bar->maximum() > 300, qPrintable(QString::number(bar->maximum())));
    bar->setValue(250);
    const QPointer<QWidget> lists = details->findChild<QScrollArea *>()->widget();
    fill(2000);
    view.setReport(report);
    QCoreApplication::processEvents();
    QVERIFY(lists); // the same widgets, with what is selected in them
    QVERIFY(says(*details, QStringLiteral("2039")));
    QVERIFY(!says(*details, QStringLiteral("1039")));
    QCOMPARE(bar->value(), 250);

    report.warnings = {QStringLiteral("old backup")};
    view.setReport(report);
    QCoreApplication::processEvents();
    QVERIFY(says(*details, QStringLiteral("old backup")));
    QCOMPARE(bar->value(), 250);
}

void OverviewViewTest::troublesAreNotedUntilTheyEnd()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    Error error;
    error.message = QStringLiteral("disk I/O error");
    view.setHistoryError(error);
    view.advance(); // as each second
    QVERIFY(says(view, QStringLiteral("History could not be read: disk I/O error")));
    view.setNotKept(QStringLiteral("database or disk is full"));
    view.advance();
    QVERIFY(says(view, QStringLiteral("History is not kept: database or disk is full")));
    view.addGap(QStringLiteral("statement timeout"));
    view.advance();
    QVERIFY(says(view, QStringLiteral("The last sample failed: statement timeout")));
    view.setLinkTrouble(QStringLiteral("no answer for 2 s")); // says it already
    QVERIFY(!says(view, QStringLiteral("The last sample failed")));
    view.setLinkTrouble({});
    QVERIFY(says(view, QStringLiteral("The last sample failed")));

    view.addPoint(point(clock.wall));
    QVERIFY(!says(view, QStringLiteral("The last sample failed")));
    QVERIFY(says(view, QStringLiteral("History could not be read")));
    view.setHistory({});
    QVERIFY(!says(view, QStringLiteral("History could not be read")));
    QVERIFY(says(view, QStringLiteral("History is not kept")));
    view.setNotKept({});
    QVERIFY(!says(view, QStringLiteral("History")));
}

void OverviewViewTest::historyFromTheStore()
{
    QTemporaryDir dir;
    auto store = store::Store::open(dir.filePath(QStringLiteral("s.sqlite")));
    QVERIFY(store);
    const QString source = QStringLiteral("p/overview");
    QVector<store::StoredSample> samples;
    for (int i = 0; i < 60; ++i) {
        metrics::Point p = point(1'764'000'000'000 + i * 1000);
        if (i == 30) {
            p.bufferHit.reset();
            p.event = QStringLiteral("restarted");
        }
        if (i < 40 || i > 50)
            samples.append({p.atMs, p.toJson()});
    }
    QVERIFY(store::appendSamples(**store, source, samples));
    const auto history = readOverviewHistory(**store, source, 1'764'000'000'000, 1'764'000'060'000);
    QVERIFY(history);
    QCOMPARE(history->points, qsizetype(49));
    QCOMPARE(segmentCount(history->series.at(0).at(0).points()), 3);
    QCOMPARE(segmentCount(history->series.at(2).at(0).points()), 2);
    QCOMPARE(history->events.size(), 1);
    QCOMPARE(history->events.at(0).word, QStringLiteral("restarted"));
}

void OverviewViewTest::columnsFollowTheWidth()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    for (const int width : {1510, 1010, 690, 420}) {
        view.resize(width, 800);
        view.show();
        QCoreApplication::processEvents();
        const int right = view.tiles().constLast()->mapTo(&view, QPoint(view.tiles().constLast()->width(), 0)).x();
        QVERIFY2(right <= width, qPrintable(QStringLiteral("cut at %1: %2").arg(width).arg(right)));
    }
}

void OverviewViewTest::memoryIsFlat()
{
    test::StoppedClock clock;
    TimeRange range;
    OverviewView view(&range, &clock);
    view.setHistory({});
    for (int i = 0; i < 20'000; ++i, clock.pass(1000))
        view.addPoint(point(clock.wall));
    for (const ChartTile *tile : view.tiles()) {
        for (int i = 0; i < tile->chart()->lineCount(); ++i)
            QVERIFY(tile->chart()->series(i).points().size() < 700);
    }
}

QTEST_MAIN(OverviewViewTest)
#include "tst_overviewview.moc"
