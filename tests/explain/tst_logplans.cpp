// SPDX-License-Identifier: GPL-3.0-or-later
// Plans out of texts of a log: the three forms, cut off at any byte, and with a statement that plays log.
#include "explain/logplans.h"
#include "explain/logentries.h"
#include "explain/readlog.h"
#include "support/verifyok.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::explain;
using namespace Qt::StringLiterals;

class TestLogPlans : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void form_data();
    void form();
    void cut_data() { form_data(); }
    void cut();
    void hostile_data() { form_data(); }
    void hostile();
    void textHoldsAPlan();
    void middle_data() { form_data(); }
    void middle();
    void prefixes_data();
    void prefixes();
    void ambiguousName();
    void times_data();
    void times();
    void parameters();
    void file();
};

static const QString jsonPlan = uR"({
  "Query Text": "%1",
  "Query Parameters": "$1 = 'secret', $2 = NULL",
  "Query Identifier": -663649735074294001,
  "Plan": {
    "Node Type": "Seq Scan",
    "Parallel Aware": false,
    "Async Capable": false,
    "Relation Name": "t",
    "Schema": "public",
    "Alias": "t",
    "Startup Cost": 0.00,
    "Total Cost": 1.05,
    "Plan Rows": 5,
    "Plan Width": 4,
    "Disabled": false
  }
})"_s;

static const QString textPlan =
    u"Query Text: %1\nQuery Parameters: $1 = 'secret', $2 = NULL\nSeq Scan on public.t  (cost=0.00..1.05 rows=5 width=4)\n  Output: a\n"
    "  Filter: (t.a = 1)\nQuery Identifier: -663649735074294001"_s;

static QString messageOf(const QString &statement, bool json = true)
{
    if (!json)
        return u"duration: 12.345 ms  plan:\n"_s + textPlan.arg(statement);
    QString escaped = QString::fromUtf8(QJsonDocument(QJsonObject{{u"x"_s, statement}}).toJson(QJsonDocument::Compact));
    escaped = escaped.mid(6, escaped.size() - 8);
    return u"duration: 12.345 ms  plan:\n"_s + QString(jsonPlan).replace(u"%1"_s, escaped);
}

// As the server writes it.
static QByteArray entry(LogForm form, const QString &message, const QString &severity = u"LOG"_s)
{
    const auto quoted = [](QString text) -> QString { return u'"' + text.replace(u'"', u"\"\""_s) + u'"'; };
    switch (form) {
    case LogForm::Stderr:
        return (u"2026-11-28 02:13:33.123 UTC [4711] ann@shop "_s + severity + u":  "_s + QString(message).replace(u'\n', u"\n\t"_s) + u'\n').toUtf8();
    case LogForm::Csv:
        return (u"2026-11-28 02:13:33.123 UTC,\"ann\",\"shop\",4711,\"[local]\",69290b5d.1267,3,\"SELECT\",2026-11-28 02:13:30 UTC,3/12,0,"_s + severity +
                u",00000,"_s + quoted(message) + u",,,,,,,,,\"app\",\"client backend\",,-663649735074294001\n"_s)
            .toUtf8();
    case LogForm::Json:
        return QJsonDocument(QJsonObject{{u"timestamp"_s, u"2026-11-28 02:13:33.123 UTC"_s}, {u"user"_s, u"ann"_s}, {u"dbname"_s, u"shop"_s}, {u"pid"_s, 4711},
                                         {u"error_severity"_s, severity}, {u"message"_s, message}, {u"application_name"_s, u"app"_s}})
                   .toJson(QJsonDocument::Compact)
            + '\n';
    }
    return {};
}

static LogSource sourceOf(LogForm form, bool ended = true)
{
    LogSource source;
    source.form = form;
    source.linePrefix = u"%m [%p] %u@%d "_s;
    source.ended = ended;
    return source;
}

void TestLogPlans::form_data()
{
    QTest::addColumn<LogForm>("form");
    QTest::addColumn<bool>("json");
    for (const bool json : {true, false}) {
        const char *name = json ? "json" : "text";
        QTest::addRow("stderr %s", name) << LogForm::Stderr << json;
        QTest::addRow("csvlog %s", name) << LogForm::Csv << json;
        QTest::addRow("jsonlog %s", name) << LogForm::Json << json;
    }
}

