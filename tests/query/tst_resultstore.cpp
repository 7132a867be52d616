// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/rowsof.h"
#include "query/resultstore.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;
using query::ResultStore;

namespace
{
const std::vector<pg::Column> kColumns{{QStringLiteral("n"), 23}, {QStringLiteral("t"), 25}};

pg::Rows chunk(int from, int count)
{
    std::vector<std::vector<test::Cell>> rows;
    for (int i = from; i < from + count; ++i)
        rows.push_back({QByteArray::number(i), i % 3 == 0 ? test::Cell() : test::Cell("text " + QByteArray::number(i))});
    return test::rowsOf(kColumns, rows);
}

QByteArray cell(const ResultStore &store, qint64 row, int column)
{
    const int at = store.chunkOf(row);
    const auto rows = store.load(at);
    if (!rows)
        return "?";
    return rows->isNull(row - store.firstRow(at), column) ? QByteArray("NULL") : rows->bytes(row - store.firstRow(at), column).toByteArray();
}

QStringList spillDescriptors()
{
    QStringList found;
    const QDir folder(QStringLiteral("/proc/self/fd"));
    for (const QFileInfo &entry : folder.entryInfoList(QDir::Files | QDir::System | QDir::NoDotAndDotDot)) {
        char target[4096] = {};
        if (::readlink(QFile::encodeName(entry.absoluteFilePath()).constData(), target, sizeof target - 1) > 0 && QByteArray(target).contains("howdah")
            && QByteArray(target).contains("(deleted)"))
            found << entry.absoluteFilePath();
    }
    return found;
}
} // namespace

