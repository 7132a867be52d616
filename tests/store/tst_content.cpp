// SPDX-License-Identifier: GPL-3.0-or-later
// Settings, journal, samples.
#include "store/journal.h"
#include "store/samples.h"
#include "store/settings.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;

class TestContent : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void settings();
    void journal();
    void samples();
    void thinning();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::Store> m_store;
};

void TestContent::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto open = store::Store::open(m_folder->filePath(QStringLiteral("store.sqlite")));
    QVERIFY(open);
    m_store = std::move(*open);
}

void TestContent::cleanup()
{
    m_store.reset();
}

void TestContent::settings()
{
    const QString key = QStringLiteral("shell/window");
    QVERIFY(store::readSetting(*m_store, key)->isUndefined());
    const QVector<QJsonValue> values{1.5, true, QStringLiteral("ä\n"), QJsonArray{1, 2}, QJsonObject{{QStringLiteral("w"), 1600}}, QJsonValue::Null};
    for (const QJsonValue &value : values) {
        QVERIFY(store::writeSetting(*m_store, key, value));
        QCOMPARE(*store::readSetting(*m_store, key), value);
    }
    QVERIFY(store::writeSetting(*m_store, key, QJsonValue::Undefined));
    QVERIFY(store::readSetting(*m_store, key)->isUndefined());
}

void TestContent::journal()
{
    store::JournalEntry entry;
    entry.target = QStringLiteral("stack howdah");
    entry.action = QStringLiteral("Start the stack");
    entry.commands = QStringLiteral("docker compose up");
    const auto first = store::beginJournalEntry(*m_store, entry);
    const auto second = store::beginJournalEntry(*m_store, entry);
    QVERIFY(first && second && *first != *second);
    QVERIFY(store::endJournalEntry(*m_store, *first, QStringLiteral("done"), QStringLiteral("12 s")));
    // A line ends once: a second end would rewrite what happened.
    QVERIFY(!store::endJournalEntry(*m_store, *first, QStringLiteral("failed"), {}));

    const auto all = store::readJournal(*m_store, 10);
    QVERIFY(all);
    QCOMPARE(all->size(), 2);
    QCOMPARE(all->at(0).id, *second); // newest first; never ended, as after a crash
    QCOMPARE(all->at(0).endedMs, qint64(0));
    QVERIFY(all->at(0).outcome.isEmpty());
    QCOMPARE(all->at(1).outcome, QStringLiteral("done"));
    QCOMPARE(all->at(1).message, QStringLiteral("12 s"));
    QVERIFY(all->at(1).endedMs >= all->at(1).startedMs);
    QVERIFY(all->at(1).who.contains(QLatin1Char('@')));
    QCOMPARE(all->at(1).commands, entry.commands);
    QCOMPARE(store::readJournal(*m_store, 1)->size(), 1);
    QCOMPARE(store::readJournal(*m_store, 10, *second)->at(0).id, *first);
}

void TestContent::samples()
{
    const QString source = QStringLiteral("uuid/overview");
    QVector<store::StoredSample> many;
    for (int i = 0; i < 1000; ++i)
        many.append({i * 1000, {{QStringLiteral("tps"), i}}});
    QVERIFY(store::appendSamples(*m_store, source, many));
    QVERIFY(store::appendSamples(*m_store, source, {}));
    QVERIFY(store::appendSamples(*m_store, source, {{5000, {{QStringLiteral("tps"), -1}}}})); // the same moment again
    QVERIFY(store::appendSamples(*m_store, QStringLiteral("other"), {{5000, {}}}));
    const auto some = store::readSamples(*m_store, source, 3000, 6000);
    QVERIFY(some);
    QCOMPARE(some->size(), 4); // both ends belong to it
    QCOMPARE(some->first().atMs, qint64(3000));
    QCOMPARE(some->at(2).values.value(QLatin1StringView("tps")).toInt(), -1);
    const auto newest = store::readSamples(*m_store, source, 0, 1'000'000, 3);
    QCOMPARE(newest->size(), 3);
    QCOMPARE(newest->first().atMs, qint64(997'000));
    QCOMPARE(newest->last().atMs, qint64(999'000));
    QVERIFY(store::readSamples(*m_store, QStringLiteral("nobody"), 0, 1'000'000)->isEmpty());
}

void TestContent::thinning()
{
    const QString source = QStringLiteral("uuid/overview");
    constexpr qint64 hour = 3'600'000, day = 24 * hour;
    const qint64 now = 1'800'000'000'000 / day * day;
    const auto minute = [&](qint64 from) { // 60 samples, one a second
        QVector<store::StoredSample> some;
        for (int i = 0; i < 60; ++i)
            some.append({from + i * 1000, {{QStringLiteral("n"), i}}});
        return some;
    };
    const QVector<qint64> starts{now - hour, now - 12 * hour, now - 10 * day, now - 100 * day};
    for (const qint64 start : starts)
        QVERIFY(store::appendSamples(*m_store, source, minute(start)));
    QVERIFY(store::appendSamples(*m_store, source, {{now - 12 * hour + 1500, {{QStringLiteral("event"), QStringLiteral("restarted")}}},
                                                    {now - 12 * hour + 2500, {{QStringLiteral("event"), QString()}}}}));
    QVERIFY(store::appendSamples(*m_store, QStringLiteral("other"), minute(now - 100 * day)));
    const auto left = [&](qint64 start) { return store::readSamples(*m_store, source, start, start + 60'000)->size(); };

    const auto removed = store::thinSamples(*m_store, source, now);
    QVERIFY2(removed, qPrintable(removed ? QString() : removed.error().text()));
    QCOMPARE(left(starts[0]), 60);
    QCOMPARE(left(starts[1]), 6 + 1); // and the restart: an event is not a sample like others
    QCOMPARE(left(starts[2]), 1);
    QCOMPARE(left(starts[3]), 0);
    QCOMPARE(*removed, qint64(0 + 55 + 59 + 60));
    QCOMPARE(*store::thinSamples(*m_store, source, now), qint64(0)); // again: nothing more
    QCOMPARE(store::readSamples(*m_store, QStringLiteral("other"), 0, now)->size(), 60);
}

QTEST_GUILESS_MAIN(TestContent)
#include "tst_content.moc"
