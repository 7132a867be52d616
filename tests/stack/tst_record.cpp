// SPDX-License-Identifier: GPL-3.0-or-later
// What is remembered of a stack, its name, its port.
#include "stack/choose.h"
#include "stack/port.h"
#include "stack/record.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace howdah;

namespace
{
// A listener on 127.0.0.1; its port is taken as long as it lives.
class Listener
{
public:
    Listener()
    {
        m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(m_fd, reinterpret_cast<sockaddr *>(&address), size);
        ::listen(m_fd, 1);
        ::getsockname(m_fd, reinterpret_cast<sockaddr *>(&address), &size);
        port = ntohs(address.sin_port);
    }
    ~Listener() { ::close(m_fd); }
    quint16 port = 0;

private:
    int m_fd;
};
} // namespace

class TestRecord : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit()); }
    void names();
    void kept();
    void damaged();
    void portIsTaken();
    void portIsChosen();
    void wrongNameDestroysNothing();

private:
    QTemporaryDir m_folder;
};

void TestRecord::names()
{
    for (const char *good : {"howdah", "a", "howdah-test_1", "0x"})
        QVERIFY(stack::checkName(QLatin1String(good)));
    for (const char *bad : {"", "-a", "_a", "A", "a b", "a/b", "..", "a\n", "ä", "$(id)", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        const Done checked = stack::checkName(QString::fromUtf8(bad));
        QVERIFY2(!checked, bad);
        QCOMPARE(checked.error().reason, QStringLiteral("bad_name"));
    }
}

void TestRecord::kept()
{
    const auto none = stack::readRecord(QStringLiteral("one"));
    QVERIFY(none && !none->exists);
    stack::Record record;
    record.name = QStringLiteral("one");
    record.backend = stack::Backend::Local;
    record.backendReason = QStringLiteral("no Docker");
    record.port = 5433;
    record.image = QStringLiteral("i:1");
    record.baseImage = QStringLiteral("/usr/lib/postgresql/18/bin");
    QCOMPARE(record.data(), QStringLiteral("one_data"));
    record.dataVolume = QStringLiteral("rehearsal-20261127T040209Z");
    record.keptVolumes = {QStringLiteral("one_data")};
    record.swap = QStringLiteral("swap-20261127T040209Z");
    QVERIFY(stack::writeRecord(record));
    const auto read = stack::readRecord(QStringLiteral("one"));
    QVERIFY(read && read->exists);
    QCOMPARE(read->data(), record.dataVolume);
    QCOMPARE(read->keptVolumes, record.keptVolumes);
    QCOMPARE(read->swap, record.swap);
    QCOMPARE(stack::stackOfVolume(QStringLiteral("one_data")), QStringLiteral("one")); // also what is only kept
    QCOMPARE(stack::stackOfVolume(record.dataVolume), QStringLiteral("one"));
    QCOMPARE(stack::stackOfVolume(QStringLiteral("two_data")), QString());
    QCOMPARE(read->backend, record.backend);
    QCOMPARE(read->backendReason, record.backendReason);
    QCOMPARE(read->port, record.port);
    QCOMPARE(read->image, record.image);
    QCOMPARE(read->baseImage, record.baseImage);
    const QFileInfo file(stack::folderOf(QStringLiteral("one")) + QStringLiteral("/stack.json"));
    QVERIFY(!file.permission(QFile::ReadGroup) && !file.permission(QFile::ReadOther));
}

void TestRecord::damaged()
{
    QFile file(stack::folderOf(QStringLiteral("one")) + QStringLiteral("/stack.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{");
    file.close();
    const auto read = stack::readRecord(QStringLiteral("one"));
    QVERIFY(!read);
    QCOMPARE(read.error().reason, QStringLiteral("stack_record"));
    QVERIFY(stack::removeFolder(QStringLiteral("one")));
    QVERIFY(!file.exists());
}

void TestRecord::portIsTaken()
{
    quint16 port = 0;
    {
        const Listener listener;
        port = listener.port;
        QVERIFY(!stack::isPortFree(port));
        const quint16 next = stack::nextFreePort(port);
        QVERIFY(next > port);
        QVERIFY(stack::isPortFree(next));
    }
    QVERIFY(stack::isPortFree(port));
}

void TestRecord::portIsChosen()
{
    const Listener listener;
    QStringList said;
    const auto say = [&](const QString &note) { said << note; };
    stack::UpOptions options;
    options.port = listener.port;
    const auto refused = stack::choosePortFor(options, 0, 0, say);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("port_taken"));
    QVERIFY(refused.error().hint.contains(QString::number(stack::nextFreePort(listener.port))));
    QCOMPARE(stack::choosePortFor(options, 0, listener.port, say), listener.port); // it is our own that listens
    QVERIFY(said.isEmpty());
    options.takeNextFreePort = true;
    QCOMPARE(stack::choosePortFor(options, 0, 0, say), stack::nextFreePort(listener.port));
    QCOMPARE(said.size(), 1);
    options = {};
    QVERIFY(!stack::choosePortFor(options, listener.port, 0, say)); // the port it had: others know it by that
}

void TestRecord::wrongNameDestroysNothing()
{
    const Done refused = stack::destroy(QStringLiteral("howdah"), QStringLiteral("howda"), {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("name_mismatch"));
}

QTEST_GUILESS_MAIN(TestRecord)
#include "tst_record.moc"
