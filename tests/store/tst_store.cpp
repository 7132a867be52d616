// SPDX-License-Identifier: GPL-3.0-or-later
// The file: made, shared, on a full disk, on its own thread.
#include "base/async.h"
#include "store/samples.h"
#include "store/settings.h"
#include "store/store.h"
#include "store/storeworker.h"
#include "store/writer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace howdah;
using store::Store;

class TestStore : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void makesItself();
    void isDurable();
    void bindsByNumber();
    void rollsBack();
    void twoProgramsWriteAtOnce();
    void aFullDiskKeepsWhatWasSaved_data();
    void aFullDiskKeepsWhatWasSaved();
    void cleanupTestCase();
    void worksOnItsOwnThread();
    void aWorkerTriesAgain();

private:
    QString pragma(Store &open, const QString &name);

    QTemporaryDir m_small; // a disk of its own in one case
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void TestStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("store.sqlite"));
}

void TestStore::makesItself()
{
    m_path = m_folder->filePath(QStringLiteral("new/store.sqlite"));
    auto open = Store::open(m_path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    QVERIFY((*open)->quarantined().isEmpty());
    QCOMPARE((*open)->path(), m_path);
    struct stat info;
    QCOMPARE(::stat(QFile::encodeName(m_path).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, mode_t(0600));
    QCOMPARE(::stat(QFile::encodeName(m_path + QStringLiteral("-wal")).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, mode_t(0600));
    QCOMPARE(::stat(QFile::encodeName(m_folder->filePath(QStringLiteral("new"))).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, mode_t(0700));
    open->reset();
    // Closed, it is one file (and its lock): nothing half made is left.
    QCOMPARE(QDir(m_folder->filePath(QStringLiteral("new"))).entryList(QDir::Files),
             QStringList({QStringLiteral("store.sqlite"), QStringLiteral("store.sqlite.lock")}));
}

QString TestStore::pragma(Store &open, const QString &name)
{
    Q_UNUSED(open)
    QString value;
    for (const QString &connection : QSqlDatabase::connectionNames()) {
        if (!connection.startsWith(QLatin1StringView("howdah-store-")))
            continue;
        QSqlQuery query(QSqlDatabase::database(connection));
        if (query.exec(QStringLiteral("PRAGMA ") + name) && query.next())
            value = query.value(0).toString();
    }
    return value;
}

void TestStore::isDurable()
{
    auto open = Store::open(m_path);
    QVERIFY(open);
    QCOMPARE(pragma(**open, QStringLiteral("journal_mode")), QStringLiteral("wal"));
    QCOMPARE(pragma(**open, QStringLiteral("synchronous")), QStringLiteral("2")); // FULL
    QCOMPARE(pragma(**open, QStringLiteral("foreign_keys")), QStringLiteral("1"));
    QCOMPARE(pragma(**open, QStringLiteral("busy_timeout")), QStringLiteral("5000"));
}

void TestStore::bindsByNumber()
{
    auto open = Store::open(m_path);
    QVERIFY(open);
    // A quote and what looks like a placeholder are data.
    const QString value = QStringLiteral("it's \"$1\" ? :x; -- DROP");
    QVERIFY(store::writeSetting(**open, QStringLiteral("a'b"), value));
    QCOMPARE(store::readSetting(**open, QStringLiteral("a'b"))->toString(), value);
    // $2 to $4 stand before $1 in this one.
    QVERIFY((*open)->run(QStringLiteral("journal_begin"), {1, QStringLiteral("w"), QStringLiteral("t"), QStringLiteral("a"), QStringLiteral("c"), QStringLiteral("u")}));
    QCOMPARE((*open)->run(QStringLiteral("journal_end"), {1, 22, QStringLiteral("done"), QStringLiteral("m")})->numRowsAffected(), 1);
    auto line = (*open)->run(QStringLiteral("journal_list"), {1, 0});
    QVERIFY(line && line->next());
    QCOMPARE(line->value(2).toInt(), 22);
    QCOMPARE(line->value(7).toString(), QStringLiteral("done"));
    const auto none = (*open)->run(QStringLiteral("no_such"));
    QVERIFY(!none);
    QCOMPARE(none.error().reason, QStringLiteral("no_such_statement"));
}

void TestStore::rollsBack()
{
    auto open = Store::open(m_path);
    QVERIFY(open);
    const QString key = QStringLiteral("k");
    const auto done = (*open)->transaction([&]() -> Done {
        if (auto written = store::writeSetting(**open, key, 1); !written)
            return written;
        return fail(ErrorKind::Client, QStringLiteral("changed_my_mind"), {});
    });
    QVERIFY(!done);
    QCOMPARE(done.error().reason, QStringLiteral("changed_my_mind"));
    QVERIFY(store::readSetting(**open, key)->isUndefined());
    QVERIFY((*open)->transaction([&] { return store::writeSetting(**open, key, 2); }));
    QCOMPARE(store::readSetting(**open, key)->toInt(), 2);
}

void TestStore::twoProgramsWriteAtOnce()
{
    Writer one(m_path, 200); // both find no store, and one of them makes it
    Writer two(m_path, 200);
    auto open = Store::open(m_path);
    QVERIFY2(open, qPrintable(open ? QString() : open.error().text()));
    for (int i = 1; i <= 50; ++i)
        QVERIFY(store::appendSamples(**open, QStringLiteral("here"), {{i, {{QStringLiteral("n"), i}}}}));
    QCOMPARE(one.lines(202).last(), QStringLiteral("end"));
    QCOMPARE(two.lines(202).last(), QStringLiteral("end"));
    QCOMPARE(store::readSamples(**open, QStringLiteral("writer"), 0, 1000)->size(), 200); // the same moments: written twice, there once
    QCOMPARE(store::readSamples(**open, QStringLiteral("here"), 0, 1000)->size(), 50);
}

void TestStore::aFullDiskKeepsWhatWasSaved_data()
{
    QTest::addColumn<bool>("tmpfs");
    QTest::addColumn<QString>("reason");
    QTest::newRow("writes fail half way") << false << QStringLiteral("store_failed");
    // Only root may mount a small disk.
    if (::mount("tmpfs", QFile::encodeName(m_small.path()).constData(), "tmpfs", 0, "size=600k") == 0)
        QTest::newRow("no room") << true << QStringLiteral("disk_full");
}

void TestStore::aFullDiskKeepsWhatWasSaved()
{
    QFETCH(bool, tmpfs);
    QFETCH(QString, reason);
    if (tmpfs)
        m_path = m_small.filePath(QStringLiteral("store.sqlite"));
    auto open = Store::open(m_path);
    QVERIFY(open);
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{tmpfs ? before.rlim_cur : 300'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    int saved = 0;
    Done done;
    while (done && saved < 10'000) {
        done = store::appendSamples(**open, QStringLiteral("s"), {{saved + 1, {{QStringLiteral("x"), QString(500, QLatin1Char('x'))}}}});
        if (done)
            ++saved;
    }
    const auto during = store::readSamples(**open, QStringLiteral("s"), 0, 1'000'000);
    ::setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!done);
    QCOMPARE(done.error().kind, ErrorKind::Io);
    QCOMPARE(done.error().reason, reason);
    QVERIFY(saved > 10);
    QVERIFY(during); // full is not unreadable
    QCOMPARE(during->size(), saved);
    if (tmpfs)
        QCOMPARE(::mount("tmpfs", QFile::encodeName(m_small.path()).constData(), "tmpfs", MS_REMOUNT, "size=4m"), 0);
    QVERIFY(store::appendSamples(**open, QStringLiteral("s"), {{saved + 1, {}}})); // room again: it goes on by itself
    open->reset();
    open = Store::open(m_path);
    QVERIFY(open);
    QVERIFY((*open)->quarantined().isEmpty());
    QCOMPARE(store::readSamples(**open, QStringLiteral("s"), 0, 1'000'000)->size(), saved + 1);
}

void TestStore::cleanupTestCase()
{
    ::umount2(QFile::encodeName(m_small.path()).constData(), MNT_DETACH);
}

void TestStore::worksOnItsOwnThread()
{
    bool ok = false;
    {
        store::StoreWorker worker(m_path);
        async::onFinished(worker.run([](Store &open) { return store::writeSetting(open, QStringLiteral("k"), 5); }), this,
                          [&](const Done &done) { ok = done.has_value(); });
        QTRY_VERIFY(ok);
    }
    QVERIFY(Worker::joinClosed(20'000));
    QVERIFY(!QFile::exists(m_path + QStringLiteral("-wal"))); // closed, and on its thread: the log is written back
    QVERIFY(QSqlDatabase::connectionNames().isEmpty());
}

void TestStore::aWorkerTriesAgain()
{
    QVERIFY(QDir().mkpath(m_path)); // a folder of that name: no store can be there
    store::StoreWorker worker(m_path);
    const auto ask = [&] { return worker.run([](Store &open) { return store::readSetting(open, QStringLiteral("k")); }); };
    auto first = ask();
    QVERIFY(worker.drain(30'000));
    QVERIFY(!first.result());
    QCOMPARE(first.result().error().kind, ErrorKind::Io);
    QVERIFY(QDir().rmdir(m_path));
    auto second = ask();
    QVERIFY(worker.drain(30'000));
    QVERIFY(second.result());
}

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
