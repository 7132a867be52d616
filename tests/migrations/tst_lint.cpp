// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/corpuscases.h"
#include "migrations/lintfacts.h"
#include "query/splitter.h"

#include <QElapsedTimer>
#include <QTest>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestLint : public QObject
{
    Q_OBJECT
private slots:
    void texts();
    void corpusIsWhole();
    void corpus_data();
    void corpus();
    void fixes_data();
    void fixes();
    void droppedTables();
    void waivers_data();
    void waivers();
    void waiversAreWritten();
    void purpose();
    void whatIsNotKnown();
    void levels();
    void down();
    void places();
    void takesWhateverComes();
    void manyFiles();
};

static QString told(const QList<Finding> &findings)
{
    static const char *levels[] = {"Error", "Warning", "Note"};
    QStringList lines;
    for (const Finding &finding : findings)
        lines << u"%1 %2 %3 at %4+%5: %6 %7"_s.arg(finding.hazard).arg(finding.rule, QLatin1String(levels[int(finding.level)])).arg(finding.offset).arg(finding.length).arg(finding.reason, finding.waived);
    return lines.join(u'\n');
}

static LintFile fileOf(const QByteArray &up, bool transaction = true)
{
    LintFile file;
    file.purpose = u"a file of a test"_s;
    file.up = {up, transaction, false, false};
    file.down.text = "comment on table t is null;";
    return file;
}

static QList<Finding> found(const QByteArray &up, bool transaction = true)
{
    LintFacts facts;
    facts.runnerSetsTimeouts = true;
    return lint(fileOf(up, transaction), facts);
}

void TestLint::texts()
{
    QCOMPARE(ruleTexts().size(), 52);
    QSet<QByteArray> names;
    for (int i = 0; i < 52; ++i) {
        const RuleText &text = ruleTexts()[i];
        QCOMPARE(text.hazard, i + 1);
        names << text.rule;
        for (const char *part : {text.rule, text.lock, text.reason, text.safe})
            QVERIFY2(qstrlen(part) > 3 && !QByteArray(part).endsWith('.'), text.rule);
    }
    QCOMPARE(names.size(), 52);
}

void TestLint::corpusIsWhole()
{
    QHash<int, int> bad;
    QHash<int, int> good;
    for (const test::CorpusCase &one : test::corpusCases()) {
        ++(one.bad ? bad : good)[one.hazard];
        const QString rule = QString::fromUtf8(ruleTexts().at(one.hazard - 1).rule);
        QVERIFY2(one.name.section(u':', 0, 0) == u"%1-%2"_s.arg(one.hazard, 2, 10, QLatin1Char('0')).arg(rule), qPrintable(one.name));
        for (const QString &allowed : one.allowed) {
            const auto is = [&](const RuleText &text) { return allowed == QLatin1String(text.rule); };
            QVERIFY2(std::any_of(ruleTexts().begin(), ruleTexts().end(), is), qPrintable(one.name + u": "_s + allowed));
        }
    }
    for (int hazard = 1; hazard <= 52; ++hazard)
        QVERIFY2(bad[hazard] >= 3 && good[hazard] >= 3, qPrintable(u"hazard %1: %2 bad, %3 good"_s.arg(hazard).arg(bad[hazard]).arg(good[hazard])));
}

void TestLint::corpus_data()
{
    QTest::addColumn<int>("index");
    const auto cases = test::corpusCases();
    for (int i = 0; i < cases.size(); ++i)
        QTest::newRow(qPrintable(cases[i].name)) << i;
}

void TestLint::corpus()
{
    static const auto cases = test::corpusCases();
    QFETCH(int, index);
    const test::CorpusCase &one = cases[index];
    const QList<Finding> findings = lint(one.file, one.facts);
    const QByteArray all = (QString::fromUtf8(one.file.up.text) + told(findings)).toUtf8();
    const auto isIt = [&](const Finding &finding) { return finding.hazard == one.hazard && finding.waived.isEmpty(); };
    const bool has = std::any_of(findings.begin(), findings.end(), isIt);
    QVERIFY2(has == one.bad, all);
    if (one.bad)
        return;
    for (const Finding &finding : findings) {
        if (finding.level != Level::Note && finding.waived.isEmpty())
            QVERIFY2(one.allowed.contains(finding.rule), all);
    }
}

