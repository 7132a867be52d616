// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/savefile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace howdah;

static QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

// No file of this process may grow beyond so many bytes: write(2) then takes a part, as on a full disk, for root too.
class SmallFiles
{
public:
    explicit SmallFiles(rlim_t bytes)
    {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit small{bytes, m_before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFiles() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    SmallFiles(const SmallFiles &) = delete;
    SmallFiles &operator=(const SmallFiles &) = delete;

private:
    rlimit m_before{};
};

class TestSaveFile : public QObject
{
    Q_OBJECT
private slots:
    void saves();
    void replacesAtOnce();
    void aShortWriteLeavesTheOldFile_data();
    void aShortWriteLeavesTheOldFile();
    void aFullDiskLeavesTheOldFile();
    void noFolder();
};

void TestSaveFile::saves()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("key.pem"));
    QVERIFY(saveFile(path, "secret", 0600));
    QCOMPARE(contents(path), QByteArray("secret"));
    struct stat info;
    QCOMPARE(::stat(QFile::encodeName(path).constData(), &info), 0);
    QCOMPARE(info.st_mode & 07777, mode_t(0600));
    QVERIFY(saveFile(path, "", 0644)); // an empty file is a file
    QCOMPARE(contents(path), QByteArray());
}

void TestSaveFile::replacesAtOnce()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("f"));
    QVERIFY(saveFile(path, "old"));
    QFile reader(path);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    QVERIFY(saveFile(path, "new"));
    QCOMPARE(reader.readAll(), QByteArray("old")); // whoever had it open reads the whole old one
    QCOMPARE(contents(path), QByteArray("new"));
}

void TestSaveFile::aShortWriteLeavesTheOldFile_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("within the buffer") << 9000;
    QTest::newRow("beyond the buffer") << 600'000;
}

void TestSaveFile::aShortWriteLeavesTheOldFile()
{
    QFETCH(int, size);
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("f"));
    QVERIFY(saveFile(path, "good"));
    Done done;
    {
        const SmallFiles small(8192);
        done = saveFile(path, QByteArray(size, 'x'));
    }
    QVERIFY(!done);
    QCOMPARE(done.error().kind, ErrorKind::Io);
    QCOMPARE(done.error().reason, QStringLiteral("save_failed"));
    QCOMPARE(contents(path), QByteArray("good"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1); // no half file beside it
}

void TestSaveFile::aFullDiskLeavesTheOldFile()
{
    const QTemporaryDir folder;
    // Only root may mount; the test above shows the same without.
    const bool mounted = ::mount("tmpfs", QFile::encodeName(folder.path()).constData(), "tmpfs", 0, "size=512k") == 0;
    const QString path = folder.filePath(QStringLiteral("f"));
    bool ok = saveFile(path, "good").has_value();
    Done done = mounted ? saveFile(path, QByteArray(600'000, 'x')) : fail(Error{});
    const QByteArray after = contents(path);
    if (mounted)
        ::umount2(QFile::encodeName(folder.path()).constData(), MNT_DETACH);
    QVERIFY(ok);
    QVERIFY(!done);
    QCOMPARE(after, QByteArray("good"));
}

void TestSaveFile::noFolder()
{
    const QTemporaryDir folder;
    const Done done = saveFile(folder.filePath(QStringLiteral("no/such/f")), "x");
    QVERIFY(!done);
    QCOMPARE(done.error().kind, ErrorKind::Io);
}

QTEST_GUILESS_MAIN(TestSaveFile)
#include "tst_savefile.moc"
