// SPDX-License-Identifier: GPL-3.0-or-later
// What the scanner reads is what the server itself reads in its WAL (pg_walinspect), in every major, at small and large segments, over a crash; and what
// is damaged is found.
#include "backup/walscanner.h"
#include "support/client.h"
#include "support/testserver.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

using namespace howdah;
using namespace howdah::backup;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestWalScanner : public QObject
{
    Q_OBJECT
private slots:
    void asTheServer_data();
    void asTheServer();
    void damage();
    void crcIsPostgres();
};

namespace
{

QByteArray textOf(pg::Connection &link, const QByteArray &statement)
{
    const auto rows = link.run({statement, {}});
    if (!rows)
        qWarning("%s", qPrintable(rows.error().text()));
    return rows && rows->size() > 0 ? rows->text(0, 0).toUtf8() : QByteArray();
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// "lsn end xid kind microseconds", a line an event.
QStringList linesOf(const QString &wal, quint64 size, quint64 first, quint64 behind, QStringList *problems)
{
    QStringList lines;
    WalScanner scanner(size);
    for (quint64 number = first; number < behind; ++number) {
        const Segment segment{1, number};
        const SegmentScan scan = scanner.scan(segment, read(wal + u'/' + segment.name(size)), [&](const WalEvent &event) {
            using Kind = WalEvent::Kind;
            if (event.kind == Kind::Commit || event.kind == Kind::Abort)
                lines << u"%1 %2 %3 %4 %5"_s.arg(event.begin.text(), event.end.text()).arg(event.xid).arg(event.kind == Kind::Commit ? u"COMMIT"_s : u"ABORT"_s).arg(event.atUs);
            if (event.kind == Kind::RestorePoint)
                lines << u"%1 %2 point %3"_s.arg(event.begin.text(), event.end.text(), QString::fromUtf8(event.name));
            if (event.kind == Kind::SettingsChange)
                lines << u"%1 settings %2"_s.arg(event.begin.text()).arg(event.settings[0]);
        });
        if (scan.state != SegmentScan::State::Whole)
            *problems << segment.name(size) + u": "_s + scan.problem;
    }
    return lines;
}

} // namespace

void TestWalScanner::asTheServer_data()
{
    QTest::addColumn<int>("major");
    QTest::addColumn<int>("segmentMb");
    QTest::newRow("15") << 15 << 16;
    QTest::newRow("16") << 16 << 16;
    QTest::newRow("17") << 17 << 16;
    QTest::newRow("18") << 18 << 16;
    QTest::newRow("18, 1 MB") << 18 << 1;
    QTest::newRow("18, 64 MB") << 18 << 64;
}

void TestWalScanner::asTheServer()
{
    QFETCH(int, major);
    QFETCH(int, segmentMb);
    ServerSetup setup;
    setup.major = major;
    setup.walSegmentMb = segmentMb;
    setup.settings = {u"wal_keep_size=2GB"_s, u"max_prepared_transactions=5"_s, u"max_wal_size=2GB"_s};
    QString why;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"SET search_path = public", "CREATE EXTENSION pg_walinspect", "CREATE TABLE t (i int, x text)", "INSERT INTO t SELECT i, repeat('x', i % 3000) FROM generate_series(1, 3000) i",
                          "SELECT pg_create_restore_point('before the flood')", "BEGIN", "INSERT INTO t VALUES (1)", "SAVEPOINT a", "INSERT INTO t VALUES (2)", "RELEASE a", "COMMIT", "BEGIN",
                          "DELETE FROM t WHERE i < 10", "ROLLBACK", "BEGIN", "INSERT INTO t VALUES (3)", "CREATE TABLE p (i int)", "DROP TABLE p", "PREPARE TRANSACTION 'one'", "BEGIN", "INSERT INTO t VALUES (4)",
                          "PREPARE TRANSACTION 'two'", "COMMIT PREPARED 'one'", "ROLLBACK PREPARED 'two'",
                          // larger than a page, than a megabyte
                          "SELECT pg_logical_emit_message(true, 'm', repeat('long', 700000))", "SELECT pg_switch_wal()", "CREATE DATABASE other", "VACUUM FULL t", "INSERT INTO t VALUES (5)"},
                         &why),
             qPrintable(why));
    // As a server dies while it writes, and goes on behind it.
    {
        Client busy(*server, u"busy"_s);
        busy.start("DO $$ BEGIN FOR i IN 1..1000000 LOOP INSERT INTO public.t VALUES (i, repeat('y', 500)); COMMIT; END LOOP; END $$");
        const auto link = server->admin();
        QVERIFY(link);
        QTRY_VERIFY(textOf(**link, "SELECT count(*) > 2000 FROM public.t WHERE x LIKE 'y%'") == "t");
        QVERIFY(server->stopAtOnce());
    }
    QVERIFY2(server->startAgain(&why), qPrintable(why));
    const auto link = server->admin();
    QVERIFY(link);
    QVERIFY((*link)->run({"INSERT INTO public.t VALUES (6)", {}}));
    const auto end = Lsn::parse(QString::fromLatin1(textOf(**link, "SELECT pg_switch_wal()::text")));
    QVERIFY(end);
    const quint64 size = quint64(segmentMb) << 20, behind = (end->value + size - 1) / size;
    const QString wal = server->folder() + u"/data/pg_wal"_s;
    quint64 first = behind;
    while (first > 1 && QFile::exists(wal + u'/' + Segment{1, first - 1}.name(size)))
        --first;
    QVERIFY(behind - first >= 2);

    const auto rows = (*link)->run({"SELECT start_lsn::text, end_lsn::text, resource_manager, record_type, xid::text, description FROM public.pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn)"
                                    " WHERE resource_manager = 'Transaction' AND record_type ~ '^(COMMIT|ABORT)' OR record_type IN ('RESTORE_POINT', 'PARAMETER_CHANGE')",
                                    {}},
                                   {Lsn{first * size}.text(), end->text()});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QStringList expected;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const QString type = rows->text(row, 3), description = rows->text(row, 5);
        const QString begin = rows->text(row, 0), behindIt = rows->text(row, 1);
        if (type == "RESTORE_POINT"_L1) {
            expected << u"%1 %2 point %3"_s.arg(begin, behindIt, description);
        } else if (type == "PARAMETER_CHANGE"_L1) {
            expected << u"%1 settings %2"_s.arg(begin, description.section(u"max_connections="_s, 1).section(u' ', 0, 0));
        } else {
            const bool prepared = type.endsWith("_PREPARED"_L1);
            const QString xid = prepared ? description.section(u": "_s, 0, 0) : rows->text(row, 4);
            const QString when = (prepared ? description.section(u": "_s, 1) : description).section(u';', 0, 0).trimmed();
            const QByteArray us = textOf(**link, "SELECT (extract(epoch FROM '" + when.toLatin1() + "'::timestamptz) * 1000000)::int8");
            expected << u"%1 %2 %3 %4 %5"_s.arg(begin, behindIt, xid, type.section(u'_', 0, 0), QString::fromLatin1(us));
            if (expected.size() > 400 && row + 100 < rows->size()) // of the load enough; the last hundred again
                break;
        }
    }
    QStringList problems;
    const QStringList found = linesOf(wal, size, first, behind, &problems);
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    QVERIFY(expected.size() > 15);
    QCOMPARE(found.mid(0, expected.size()), expected);
    QCOMPARE(found.size(), rows->size());
    QVERIFY(found.constLast().contains(u"COMMIT"_s));
}