void TestLint::fixes_data()
{
    QTest::addColumn<QByteArray>("up");
    QTest::addColumn<bool>("transaction");
    QTest::addColumn<QByteArray>("mended");
    const auto row = [](const char *up, bool transaction, const char *mended) { QTest::newRow(up) << QByteArray(up) << transaction << QByteArray(mended); };
    row("create index i on t (a);", false, "create index CONCURRENTLY i on t (a);");
    row("create unique index /* x */ on t (a)", false, "create unique index CONCURRENTLY /* x */ on t (a)");
    row("drop index if exists i;", false, "drop index CONCURRENTLY if exists i;");
    row("reindex (verbose) table t;", false, "reindex (verbose) table CONCURRENTLY t;");
    row("create index concurrently if not exists i on t (a);", false, "create index concurrently  i on t (a);");
    row("select 1; alter table t add check (a > 0) /* why */;", true, "select 1; alter table t add check (a > 0) NOT VALID /* why */;");
    row("alter table t add constraint fk foreign key (a) references r, add column b int;", true, "alter table t add constraint fk foreign key (a) references r NOT VALID, add column b int;");
    row("alter table t add constraint n not null a -- here\n;", true, "alter table t add constraint n not null a NOT VALID -- here\n;");
    row("alter domain d add check (value > 0);", true, "alter domain d add check (value > 0) NOT VALID;");
    row("refresh materialized view mv;", true, "refresh materialized view CONCURRENTLY mv;");
    row("alter table p detach partition p1;", false, "alter table p detach partition p1 CONCURRENTLY;");
    row("create table n (b int, a int generated always as (b + 1) not null);", true, "create table n (b int, a int generated always as (b + 1) VIRTUAL not null);");
    // A transaction would refuse it: nothing is mechanical.
    row("create index i on t (a);", true, "create index i on t (a);");
    row("drop index i, j;", false, "drop index i, j;");
}

static QByteArray mend(QByteArray text, const QList<Finding> &findings)
{
    QList<Fix> all;
    for (const Finding &finding : findings) {
        if (!finding.down)
            all += finding.fixes;
    }
    std::stable_sort(all.begin(), all.end(), [](const Fix &a, const Fix &b) { return a.offset > b.offset; });
    for (const Fix &fix : all)
        text.replace(fix.offset, fix.length, fix.text);
    return text;
}

void TestLint::fixes()
{
    QFETCH(QByteArray, up);
    QFETCH(bool, transaction);
    const QList<Finding> before = found(up, transaction);
    const QByteArray mended = mend(up, before);
    QTEST(mended, "mended");
    const QList<Finding> after = found(mended, transaction);
    for (const Finding &finding : before) {
        const auto same = [&](const Finding &other) { return other.rule == finding.rule; };
        if (!finding.fixes.isEmpty())
            QVERIFY2(std::none_of(after.begin(), after.end(), same), qPrintable(told(after)));
    }
    QCOMPARE(query::split(mended).size(), query::split(up).size());
}

// Rows that are lost are said to be, in the way forth; the way back is there to drop what was made.
void TestLint::droppedTables()
{
    LintFile file;
    file.purpose = u"one two three"_s;
    file.up.text = "DROP TABLE public.orders;";
    file.down.text = "DROP TABLE public.orders;";
    file.up.lockTimeout = file.down.lockTimeout = true;
    const QList<Finding> found = lint(file);
    QCOMPARE(std::count_if(found.cbegin(), found.cend(), [](const Finding &one) { return one.rule == "drop-table"_L1 && !one.down && one.level == Level::Warning; }), 1);
    QVERIFY(std::none_of(found.cbegin(), found.cend(), [](const Finding &one) { return one.rule == "drop-table"_L1 && one.down; }));
    file.up.text = "-- squawk-ignore ban-drop-table nobody reads it\nDROP TABLE public.orders;";
    for (const Finding &one : lint(file))
        QVERIFY2(one.down || !one.waived.isEmpty() || !one.rule.startsWith("drop"_L1), qPrintable(one.rule));
}

