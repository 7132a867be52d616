// SPDX-License-Identifier: GPL-3.0-or-later
// A writer killed with -9 in mid-write: what it said was saved is there.
#include "store/samples.h"
#include "store/writer.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;

class TestCrash : public QObject
{
    Q_OBJECT
private slots:
    void whatWasAcknowledgedIsThere();
    void whatAReaderSawIsThere();
};

void TestCrash::whatWasAcknowledgedIsThere()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    const QString source = QStringLiteral("writer");
    int most = 0;
    bool named = false;
    const int kills = qEnvironmentVariableIntValue("HOWDAH_KILLS", &named); // store.crash_long: 200
    for (int round = 0; round < (named ? kills : 20); ++round) {
        Writer writer(path, 1'000'000);
        // Some die while the store is being made or opened, the others in a write.
        writer.lines(round < 3 ? round : QRandomGenerator::global()->bounded(1, 300));
        const QStringList said = writer.kill();
        const int acknowledged = said.isEmpty() ? 0 : said.last().toInt();
        most = qMax(most, acknowledged);

        auto open = store::Store::open(path);
        QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
        QVERIFY2(!(*open)->repair().done, qPrintable((*open)->repair().text()));
        const auto samples = store::readSamples(**open, source, 0, 1'000'000);
        QVERIFY(samples);
        QVERIFY2(samples->size() >= most, qPrintable(QStringLiteral("%1 of %2").arg(samples->size()).arg(most)));
        for (int i = 0; i < samples->size(); ++i) { // whole, and without a hole
            QCOMPARE(samples->at(i).atMs, qint64(i + 1));
            QCOMPARE(samples->at(i).values.value(QLatin1StringView("n")).toInt(), i + 1);
        }
    }
    QVERIFY(most > 0);
}

void TestCrash::whatAReaderSawIsThere()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    for (int round = 0; round < 3; ++round) {
        Writer writer(path, 1'000'000);
        writer.lines(5);
        auto reader = store::Store::open(path);
        QVERIFY(reader);
        const auto seen = store::readSamples(**reader, QStringLiteral("writer"), 0, 1'000'000);
        writer.kill();
        QVERIFY(seen && !seen->isEmpty());
        reader->reset();
        auto open = store::Store::open(path);
        QVERIFY(open);
        QVERIFY(store::readSamples(**open, QStringLiteral("writer"), 0, 1'000'000)->size() >= seen->size());
    }
}

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
