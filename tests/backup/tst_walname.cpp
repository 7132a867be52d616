// SPDX-License-Identifier: GPL-3.0-or-later
// Names of WAL at every size of a segment, what else lies in an archive, and the ways that timelines go.
#include "backup/timelines.h"

#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestWalName : public QObject
{
    Q_OBJECT
private slots:
    void lsns();
    void names_data();
    void names();
    void kinds_data();
    void kinds();
    void histories();
    void badHistories_data();
    void badHistories();
    void ways();
};

static constexpr quint64 mb = 1 << 20;

void TestWalName::lsns()
{
    QCOMPARE(Lsn::parse(u"16/B374D848"_s)->text(), u"16/B374D848"_s);
    QCOMPARE(Lsn::parse(u"0/0"_s)->text(), u"0/0"_s);
    QCOMPARE(Lsn::parse(u"ffffffff/ffffffff"_s)->value, ~quint64(0));
    for (const QString &none : {u""_s, u"1"_s, u"1/"_s, u"/1"_s, u"1/123456789"_s, u"1/g"_s, u" 1/2"_s, u"1/2\n"_s})
        QVERIFY2(!Lsn::parse(none), qPrintable(none));
    QVERIFY(!isSegmentSize(0) && !isSegmentSize(mb / 2) && !isSegmentSize(3 * mb) && !isSegmentSize(2048 * mb) && isSegmentSize(mb) && isSegmentSize(1024 * mb));
}

void TestWalName::names_data()
{
    QTest::addColumn<quint64>("size");
    QTest::addColumn<QString>("lsn");
    QTest::addColumn<QString>("name");
    QTest::newRow("16 MB") << 16 * mb << u"0/3000028"_s << u"000000010000000000000003"_s;
    QTest::newRow("64 MB, measured") << 64 * mb << u"A9/65000000"_s << u"00000001000000A900000019"_s;
    QTest::newRow("1 MB") << mb << u"0/300028"_s << u"000000010000000000000003"_s;
    QTest::newRow("1 MB, next id") << mb << u"1/0"_s << u"000000010000000100000000"_s;
    QTest::newRow("1 GB") << 1024 * mb << u"2/C0000000"_s << u"000000010000000200000003"_s;
}

void TestWalName::names()
{
    QFETCH(quint64, size);
    QFETCH(QString, lsn);
    QFETCH(QString, name);
    const Segment segment = Segment::holding(1, *Lsn::parse(lsn), size);
    QCOMPARE(segment.name(size), name);
    const ArchiveFile file = archiveFile(name, size);
    QCOMPARE(file.kind, ArchiveFile::Kind::Segment);
    QVERIFY(file.segment == segment);
    QVERIFY(segment.begin(size) <= *Lsn::parse(lsn) && *Lsn::parse(lsn) < segment.end(size));
}

void TestWalName::kinds_data()
{
    using Kind = ArchiveFile::Kind;
    QTest::addColumn<QString>("name");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("compression");
    QTest::newRow("segment") << u"0000000A00000000000000FF"_s << Kind::Segment << u""_s;
    QTest::newRow("zst") << u"0000000A00000000000000FF.zst"_s << Kind::Segment << u"zst"_s;
    QTest::newRow("partial") << u"0000000A00000000000000FF.partial"_s << Kind::Partial << u""_s;
    QTest::newRow("partial, gz") << u"0000000A00000000000000FF.partial.gz"_s << Kind::Partial << u"gz"_s;
    QTest::newRow("history") << u"0000000A.history"_s << Kind::History << u""_s;
    QTest::newRow("label") << u"000000010000000000000003.00000028.backup"_s << Kind::BackupLabel << u""_s;
    QTest::newRow("ours, unfinished") << u".howdah-archive.000000010000000000000003.12"_s << Kind::Unfinished << u""_s;
    QTest::newRow("basic_archive's") << u"archtemp.000000010000000000000003.12.1"_s << Kind::Unfinished << u""_s;
    QTest::newRow("of another size") << u"000000010000000000000100"_s << Kind::Foreign << u""_s;
    QTest::newRow("timeline 0") << u"000000000000000000000001"_s << Kind::Foreign << u""_s;
    QTest::newRow("lower case") << u"0000000a00000000000000ff"_s << Kind::Foreign << u""_s;
    QTest::newRow("folder") << u"base"_s << Kind::Foreign << u""_s;
}