void TestLint::waivers_data()
{
    QTest::addColumn<QString>("waived");
    QTest::addColumn<QStringList>("others");
    const auto row = [](const char *up, const char *waived, const QStringList &others = {}) { QTest::newRow(up) << QString::fromUtf8(waived) << others; };
    row("-- howdah:ignore create-index the table is small\ncreate index i on t (a);", "the table is small");
    row("/* howdah:ignore create-index the table is small */ create index i on t (a);", "the table is small");
    row("-- a word before\n-- howdah:ignore create-index why\n-- a word behind\ncreate index i on t (a);", "why");
    row("-- howdah:ignore foreign-key-without-index, create-index — why\ncreate index i on t (a);", "why", {u"unused-waiver"_s});
    row("-- howdah:ignore create-index, bulk-dml why\ncreate index i on t (a) \\; update t set a = 1;", "why", {u"unused-waiver"_s});
    row("-- howdah:ignore create-index,missing-lock-timeout: why\r\ncreate index i on t (a);\r\n", "why", {u"unused-waiver"_s});
    row("-- squawk-ignore require-concurrent-index-creation — why\ncreate index i on t (a);", "why");
    row("-- squawk-ignore require-concurrent-index-creation: why\ncreate index i on t (a);", "why");
    row("-- eugene: ignore E6 why\ncreate index i on t (a);", "why");
    row("-- pgfence-ignore: create-index why\ncreate index i on t (a);", "why");
    row("-- howdah:ignore create-index\ncreate index i on t (a);", "", {u"waiver-reason"_s});
    row("-- howdah:ignore\ncreate index i on t (a);", "", {u"waiver-reason"_s});
    row("-- squawk-ignore require-concurrent-index-creation\ncreate index i on t (a);", "", {u"waiver-reason"_s});
    row("-- howdah:ignore drop-index why\ncreate index i on t (a);", "", {u"unused-waiver"_s});
    row("-- howdah:ignore no-such-rule why\ncreate index i on t (a);", "", {u"unused-waiver"_s});
    row("create index i on t (a); -- howdah:ignore create-index why", "", {u"unused-waiver"_s});
    row("create index i /* howdah:ignore create-index why */ on t (a);", "", {u"unused-waiver"_s});
    row("-- howdah:ignore create-index why\nselect 1;\ncreate index i on t (a);", "", {u"unused-waiver"_s});
    row("select 1; -- howdah:ignore create-index why\ncreate index i on t (a);", "", {u"unused-waiver"_s});
    row("create index i on t (a);\nselect '-- howdah:ignore create-index why';", "");
}

void TestLint::waivers()
{
    QString waived;
    QStringList others;
    bool seen = false;
    for (const Finding &finding : found(QTest::currentDataTag())) {
        if (finding.hazard == 6) {
            seen = true;
            waived = finding.waived;
        } else if (finding.hazard == 0) {
            others << finding.rule;
            QVERIFY(finding.length > 0);
        }
    }
    QVERIFY(seen);
    QTEST(waived, "waived");
    QTEST(others, "others");
}

