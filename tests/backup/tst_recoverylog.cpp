// SPDX-License-Identifier: GPL-3.0-or-later
// What PostgreSQL's log says of a recovery's end, held against what was told before: of each kind of target the record must be the very one, and what can't be
// told is neither good nor bad. And how much room a copy takes.
#include "backup/copyspace.h"
#include "backup/preflight.h"
#include "backup/recoverylog.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah::backup;
using namespace Qt::StringLiterals;

class TestRecoveryLog : public QObject
{
    Q_OBJECT
private slots:
    void stops_data();
    void stops();
    void whatTheServerSaid();
    void checksOfThreeStates();
    void ids();
    void floors();
    void room();
    void minorVersions();
};

static QByteArray logOf(const QByteArray &stopping, const QByteArray &redo)
{
    return "2026-11-27 02:11:54.000 UTC [1] LOG:  starting archive recovery\n"
           "2026-11-27 02:11:54.000 UTC [1] LOG:  restored log file \"000000010000000000000002\" from archive\n"
        + (stopping.isEmpty() ? QByteArray() : "2026-11-27 02:11:54.000 UTC [1] LOG:  " + stopping + '\n') + (redo.isEmpty() ? QByteArray() : "2026-11-27 02:11:54.000 UTC [1] LOG:  redo done at " + redo + " system usage: CPU: user: 0.00 s\n")
        + "2026-11-27 02:11:54.000 UTC [1] LOG:  selected new timeline ID: 3\n2026-11-27 02:11:54.000 UTC [1] LOG:  database system is ready to accept connections\n";
}

void TestRecoveryLog::stops_data()
{
    QTest::addColumn<QByteArray>("stopping");
    QTest::addColumn<QByteArray>("redo");
    QTest::addColumn<QString>("before"); // told: the record that is not replayed, or
    QTest::addColumn<QString>("after");  // the last that is
    QTest::addColumn<quint32>("xid");
    QTest::addColumn<QString>("setting");
    QTest::addColumn<bool>("good");
    const QString none, time = u"recovery_target_time = 'x'"_s, lsn = u"recovery_target_lsn = '0/5000140'"_s, name = u"recovery_target_name = 'here'"_s, immediate = u"recovery_target = 'immediate'"_s;
    const QByteArray beforeXid = "recovery stopping before commit of transaction 756, time 2026-11-27 02:11:54.1+00", afterXid = "recovery stopping after abort of transaction 756, time 2026-11-27 02:11:54.1+00";
    const QByteArray beforeLsn = "recovery stopping before WAL location (LSN) \"0/5000140\"", afterLsn = "recovery stopping after WAL location (LSN) \"0/5000140\"";
    const QByteArray atName = "recovery stopping at restore point \"here\", time 2026-11-27 02:11:54.1+00", consistent = "recovery stopping after reaching consistency";
    QTest::newRow("a moment") << beforeXid << QByteArray("0/5000140") << u"0/5000140"_s << none << 756U << time << true;
    QTest::newRow("a moment, another transaction") << beforeXid << QByteArray("0/5000140") << u"0/5000140"_s << none << 755U << time << false;
    QTest::newRow("a moment, the same number at another place") << beforeXid << QByteArray("0/5000140") << u"0/6000140"_s << none << 756U << time << false;
    QTest::newRow("after a transaction") << afterXid << QByteArray("0/5000140") << none << u"0/5000140"_s << 756U << none << true;
    QTest::newRow("after instead of before") << afterXid << QByteArray("0/5000140") << u"0/5000140"_s << none << 756U << none << false;
    QTest::newRow("before instead of after") << beforeXid << QByteArray("0/5000140") << none << u"0/5000140"_s << 756U << none << false;
    QTest::newRow("an LSN, and the last commit") << afterLsn << QByteArray("0/5000140") << none << u"0/5000140"_s << 0U << lsn << true;
    QTest::newRow("a record behind") << afterLsn << QByteArray("0/5000178") << none << u"0/5000140"_s << 0U << lsn << false;
    QTest::newRow("just before an LSN") << beforeLsn << QByteArray("0/5000140") << u"0/5000140"_s << none << 0U << lsn << true;
    QTest::newRow("behind instead of just before") << afterLsn << QByteArray("0/5000140") << u"0/5000140"_s << none << 0U << lsn << false;
    QTest::newRow("a restore point") << atName << QByteArray("0/5000140") << none << u"0/5000140"_s << 0U << name << true;
    QTest::newRow("another restore point of that name") << atName << QByteArray("0/7000140") << none << u"0/5000140"_s << 0U << name << false;
    QTest::newRow("a backup alone") << consistent << QByteArray("0/5000118") << none << u"0/5000140"_s << 0U << immediate << true;
    QTest::newRow("a backup, and the next record was read") << consistent << QByteArray("0/5000140") << none << u"0/5000140"_s << 0U << immediate << true;
    QTest::newRow("a backup, and the next record begins behind a page's header") << consistent << QByteArray("0/6000028") << none << u"0/6000000"_s << 0U << immediate << true;
    QTest::newRow("a backup and more") << consistent << QByteArray("0/5000178") << none << u"0/5000140"_s << 0U << immediate << false;
    QTest::newRow("a backup, and it stopped elsewhere") << afterLsn << QByteArray("0/5000118") << none << u"0/5000140"_s << 0U << immediate << false;
    QTest::newRow("no word of a stop") << QByteArray() << QByteArray("0/5000140") << none << u"0/5000140"_s << 0U << lsn << false;
    QTest::newRow("no word of the record") << afterLsn << QByteArray() << none << u"0/5000140"_s << 0U << lsn << false;
}