void TestLogPlans::form()
{
    QFETCH(LogForm, form);
    QFETCH(bool, json);
    const QString statement = u"SELECT a\nFROM t -- ä\nWHERE b = \"B\""_s;
    const QByteArray text = entry(form, u"checkpoint starting: time"_s) + entry(form, messageOf(statement, json)) + entry(form, u"statement: SELECT 1"_s);
    const LogPlans found = plansInLog(text, sourceOf(form, false));
    QVERIFY2(found.notes.isEmpty(), qPrintable(found.notes.join(u' ')));
    QCOMPARE(found.plans.size(), 1);
    const LoggedPlan &plan = found.plans.first();
    QCOMPARE(plan.queryText, statement);
    QCOMPARE(plan.durationUs, 12345);
    QCOMPARE(plan.queryId, u"-663649735074294001"_s);
    QCOMPARE(plan.atMs, 1795832013123);
    QCOMPARE(plan.user, u"ann"_s);
    QCOMPARE(plan.database, u"shop"_s);
    QCOMPARE(plan.pid, 4711);
    QCOMPARE(plan.parameters, u"$1 = 'secret', $2 = NULL"_s);
    QCOMPARE(plan.plan.nodes.size(), 1);
    QCOMPARE(plan.plan.nodes.first().object, u"t"_s);
    QCOMPARE(text.mid(plan.begin, 4), QByteArray(form == LogForm::Json ? text.left(4) : QByteArray("2026")));
}

// Whatever is missing at the end: no half plan, and nothing lost once the rest is there.
void TestLogPlans::cut()
{
    QFETCH(LogForm, form);
    QFETCH(bool, json);
    const QByteArray first = entry(form, messageOf(u"SELECT 1"_s, json)), second = entry(form, messageOf(u"SELECT 2"_s, json)),
                     third = entry(form, u"statement: x"_s);
    const QByteArray text = first + second + third;
    const qsizetype secondWhole = first.size() + second.size() + (form == LogForm::Stderr ? third.size() : 0);
    for (qsizetype length = first.size(); length <= text.size(); ++length) {
        LogSource source = sourceOf(form, false);
        const LogPlans found = plansInLog(text.left(length), source);
        const qsizetype expected = length >= secondWhole ? 2 : form == LogForm::Stderr && length <= first.size() + second.indexOf('\n') ? 0 : 1;
        QVERIFY2(found.plans.size() == expected && found.plans.size() <= 2,
                 qPrintable(u"%1 of %2: %3 plans"_s.arg(length).arg(text.size()).arg(found.plans.size())));
        QVERIFY2(found.notes.isEmpty(), qPrintable(found.notes.join(u' ')));
        // The rest, read from where it ended.
        source.ended = true;
        source.atBoundary = found.atBoundary;
        const LogPlans rest = plansInLog(text.mid(found.consumed), source);
        QCOMPARE(found.plans.size() + rest.plans.size(), 2);
        for (const LoggedPlan &plan : found.plans + rest.plans)
            QVERIFY(plan.queryId == "-663649735074294001"_L1 && plan.plan.nodes.size() == 1);
    }
}

// A statement whose text is a log, in each of the forms.
void TestLogPlans::hostile()
{
    QFETCH(LogForm, form);
    QFETCH(bool, json);
    QString fake;
    for (const LogForm other : {LogForm::Stderr, LogForm::Csv, LogForm::Json})
        fake += u'\n' + QString::fromUtf8(entry(other, messageOf(u"FAKE"_s, json)));
    fake += u"\n\"\n\",\"\n"_s + QString::fromUtf8(entry(LogForm::Csv, messageOf(u"FAKE"_s, json))) + u"\"\"\","_s;
    const QByteArray text = entry(form, u"statement: SELECT 1 /* "_s + fake + u" */"_s) + entry(form, messageOf(u"SELECT 1 /* "_s + fake + u"*/"_s, json))
        + entry(form, u"statement: SELECT 2 "_s + fake);
    const LogPlans found = plansInLog(text, sourceOf(form));
    QCOMPARE(found.plans.size(), 1);
    QVERIFY(found.plans.first().queryText.startsWith(u"SELECT 1"_s));
    QCOMPARE(found.plans.first().plan.nodes.size(), 1);
    QCOMPARE(found.unread, 0);
}

