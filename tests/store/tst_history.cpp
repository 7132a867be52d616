// SPDX-License-Identifier: GPL-3.0-or-later
// The query pane's memory: runs and texts; each row sealed; the way from the first schema.
#include "store/drafts.h"
#include "store/history.h"
#include "store/journal.h"
#include "store/samples.h"
#include "store/settings.h"

#include "store/writer.h"

#include <QFile>
#include <QSqlError>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using store::Store;

class TestHistory : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup() { m_store.reset(); }
    void runs();
    void search_data();
    void search();
    void searchIsIndexed();
    void profilesApart();
    void clearing();
    void drafts();
    void draftsOddities();
    void everyRowIsSealed();
    void aChangeWithoutASealIsNoDamage();
    void fromTheFirstSchema();
    void fromTheSecondSchema();

private:
    void reopen();
    qint64 add(const QString &text, const QString &profile = QStringLiteral("p1"));
    QStringList found(const QString &needle, const QString &profile = QStringLiteral("p1"), int limit = 100, qint64 before = 0);
    qint64 number(const QString &sql);
    void sql(const QStringList &statements, const QString &path);

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    std::unique_ptr<Store> m_store;
};

void TestHistory::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("store.sqlite"));
    reopen();
}

void TestHistory::reopen()
{
    m_store.reset();
    auto open = Store::open(m_path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QVERIFY2((*open)->quarantined().isEmpty(), qPrintable((*open)->quarantined()));
    m_store = std::move(*open);
}

qint64 TestHistory::add(const QString &text, const QString &profile)
{
    store::HistoryEntry entry;
    entry.profileId = profile;
    entry.database = QStringLiteral("orders");
    entry.role = QStringLiteral("ann");
    entry.text = text;
    const auto id = store::beginHistory(*m_store, entry);
    return id ? *id : -1;
}

QStringList TestHistory::found(const QString &needle, const QString &profile, int limit, qint64 before)
{
    const auto entries = store::searchHistory(*m_store, profile, needle, limit, before);
    if (!entries)
        return {entries.error().text()};
    QStringList texts;
    for (const auto &entry : *entries)
        texts << entry.text;
    return texts;
}

void TestHistory::sql(const QStringList &statements, const QString &path)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
        database.setDatabaseName(path);
        QVERIFY(database.open());
        QSqlQuery query(database);
        for (const QString &statement : statements)
            QVERIFY2(query.exec(statement), qPrintable(query.lastError().text() + statement));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("raw"));
}

qint64 TestHistory::number(const QString &sql)
{
    qint64 result = -1;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("raw"));
        database.setDatabaseName(m_path);
        database.open();
        QSqlQuery query(database);
        if (query.exec(sql) && query.next())
            result = query.value(0).toLongLong();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("raw"));
    return result;
}

void TestHistory::runs()
{
    const qint64 first = add(QStringLiteral("SELECT 1"));
    const qint64 second = add(QStringLiteral("VACUUM"));
    QVERIFY(first > 0 && second > first);
    store::HistoryEntry end;
    end.durationMs = 12;
    end.outcome = QStringLiteral("done");
    end.message = QStringLiteral("SELECT 1");
    end.rows = 1;
    QVERIFY(store::endHistory(*m_store, first, end));
    QVERIFY2(!store::endHistory(*m_store, first, end), "A run ends once");
    reopen();
    const auto all = store::searchHistory(*m_store, QStringLiteral("p1"), {}, 10);
    QVERIFY(all);
    QCOMPARE(all->size(), 2);
    QCOMPARE(all->at(0).id, second); // never ended, as after a crash
    QCOMPARE(all->at(0).durationMs, qint64(-1));
    QCOMPARE(all->at(0).rows, qint64(-1));
    QVERIFY(all->at(0).outcome.isEmpty());
    QCOMPARE(all->at(1).durationMs, qint64(12));
    QCOMPARE(all->at(1).rows, qint64(1));
    QCOMPARE(all->at(1).outcome, QStringLiteral("done"));
    QCOMPARE(all->at(1).message, QStringLiteral("SELECT 1"));
    QCOMPARE(all->at(1).database, QStringLiteral("orders"));
    QCOMPARE(all->at(1).role, QStringLiteral("ann"));
    QVERIFY(all->at(1).startedMs > 1'600'000'000'000);
}