void TestRecoveryLog::stops()
{
    QFETCH(QByteArray, stopping);
    QFETCH(QByteArray, redo);
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(quint32, xid);
    QFETCH(QString, setting);
    QFETCH(bool, good);
    Verdict verdict;
    verdict.server = Verdict::Server::Reaches;
    verdict.stopsBefore = Lsn::parse(before).value_or(Lsn());
    verdict.stopsAfter = Lsn::parse(after).value_or(Lsn());
    verdict.stopXid = xid;
    verdict.settings << setting;
    const RehearsalCheck check = stopCheck(readRecoveryLog(logOf(stopping, redo)), verdict);
    QVERIFY2(check.good == good, qPrintable(check.words));
    QVERIFY(check.words != QString::fromUtf8(stopping)); // it says where, or what is wrong with it
    QCOMPARE(check.words.contains(u"told"_s) || check.words.contains(u"does not say"_s) || check.words.contains(u"it was to stop"_s), !good);
}

void TestRecoveryLog::whatTheServerSaid()
{
    const RecoveryLog read = readRecoveryLog(logOf("recovery stopping after WAL location (LSN) \"A/5000140\"", "A/5000140") + "… FATAL:  x\n… PANIC:  y\n");
    QCOMPARE(read.stopped, u"recovery stopping after WAL location (LSN) \"A/5000140\""_s);
    QCOMPARE(read.last, *Lsn::parse(u"A/5000140"_s));
    QCOMPARE(read.timeline, 3U);
    QCOMPARE(read.segments, 1);
    QCOMPARE(read.fatal, u"x"_s);
    QVERIFY(read.ready);
    QVERIFY(!readRecoveryLog("LOG:  database system is ready to accept read-only connections\n").ready); // that is before the target
}

void TestRecoveryLog::checksOfThreeStates()
{
    Rehearsal one;
    one.id = u"rehearsal-20261127T021154Z-0a1b2c3d"_s;
    QVERIFY(!one.isGood()); // nothing was looked at
    one.checks = {{u"pg_checksums"_s, std::nullopt, u"can't be told"_s}};
    QVERIFY(!one.isGood()); // nor is that a proof
    QCOMPARE(one.faults(), QStringList());
    one.checks.append({u"pg_amcheck"_s, true, u"fine"_s});
    QVERIFY(one.isGood());
    const QJsonArray told = one.toJson().value("checks"_L1).toArray();
    QVERIFY(told.at(0)["good"_L1].isNull());
    QCOMPARE(told.at(1)["good"_L1].toBool(), true);
    one.checks.append({u"a probe"_s, false, u"not true"_s});
    QVERIFY(!one.isGood());
    QCOMPARE(one.faults(), QStringList{u"a probe: not true"_s});
}

