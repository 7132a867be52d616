// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, rows 10 to 12: the disk under the store is full, the store is damaged, read-only, or used by two.
#include "session/program.h"
#include "store/drafts.h"
#include "store/samples.h"
#include "store/settings.h"
#include "store/writer.h"
#include "support/smalldisk.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/fsuid.h>

using namespace howdah;
using store::Store;

class TestStoreFaults : public QObject
{
    Q_OBJECT
private slots:
    void row10_diskFull();
    void row10_diskFullAtTheFirstStart();
    void row10_diskFullInTheTerminalProgram();
    void row11_flippedBytes_data();
    void row11_flippedBytes();
    void row11_zeroLength();
    void row11_damagedWithACopy_data();
    void row11_damagedWithACopy();
    void row11_damagedOnAFullDisk();
    void row11_damagedInTheTerminalProgram();
    void row12_readOnly();
    void row12_notOurs();
    void row12_twoInstances();

private:
    static store::Draft draft(int size)
    {
        store::Draft draft;
        draft.id = QStringLiteral("11111111-2222-3333-4444-555555555555");
        draft.profileId = QStringLiteral("p");
        draft.title = QStringLiteral("t");
        draft.text = QByteArray(size, 'd');
        return draft;
    }
};

void TestStoreFaults::row10_diskFull()
{
    QString why;
    const auto disk = test::SmallDisk::make(4096, &why);
    QVERIFY2(disk, qPrintable(why));
    const QString path = disk->folder() + QStringLiteral("/store.sqlite");
    int acknowledged = 0;
    {
        auto open = Store::open(path);
        QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
        QVERIFY(store::saveDraft(**open, draft(1000)));
        // Many small ones, until it is full.
        QVERIFY(disk->fill(300'000));
        Error error;
        for (int i = 1; i < 10'000; ++i) {
            const auto done = store::writeSetting(**open, QStringLiteral("n"), i);
            if (!done) {
                error = done.error();
                break;
            }
            acknowledged = i;
        }
        QCOMPARE(error.reason, QStringLiteral("disk_full"));
        QVERIFY(!error.hint.isEmpty());
        QVERIFY(acknowledged > 0);
        // And one large.
        const auto large = store::saveDraft(**open, draft(1'000'000));
        QVERIFY(!large);
        QCOMPARE(large.error().reason, QStringLiteral("disk_full"));
        // Reading goes on, and what was acknowledged is there.
        QCOMPARE(store::readSetting(**open, QStringLiteral("n"))->toInt(), acknowledged);
        QCOMPARE(store::readDrafts(**open, QStringLiteral("p"))->value(0).text, QByteArray(1000, 'd'));
        // With room again it goes on by itself.
        QVERIFY(disk->makeRoom());
        QVERIFY(store::writeSetting(**open, QStringLiteral("n"), ++acknowledged));
        QVERIFY(store::saveDraft(**open, draft(1'000'000)));
        QVERIFY(disk->fill());
    }
    // Opened on a full disk: it is read, nothing is taken for damage, nothing is lost.
    auto again = Store::open(path);
    QVERIFY2(again, qPrintable(again ? QString() : again.error().text()));
    QVERIFY((*again)->quarantined().isEmpty());
    QCOMPARE(store::readSetting(**again, QStringLiteral("n"))->toInt(), acknowledged);
    QCOMPARE(store::readDrafts(**again, QStringLiteral("p"))->value(0).text.size(), 1'000'000);
    again->reset();
    QVERIFY(disk->makeRoom());
    again = Store::open(path);
    QVERIFY(again);
    QVERIFY(store::writeSetting(**again, QStringLiteral("n"), 0));
}

void TestStoreFaults::row10_diskFullAtTheFirstStart()
{
    QString why;
    const auto disk = test::SmallDisk::make(1024, &why);
    QVERIFY2(disk, qPrintable(why));
    QVERIFY(disk->fill(8192));
    const QString path = disk->folder() + QStringLiteral("/store.sqlite");
    const auto open = Store::open(path);
    QVERIFY(!open);
    QVERIFY2(open.error().reason == QLatin1StringView("disk_full"), qPrintable(open.error().text()));
    QVERIFY2(!QFile::exists(path), "Half a store has its name");
    QVERIFY(disk->makeRoom());
    QVERIFY(Store::open(path));
}

void TestStoreFaults::row10_diskFullInTheTerminalProgram()
{
    QString why;
    const auto disk = test::SmallDisk::make(2048, &why);
    QVERIFY2(disk, qPrintable(why));
    qputenv("XDG_DATA_HOME", QFile::encodeName(disk->folder()));
    const auto add = [](const QString &name) {
        return Program::run({QStringLiteral("profile"), QStringLiteral("add"), name, QStringLiteral("--url"), QStringLiteral("postgresql://u@h/d"), QStringLiteral("--json")});
    };
    const Program one = add(QStringLiteral("one"));
    QVERIFY2(one.exitCode == 0, QByteArray(one.output + one.errors).constData());
    QVERIFY(disk->fill());
    const Program two = add(QStringLiteral("two"));
    QCOMPARE(two.exitCode, 1);
    QCOMPARE(two.error("reason"), QStringLiteral("disk_full"));
    QVERIFY(!two.error("hint").isEmpty());
    QVERIFY(disk->makeRoom());
    const Program list = Program::run({QStringLiteral("profile"), QStringLiteral("list"), QStringLiteral("--json")});
    QVERIFY2(list.exitCode == 0 && list.output.contains("\"one\"") && !list.output.contains("\"two\""), QByteArray(list.output + list.errors).constData());
    qunsetenv("XDG_DATA_HOME");
}

void TestStoreFaults::row11_flippedBytes_data()
{
    QTest::addColumn<double>("where"); // share of the file; below 0: in the text of the first draft
    QTest::newRow("in the header") << 0.0;
    QTest::newRow("in the middle") << 0.5;
    QTest::newRow("in the last page") << 0.99;
    QTest::newRow("one byte of a text") << -1.0;
}

void TestStoreFaults::row11_flippedBytes()
{
    QFETCH(double, where);
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    {
        auto open = Store::open(path);
        QVERIFY(open);
        store::Draft kept = draft(100);
        kept.text = QByteArray("the text that must be as it was typed");
        QVERIFY(store::saveDraft(**open, kept));
        for (int i = 0; i < 100; ++i) {
            store::Draft more = draft(500);
            more.id = QStringLiteral("draft %1").arg(i);
            more.place = i + 1;
            QVERIFY(store::saveDraft(**open, more));
        }
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    const qsizetype at = where < 0 ? bytes.indexOf("must be as it was typed") : qsizetype(double(bytes.size()) * where);
    QVERIFY(at >= 0);
    const int count = where < 0 ? 1 : 200;
    for (qsizetype i = at; i < std::min(at + count, bytes.size()); ++i)
        bytes[i] = char(bytes[i] ^ 0x11);
    file.seek(0);
    QCOMPARE(file.write(bytes), bytes.size());
    file.close();

    auto open = Store::open(path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    // Whatever was hit: never given out as what was written.
    if ((*open)->quarantined().isEmpty()) {
        // Only a page that holds nothing may go unseen.
        const auto drafts = store::readDrafts(**open, QStringLiteral("p"));
        QVERIFY(drafts);
        QCOMPARE(drafts->size(), 101);
        QCOMPARE(drafts->first().text, QByteArray("the text that must be as it was typed"));
        for (int i = 1; i <= 100; ++i)
            QCOMPARE(drafts->at(i).text, QByteArray(500, 'd'));
        QVERIFY2(where > 0.9, "The damage was not told");
        return;
    }
    QFile aside((*open)->quarantined());
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), bytes); // all of it, as it was found
    // What is there is as it was written; what is not is told.
    const store::Repair &repair = (*open)->repair();
    QVERIFY2(repair.done && repair.text().contains((*open)->quarantined()), qPrintable(repair.text()));
    const auto drafts = store::readDrafts(**open, QStringLiteral("p"));
    QVERIFY(drafts);
    for (const store::Draft &one : *drafts)
        QCOMPARE(one.text, one.place == 0 ? QByteArray("the text that must be as it was typed") : QByteArray(500, 'd'));
    const QString texts = QStringLiteral("the query pane's texts");
    if (where < 0) { // one row of all: the others are taken over
        QCOMPARE(repair.alteredRows, 1);
        QVERIFY2(repair.text().contains(QStringLiteral("1 row was in it not what was written")), qPrintable(repair.text()));
        QVERIFY(repair.kept.contains(texts));
        QCOMPARE(drafts->size(), 100);
    } else if (drafts->size() < 101) {
        QVERIFY2(repair.lost.contains(texts) || repair.alteredRows > 0, qPrintable(repair.text()));
    }
    QVERIFY(store::writeSetting(**open, QStringLiteral("n"), 2)); // and work goes on
}

void TestStoreFaults::row11_zeroLength()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    {
        auto open = Store::open(path);
        QVERIFY(open && store::writeSetting(**open, QStringLiteral("n"), 1));
    }
    QVERIFY(QFile::resize(path, 0));
    auto open = Store::open(path);
    QVERIFY(open);
    QVERIFY2(!(*open)->quarantined().isEmpty(), "An empty file was taken for an empty store");
    const store::Repair &repair = (*open)->repair();
    QVERIFY2(repair.text().contains((*open)->quarantined()) && repair.lost.contains(QStringLiteral("settings")), qPrintable(repair.text()));
}

// With a copy of the day before what was acknowledged is there again, and of when it is told.
void TestStoreFaults::row11_damagedWithACopy_data()
{
    QTest::addColumn<qint64>("bytes"); // what is left of the file
    QTest::newRow("zero length") << qint64(0);
    QTest::newRow("cut in the middle") << qint64(9000);
}

void TestStoreFaults::row11_damagedWithACopy()
{
    QFETCH(qint64, bytes);
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    {
        auto open = Store::open(path);
        QVERIFY(open && store::writeSetting(**open, QStringLiteral("n"), 1) && store::saveDraft(**open, draft(1000)));
        QVERIFY(store::copyIfDue(path).value_or(false)); // beside whoever works with the store
    }
    QVERIFY(QFile::resize(path, bytes));
    auto open = Store::open(path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    const store::Repair &repair = (*open)->repair();
    QCOMPARE(QFileInfo((*open)->quarantined()).size(), bytes);
    QVERIFY2(repair.text().contains(QStringLiteral("As of the copy of")), qPrintable(repair.text()));
    QCOMPARE(store::readSetting(**open, QStringLiteral("n"))->toInt(), 1);
    QCOMPARE(store::readDrafts(**open, QStringLiteral("p"))->value(0).text, QByteArray(1000, 'd'));
}

// No room for a new one: the damaged one stays where it is, and is mended when there is.
void TestStoreFaults::row11_damagedOnAFullDisk()
{
    QString why;
    const auto disk = test::SmallDisk::make(2048, &why);
    QVERIFY2(disk, qPrintable(why));
    const QString path = disk->folder() + QStringLiteral("/store.sqlite");
    {
        auto open = Store::open(path);
        QVERIFY(open && store::writeSetting(**open, QStringLiteral("n"), 1));
    }
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(4096) && file.write(QByteArray(200, '\x5a')) == 200);
    file.seek(0);
    const QByteArray bytes = file.readAll();
    file.close();
    QVERIFY(disk->fill(8192));
    const auto refused = Store::open(path);
    QVERIFY(!refused);
    QVERIFY2(refused.error().reason == QLatin1StringView("disk_full"), qPrintable(refused.error().text()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), bytes);
    QVERIFY(disk->makeRoom());
    auto open = Store::open(path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QFile aside((*open)->quarantined());
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), bytes);
}