// Text does not tell the statement's lines from the plan's: what stands last is the plan.
void TestLogPlans::textHoldsAPlan()
{
    const QString fake =
        u"x\nQuery Parameters: $1 = 'fake'\nIndex Scan using i on bad  (cost=0.00..9.00 rows=1 width=4)\n  ->  Seq Scan on worse  "
        u"(cost=0.00..1.00 rows=1 width=4)"_s;
    const LogPlans found = plansInLog(entry(LogForm::Stderr, messageOf(fake, false)), sourceOf(LogForm::Stderr));
    QCOMPARE(found.plans.size(), 1);
    QCOMPARE(found.plans.first().plan.nodes.size(), 1);
    QCOMPARE(found.plans.first().plan.nodes.first().object, u"t"_s);
    QCOMPARE(found.plans.first().queryText, fake);
    QCOMPARE(found.plans.first().parameters, u"$1 = 'secret', $2 = NULL"_s);
}

// Begun anywhere: a half entry at the beginning is none, and from the next on all are found.
void TestLogPlans::middle()
{
    QFETCH(LogForm, form);
    QFETCH(bool, json);
    const QString fake = u"SELECT '\n"_s + QString::fromUtf8(entry(form, messageOf(u"FAKE"_s, json))) + u"'"_s;
    const QByteArray first = entry(form, messageOf(fake, json)), text = first + entry(form, messageOf(u"SELECT 2"_s, json));
    LogSource source = sourceOf(form);
    source.atBoundary = false;
    for (qsizetype begin = 1; begin < first.size(); ++begin) {
        const LogPlans found = plansInLog(text.mid(begin), source);
        const bool right = found.plans.size() == 1 && found.plans.first().queryText == "SELECT 2"_L1;
        QVERIFY2(right, qPrintable(u"from %1: %2 plans"_s.arg(begin).arg(found.plans.size())));
    }
}

void TestLogPlans::prefixes_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("database");
    const auto row = [](const char *prefix, const char *written, const char *database = "") {
        QTest::newRow(prefix) << QString::fromLatin1(prefix) << QString::fromLatin1(written) << QString::fromLatin1(database);
    };
    row("", "");
    row("%m [%p] ", "2026-11-28 02:13:33.123 UTC [4711] ");
    row("%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "2026-11-28 02:13:33 CET [4711]: [3-1] user=ann,db=shop,app=psql,client=[local] ", "shop");
    row("%n %c %s %v %x %e %Q ", "1795831413.123 69290b5d.1267 2026-11-28 02:13:30 UTC 3/12 0 00000 -663649735074294001 ");
    row("%m %-10u|%8d|%q%a ", "2026-11-28 02:13:33.123 UTC ann       |    shop|psql ", "shop");
    row("<%u%%%d> (", "<ann%shop> (", "shop");
    row("%b %P %i %r ", "client backend  SELECT 10.0.0.1(5432) ");
}

void TestLogPlans::prefixes()
{
    QFETCH(QString, prefix);
    QFETCH(QString, written);
    LogSource source = sourceOf(LogForm::Stderr);
    source.linePrefix = prefix;
    for (const QString &severity : {u"LOG"_s, u"INFO"_s, u"DEBUG1"_s, u"ПРОТОКОЛ"_s}) {
        const QByteArray text = (written + severity + u":  "_s + messageOf(u"SELECT 1"_s).replace(u'\n', u"\n\t"_s) + u'\n').toUtf8();
        const LogPlans found = plansInLog(text, source);
        QVERIFY2(found.plans.size() == 1, qPrintable(severity + found.notes.join(u' ')));
        QTEST(found.plans.first().database, "database");
    }
    const LogPlans other = plansInLog((u"x"_s + written + u"LOG:  "_s + messageOf(u"SELECT 1"_s).replace(u'\n', u"\n\t"_s) + u'\n').toUtf8(), source);
    QVERIFY(other.plans.size() == (prefix.startsWith("%b"_L1) || prefix.isEmpty() ? 1 : 0));
}

// An application that calls itself what the prefix would write next.
void TestLogPlans::ambiguousName()
{
    LogSource source = sourceOf(LogForm::Stderr);
    source.linePrefix = u"app=%a,db=%d "_s;
    const QByteArray text = (u"app=x,db=other ,db=shop LOG:  "_s + messageOf(u"SELECT 1"_s).replace(u'\n', u"\n\t"_s) + u'\n').toUtf8();
    const LogPlans found = plansInLog(text, source);
    QCOMPARE(found.plans.size(), 1);
    QVERIFY(found.plans.first().database.isEmpty() && found.plans.first().application.isEmpty());
    QCOMPARE(found.notes.size(), 1);
    // A statement's own line, as log_statement writes it, with a plan behind it.
    source.linePrefix = u"%m [%p] %a "_s;
    const QByteArray forged =
        (u"2026-11-28 02:13:33.123 UTC [1] app LOG:  statement: x LOG:  "_s + messageOf(u"FAKE"_s).replace(u'\n', u"\n\t"_s) + u'\n').toUtf8();
    const LogPlans none = plansInLog(forged, source);
    QVERIFY(none.plans.isEmpty());
    QCOMPARE(none.unread, 1);
}

