// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl journal, on a store with entries of the test's.
#include "session/program.h"
#include "store/journal.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;

class TestJournalVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void people();
    void oneObject();
    void search();
    void since_data();
    void since();
    void csv();
    void usage();

private:
    static QJsonArray entries(const QStringList &more)
    {
        const Program run = Program::run(QStringList{QStringLiteral("journal"), QStringLiteral("--json")} + more);
        return run.exitCode == 0 ? run.json().value(QLatin1StringView("entries")).toArray() : QJsonArray{QString::fromUtf8(run.output + run.errors)};
    }
    QTemporaryDir m_folder;
};

void TestJournalVerb::initTestCase()
{
    QVERIFY2(QFile::exists(Program::path()), qPrintable(Program::path()));
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder.path()));
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    const Program empty = Program::run({QStringLiteral("journal")});
    QCOMPARE(empty.exitCode, 0);
    QVERIFY2(empty.output.contains("The journal is empty"), empty.output.constData());
    QVERIFY(entries({}).isEmpty());

    auto store = store::Store::open();
    QVERIFY(store);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto add = [&](const char *action, qint64 ago, const char *commands) {
        store::JournalEntry entry;
        entry.startedMs = now - ago;
        entry.who = QStringLiteral("ada@desk");
        entry.target = QStringLiteral("orders on db1:5432 as admin");
        entry.action = QString::fromUtf8(action);
        entry.commands = QString::fromUtf8(commands);
        entry.undo = QStringLiteral("CREATE INDEX i ON t (a);");
        return *store::beginJournalEntry(**store, entry);
    };
    const qint64 old = add("Drop the index i", 3 * 86'400'000LL, "DROP INDEX \"i\", j;\nSELECT 'ä';");
    QVERIFY(store::endJournalEntry(**store, old, QStringLiteral("done"), QStringLiteral("5 rows in 120 ms")));
    add("Stop the stack", 5000, "docker compose stop");
}

void TestJournalVerb::people()
{
    const Program run = Program::run({QStringLiteral("journal")});
    QCOMPARE(run.exitCode, 0);
    const QList<QByteArray> lines = run.output.trimmed().split('\n');
    QCOMPARE(lines.size(), 3);
    QVERIFY2(lines.at(0).startsWith("WHEN") && lines.at(0).contains("OUTCOME"), run.output.constData());
    QVERIFY2(lines.at(1).contains("Stop the stack") && lines.at(1).contains("no end: it ran or the program died") && lines.at(1).endsWith("not known"), lines.at(1).constData());
    QVERIFY2(lines.at(2).contains("ada@desk") && lines.at(2).contains("orders on db1:5432 as admin") && lines.at(2).contains("done"), lines.at(2).constData());
    const Program one = Program::run({QStringLiteral("journal"), QStringLiteral("--limit"), QStringLiteral("1")});
    QVERIFY2(one.output.contains("The newest 1") && !one.output.contains("Drop the index"), one.output.constData());
}

void TestJournalVerb::oneObject()
{
    const QJsonArray all = entries({});
    QCOMPARE(all.size(), 2);
    const QJsonObject open = all.at(0).toObject();
    QVERIFY(open.value(QLatin1StringView("ended")).isNull() && open.value(QLatin1StringView("outcome")).isNull() && open.value(QLatin1StringView("duration_ms")).isNull());
    const QJsonObject done = all.at(1).toObject();
    QCOMPARE(done.value(QLatin1StringView("outcome")).toString(), QStringLiteral("done"));
    QCOMPARE(done.value(QLatin1StringView("message")).toString(), QStringLiteral("5 rows in 120 ms"));
    QCOMPARE(done.value(QLatin1StringView("commands")).toString(), QStringLiteral("DROP INDEX \"i\", j;\nSELECT 'ä';"));
    QCOMPARE(done.value(QLatin1StringView("undo")).toString(), QStringLiteral("CREATE INDEX i ON t (a);"));
    QVERIFY(done.value(QLatin1StringView("started")).toString().endsWith(QLatin1Char('Z')));
    QVERIFY(done.value(QLatin1StringView("duration_ms")).toInteger() > 86'400'000);
}

void TestJournalVerb::search()
{
    QCOMPARE(entries({QStringLiteral("--search"), QStringLiteral("COMPOSE")}).size(), 1);
    QCOMPARE(entries({QStringLiteral("--search"), QStringLiteral("create index")}).size(), 2);
    QCOMPARE(entries({QStringLiteral("--search"), QStringLiteral("nowhere")}).size(), 0);
    const Program none = Program::run({QStringLiteral("journal"), QStringLiteral("--search"), QStringLiteral("nowhere")});
    QVERIFY2(none.output.contains("Nothing of that"), none.output.constData());
}

void TestJournalVerb::since_data()
{
    QTest::addColumn<QString>("since");
    QTest::addColumn<int>("count");
    QTest::newRow("seconds") << QStringLiteral("1s") << 0;
    QTest::newRow("hours") << QStringLiteral("2h") << 1;
    QTest::newRow("days") << QStringLiteral("1d") << 1;
    QTest::newRow("weeks") << QStringLiteral("1w") << 2;
    QTest::newRow("date") << QDate::currentDate().addDays(-10).toString(Qt::ISODate) << 2;
    QTest::newRow("time") << QDateTime::currentDateTimeUtc().addSecs(-3600).toString(Qt::ISODate) << 1;
}

void TestJournalVerb::since()
{
    QFETCH(QString, since);
    QTEST(int(entries({QStringLiteral("--since"), since}).size()), "count");
}

void TestJournalVerb::csv()
{
    const Program run = Program::run({QStringLiteral("journal"), QStringLiteral("--csv")});
    QCOMPARE(run.exitCode, 0);
    QVERIFY2(run.output.startsWith("id,started,ended,duration_ms,who,server,action,commands,outcome,message,undo\r\n"), run.output.constData());
    QVERIFY2(run.output.contains(",\"DROP INDEX \"\"i\"\", j;\nSELECT 'ä';\",done,5 rows in 120 ms,CREATE INDEX i ON t (a);\r\n"), run.output.constData());
    QVERIFY2(run.output.contains(",docker compose stop,no end: it ran or the program died,,"), run.output.constData());
    QCOMPARE(run.output.count("\r\n"), 3);
}

void TestJournalVerb::usage()
{
    QCOMPARE(Program::run({QStringLiteral("journal"), QStringLiteral("--since"), QStringLiteral("yesterday")}).exitCode, 2);
    QCOMPARE(Program::run({QStringLiteral("journal"), QStringLiteral("--limit"), QStringLiteral("0")}).exitCode, 2);
    QCOMPARE(Program::run({QStringLiteral("journal"), QStringLiteral("--csv"), QStringLiteral("--json")}).exitCode, 2);
}

QTEST_GUILESS_MAIN(TestJournalVerb)
#include "tst_journalverb.moc"
