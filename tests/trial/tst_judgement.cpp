// SPDX-License-Identifier: GPL-3.0-or-later
// What two measurements say, which run stands for all, and values that a log tells.
#include "trial/judgement.h"
#include "trial/loggedvalues.h"

#include <QTest>

using namespace howdah;
using namespace howdah::trial;
using namespace Qt::StringLiterals;
using Verdict = Judgement::Verdict;

class TestJudgement : public QObject
{
    Q_OBJECT
private slots:
    void median();
    void byTimes();
    void noiseIsNoGain();
    void byBound();
    void byCosts();
    void loggedValues();
    void notReadValues_data();
    void notReadValues();

private:
    static Measured ran(const QVector<qint64> &runs)
    {
        Measured measured;
        measured.ran = true;
        measured.runsUs = runs;
        measured.medianUs = runs[medianAt(runs)];
        return measured;
    }
    static Measured costing(double cost)
    {
        Measured measured;
        measured.cost = cost;
        return measured;
    }
    static Measured stopped(int ms)
    {
        Measured measured = costing(5);
        measured.overMs = ms;
        return measured;
    }
};

void TestJudgement::median()
{
    QCOMPARE(medianAt({}), -1);
    QCOMPARE(medianAt({7}), 0);
    QCOMPARE(medianAt({9, 1, 5}), 2);
    QCOMPARE(medianAt({9, 1, 5, 7}), 2); // the lower of the two in the middle
    QCOMPARE(medianAt({5, 5, 5}), 1);
}

void TestJudgement::byTimes()
{
    const Judgement faster = judge(ran({812'000, 900'000, 790'000}), ran({400, 410, 390}));
    QCOMPARE(faster.verdict, Verdict::Faster);
    QVERIFY(faster.measured);
    QCOMPARE(*faster.factor, 2030.0);
    QCOMPARE(faster.words, u"812 ms before, 0.4 ms after: 2030 times faster"_s);
    const Judgement slower = judge(ran({1000}), ran({2'500'000}));
    QCOMPARE(slower.verdict, Verdict::Slower);
    QCOMPARE(slower.words, u"1 ms before, 2.50 s after: 2500 times slower"_s);
}

void TestJudgement::noiseIsNoGain()
{
    // By a third, but a run of the one lies among those of the other.
    QCOMPARE(judge(ran({10'000, 15'000, 16'000}), ran({9000, 10'000, 15'500})).verdict, Verdict::Same);
    QCOMPARE(judge(ran({10'000}), ran({9000})).verdict, Verdict::Same); // by a tenth
    QCOMPARE(judge(ran({90}), ran({30})).verdict, Verdict::Same);       // by less than a tenth of a ms
    QCOMPARE(judge(ran({10'000, 15'000, 16'000}), ran({6000, 7000, 8000})).verdict, Verdict::Faster);
    QVERIFY(judge(ran({0}), ran({0})).factor == std::nullopt);
}

void TestJudgement::byBound()
{
    const Judgement faster = judge(stopped(60'000), ran({2000}));
    QCOMPARE(faster.verdict, Verdict::Faster);
    QCOMPARE(*faster.factor, 30'000.0);
    QCOMPARE(faster.words, u"Not done within 60.00 s before, 2 ms after"_s);
    QCOMPARE(judge(ran({2000}), stopped(60'000)).verdict, Verdict::Slower);
    QCOMPARE(judge(stopped(1000), stopped(1000)).verdict, Verdict::NotKnown);
    // What was stopped in its cold run might have ended with the next: no "faster" of a hair.
    QCOMPARE(judge(stopped(60'000), ran({58'000'000})).verdict, Verdict::NotKnown);
    Measured cold = ran({2000});
    cold.coldUs = 59'000'000;
    QCOMPARE(judge(stopped(60'000), cold).verdict, Verdict::NotKnown);
}

void TestJudgement::byCosts()
{
    const Judgement hypothetical = judge(costing(4000), costing(8), true);
    QCOMPARE(hypothetical.verdict, Verdict::Faster);
    QVERIFY(!hypothetical.measured);
    QCOMPARE(*hypothetical.factor, 500.0);
    QVERIFY(hypothetical.words.contains("An estimate"_L1) && hypothetical.words.contains("not built"_L1));
    QCOMPARE(judge(costing(4000), costing(4001)).verdict, Verdict::Same);
    QCOMPARE(judge(costing(10), costing(20)).verdict, Verdict::Slower);
    QCOMPARE(judge(Measured(), costing(20)).verdict, Verdict::NotKnown);
}

void TestJudgement::loggedValues()
{
    const auto values = valuesOf(u"$1 = '42', $2 = NULL, $3 = 'it''s, $9 = ''x''', $10 = ''"_s);
    QVERIFY(values);
    QCOMPARE(values->size(), 4);
    QCOMPARE(values->value(1).text, u"42"_s);
    QVERIFY(!values->value(2).text);
    QCOMPARE(values->value(3).text, u"it's, $9 = 'x'"_s);
    QCOMPARE(values->value(10).text, u""_s);
    QCOMPARE(valuesOf({})->size(), 0);
    const auto cut = valuesOf(u"$1 = 'abc...'"_s);
    QVERIFY(!cut);
    QCOMPARE(cut.error().reason, u"value_cut"_s);
}

void TestJudgement::notReadValues_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"$1 = '42", "$1 = 42", "$0 = '1'", "$1 = '1' $2 = '2'", "$1 = '1', ", "$1 = '1', $1 = '2'", "42", "$99999999999 = '1'", "$1 = '1'x"})
        QTest::addRow("%s", text) << QString::fromLatin1(text);
}

void TestJudgement::notReadValues()
{
    QFETCH(const QString, text);
    const auto values = valuesOf(text);
    QVERIFY(!values);
    QCOMPARE(values.error().reason, u"values_not_read"_s);
}

QTEST_GUILESS_MAIN(TestJudgement)
#include "tst_judgement.moc"
