// SPDX-License-Identifier: GPL-3.0-or-later
// This program knows schema 900 (its own resource, schema_900.sql); storewriter is today's.
#include "store/samples.h"
#include "store/settings.h"
#include "store/writer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using store::Store;

static QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

class TestUpgrade : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void keepsWhatIsThere();
    void takesWhatIsInTheLog();
    void aFailedOneLeavesTheOldStore();
    void waitsForOtherPrograms();
    void anOlderProgramRefuses();
    void leftoversDoNotHinder();

private:
    void writeOld(int samples)
    {
        Writer writer(m_path, samples);
        QCOMPARE(writer.lines(samples + 2).value(samples + 1), QStringLiteral("end"));
        QCOMPARE(writer.exitCode(), 0);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void TestUpgrade::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("store.sqlite"));
}

void TestUpgrade::keepsWhatIsThere()
{
    writeOld(10);
    const QByteArray old = contents(m_path);
    auto open = Store::open(m_path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QCOMPARE(store::readSamples(**open, QStringLiteral("writer"), 0, 100)->size(), 10);
    auto version = (*open)->run(QStringLiteral("version"));
    QVERIFY(version && version->next());
    QCOMPARE(version->value(1).toInt(), 900);
    QCOMPARE(contents(m_folder->filePath(QStringLiteral("store.v4.sqlite"))), old); // the way back
    QCOMPARE(QFile::permissions(m_path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QVERIFY(!QFile::exists(m_path + QStringLiteral(".new")));
}

void TestUpgrade::takesWhatIsInTheLog()
{
    Writer writer(m_path, 1'000'000);
    writer.lines(21);
    writer.kill(); // its log was never written back
    QVERIFY(QFile(m_path + QStringLiteral("-wal")).size() > 0);
    auto open = Store::open(m_path);
    QVERIFY(open);
    QVERIFY(store::readSamples(**open, QStringLiteral("writer"), 0, 1'000'000)->size() >= 20);
}

void TestUpgrade::aFailedOneLeavesTheOldStore()
{
    writeOld(1);
    {
        // 100 settings make the upgrade's second statement fail. They are put in by the old program's statements, before the upgrade.
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("old"));
        database.setDatabaseName(m_path);
        QVERIFY(database.open());
        QSqlQuery query(database);
        for (int i = 0; i < 100; ++i)
            QVERIFY(query.exec(QStringLiteral("INSERT INTO settings VALUES ('k%1', '[1]')").arg(i)));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("old"));
    const QByteArray before = contents(m_path);
    const auto open = Store::open(m_path);
    QVERIFY(!open);
    QCOMPARE(open.error().reason, QStringLiteral("store_failed"));
    QCOMPARE(contents(m_path), before);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files),
             QStringList({QStringLiteral("store.sqlite"), QStringLiteral("store.sqlite.lock")}));
    writeOld(2); // the old program goes on with it
}

void TestUpgrade::waitsForOtherPrograms()
{
    Writer other(m_path, 5);
    QCOMPARE(other.lines(7).last(), QStringLiteral("end"));
    // It still has the file open: what it wrote after the upgrade would be lost.
    const auto open = Store::open(m_path);
    QVERIFY(!open);
    QCOMPARE(open.error().reason, QStringLiteral("store_busy"));
    QVERIFY(!open.error().hint.isEmpty());
    QCOMPARE(other.exitCode(), 0);
    QVERIFY(Store::open(m_path));
}

void TestUpgrade::anOlderProgramRefuses()
{
    {
        auto open = Store::open(m_path);
        QVERIFY(open);
        QVERIFY(store::writeSetting(**open, QStringLiteral("k"), 1));
    }
    const QByteArray before = contents(m_path);
    Writer old(m_path, 1);
    QCOMPARE(old.lines(1), QStringList(QStringLiteral("store_newer")));
    QCOMPARE(old.exitCode(), 1);
    QCOMPARE(contents(m_path), before);
}

void TestUpgrade::leftoversDoNotHinder()
{
    writeOld(3);
    for (const auto *part : {".new", ".new-wal", ".new-journal"}) { // of an upgrade that was killed
        QFile file(m_path + QLatin1StringView(part));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("half");
    }
    auto open = Store::open(m_path);
    QVERIFY(open);
    QCOMPARE(store::readSamples(**open, QStringLiteral("writer"), 0, 100)->size(), 3);
}

QTEST_GUILESS_MAIN(TestUpgrade)
#include "tst_upgrade.moc"
