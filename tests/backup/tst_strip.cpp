// SPDX-License-Identifier: GPL-3.0-or-later
// The strip of the recoverable window: what it makes of backups and an archive with a hole and a branch, and what clicks and keys pick on it.
#include "ui/backup/windowstrip.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestStrip : public QObject
{
    Q_OBJECT

private:
    static constexpr quint64 size = 16 << 20;
    static constexpr qint64 minute = 60'000'000;
    const qint64 m_begin = 1'795'750'200'000'000; // 2026-11-27 03:30:00 UTC
    Catalogue m_catalogue;
    Inventory m_inventory;
    QVector<BackupPoint> m_points;

    qint64 at(int minutes) const { return m_begin + minutes * minute; }
    void segment(Timeline timeline, quint64 number, int fromMinute, int toMinute)
    {
        SegmentFacts facts;
        facts.segment = {timeline, number};
        facts.scan.state = SegmentScan::State::Whole;
        facts.scan.end = facts.segment.end(size);
        facts.scan.lastRecord = Lsn{facts.scan.end.value - 100};
        facts.commits = 10;
        facts.minUs = at(fromMinute);
        facts.maxUs = at(toMinute);
        facts.lastCommit = Lsn{facts.scan.end.value - 200};
        m_inventory.segments.insert(facts.segment, facts);
    }
    void backup(const QString &id, BackupKind kind, Timeline timeline, quint64 number, int endsAt)
    {
        Backup one;
        one.id = id;
        one.kind = kind;
        one.timeline = timeline;
        one.systemIdentifier = u"7"_s;
        one.startMs = (at(endsAt) - 30'000'000) / 1000;
        one.stopMs = at(endsAt) / 1000;
        one.startLsn = Lsn{number * size + 40};
        one.stopLsn = Lsn{number * size + 400};
        m_catalogue.backups.append(one);
        if (kind == BackupKind::Dump)
            return;
        BackupPoint point;
        point.id = id;
        point.timeline = timeline;
        point.start = one.startLsn;
        point.stop = one.stopLsn;
        point.stopUs = at(endsAt);
        point.usable = true;
        point.holdsWal = true;
        m_points.append(point);
    }

private slots:
    void initTestCase();
    void gapsAreTold();
    void whatIsNotKnownIsSaid();
    void aClickPicks();
    void keysPick();
    void tipsAreExact();
    void itIsDrawn();
};

void TestStrip::initTestCase()
{
    initResources();
    theme().setChoice(Theme::Choice::Light);
    m_inventory.segmentSize = size;
    m_inventory.systemIdentifier = u"7"_s;
    segment(1, 2, 0, 10);
    segment(1, 3, 10, 20);
    // 4 is missing
    segment(1, 5, 30, 40);
    segment(1, 6, 40, 50);
    segment(2, 7, 60, 90);
    m_inventory.timelines.histories.insert(2, {{1, Lsn{7 * size}, u"before 2026"_s}});
    WalEvent point;
    point.kind = WalEvent::Kind::RestorePoint;
    point.atUs = at(65);
    point.name = "before_release_7";
    m_inventory.segments[{2, 7}].marks << point;
    backup(u"20261127T033100Z-full"_s, BackupKind::Full, 1, 2, 1);
    backup(u"20261127T040500Z-full"_s, BackupKind::Full, 1, 5, 35);
    backup(u"20261127T041500Z-incr"_s, BackupKind::Incremental, 1, 6, 45);
    backup(u"20261127T044000Z-dump"_s, BackupKind::Dump, 0, 0, 70);
    m_points[2].usable = false;
    m_points[2].why = u"its parent is missing"_s;
}

