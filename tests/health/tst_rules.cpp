// SPDX-License-Identifier: GPL-3.0-or-later
// Each rule below, at and above its thresholds, and silent on what is not known.
#include "health/rules.h"

#include <QFile>
#include <QTest>

using namespace howdah::health;
using namespace Qt::StringLiterals;

class TestRules : public QObject
{
    Q_OBJECT
private slots:
    void judges_data();
    void judges();
    void nothingKnownNothingSaid();
    void everyRuleHasARow();

private:
    static std::optional<Finding> judge(const QString &code, const Reading &reading);
};

static Reading numbers(std::initializer_list<std::pair<QString, qint64>> list)
{
    Reading reading;
    for (const auto &[name, value] : list)
        reading.numbers.insert(name, value);
    return reading;
}

static Reading flag(const QString &name, bool value)
{
    Reading reading;
    reading.flags.insert(name, value);
    return reading;
}

static Reading hit(double percent, qint64 read)
{
    Reading reading = numbers({{u"blocks_read"_s, read}});
    reading.cacheHitRatio = percent;
    return reading;
}

static Reading archive(const QString &mode)
{
    Reading reading;
    reading.archiveMode = mode;
    return reading;
}

void TestRules::judges_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<Reading>("reading");
    QTest::addColumn<Verdict>("verdict"); // Ok: no finding
    const auto row = [](const char *name, const QString &code, const Reading &reading, Verdict verdict) { QTest::newRow(name) << code << reading << verdict; };
    const auto used = [](qint64 n) { return numbers({{u"connections_used"_s, n}, {u"connections_usable"_s, 100}}); };
    row("74 of 100", u"connections"_s, used(74), Verdict::Ok);
    row("75 of 100", u"connections"_s, used(75), Verdict::Warning);
    row("89 of 100", u"connections"_s, used(89), Verdict::Warning);
    row("90 of 100", u"connections"_s, used(90), Verdict::Critical);
    row("more than all", u"connections"_s, used(103), Verdict::Critical); // reserved ones are in use
    row("transaction 4:59", u"long_transaction"_s, numbers({{u"longest_transaction_seconds"_s, 299}}), Verdict::Ok);
    row("transaction 5:00", u"long_transaction"_s, numbers({{u"longest_transaction_seconds"_s, 300}}), Verdict::Warning);
    row("transaction a day", u"long_transaction"_s, numbers({{u"longest_transaction_seconds"_s, 86400}}), Verdict::Critical);
    row("idle 5:00", u"idle_in_transaction"_s, numbers({{u"longest_idle_in_transaction_seconds"_s, 300}}), Verdict::Warning);
    row("idle 0", u"idle_in_transaction"_s, numbers({{u"longest_idle_in_transaction_seconds"_s, 0}}), Verdict::Ok);
    row("lock 59 s", u"lock_wait"_s, numbers({{u"longest_lock_wait_seconds"_s, 59}}), Verdict::Ok);
    row("lock 1 min", u"lock_wait"_s, numbers({{u"longest_lock_wait_seconds"_s, 60}}), Verdict::Warning);
    row("lock 5 min", u"lock_wait"_s, numbers({{u"longest_lock_wait_seconds"_s, 300}}), Verdict::Critical);
    row("archiver fails", u"archive_failing"_s, numbers({{u"archive_failing_seconds"_s, 20}}), Verdict::Warning);
    row("archiver fails 5 min", u"archive_failing"_s, numbers({{u"archive_failing_seconds"_s, 300}}), Verdict::Critical);
    row("archive off", u"archive_off"_s, archive(u"off"_s), Verdict::Warning);
    row("archive on", u"archive_off"_s, archive(u"on"_s), Verdict::Ok);
    const auto age = [](qint64 xids) { return numbers({{u"xid_age"_s, xids}, {u"freeze_max_age"_s, 200'000'000}}); };
    row("age 250 M", u"wraparound"_s, age(250'000'000), Verdict::Ok);
    row("age over 1.25 freezes", u"wraparound"_s, age(250'000'001), Verdict::Warning);
    row("age 75 %", u"wraparound"_s, age(1'610'612'736), Verdict::Critical);
    row("multixact 49 %", u"multixact"_s, numbers({{u"multixact_age"_s, 1'060'000'000}}), Verdict::Ok);
    row("multixact 50 %", u"multixact"_s, numbers({{u"multixact_age"_s, 1'073'741'824}}), Verdict::Warning);
    row("multixact 75 %", u"multixact"_s, numbers({{u"multixact_age"_s, 1'610'612'736}}), Verdict::Critical);
    row("one bad page", u"checksums"_s, numbers({{u"checksum_failures"_s, 1}}), Verdict::Critical);
    row("checksums off", u"checksums"_s, flag(u"data_checksums"_s, false), Verdict::Warning);
    row("checksums on", u"checksums"_s, flag(u"data_checksums"_s, true), Verdict::Ok);
    row("hit 94 %", u"cache_hit"_s, hit(94, 100'000), Verdict::Warning);
    row("hit 0 % is never critical", u"cache_hit"_s, hit(0, 100'000'000), Verdict::Warning);
    row("hit 95 %", u"cache_hit"_s, hit(95, 100'000), Verdict::Ok);
    row("hit 10 % of little", u"cache_hit"_s, hit(10, 99'999), Verdict::Ok);
    row("fsync off", u"settings"_s, flag(u"fsync"_s, false), Verdict::Critical);
    row("full_page_writes off", u"settings"_s, flag(u"full_page_writes"_s, false), Verdict::Critical);
    row("autovacuum off", u"settings"_s, flag(u"autovacuum"_s, false), Verdict::Critical);
    row("slot lost", u"slots"_s, numbers({{u"slots_lost"_s, 1}}), Verdict::Critical);
    row("slot unreserved", u"slots"_s, numbers({{u"slots_unreserved"_s, 1}}), Verdict::Critical);
    row("slot extended", u"slots"_s, numbers({{u"slots_extended"_s, 1}}), Verdict::Warning);
    row("slot inactive", u"slots"_s, numbers({{u"slots_inactive"_s, 1}}), Verdict::Warning);
    row("no slots", u"slots"_s, numbers({{u"slots_inactive"_s, 0}, {u"slots_lost"_s, 0}}), Verdict::Ok);
    row("old prepared", u"prepared"_s, numbers({{u"old_prepared"_s, 2}}), Verdict::Warning);
}

std::optional<Finding> TestRules::judge(const QString &code, const Reading &reading)
{
    for (const Rule &rule : rules())
        if (rule.code == code)
            return rule.judge(reading);
    qWarning("no rule %s", qPrintable(code));
    return std::nullopt;
}

void TestRules::judges()
{
    QFETCH(QString, code);
    QFETCH(Reading, reading);
    QFETCH(Verdict, verdict);
    const auto finding = judge(code, reading);
    QCOMPARE(finding.has_value(), verdict != Verdict::Ok);
    if (finding) {
        QCOMPARE(finding->verdict, verdict);
        QVERIFY(!finding->message.isEmpty() && !finding->message.contains(u'%' + u"1"_s));
    }
}

void TestRules::nothingKnownNothingSaid()
{
    for (const Rule &rule : rules())
        QVERIFY2(!rule.judge(Reading()), qPrintable(rule.code));
}

void TestRules::everyRuleHasARow()
{
    QFile self(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/health/tst_rules.cpp"_s);
    QVERIFY(self.open(QIODevice::ReadOnly));
    const QByteArray text = self.readAll();
    for (const Rule &rule : rules())
        QVERIFY2(text.contains(QByteArray("u\"" + rule.code.toLatin1() + "\"_s, ")), qPrintable(rule.code));
}

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