void TestHistory::search_data()
{
    QTest::addColumn<QString>("needle");
    QTest::addColumn<int>("expected");
    QTest::newRow("all") << QString() << 5;
    QTest::newRow("a piece") << QStringLiteral("rder") << 2;
    QTest::newRow("any case") << QStringLiteral("FROM ORDERS") << 2;
    QTest::newRow("any case, not ASCII") << QStringLiteral("stra\u00dfe \u00fcber") << 1;
    QTest::newRow("with signs") << QStringLiteral("= 'x\"y'") << 1;
    QTest::newRow("operators are text") << QStringLiteral("a AND b") << 0;
    QTest::newRow("a star is text") << QStringLiteral("ord*") << 0;
    QTest::newRow("two characters") << QStringLiteral("#>") << 1;
    QTest::newRow("two characters, any case") << QStringLiteral("\u00c4\u00c4") << 1;
    QTest::newRow("one character beyond the first plane") << QStringLiteral("\U0001F418") << 1;
    QTest::newRow("absent") << QStringLiteral("nothing of it") << 0;
}

void TestHistory::search()
{
    QFETCH(QString, needle);
    QFETCH(int, expected);
    add(QStringLiteral("SELECT * FROM orders WHERE n = 'x\"y'"));
    add(QStringLiteral("select id\nfrom Orders"));
    add(QStringLiteral("SELECT 'Stra\u00dfe \u00dcBER'"));
    add(QStringLiteral("SELECT j #> '{a}' \u2014 \u00e4\u00e4"));
    add(QStringLiteral("SELECT '\U0001F418'"));
    const QStringList texts = found(needle);
    QVERIFY2(texts.size() == expected, qPrintable(texts.join(QLatin1Char('|'))));
}

void TestHistory::searchIsIndexed()
{
    add(QStringLiteral("SELECT the needle"));
    for (int i = 0; i < 50; ++i)
        add(QStringLiteral("SELECT hay %1").arg(i));
    // Paging: newest first, each once.
    QStringList all;
    qint64 before = 0;
    for (;;) {
        const auto page = store::searchHistory(*m_store, QStringLiteral("p1"), QStringLiteral("hay"), 20, before);
        QVERIFY(page);
        if (page->isEmpty())
            break;
        for (const auto &entry : *page)
            all << entry.text;
        before = page->last().id;
    }
    QCOMPARE(all.size(), 50);
    QCOMPARE(all.first(), QStringLiteral("SELECT hay 49"));
    QCOMPARE(all.last(), QStringLiteral("SELECT hay 0"));
    QCOMPARE(found(QStringLiteral("needle")), QStringList(QStringLiteral("SELECT the needle")));
}

void TestHistory::profilesApart()
{
    add(QStringLiteral("SELECT one"));
    add(QStringLiteral("SELECT two"), QStringLiteral("p2"));
    QCOMPARE(found({}), QStringList(QStringLiteral("SELECT one")));
    QCOMPARE(found(QStringLiteral("SELECT"), QStringLiteral("p2")), QStringList(QStringLiteral("SELECT two")));
    QCOMPARE(found({}, {}).size(), 2);
    QCOMPARE(found(QStringLiteral("SELECT"), {}).size(), 2);
}

void TestHistory::clearing()
{
    add(QStringLiteral("SELECT one"));
    const qint64 other = add(QStringLiteral("SELECT two"), QStringLiteral("p2"));
    QVERIFY(store::clearHistory(*m_store, QStringLiteral("p1")));
    QCOMPARE(found({}, {}), QStringList(QStringLiteral("SELECT two")));
    QCOMPARE(found(QStringLiteral("SELECT"), {}), QStringList(QStringLiteral("SELECT two"))); // the index forgot it too
    QVERIFY(add(QStringLiteral("SELECT three")) > other);
    QVERIFY(store::clearHistory(*m_store, {}));
    QVERIFY(found({}, {}).isEmpty());
}

