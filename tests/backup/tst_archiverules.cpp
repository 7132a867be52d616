// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a server's archiving, from facts alone: each rule where it speaks and where it is silent, the worst first; nothing unknown is good.
#include "backup/archivewatch.h"

#include <QTest>

using namespace howdah::backup;
using namespace Qt::StringLiterals;
using Severity = ArchiveFinding::Severity;
using Part = DiskFacts::Part;

class TestArchiveRules : public QObject
{
    Q_OBJECT
private slots:
    void allIsWell();
    void commands_data();
    void commands();
    void mode();
    void waiting();
    void notPermitted();
    void slotsHold();
    void disks();
    void fills();
    void rates();
    void log_data();
    void log();
    void logIsOfNow();

private:
    static ArchiveFacts good();
    static QMap<QString, Severity> codes(const QVector<ArchiveFinding> &findings);
};

static constexpr qint64 now = 1'700'000'000'000, gb = qint64(1) << 30;

ArchiveFacts TestArchiveRules::good()
{
    ArchiveFacts facts;
    facts.nowMs = now;
    facts.versionNum = 180006;
    facts.walLevel = u"replica"_s;
    facts.mode = u"on"_s;
    facts.command = u"/usr/local/bin/howdah-archive \"%p\" \"%f\""_s;
    facts.timeoutS = 300;
    facts.segmentSize = 16 << 20;
    facts.slotKeepMb = 4096;
    facts.archived = 7;
    facts.lastArchived = u"000000010000000000000007"_s;
    facts.current = u"000000010000000000000008"_s;
    facts.lastArchivedMs = now - 20'000;
    facts.segmentsBehind = 0;
    facts.ready = 0;
    facts.disks = {{Part::Data, u"/d"_s, 2049, u"sda"_s, 100 * gb, 50 * gb, {}}, {Part::Wal, u"/d/pg_wal"_s, 2049, u"sda"_s, 100 * gb, 50 * gb, {}},
                   {Part::Archive, u"/a"_s, 2065, u"sdb"_s, 100 * gb, 50 * gb, {}}, {Part::Backups, u"/b"_s, 2081, u"sdc"_s, 100 * gb, 50 * gb, {}}};
    return facts;
}

QMap<QString, Severity> TestArchiveRules::codes(const QVector<ArchiveFinding> &findings)
{
    QMap<QString, Severity> all;
    Severity worst = Severity::Critical;
    for (const ArchiveFinding &one : findings) {
        if (one.severity > worst || one.what.isEmpty())
            qFatal("not the worst first, or without words: %s", qPrintable(one.code));
        worst = one.severity;
        all.insert(one.code, std::max(one.severity, all.value(one.code, Severity::Note)));
    }
    return all;
}

void TestArchiveRules::allIsWell()
{
    QVERIFY(judgeArchive(good()).isEmpty());
    QCOMPARE(good().daysUntilFull(Part::Archive), std::nullopt);
}

void TestArchiveRules::commands_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("code");
    QTest::newRow("ours") << u"/usr/local/bin/howdah-archive \"%p\" \"%f\""_s << QString();
    QTest::newRow("pgbackrest") << u"pgbackrest --stanza=main archive-push %p"_s << QString();
    QTest::newRow("temporary name") << u"cp %p /a/.%f && mv /a/.%f /a/%f"_s << QString();
    QTest::newRow("tells") << u"echo %p; archive %p"_s << QString();
    QTest::newRow("none") << u" "_s << u"no_command"_s;
    QTest::newRow("true") << u"/bin/true"_s << u"swallows"_s;
    QTest::newRow("colon") << u":"_s << u"swallows"_s;
    QTest::newRow("without the file") << u"touch /a/%f"_s << u"swallows"_s;
    QTest::newRow("echo") << u"echo %p"_s << u"swallows"_s;
    QTest::newRow("the manual's") << u"test ! -f /a/%f && cp %p /a/%f"_s << u"bare_copy"_s;
}

void TestArchiveRules::commands()
{
    QFETCH(QString, command);
    QFETCH(QString, code);
    ArchiveFacts facts = good();
    facts.command = command;
    const auto found = codes(judgeArchive(facts));
    QCOMPARE(found.keys(), code.isEmpty() ? QStringList() : QStringList{code});
    if (!code.isEmpty())
        QCOMPARE(found.value(code), code == "bare_copy"_L1 ? Severity::Warning : Severity::Critical);
    // A library is what archives then, and the server takes no command beside it.
    facts.command.clear();
    facts.library = u"basic_archive"_s;
    QVERIFY(judgeArchive(facts).isEmpty());
}

