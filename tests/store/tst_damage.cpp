// SPDX-License-Identifier: GPL-3.0-or-later
// A damaged store: moved aside whole, told, never taken for an empty one or for all there is.
#include "store/copies.h"
#include "store/journal.h"
#include "store/samples.h"
#include "store/settings.h"
#include "store/writer.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using store::Store;

class TestDamage : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void aDamagedFileIsMovedAside_data();
    void aDamagedFileIsMovedAside();
    void aDamagedFileInUseStays();
    void damageFoundLaterIsHandledAtTheNextOpen();
    void aRowThatCantBeReadIsNotTheEnd();
    void theLogGoesAlongWithADamagedFile();
    void whatTheCopyHasComesBack_data();
    void whatTheCopyHasComesBack();

private:
    void put(int n);

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void TestDamage::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("store.sqlite"));
}

void TestDamage::put(int n)
{
    auto open = Store::open(m_path);
    QVERIFY(open);
    QVERIFY(store::writeSetting(**open, QStringLiteral("n"), n));
}

void TestDamage::aDamagedFileIsMovedAside_data()
{
    QTest::addColumn<QByteArray>("bytes"); // what the file becomes; a null array: its pages are overwritten
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("no database") << QByteArray(9000, 'x');
    QTest::newRow("cut short") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("pages overwritten") << QByteArray();
}

void TestDamage::aDamagedFileIsMovedAside()
{
    QFETCH(QByteArray, bytes);
    put(1);
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        if (bytes.isNull()) {
            QVERIFY(file.size() > 8192);
            file.seek(4096);
            file.write(QByteArray(file.size() - 4096, '\x5a'));
        } else {
            QVERIFY(file.resize(0));
            file.write(bytes);
        }
    }
    QFile damaged(m_path);
    QVERIFY(damaged.open(QIODevice::ReadOnly));
    const QByteArray before = damaged.readAll();
    {
        auto open = Store::open(m_path);
        QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
        const QString aside = (*open)->quarantined();
        QVERIFY(QFileInfo(aside).fileName().startsWith(QLatin1StringView("store.damaged-")));
        QVERIFY(aside.endsWith(QLatin1StringView(".sqlite")));
        QFile kept(aside);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), before); // nothing of it was changed
        QVERIFY(store::readSetting(**open, QStringLiteral("n"))->isUndefined());
        QVERIFY(store::writeSetting(**open, QStringLiteral("n"), 2));
    }
    auto again = Store::open(m_path);
    QVERIFY(again);
    QVERIFY((*again)->quarantined().isEmpty());
    QCOMPARE(store::readSetting(**again, QStringLiteral("n"))->toInt(), 2);
}

void TestDamage::aDamagedFileInUseStays()
{
    put(1);
    Writer other(m_path, 0);
    QCOMPARE(other.lines(1).value(0), QStringLiteral("open"));
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(0);
        file.write(QByteArray(100, 'x'));
    }
    // The other program may still write: moving its file away would lose that without a word.
    const auto open = Store::open(m_path);
    QVERIFY(!open);
    QCOMPARE(open.error().reason, QStringLiteral("store_busy"));
    QVERIFY(QFile::exists(m_path));
}

void TestDamage::damageFoundLaterIsHandledAtTheNextOpen()
{
    const QString source = QStringLiteral("s");
    {
        // More than is read at each open: mostly samples, which can be damaged unseen.
        QVector<store::StoredSample> many;
        for (int i = 0; i < 10'000; ++i)
            many.append({i, {{QStringLiteral("x"), QString(3800, QLatin1Char('x'))}}});
        auto open = Store::open(m_path);
        QVERIFY(open);
        QVERIFY(store::appendSamples(**open, source, many));
        QVERIFY(store::writeSetting(**open, QStringLiteral("k"), 1));
    }
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.size() > 36 << 20);
        file.seek(20 << 20);
        file.write(QByteArray(1 << 20, '\x5a'));
    }
    {
        auto open = Store::open(m_path);
        QVERIFY(open);
        QVERIFY((*open)->quarantined().isEmpty());
        QCOMPARE(store::readSetting(**open, QStringLiteral("k"))->toInt(), 1);
        const auto read = store::readSamples(**open, source, 0, 10'000);
        QVERIFY2(!read, "Rows that can't be read are not no rows");
        QCOMPARE(read.error().reason, QStringLiteral("store_damaged"));
    }
    auto next = Store::open(m_path);
    QVERIFY(next);
    QVERIFY(!(*next)->quarantined().isEmpty());
}

void TestDamage::aRowThatCantBeReadIsNotTheEnd()
{
    {
        auto open = Store::open(m_path);
        QVERIFY(open);
        QVERIFY((*open)->transaction([&]() -> Done { // more than SQLite keeps in memory after its check
            for (int i = 0; i < 2000; ++i) {
                store::JournalEntry entry;
                entry.commands = QString(3000, QLatin1Char('c'));
                if (auto begun = store::beginJournalEntry(**open, entry); !begun)
                    return fail(begun.error());
            }
            return {};
        }));
    }
    auto open = Store::open(m_path);
    QVERIFY(open);
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(1 << 20);
        file.write(QByteArray(1 << 20, '\x5a'));
    }
    QVERIFY(store::readJournal(**open, 10)); // the newest are whole
    const auto all = store::readJournal(**open, 10'000);
    QVERIFY2(!all, "A part was given out for the whole");
    QCOMPARE(all.error().reason, QStringLiteral("store_damaged"));
}

void TestDamage::theLogGoesAlongWithADamagedFile()
{
    {
        Writer writer(m_path, 1'000'000);
        writer.lines(20);
        writer.kill();
    }
    QFile log(m_path + QStringLiteral("-wal"));
    QVERIFY(log.open(QIODevice::ReadOnly));
    const QByteArray before = log.readAll();
    QVERIFY(!before.isEmpty());
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.resize(0));
    }
    auto open = Store::open(m_path);
    QVERIFY(open);
    // What was acknowledged is in it, and applied to the new store it would be damage.
    QFile kept((*open)->quarantined() + QStringLiteral("-wal"));
    QVERIFY2(kept.open(QIODevice::ReadOnly), qPrintable(kept.fileName()));
    QCOMPARE(kept.readAll(), before);
    QVERIFY(store::readSamples(**open, QStringLiteral("writer"), 0, 1'000'000)->isEmpty());
}

void TestDamage::whatTheCopyHasComesBack_data()
{
    QTest::addColumn<bool>("missing");
    QTest::newRow("overwritten") << false;
    QTest::newRow("missing") << true;
}

void TestDamage::whatTheCopyHasComesBack()
{
    QFETCH(bool, missing);
    put(7);
    QCOMPARE(store::copyIfDue(m_path).value_or(false), true);
    QCOMPARE(store::copyIfDue(m_path).value_or(true), false); // one a day
    if (missing) {
        QVERIFY(QFile::remove(m_path));
    } else {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(4096);
        file.write(QByteArray(file.size() - 4096, '\x5a'));
    }
    auto open = Store::open(m_path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QVERIFY((*open)->repair().done);
    QVERIFY2((*open)->repair().fromCopy.contains(QStringLiteral("settings")), qPrintable((*open)->repair().text()));
    QCOMPARE((*open)->quarantined().isEmpty(), missing);
    QCOMPARE(store::readSetting(**open, QStringLiteral("n"))->toInt(), 7);
}

QTEST_GUILESS_MAIN(TestDamage)
#include "tst_damage.moc"