void TestStoreFaults::row11_damagedInTheTerminalProgram()
{
    const QTemporaryDir folder;
    qputenv("XDG_DATA_HOME", QFile::encodeName(folder.path()));
    const auto list = [] { return Program::run({QStringLiteral("profile"), QStringLiteral("list"), QStringLiteral("--json")}); };
    QCOMPARE(list().exitCode, 0);
    const QString path = folder.filePath(QStringLiteral("howdah/store.sqlite"));
    QVERIFY2(QFile::resize(path, 5000), qPrintable(path));
    const Program told = list();
    QCOMPARE(told.exitCode, 0);
    QVERIFY2(told.errors.contains("store.damaged-") && told.errors.contains("Begun anew: profiles"), told.errors.constData());
    const Program next = list();
    QVERIFY2(next.exitCode == 0 && !next.errors.contains("damaged"), next.errors.constData()); // told once
    qunsetenv("XDG_DATA_HOME");
}

void TestStoreFaults::row12_readOnly()
{
    QString why;
    const auto disk = test::SmallDisk::make(4096, &why);
    QVERIFY2(disk, qPrintable(why));
    const QString path = disk->folder() + QStringLiteral("/store.sqlite");
    {
        auto open = Store::open(path);
        QVERIFY(open && store::writeSetting(**open, QStringLiteral("n"), 1));
    }
    QVERIFY(disk->setReadOnly(true));
    const auto open = Store::open(path);
    QVERIFY(!open);
    QCOMPARE(open.error().kind, ErrorKind::Io);
    QCOMPARE(open.error().reason, QStringLiteral("store_read_only"));
    QVERIFY2(open.error().text().contains(path), qPrintable(open.error().text()));
    QVERIFY(!open.error().hint.isEmpty());
    QVERIFY(disk->setReadOnly(false));
    auto again = Store::open(path);
    QVERIFY(again);
    QVERIFY((*again)->quarantined().isEmpty());
    QCOMPARE(store::readSetting(**again, QStringLiteral("n"))->toInt(), 1);
}