void TestArchiveRules::mode()
{
    ArchiveFacts facts = good();
    facts.mode = u"off"_s;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"off"_s, Severity::Critical}}));
    facts.replicationSlots = {{u"howdah"_s, u"physical"_s, true, u"pg_receivewal"_s, 0, u"reserved"_s, gb, {}, {}}};
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"received"_s, Severity::Note}}));
    facts = good();
    facts.inRecovery = true;
    facts.current.clear();
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"standby"_s, Severity::Note}}));
    facts.mode = u"always"_s;
    QVERIFY(judgeArchive(facts).isEmpty());
    facts = good();
    facts.walLevel = u"minimal"_s;
    facts.timeoutS = 0;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"wal_level"_s, Severity::Critical}, {u"no_timeout"_s, Severity::Warning}}));
}

void TestArchiveRules::waiting()
{
    ArchiveFacts facts = good();
    facts.ready = 3;
    facts.oldestReady = u"000000010000000000000005"_s;
    facts.oldestReadyMs = now - 59'000;
    QVERIFY(judgeArchive(facts).isEmpty()); // it is at it
    facts.oldestReadyMs = now - 60'000;
    auto found = judgeArchive(facts);
    QCOMPARE(codes(found), (QMap<QString, Severity>{{u"ready_old"_s, Severity::Warning}}));
    QVERIFY(found.constFirst().what.contains("000000010000000000000005"_L1));
    // Nothing was counted: said, since whoever looks at pg_stat_archiver alone sees nothing.
    QVERIFY(found.constFirst().toDo.contains("127"_L1));
    facts.oldestReadyMs = now - 300'000;
    facts.failed = 5;
    facts.lastFailed = facts.oldestReady;
    facts.lastFailedMs = now - 1000;
    found = judgeArchive(facts);
    QCOMPARE(codes(found), (QMap<QString, Severity>{{u"ready_old"_s, Severity::Critical}}));
    QVERIFY(!found.constFirst().toDo.contains("127"_L1));
    // Failures of before the last success are past.
    facts.ready = 0;
    facts.oldestReadyMs.reset();
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"failing"_s, Severity::Warning}}));
    facts.lastArchivedMs = now - 500;
    QVERIFY(judgeArchive(facts).isEmpty());
}

void TestArchiveRules::notPermitted()
{
    ArchiveFacts facts = good();
    facts.ready.reset();
    facts.readyUnknown = u"GRANT pg_monitor TO x"_s;
    auto found = judgeArchive(facts);
    QCOMPARE(codes(found), (QMap<QString, Severity>{{u"ready_unknown"_s, Severity::Unknown}}));
    QCOMPARE(found.constFirst().toDo, u"GRANT pg_monitor TO x"_s);
    facts.segmentsBehind = 3;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"behind"_s, Severity::Critical}, {u"ready_unknown"_s, Severity::Unknown}}));
}

void TestArchiveRules::slotsHold()
{
    ArchiveFacts facts = good();
    const SlotFacts reserved{u"a"_s, u"physical"_s, true, u"pg_receivewal"_s, 1000, u"reserved"_s, gb, {}, {}};
    facts.replicationSlots = {reserved};
    QVERIFY(judgeArchive(facts).isEmpty());
    const auto with = [&](auto change) {
        ArchiveFacts changed = facts;
        change(changed, changed.replicationSlots.first());
        return codes(judgeArchive(changed));
    };
    QCOMPARE(with([](auto &, SlotFacts &slot) { slot.walStatus = u"extended"_s; }), (QMap<QString, Severity>{{u"slot_extended"_s, Severity::Warning}}));
    QCOMPARE(with([](auto &, SlotFacts &slot) { slot.walStatus = u"unreserved"_s; }), (QMap<QString, Severity>{{u"slot_unreserved"_s, Severity::Critical}}));
    QCOMPARE(with([](auto &, SlotFacts &slot) { slot.walStatus = u"lost"_s; slot.active = false; slot.retainedBytes.reset(); }), (QMap<QString, Severity>{{u"slot_lost"_s, Severity::Critical}}));
    QCOMPARE(with([](auto &, SlotFacts &slot) { slot.invalidated = u"idle_timeout"_s; slot.active = false; }), (QMap<QString, Severity>{{u"slot_lost"_s, Severity::Critical}}));
    QCOMPARE(with([](auto &, SlotFacts &slot) { slot.active = false; slot.inactiveSinceMs = now - 3'600'000; }), (QMap<QString, Severity>{{u"slot_inactive"_s, Severity::Warning}}));
    QCOMPARE(with([](ArchiveFacts &all, auto &) { all.slotKeepMb = -1; }), (QMap<QString, Severity>{{u"slot_unbounded"_s, Severity::Warning}}));
    QCOMPARE(with([](ArchiveFacts &all, auto &) { all.slotIdleTimeoutS = 60; }), (QMap<QString, Severity>{{u"slot_idle_timeout"_s, Severity::Warning}}));
}