void TestLogPlans::times_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<qint64>("ms"); // -1: not known
    QTest::newRow("UTC") << u"2026-11-28 02:13:33.123 UTC"_s << QString() << qint64(1795832013123);
    QTest::newRow("offset") << u"2026-11-28 02:13:33 +0530"_s << QString() << qint64(1795812213000);
    QTest::newRow("half an offset") << u"2026-11-28 02:13:33 -03"_s << QString() << qint64(1795842813000);
    QTest::newRow("epoch") << u"1795831413.123"_s << QString() << qint64(1795831413123);
    QTest::newRow("letters alone") << u"2026-11-28 02:13:33 CST"_s << QString() << qint64(-1);
    QTest::newRow("letters of the server's zone") << u"2026-11-28 03:13:33 CET"_s << u"Europe/Berlin"_s << qint64(1795832013000);
    QTest::newRow("of another zone") << u"2026-11-28 03:13:33 CST"_s << u"Europe/Berlin"_s << qint64(-1);
    QTest::newRow("twice, first") << u"2026-10-25 02:30:00 CEST"_s << u"Europe/Berlin"_s << qint64(1792888200000);
    QTest::newRow("twice, second") << u"2026-10-25 02:30:00 CET"_s << u"Europe/Berlin"_s << qint64(1792891800000);
    QTest::newRow("none") << u"yesterday"_s << QString() << qint64(-1);
}

void TestLogPlans::times()
{
    QFETCH(QString, text);
    QFETCH(QString, zone);
    QFETCH(qint64, ms);
    QCOMPARE(logTime(text, zone).value_or(-1), ms);
}

void TestLogPlans::parameters()
{
    QCOMPARE(maskedParameters(u"$1 = 'it''s, $2 = NULL', $2 = NULL, $3 = '5'"_s), u"$1 = '***', $2 = NULL, $3 = '***'"_s);
    QCOMPARE(maskedParameters(u"$1 = 'cut off"_s), u"$1 = '***"_s);
}

void TestLogPlans::file()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"postgresql.log"_s);
    const auto append = [&](const QByteArray &bytes) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::Append));
        file.write(bytes);
    };
    append(entry(LogForm::Csv, messageOf(u"SELECT 1"_s)) + entry(LogForm::Csv, messageOf(u"SELECT 2"_s)).chopped(100));
    auto reading = readLogFile({path, 0, true}, sourceOf(LogForm::Csv, false));
    VERIFY_OK(reading);
    QCOMPARE(reading->plans.plans.size(), 1);
    append(entry(LogForm::Csv, messageOf(u"SELECT 2"_s)).last(100));
    reading = readLogFile(reading->next, sourceOf(LogForm::Csv, false));
    VERIFY_OK(reading);
    QCOMPARE(reading->plans.plans.size(), 1);
    QCOMPARE(reading->plans.plans.first().queryText, u"SELECT 2"_s);
    QCOMPARE(reading->plans.plans.first().begin, entry(LogForm::Csv, messageOf(u"SELECT 1"_s)).size());
    const LogCursor end = reading->next;
    reading = readLogFile(end, sourceOf(LogForm::Csv, false));
    VERIFY_OK(reading);
    QVERIFY(reading->plans.plans.isEmpty() && reading->next.offset == end.offset);
    // It was rotated in its place.
    QFile::resize(path, 0);
    append(entry(LogForm::Csv, messageOf(u"SELECT 3"_s)));
    reading = readLogFile(end, sourceOf(LogForm::Csv, false));
    VERIFY_OK(reading);
    QCOMPARE(reading->plans.plans.size(), 1);
    QVERIFY(!reading->plans.notes.isEmpty());
    // Longer than a piece: read on until its end.
    QFile::resize(path, 0);
    append(entry(LogForm::Csv, u"statement: "_s + QString(5'000'000, u'x')) + entry(LogForm::Csv, messageOf(u"SELECT 4"_s)));
    reading = readLogFile({path, 0, true}, sourceOf(LogForm::Csv, false));
    VERIFY_OK(reading);
    QCOMPARE(reading->plans.plans.size(), 1);
    QVERIFY(!readLogFile({folder.path(), 0, true}, sourceOf(LogForm::Csv)));
}

QTEST_GUILESS_MAIN(TestLogPlans)
#include "tst_logplans.moc"