void TestStrip::gapsAreTold()
{
    const StripValues values = stripOf(m_catalogue, &m_inventory, m_points, at(95));
    QCOMPARE(values.lanes.size(), 3);
    QCOMPARE(values.lanes.at(0).timeline, 2U); // the newest branch first, dumps last
    QCOMPARE(values.lanes.at(1).timeline, 1U);
    QCOMPARE(values.lanes.at(2).timeline, 0U);
    const StripLane &first = values.lanes.at(1);
    QVERIFY(first.islands.size() >= 2);
    QCOMPARE(first.islands.at(0).fromUs, at(1));
    QCOMPARE(first.islands.at(0).toUs, at(20));
    QVERIFY(!first.gaps.isEmpty());
    QVERIFY2(first.gaps.at(0).words.contains(u"000000010000000000000004 is missing"_s), qPrintable(first.gaps.at(0).words));
    QCOMPARE(first.gaps.at(0).fromUs, at(20));
    QCOMPARE(first.gaps.at(0).toUs, at(35)); // where the next backup ends
    QVERIFY(values.whyNot(1, at(10)).isEmpty());
    QVERIFY(values.whyNot(1, at(25)).contains(u"missing"_s));
    QVERIFY(values.whyNot(1, at(0)).contains(u"before the end of the first usable backup"_s));
    QVERIFY(!values.whyNot(1, at(20)).isEmpty()); // the server needs a transaction behind the moment
    QVERIFY(values.whyNot(2, at(70)).isEmpty());
    QVERIFY(values.lanes.at(0).gaps.constLast().isTail);
    QCOMPARE(values.lanes.at(0).gaps.constLast().toUs, at(95));
    QVERIFY(!values.whyNot(9, at(70)).isEmpty());
    const auto marks = values.lanes.at(1).marks;
    QCOMPARE(marks.size(), 3);
    QCOMPARE(marks.at(2).trouble, u"its parent is missing"_s);
    QCOMPARE(values.lanes.at(0).marks.constFirst().id, u"before_release_7"_s);
    // What was done in the database stands on the branch it lives on now, and does not stretch the axis.
    StripMark run;
    run.kind = StripMark::Kind::Migration;
    run.atUs = at(-100'000);
    const StripValues with = stripOf(m_catalogue, &m_inventory, m_points, at(95), {run});
    QCOMPARE(with.lanes.at(0).marks.constFirst().kind, StripMark::Kind::Migration);
    QCOMPARE(with.extent(), values.extent());
}

void TestStrip::whatIsNotKnownIsSaid()
{
    StripValues values = stripOf(m_catalogue, nullptr, {}, at(95));
    values.unknown = u"the archive can't be read"_s;
    QCOMPARE(values.whyNot(1, at(10)), u"the archive can't be read"_s);
    for (const StripLane &lane : std::as_const(values.lanes))
        QVERIFY(lane.islands.isEmpty());
    QVERIFY(values.inWords(QTimeZone::utc()).contains(u"not known"_s));
}

void TestStrip::aClickPicks()
{
    WindowStrip strip;
    strip.setZone(QTimeZone::utc());
    strip.setValues(stripOf(m_catalogue, &m_inventory, m_points, at(95)));
    strip.resize(1000, strip.sizeHint().height());
    strip.show();
    QSignalSpy moments(&strip, &WindowStrip::momentPicked), marks(&strip, &WindowStrip::markPicked);
    const QRectF lane = strip.laneRect(1);
    QVERIFY(!lane.isNull());
    QTest::mouseClick(&strip, Qt::LeftButton, {}, QPoint(int(strip.xOf(at(12))), int(lane.center().y())));
    QCOMPARE(moments.size(), 1);
    QVERIFY(std::abs(moments.at(0).at(0).toLongLong() - at(12)) < minute);
    QCOMPARE(moments.at(0).at(1).toUInt(), 1U);
    QCOMPARE(*strip.picked(), moments.at(0).at(0).toLongLong());
    QCOMPARE(strip.pickedTimeline(), 1U);
    QVERIFY(marks.isEmpty());
    // A mark is its exact time and the backup.
    QTest::mouseClick(&strip, Qt::LeftButton, {}, QPoint(int(strip.xOf(at(35))) + 2, int(lane.top()) + 8));
    QCOMPARE(marks.size(), 1);
    QCOMPARE(marks.at(0).at(0).toString(), u"20261127T040500Z-full"_s);
    QCOMPARE(moments.size(), 2);
    QCOMPARE(moments.at(1).at(0).toLongLong(), at(35));
    // A dump is no moment of a branch.
    QTest::mouseClick(&strip, Qt::LeftButton, {}, QPoint(int(strip.xOf(m_catalogue.backups.at(3).startMs * 1000)), int(strip.laneRect(0).center().y())));
    QCOMPARE(moments.size(), 2);
    QCOMPARE(marks.size(), 2);
}

void TestStrip::keysPick()
{
    WindowStrip strip;
    strip.setZone(QTimeZone::utc());
    strip.setValues(stripOf(m_catalogue, &m_inventory, m_points, at(95)));
    strip.resize(1000, strip.sizeHint().height());
    strip.show();
    strip.activateWindow();
    strip.setFocus();
    QSignalSpy moments(&strip, &WindowStrip::momentPicked);
    QTest::keyClick(&strip, Qt::Key_Down); // to timeline 1
    QTest::keyClick(&strip, Qt::Key_Home);
    QTest::keyClick(&strip, Qt::Key_Right, Qt::ControlModifier); // the first backup
    QTest::keyClick(&strip, Qt::Key_Return);
    QCOMPARE(moments.size(), 1);
    QCOMPARE(moments.at(0).at(0).toLongLong(), at(1));
    QCOMPARE(moments.at(0).at(1).toUInt(), 1U);
    QVERIFY(strip.accessibleDescription().contains(u"can be reached"_s));
    QTest::keyClick(&strip, Qt::Key_Right, Qt::ControlModifier); // the island's end
    QTest::keyClick(&strip, Qt::Key_Right); // a pixel on
    QTest::keyClick(&strip, Qt::Key_Return);
    QVERIFY(moments.at(1).at(0).toLongLong() > at(20));
    QVERIFY2(strip.accessibleDescription().contains(u"can't be reached: segment"_s), qPrintable(strip.accessibleDescription()));
    const auto before = strip.view();
    QTest::keyClick(&strip, Qt::Key_Plus);
    QVERIFY(strip.view().second - strip.view().first < before.second - before.first);
    QTest::keyClick(&strip, Qt::Key_0);
    QCOMPARE(strip.view(), before);
}

void TestStrip::tipsAreExact()
{
    WindowStrip strip;
    strip.setZone(QTimeZone("Europe/Berlin"));
    strip.setValues(stripOf(m_catalogue, &m_inventory, m_points, at(95)));
    strip.resize(1000, strip.sizeHint().height());
    const QString tip = strip.tipAt(QPointF(strip.xOf(at(35)), strip.laneRect(1).top() + 8));
    QVERIFY2(tip.contains(u"full backup 20261127T040500Z-full"_s) && tip.contains(u"2026-11-27 05:05:00+01"_s) && tip.contains(u"2026-11-27 04:05:00+00 (UTC)"_s), qPrintable(tip));
    QVERIFY(strip.tipAt(QPointF(strip.xOf(at(45)), strip.laneRect(1).top() + 8)).contains(u"of no use: its parent is missing"_s));
}

// HOWDAH_PICTURES names a folder.
void TestStrip::itIsDrawn()
{
    for (const bool dark : {false, true}) {
        theme().setChoice(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        WindowStrip strip;
        strip.setZone(QTimeZone("Europe/Berlin"));
        strip.setValues(stripOf(m_catalogue, &m_inventory, m_points, at(95)));
        for (const int width : {1480, 960}) {
            strip.resize(width, strip.sizeHint().height());
            strip.setPicked(at(14), 1);
            const QImage image = strip.grab().toImage();
            QVERIFY(!image.isNull());
            // The island is a series' colour, and what is missing is not.
            QCOMPARE(image.pixelColor(int(strip.xOf(at(8))), int(strip.laneRect(1).bottom()) - 10), seriesColor(0));
            QVERIFY(image.pixelColor(int(strip.xOf(at(27))), int(strip.laneRect(1).bottom()) - 10) != seriesColor(0));
            if (const QString folder = qEnvironmentVariable("HOWDAH_PICTURES"); !folder.isEmpty())
                image.save(QDir(folder).filePath(u"strip-%1-%2.png"_s.arg(dark ? u"dark"_s : u"light"_s).arg(width)));
        }
    }
    theme().setChoice(Theme::Choice::Light);
}

QTEST_MAIN(TestStrip)
#include "tst_strip.moc"