void TestHistory::drafts()
{
    store::Draft draft{QStringLiteral("d1"), QStringLiteral("p1"), 1, QStringLiteral("Query 1"), {}, "SELECT '\xc3\xa4'", true, 3, 0};
    QVERIFY(store::saveDraft(*m_store, draft));
    draft.text += " -- more";
    draft.savedMs = 77;
    QVERIFY(store::saveDraft(*m_store, draft));
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d0"), QStringLiteral("p1"), 0, QStringLiteral("a.sql"), QStringLiteral("/x/a.sql"), {}, false, 0, 0}));
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d2"), QStringLiteral("p2"), 0, {}, {}, "x", false, 0, 0}));
    reopen();
    const auto drafts = store::readDrafts(*m_store, QStringLiteral("p1"));
    QVERIFY(drafts);
    QCOMPARE(drafts->size(), 2);
    QCOMPARE(drafts->at(0).id, QStringLiteral("d0"));
    QCOMPARE(drafts->at(0).filePath, QStringLiteral("/x/a.sql"));
    QVERIFY(drafts->at(0).text.isEmpty());
    QVERIFY(drafts->at(0).savedMs > 1'600'000'000'000);
    QCOMPARE(drafts->at(1).text, draft.text);
    QCOMPARE(drafts->at(1).cursor, 3);
    QVERIFY(drafts->at(1).modified);
    QCOMPARE(drafts->at(1).savedMs, qint64(77));
    QVERIFY(store::removeDraft(*m_store, QStringLiteral("d1")));
    QCOMPARE(store::readDrafts(*m_store, QStringLiteral("p1"))->size(), 1);
    QVERIFY(store::clearDrafts(*m_store, QStringLiteral("p1")));
    QVERIFY(store::readDrafts(*m_store, QStringLiteral("p1"))->isEmpty());
    QCOMPARE(store::readDrafts(*m_store, QStringLiteral("p2"))->size(), 1);
}

void TestHistory::draftsOddities()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all += char(i); // a text that is no UTF-8 comes back byte for byte
    all += QByteArray(2 << 20, 'x');
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d"), QStringLiteral("p1"), 0, {}, {}, all, false, 0, 0}));
    reopen();
    QCOMPARE(store::readDrafts(*m_store, QStringLiteral("p1"))->at(0).text, all);
}

void TestHistory::everyRowIsSealed()
{
    const qint64 run = add(QStringLiteral("SELECT 1"));
    QVERIFY(store::endHistory(*m_store, run, {}));
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d"), QStringLiteral("p1"), 0, {}, {}, "x", false, 0, 1}));
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d"), QStringLiteral("p1"), 0, {}, {}, "x", false, 0, 1})); // the same again
    const auto line = store::beginJournalEntry(*m_store, {});
    QVERIFY(line && store::endJournalEntry(*m_store, *line, QStringLiteral("done"), {}));
    for (const auto *table : {"history", "drafts", "journal"})
        QCOMPARE(number(QStringLiteral("SELECT count(*) FROM %1 WHERE length(seal) = 24").arg(QLatin1StringView(table))), 1);
}

void TestHistory::aChangeWithoutASealIsNoDamage()
{
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d"), QStringLiteral("p1"), 0, {}, {}, "x", false, 0, 1}));
    m_store.reset();
    sql({QStringLiteral("UPDATE drafts SET title = 'by hand'")}, m_path);
    reopen();
    QCOMPARE(store::readDrafts(*m_store, QStringLiteral("p1"))->at(0).title, QStringLiteral("by hand"));
}

// The statements of a schema file, as the program splits them.
static QStringList schema(int version)
{
    QFile file(QStringLiteral(":/sql/store/schema_%1.sql").arg(version));
    QStringList all(QString{});
    if (file.open(QIODevice::ReadOnly)) {
        for (const QString &line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
            if (line == QLatin1StringView("-- next"))
                all << QString();
            else if (!line.startsWith(QLatin1StringView("--")))
                all.last() += line + QLatin1Char('\n');
        }
    }
    return all;
}