void TestArchiveRules::disks()
{
    ArchiveFacts facts = good();
    facts.disks[2].device = facts.disks[3].device = 2049; // one file system
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"one_disk"_s, Severity::Critical}}));
    facts.disks[3].device = 2081; // the backups lie elsewhere
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"one_disk"_s, Severity::Warning}}));
    facts.disks[2].device = 2050; // another partition of the same disk
    facts.disks[2].disk = u"sda"_s;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"one_disk"_s, Severity::Warning}}));
    facts = good();
    facts.disks.removeLast();
    facts.disks[1] = {Part::Wal, {}, {}, {}, {}, {}, u"not reachable"_s};
    auto found = judgeArchive(facts);
    QCOMPARE(codes(found), (QMap<QString, Severity>{{u"disk_unknown"_s, Severity::Unknown}}));
    QVERIFY(found.constFirst().what.contains("backups"_L1) && found.constFirst().what.contains("not reachable"_L1));
    facts.disks.clear(); // nobody looked: unknown, and no word of one disk or several
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"disk_unknown"_s, Severity::Unknown}}));
    facts = good();
    facts.disks[2].freeBytes = 1000;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"disk_full"_s, Severity::Critical}}));
    facts.disks[2].freeBytes.reset();
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"space_unknown"_s, Severity::Unknown}}));
}

void TestArchiveRules::fills()
{
    ArchiveFacts facts = good();
    facts.rate = WalRate{double(50 * gb) / 86'400 / 10, 1, u"measured"_s};
    QCOMPARE(qRound(facts.daysUntilFull(Part::Archive).value_or(0)), 10);
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"disk_fills"_s, Severity::Warning}}));
    facts.rate->bytesPerSecond *= 5;
    QCOMPARE(codes(judgeArchive(facts)), (QMap<QString, Severity>{{u"disk_fills"_s, Severity::Critical}}));
    facts.rate->bytesPerSecond = 0;
    QCOMPARE(facts.daysUntilFull(Part::Archive), std::nullopt);
}

void TestArchiveRules::rates()
{
    QVector<std::pair<qint64, std::optional<double>>> rates;
    for (int i = 0; i <= 60; ++i)
        rates.append({now + i * 60'000, 100.0});
    auto rate = walRateOf(rates, 120'000);
    QVERIFY(rate);
    QCOMPARE(rate->overMs, 3'600'000);
    QCOMPARE(rate->bytesPerSecond, 100.0);
    // A gap is neither 0 nor what came before it.
    for (int i = 0; i <= 60; ++i)
        rates.append({now + 100'000'000 + i * 60'000, i % 2 ? std::optional(300.0) : std::nullopt});
    rate = walRateOf(rates, 120'000);
    QCOMPARE(rate->overMs, 3'600'000 + 30 * 60'000);
    QCOMPARE(qRound(rate->bytesPerSecond * 1000), qRound((100.0 * 60 + 300.0 * 30) / 90 * 1000));
    QVERIFY(!walRateOf(rates.mid(0, 5), 120'000));
    QVERIFY(!walRateOf({}, 120'000));
}

void TestArchiveRules::log_data()
{
    QTest::addColumn<QByteArray>("log");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing") << QByteArray("LOG:  checkpoint starting: time\n") << QString() << QString();
    QTest::newRow("1") << QByteArray("LOG:  archive command failed with exit code 1\nDETAIL:  The failed archive command was: x\n") << u"command_failed"_s << u"ended with 1"_s;
    QTest::newRow("126") << QByteArray("FATAL:  archive command failed with exit code 126\n") << u"command_failed"_s << u"may not run"_s;
    QTest::newRow("127") << QByteArray("FATAL:  archive command failed with exit code 127\n") << u"command_failed"_s << u"does not find"_s;
    QTest::newRow("signal") << QByteArray("FATAL:  archive command was terminated by signal 9: Killed\n") << u"command_failed"_s << u"signal 9"_s;
    QTest::newRow("disk of pg_wal") << QByteArray("PANIC:  could not write to file \"pg_wal/xlogtemp.4711\": No space left on device\n") << u"wal_disk_full"_s << u"acknowledged"_s;
    QTest::newRow("another PANIC") << QByteArray("PANIC:  could not write to file \"pg_wal/xlogtemp.4711\": Input/output error\n") << QString() << QString();
}

void TestArchiveRules::log()
{
    QFETCH(QByteArray, log);
    QFETCH(QString, code);
    QFETCH(QString, words);
    const auto found = judgeArchiveLog(log);
    QCOMPARE(codes(found).keys(), code.isEmpty() ? QStringList() : QStringList{code});
    if (!code.isEmpty())
        QVERIFY2(QString(found.constFirst().what + found.constFirst().toDo).contains(words), qPrintable(found.constFirst().what));
}

void TestArchiveRules::logIsOfNow()
{
    const QByteArray ended = "PANIC:  could not write to file \"pg_wal/xlogtemp.4711\": No space left on device\n", up = "LOG:  database system is ready to accept connections\n";
    QVERIFY(judgeArchiveLog(ended + up).isEmpty());
    QCOMPARE(judgeArchiveLog(up + ended).size(), 1);
}

QTEST_GUILESS_MAIN(TestArchiveRules)
#include "tst_archiverules.moc"