// Each finding of the corpus is waived by what is written for it, or nothing is written.
void TestLint::waiversAreWritten()
{
    int written = 0;
    for (const test::CorpusCase &one : test::corpusCases()) {
        const QByteArray option = one.file.up.transaction ? "\n" : " transaction:false\n";
        const auto file = parseFile(u"1_x.sql"_s, "-- Purpose: a case of the corpus\n-- migrate:up" + option + one.file.up.text + "\n-- migrate:down" + option + one.file.down.text);
        if (!file)
            continue; // not one of ours: a transaction's command, psql's
        for (const Finding &finding : lint(lintFileOf(*file), one.facts)) {
            const QByteArray text = withWaiver(*file, finding, u", - it is known here"_s);
            QVERIFY(withWaiver(*file, finding, u" , "_s) == file->text);
            if (text == file->text) {
                QVERIFY2(!finding.waived.isEmpty() || finding.length == 0 || finding.rule.contains(u"waiver"_s) || finding.rule == "todo"_L1, qPrintable(one.name + u' ' + finding.rule));
                continue;
            }
            const auto again = parseFile(u"1_x.sql"_s, text);
            QVERIFY2(again, text);
            bool waived = false;
            for (const Finding &after : lint(lintFileOf(*again), one.facts)) {
                QVERIFY2(after.rule != "unused-waiver"_L1 || one.file.up.text.contains("ignore") || one.file.down.text.contains("ignore"), text);
                waived = waived || (after.rule == finding.rule && after.down == finding.down && after.waived == "it is known here"_L1);
            }
            QVERIFY2(waived, qPrintable(u"%1 %2\n%3"_s.arg(one.name, finding.rule, QString::fromUtf8(text))));
            QCOMPARE(int(again->up.statements.size()), int(file->up.statements.size()));
            ++written;
        }
    }
    QVERIFY2(written > 100, qPrintable(QString::number(written)));
}

void TestLint::purpose()
{
    const auto has = [](const char *purpose) {
        LintFile file = fileOf("select f();");
        file.purpose = QString::fromUtf8(purpose);
        const auto findings = lint(file);
        return std::any_of(findings.begin(), findings.end(), [](const Finding &finding) { return finding.hazard == 0 && finding.rule == "purpose"_L1 && finding.level == Level::Error; });
    };
    QVERIFY(has("") && has("  ") && has("two  words"));
    QVERIFY(!has("orders get a note"));
}

// What can't be told is neither green nor guessed.
void TestLint::whatIsNotKnown()
{
    for (const char *up : {"do $$ begin execute 'drop table t'; end $$;", "frobnicate t;", "call p();"}) {
        const auto findings = found(up);
        QVERIFY2(std::any_of(findings.begin(), findings.end(), [](const Finding &finding) { return finding.rule == "unknown-statement"_L1; }), up);
    }
    QVERIFY(found("comment on table t is 'x';").isEmpty());
}