// Another user's file: as with sudo once, and never again.
void TestStoreFaults::row12_notOurs()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    {
        auto open = Store::open(path);
        QVERIFY(open && store::writeSetting(**open, QStringLiteral("n"), 1));
    }
    QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
    ::setfsuid(65534); // "nobody", for this thread's files alone
    const auto open = Store::open(path);
    ::setfsuid(0);
    QVERIFY(!open);
    QCOMPARE(open.error().reason, QStringLiteral("store_read_only"));
    QVERIFY2(open.error().text().contains(path), qPrintable(open.error().text()));
    auto again = Store::open(path);
    QVERIFY(again);
    QVERIFY((*again)->quarantined().isEmpty());
    QCOMPARE(store::readSetting(**again, QStringLiteral("n"))->toInt(), 1);
}

void TestStoreFaults::row12_twoInstances()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    constexpr int each = 60;
    Writer other(path, each); // another program
    QVERIFY(!other.lines(1).isEmpty());
    auto one = Store::open(path);
    auto two = Store::open(path); // and two in this
    QVERIFY(one && two);
    for (int i = 1; i <= each; ++i) {
        QVERIFY(store::appendSamples(**one, QStringLiteral("one"), {{i, {{QStringLiteral("n"), i}}}}));
        QVERIFY(store::appendSamples(**two, QStringLiteral("two"), {{i, {{QStringLiteral("n"), i}}}}));
    }
    const QStringList said = other.lines(each + 2);
    QCOMPARE(said.value(said.size() - 1), QStringLiteral("end"));
    QVERIFY(store::copyIfDue(path).value_or(false)); // and a copy is made beside them all
    for (const auto *source : {"one", "two", "writer"}) {
        const auto samples = store::readSamples(**two, QString::fromLatin1(source), 0, 1'000'000);
        QVERIFY(samples);
        QCOMPARE(samples->size(), each);
    }
}

QTEST_GUILESS_MAIN(TestStoreFaults)
#include "tst_store.moc"