void TestRecoveryLog::ids()
{
    RehearsalChoice choice;
    choice.verdict.server = Verdict::Server::Reaches;
    const auto first = planRehearsal(choice, 1'795'745'514'000), second = planRehearsal(choice, 1'795'745'514'000);
    QVERIFY(first && second);
    QVERIFY2(first->id.startsWith("rehearsal-20261127T021154Z-"_L1), qPrintable(first->id));
    QVERIFY(isRehearsalId(first->id));
    QVERIFY(first->id != second->id); // of the same millisecond, too
    QVERIFY(isRehearsalId(u"rehearsal-20261127T021154Z"_s)); // as they were
    for (const char *bad : {"rehearsal-20261127T021154Z-", "rehearsal-20261127T021154Z-../../x", "rehearsal-20261127T021154Z-0A1B2C3D", "rehearsal-20261127T021154Z-0a1b2c3d\n", "initial"})
        QVERIFY2(!isRehearsalId(QLatin1StringView(bad)), bad);
}

void TestRecoveryLog::floors()
{
    const auto facts = parseControlData("max_connections setting:              250\nmax_worker_processes setting:         8\nmax_wal_senders setting:              10\nmax_prepared_xacts setting:           5\nmax_locks_per_xact setting:           64\nBytes per WAL segment:                16777216\n");
    QCOMPARE(facts.value(u"Bytes per WAL segment"_s), u"16777216"_s);
    QCOMPARE(floorsOf(facts), (RecoveryFloors{250, 8, 10, 5, 64}));
    QCOMPARE(floorsOf({}), RecoveryFloors{});
    QCOMPARE(atLeast({100, 16, 10, 0, 64}, {250, 8, 10, 5, 64}), (RecoveryFloors{250, 16, 10, 5, 64}));
    RehearsalChoice choice;
    choice.floors = {250, 8, 10, 0, 64};
    QCOMPARE(targetSettingsOf(choice).mid(5), (QStringList{u"max_connections = 250"_s, u"max_worker_processes = 8"_s, u"max_wal_senders = 10"_s, u"max_locks_per_transaction = 64"_s}));
}

void TestRecoveryLog::room()
{
    QCOMPARE(*copyBytes({{5000, 16, true}}), 5016); // alone it is unpacked where it stays
    QCOMPARE(*copyBytes({{5000, 16, false}, {300, 16, false}}), 5316);
    QCOMPARE(*copyBytes({{5000, 16, true}, {300, 16, true}}), 5316 + 5016 + 316); // both, and what they are combined to
    QVERIFY(!copyBytes({{5000, 16, true}, {-1, 16, true}}));
    QVERIFY(!copyBytes({{5000, -1, true}}));
    QCOMPARE(replayBytes(3, 16 << 20), 48LL << 20);
    QCOMPARE(replayBytes(100'000, 16 << 20), 2LL << 30);
    const qint64 gb = 1LL << 30;
    QCOMPARE(spaceCheck(10 * gb, gb, gb, 12 * gb).good, std::optional(true));
    const PreflightCheck full = spaceCheck(10 * gb, gb, gb, 12 * gb - 1);
    QCOMPARE(full.good, std::optional(false));
    QVERIFY2(full.words.contains(u"10.0 GB"_s) && full.words.contains(u"1.00 GB stay free"_s), qPrintable(full.words));
    QCOMPARE(spaceCheck(10 * gb, 0, gb, {}).good, std::nullopt);
    QCOMPARE(spaceCheck({}, 0, gb, 20 * gb).good, std::nullopt); // not known is not enough
    QCOMPARE(spaceCheck({}, 0, gb, gb - 1).good, std::optional(false)); // and no leave to take what is kept free
}

void TestRecoveryLog::minorVersions()
{
    Backup backup;
    backup.id = u"20261127T020115Z-full"_s;
    backup.serverVersion = u"18.6"_s;
    backup.serverVersionNum = 180006;
    QCOMPARE(minorCheck(backup, u"image"_s, u"18.6"_s, 180006).good, std::optional(true));
    for (const auto &[version, number, word] : {std::tuple(u"18.4"_s, 180004, u"older"_s), std::tuple(u"18.7"_s, 180007, u"another minor version"_s)}) {
        const PreflightCheck check = minorCheck(backup, u"image"_s, version, number);
        QCOMPARE(check.good, std::nullopt); // no hindrance, but said
        QVERIFY2(check.words.contains(word) && check.words.contains(version) && check.words.contains(u"18.6"_s), qPrintable(check.words));
    }
    backup.serverVersionNum = 180000; // of the stack's first start only the major is known
    QVERIFY2(minorCheck(backup, u"image"_s, u"18.6"_s, 180006).words.contains(u"not recorded"_s), "");
}

QTEST_GUILESS_MAIN(TestRecoveryLog)
#include "tst_recoverylog.moc"