void TestHistory::fromTheFirstSchema()
{
    const QString old = m_folder->filePath(QStringLiteral("old.sqlite"));
    const QString profile = QStringLiteral("INSERT INTO profiles VALUES ('%1', '%2', 'db1', 5432, 'orders', 'ann', 'verify-full', '/ca', '%3', 1, 'mon', 'test', 'st')");
    sql(schema(1)
            + QStringList{profile.arg(QStringLiteral("u1"), QStringLiteral("bound"), QStringLiteral("require")),
                          profile.arg(QStringLiteral("u2"), QStringLiteral("pooled"), QStringLiteral("disable")),
                          QStringLiteral("INSERT INTO settings VALUES ('k', '[42]')"),
                          QStringLiteral("INSERT INTO journal VALUES (7, 1, 2, 'me@here', 'stack s', 'Start', 'up', 'done', '12 s', 'down')"),
                          QStringLiteral("INSERT INTO journal VALUES (8, 3, 0, 'me@here', 'stack s', 'Stop', 'down', '', '', 'up')"),
                          QStringLiteral("INSERT INTO sample_sources VALUES (1, 'u1/overview')"),
                          QStringLiteral("INSERT INTO samples VALUES (1, 1000, '{\"tps\":5}')")},
        old);
    auto open = Store::open(old);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QVERIFY((*open)->quarantined().isEmpty());
    {
        auto rows = (*open)->run(QStringLiteral("profile_list"));
        QVERIFY(rows);
        QMap<QString, QString> auth;
        while (rows->next()) {
            auth.insert(rows->value(QStringLiteral("name")).toString(), rows->value(QStringLiteral("auth")).toString());
            QCOMPARE(rows->value(QStringLiteral("host")).toString(), QStringLiteral("db1"));
            QCOMPARE(rows->value(QStringLiteral("environment")).toString(), QStringLiteral("test"));
            QCOMPARE(rows->value(QStringLiteral("tls13_only")).toInt(), 1);
        }
        QCOMPARE(auth, (QMap<QString, QString>{{QStringLiteral("bound"), QStringLiteral("scram-sha-256-plus")},
                                               {QStringLiteral("pooled"), QStringLiteral("scram-sha-256")}}));
    }
    QCOMPARE(store::readSetting(**open, QStringLiteral("k"))->toInt(), 42);
    const auto journal = store::readJournal(**open, 10);
    QVERIFY(journal);
    QCOMPARE(journal->size(), 2);
    QCOMPARE(journal->at(0).id, qint64(8));
    QCOMPARE(journal->at(0).endedMs, qint64(0));
    QCOMPARE(journal->at(1).undo, QStringLiteral("down"));
    QVERIFY(*store::beginJournalEntry(**open, {}) > 8);
    QCOMPARE(store::readSamples(**open, QStringLiteral("u1/overview"), 0, 2000)->size(), 1);
    m_store = std::move(*open); // and the new tables work
    QVERIFY(add(QStringLiteral("SELECT 1")) > 0);
    QVERIFY(store::saveDraft(*m_store, {QStringLiteral("d"), QStringLiteral("u1"), 0, {}, {}, "x", false, 0, 0}));
    QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("old.v1.sqlite")))); // the way back
}

void TestHistory::fromTheSecondSchema()
{
    const QString old = m_folder->filePath(QStringLiteral("old.sqlite"));
    sql(schema(1) + schema(2)
            + QStringList{QStringLiteral("INSERT INTO history VALUES (5, 1, 2, 'p1', 'db', 'ann', 'SELECT before', 'done', '', 1)"),
                          QStringLiteral("INSERT INTO drafts VALUES ('d', 'p1', 0, 't', '', x'4142', 0, 0, 1)")},
        old);
    auto open = Store::open(old);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    m_store = std::move(*open);
    QCOMPARE(found(QStringLiteral("before")), QStringList(QStringLiteral("SELECT before")));
    QCOMPARE(store::readDrafts(*m_store, QStringLiteral("p1"))->at(0).text, QByteArray("AB"));
}

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