void TestWalName::kinds()
{
    QFETCH(QString, name);
    QFETCH(ArchiveFile::Kind, kind);
    QFETCH(QString, compression);
    const ArchiveFile file = archiveFile(name, 16 * mb);
    QCOMPARE(file.kind, kind);
    QCOMPARE(file.compression, compression);
    if (kind == ArchiveFile::Kind::BackupLabel)
        QCOMPARE(file.lsn.text(), u"0/3000028"_s);
    if (kind == ArchiveFile::Kind::History)
        QCOMPARE(file.timeline, 10U);
}

void TestWalName::histories()
{
    const auto two = parseHistory(3, "1\t0/5197AE0\tbefore 2026-11-24 11:01:30.567471+00\n\n2\t0/6000000\tno recovery target specified\n");
    QVERIFY(two);
    QCOMPARE(two->size(), 2);
    QCOMPARE(two->at(0).left.text(), u"0/5197AE0"_s);
    QCOMPARE(two->at(1).why, u"no recovery target specified"_s);
}

void TestWalName::badHistories_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no LSN") << QByteArray("1\n");
    QTest::newRow("words") << QByteArray("one\t0/1\t\n");
    QTest::newRow("of itself") << QByteArray("3\t0/1\t\n");
    QTest::newRow("out of order") << QByteArray("2\t0/5\t\n1\t0/6\t\n");
    QTest::newRow("back in WAL") << QByteArray("1\t0/5\t\n2\t0/4\t\n");
    QTest::newRow("cut off") << QByteArray("1\t0/\n");
}

void TestWalName::badHistories()
{
    QFETCH(QByteArray, text);
    const auto bad = parseHistory(3, text);
    QVERIFY(!bad);
    QCOMPARE(bad.error().reason, u"bad_history"_s);
}

void TestWalName::ways()
{
    Timelines timelines;
    timelines.histories[2] = *parseHistory(2, "1\t0/3500000\t\n");
    timelines.histories[3] = *parseHistory(3, "1\t0/5000000\t\n"); // another branch of 1, left at a boundary
    QVERIFY(!timelines.wayTo(4));
    const auto one = timelines.wayTo(1), two = timelines.wayTo(2), three = timelines.wayTo(3);
    QVERIFY(one && two && three);
    QCOMPARE(one->size(), 1);
    // The segment of the switch is looked for on both, on the newer first.
    QCOMPARE(Timelines::holding(*two, 2, 16 * mb), QVector<Timeline>({1}));
    QCOMPARE(Timelines::holding(*two, 3, 16 * mb), QVector<Timeline>({2, 1}));
    QCOMPARE(Timelines::holding(*two, 4, 16 * mb), QVector<Timeline>({2}));
    QCOMPARE(Timelines::holding(*three, 4, 16 * mb), QVector<Timeline>({1}));
    QCOMPARE(Timelines::holding(*three, 5, 16 * mb), QVector<Timeline>({3}));
    QVERIFY(Timelines::isOnWay(*two, 1, {0x34fffff}));
    QVERIFY(!Timelines::isOnWay(*two, 1, {0x3500000}));
    QVERIFY(Timelines::isOnWay(*two, 2, {0x3500000}));
    QVERIFY(!Timelines::isOnWay(*three, 2, {0x3600000}));
    QVERIFY(Timelines::isOnWay(*one, 1, {0x9000000}));
}

QTEST_APPLESS_MAIN(TestWalName)
#include "tst_walname.moc"