class TestResultStore : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(m_cache.isValid());
        qputenv("XDG_CACHE_HOME", QFile::encodeName(m_cache.path()));
    }

    void keepsSmallResultsInMemory()
    {
        ResultStore store(kColumns);
        QVERIFY(store.push(chunk(0, 10)));
        QVERIFY(store.push(chunk(10, 5)));
        QCOMPARE(store.rowCount(), 15);
        QCOMPARE(store.spilledBytes(), 0);
        QVERIFY(!store.isFinished());
        store.finish();
        QVERIFY(store.isFinished());
        QVERIFY(!store.error());
        QCOMPARE(store.chunkCount(), 2);
        QCOMPARE(store.chunkOf(9), 0);
        QCOMPARE(store.chunkOf(10), 1);
        QCOMPARE(store.firstRow(1), 10);
        QVERIFY(store.resident(1));
        QVERIFY(!store.resident(2));
        QCOMPARE(cell(store, 12, 1), "NULL");
        QCOMPARE(cell(store, 13, 1), "text 13");
    }

    void spillsPastItsBudgetAndReadsBack()
    {
        ResultStore store(kColumns, {.memoryBytes = 5000});
        for (int i = 0; i < 100; ++i)
            QVERIFY(store.push(chunk(i * 100, 100)));
        store.finish();
        QVERIFY(store.bytes() - store.spilledBytes() <= 5000);
        QVERIFY(store.spilledBytes() > 100'000);
        QVERIFY(store.resident(0));
        QVERIFY(!store.resident(99));
        for (qint64 row = 0; row < 10'000; row += 37) {
            QCOMPARE(cell(store, row, 0), QByteArray::number(row));
            QCOMPARE(cell(store, row, 1), row % 3 == 0 ? QByteArray("NULL") : "text " + QByteArray::number(row));
        }
    }

    void theFileHasNoNameAndIsPrivate()
    {
        {
            ResultStore store(kColumns, {.memoryBytes = 0});
            QVERIFY(store.push(chunk(0, 10)));
            const QStringList descriptors = spillDescriptors();
            QCOMPARE(descriptors.size(), 1);
            struct stat info = {};
            QCOMPARE(::stat(QFile::encodeName(descriptors[0]).constData(), &info), 0);
            QCOMPARE(info.st_mode & 0777, 0600u);
            QCOMPARE(info.st_nlink, nlink_t(0));
            QVERIFY(QDir(m_cache.path() + QStringLiteral("/howdah")).entryList(QDir::Files | QDir::Hidden).isEmpty());
        }
        QVERIFY(spillDescriptors().isEmpty());
    }

    void aFullDiskEndsItAndKeepsWhatCame()
    {
        // The kernel refuses to grow a file past this: as a full disk does.
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit small{20'000, before.rlim_max};
        ResultStore store(kColumns, {.memoryBytes = 3000});
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        int pushed = 0;
        while (pushed < 100 && store.push(chunk(pushed * 100, 100)))
            ++pushed;
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(pushed > 1 && pushed < 100);
        store.finish(Error{ErrorKind::Cancelled, QStringLiteral("by_reader"), QStringLiteral("Stopped by its reader"), {}, {}, {}, {}, 0});
        QVERIFY(store.error());
        QCOMPARE(store.error()->kind, ErrorKind::Io);
        QCOMPARE(store.error()->reason, QStringLiteral("spill_failed"));
        QCOMPARE(store.rowCount(), pushed * 100);
        QCOMPARE(cell(store, store.rowCount() - 1, 0), QByteArray::number(pushed * 100 - 1));
    }

    void endsAtItsLimits()
    {
        ResultStore rows(kColumns, {.rowLimit = 250});
        QVERIFY(rows.push(chunk(0, 100)));
        QVERIFY(rows.push(chunk(100, 100)));
        QVERIFY(!rows.push(chunk(200, 100)));
        rows.finish();
        QCOMPARE(rows.rowCount(), 250);
        QVERIFY(rows.error());
        QCOMPARE(rows.error()->reason, QStringLiteral("row_limit"));
        QCOMPARE(cell(rows, 249, 0), "249");

        ResultStore exact(kColumns, {.rowLimit = 200});
        QVERIFY(exact.push(chunk(0, 200)));
        exact.finish();
        QVERIFY(!exact.error()); // nothing was left out

        ResultStore file(kColumns, {.memoryBytes = 0, .fileBytes = 4000});
        QVERIFY(file.push(chunk(0, 100)));
        QVERIFY(!file.push(chunk(100, 100)));
        QCOMPARE(file.error()->reason, QStringLiteral("file_limit"));
    }

    void stopsItsWriter()
    {
        ResultStore store(kColumns);
        QVERIFY(store.push(chunk(0, 1)));
        store.stop();
        QVERIFY(!store.push(chunk(1, 1)));
        QCOMPARE(store.rowCount(), 1);
    }

    // The second chunk waits for whoever shows the first, or for the end of it; the third for nobody.
    void waitsForAFirstLook()
    {
        for (const bool stopped : {false, true}) {
            ResultStore store(kColumns, {.firstLookMs = 60'000});
            QVERIFY(store.push(chunk(0, 1)));
            std::atomic<int> pushed = 0;
            std::thread writer([&] {
                for (int i = 1; i < 3 && store.push(chunk(i, 1)); ++i)
                    ++pushed;
            });
            QTest::qSleep(50);
            const qint64 before = store.rowCount();
            stopped ? store.stop() : store.seen();
            writer.join();
            QCOMPARE(before, 1);
            QCOMPARE(pushed, stopped ? 0 : 2);
        }
        ResultStore unseen(kColumns, {.firstLookMs = 1});
        QVERIFY(unseen.push(chunk(0, 1)) && unseen.push(chunk(1, 1))); // by time
    }

    void isReadWhileItIsWritten()
    {
        ResultStore store(kColumns, {.memoryBytes = 20'000});
        std::atomic<int> changes = 0;
        store.onChange([&] { ++changes; });
        std::thread writer([&] {
            for (int i = 0; i < 300; ++i)
                store.push(chunk(i * 50, 50));
            store.finish();
        });
        qint64 checked = 0;
        bool good = true;
        while (!store.isFinished() || checked < store.rowCount()) {
            const qint64 count = store.rowCount();
            for (; checked < count && good; checked += 13)
                good = cell(store, checked, 0) == QByteArray::number(checked);
            if (!good)
                break;
        }
        writer.join();
        QVERIFY(good);
        QCOMPARE(store.rowCount(), 15'000);
        QCOMPARE(changes.load(), 301);
    }

    void takesRowsWithoutColumns()
    {
        ResultStore store({}, {.memoryBytes = 0});
        QVERIFY(store.push(test::rowsOf({}, {{}, {}})));
        store.finish();
        QCOMPARE(store.rowCount(), 2);
        QCOMPARE(store.load(0)->size(), 2);
    }

private:
    QTemporaryDir m_cache;
};

QTEST_GUILESS_MAIN(TestResultStore)
#include "tst_resultstore.moc"