void TestWalScanner::damage()
{
    ServerSetup setup;
    setup.walSegmentMb = 1;
    setup.settings = {u"wal_keep_size=1GB"_s};
    QString why;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"SET search_path = public", "CREATE TABLE t (i int, x text)", "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 20000) i", "SELECT pg_switch_wal()"}, &why), qPrintable(why));
    const auto link = server->admin();
    QVERIFY(link);
    constexpr quint64 size = 1 << 20;
    const quint64 behind = Lsn::parse(QString::fromLatin1(textOf(**link, "SELECT pg_current_wal_lsn()::text")))->value / size;
    const Segment segment{1, behind - 2}; // in the middle of the load: full
    const QString path = server->folder() + u"/data/pg_wal/"_s + segment.name(size);
    const QByteArray good = read(path);
    QCOMPARE(good.size(), qsizetype(size));
    const auto scan = [&](const QByteArray &bytes) { return WalScanner(size).scan(segment, bytes, [](const WalEvent &) {}); };
    QCOMPARE(scan(good).state, SegmentScan::State::Whole);
    QCOMPARE(scan(good).major, 18);
    QCOMPARE(QString::number(scan(good).systemIdentifier), QString::fromLatin1(textOf(**link, "SELECT system_identifier::text FROM pg_control_system()")));
    QCOMPARE(scan(good.first(500'000)).state, SegmentScan::State::NoWal);
    QCOMPARE(scan(QByteArray(size, '\0')).state, SegmentScan::State::NoWal);
    QCOMPARE(scan(QByteArray(size, 'x')).state, SegmentScan::State::NoWal);
    QCOMPARE(WalScanner(size).scan({1, behind - 3}, good, [](const WalEvent &) {}).state, SegmentScan::State::NoWal); // another's place
    QByteArray half = good;
    std::fill(half.begin() + 500'000, half.end(), '\0');
    QVERIFY(scan(half).state == SegmentScan::State::Corrupt || scan(half).state == SegmentScan::State::EndsEarly);
    QRandomGenerator random(7);
    int unseen = 0;
    for (int i = 0; i < 400; ++i) {
        QByteArray bad = good;
        const auto offset = random.bounded(int(size));
        bad[offset] = char(bad[offset] ^ (1 << random.bounded(8)));
        const SegmentScan found = scan(bad);
        if (found.state == SegmentScan::State::Whole)
            ++unseen; // padding, and the record that began before this segment
        else
            QVERIFY(found.end.value >= segment.begin(size).value && found.end.value <= segment.end(size).value);
    }
    qInfo("%d of 400 flipped bits are in padding or before the first record", unseen);
    QVERIFY(unseen < 40);
    // Without the one before it nothing is lost but the record that began there.
    WalScanner both(size);
    const Segment before{1, behind - 3};
    QCOMPARE(both.scan(before, read(server->folder() + u"/data/pg_wal/"_s + before.name(size)), [](const WalEvent &) {}).state, SegmentScan::State::Whole);
    QCOMPARE(both.scan(segment, good, [](const WalEvent &) {}).state, SegmentScan::State::Whole);
    // A record that goes on elsewhere.
    WalScanner other(size);
    QVERIFY(other.scan(before, read(server->folder() + u"/data/pg_wal/"_s + before.name(size)), [](const WalEvent &) {}).goesOn);
    QByteArray headless = good;
    headless[2] = char(headless[2] & ~1);
    QCOMPARE(other.scan(segment, headless, [](const WalEvent &) {}).state, SegmentScan::State::Corrupt);
}

void TestWalScanner::crcIsPostgres()
{
    QCOMPARE(walCrc("123456789"), 0xE3069283U); // the check value of CRC-32C
    QCOMPARE(walCrc("6789", walCrc("12345")), 0xE3069283U);
}

QTEST_GUILESS_MAIN(TestWalScanner)
#include "tst_walscanner.moc"