// What is known of the server turns a warning into a note, and a note into an error.
void TestLint::levels()
{
    const auto level = [](const char *up, int hazard, const LintFacts &facts) {
        for (const Finding &finding : lint(fileOf(up), facts)) {
            if (finding.hazard == hazard)
                return int(finding.level);
        }
        return -1;
    };
    const int error = int(Level::Error), warning = int(Level::Warning), note = int(Level::Note);
    LintFacts facts;
    const char *index = "create index i on t (a);";
    QCOMPARE(level(index, 6, facts), warning);
    facts.tableRows.insert(u"public.t"_s, 9'999);
    QCOMPARE(level(index, 6, facts), note);
    QCOMPARE(level("alter table public.t add check (a > 0);", 28, facts), note);
    QCOMPARE(level("alter table s.t add check (a > 0);", 28, facts), warning);
    facts.tableRows.insert(u"public.t"_s, 10'000);
    QCOMPARE(level(index, 6, facts), warning);
    facts.tableRows.insert(u"public.t"_s, -1); // as pg_class has it before the first ANALYZE
    QCOMPARE(level(index, 6, facts), warning);
    const char *column = "alter table t add a int not null;";
    QCOMPARE(level(column, 13, facts), error);
    facts.tableRows.insert(u"public.t"_s, 0);
    QCOMPARE(level(column, 13, facts), note);
    const char *generated = "alter table t add a int generated always as (b);";
    const char *notNull = "alter table t add constraint n not null a not valid;";
    const char *enforced = "alter table t add check (a > 0) not enforced;";
    QCOMPARE(level(generated, 17, facts), warning);
    QCOMPARE(level(notNull, 25, facts), -1);
    QCOMPARE(level(enforced, 30, facts), warning);
    facts.serverMajor = 17;
    QCOMPARE(level(generated, 17, facts), error);
    QCOMPARE(level(notNull, 25, facts), error);
    QCOMPARE(level(enforced, 30, facts), error);
    QCOMPARE(level("alter table t add a int generated always as (b) virtual;", 17, facts), error);
    // Without the runner's timeouts each lock is one to be waited for without end.
    QCOMPARE(level("alter table t add a int;", 1, facts), warning);
    facts.runnerSetsTimeouts = true;
    QCOMPARE(level("alter table t add a int;", 1, facts), -1);
}

void TestLint::down()
{
    LintFile file = fileOf("create table n (a int);");
    file.down.text = "drop table n;\ndrop index i;";
    LintFacts facts;
    facts.runnerSetsTimeouts = true;
    const auto findings = lint(file, facts);
    QCOMPARE(findings.size(), 1); // what the way forth has made is the way back's to drop
    QVERIFY(findings[0].down && findings[0].hazard == 9 && findings[0].level == Level::Warning);
}

void TestLint::places()
{
    const QByteArray up = "-- ü\nselect 1;\nalter table t\n  add column b int,\n  drop column a;\n";
    for (const Finding &finding : found(up)) {
        if (finding.hazard == 21)
            QCOMPARE(up.mid(finding.offset, finding.length), QByteArray("drop column a"));
    }
    const QByteArray joined = "select 1 \\; create index i on t (a);";
    const auto findings = found(joined);
    QVERIFY(!findings.isEmpty());
    QCOMPARE(findings[0].hazard, 6);
    QCOMPARE(joined.mid(findings[0].offset, findings[0].length), QByteArray("create index i on t (a)"));
}

// Each case cut short at every byte: nothing is read outside of it, and no finding or fix points there.
void TestLint::takesWhateverComes()
{
    for (const test::CorpusCase &one : test::corpusCases()) {
        LintFile file = one.file;
        for (qsizetype cut = 0; cut <= one.file.up.text.size(); ++cut) {
            file.up.text = one.file.up.text.left(cut);
            for (const Finding &finding : lint(file, one.facts)) {
                const qsizetype size = finding.down ? file.down.text.size() : cut;
                const bool inside = finding.offset >= 0 && finding.length >= 0 && finding.offset + finding.length <= size;
                QVERIFY2(inside, QByteArray(file.up.text + told({finding}).toUtf8()));
                for (const Fix &fix : finding.fixes)
                    QVERIFY2(fix.offset >= finding.offset && fix.offset + fix.length <= size, file.up.text);
            }
        }
    }
}

// A thousand files a release lints in under 2 s; a developer's build and the sanitizers get more.
void TestLint::manyFiles()
{
    const auto cases = test::corpusCases();
    QVERIFY(!cases.isEmpty());
    QElapsedTimer timer;
    timer.start();
    qsizetype findings = 0;
    for (int i = 0; i < 1000; ++i)
        findings += lint(cases[i % cases.size()].file, cases[i % cases.size()].facts).size();
    const qint64 small = timer.restart();
    QVERIFY(findings > 500);
    QVERIFY2(small < 20'000, qPrintable(u"%1 ms"_s.arg(small)));
    // One long file: not quadratic.
    QByteArray longFile;
    for (int i = 0; i < 5000; ++i)
        longFile += "create table n" + QByteArray::number(i) + " (id bigint primary key);\ncreate index on n" + QByteArray::number(i) + " (id);\n";
    QVERIFY(found(longFile).isEmpty());
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
    qInfo("1000 files: %lld ms; a file of 10,000 statements: %lld ms", small, timer.elapsed());
}

QTEST_APPLESS_MAIN(TestLint)
#include "tst_lint.moc"
