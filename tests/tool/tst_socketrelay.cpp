// SPDX-License-Identifier: GPL-3.0-or-later
// A socket whose every connection is a program's standard input and output: both ways at once, closed to others, gone with its object.
#include "tool/socketrelay.h"

#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <signal.h>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestSocketRelay : public QObject
{
    Q_OBJECT
private slots:
    void eachConnectionHasItsOwn();
    void muchBothWays();
    void closedToOthers();
    void endsWithItsObject();
    void whatFailsIsTold();
};

static tool::Command program(const QString &name, const QStringList &arguments = {})
{
    tool::Command command;
    command.program = name;
    command.arguments = arguments;
    return command;
}

static QByteArray readLine(QLocalSocket &socket)
{
    while (!socket.canReadLine() && socket.waitForReadyRead(20'000)) { }
    return socket.readLine();
}

void TestSocketRelay::eachConnectionHasItsOwn()
{
    const auto relay = tool::SocketRelay::listen(u"s"_s, program(u"sh"_s, {u"-c"_s, u"echo $$; exec cat"_s}));
    QVERIFY(relay);
    QLocalSocket one, other;
    for (QLocalSocket *socket : {&one, &other}) {
        socket->connectToServer((*relay)->folder() + u"/s"_s);
        QVERIFY(socket->waitForConnected(20'000));
    }
    const QByteArray first = readLine(one), second = readLine(other);
    QVERIFY(first.toInt() > 0 && second.toInt() > 0);
    QVERIFY(first != second);
    one.write("one\n");
    other.write("other\n");
    QCOMPARE(readLine(other), QByteArray("other\n"));
    QCOMPARE(readLine(one), QByteArray("one\n"));
    one.disconnectFromServer(); // cat reads its end
    QTRY_VERIFY(::kill(first.toInt(), 0) != 0);
    QCOMPARE(::kill(second.toInt(), 0), 0);
}

void TestSocketRelay::muchBothWays()
{
    const auto relay = tool::SocketRelay::listen(u"s"_s, program(u"cat"_s));
    QVERIFY(relay);
    QLocalSocket socket;
    socket.connectToServer((*relay)->folder() + u"/s"_s);
    QVERIFY(socket.waitForConnected(20'000));
    QByteArray sent, came;
    for (int i = 0; i < 1'000'000; ++i)
        sent += char(i * 31 + i / 251);
    socket.write(sent);
    while (came.size() < sent.size() && (socket.bytesToWrite() == 0 || socket.waitForBytesWritten(20'000)) && (socket.bytesAvailable() > 0 || socket.waitForReadyRead(20'000)))
        came += socket.readAll();
    QVERIFY(came == sent);
}

void TestSocketRelay::closedToOthers()
{
    QString folder;
    {
        const auto relay = tool::SocketRelay::listen(u"s"_s, program(u"cat"_s));
        QVERIFY(relay);
        folder = (*relay)->folder();
        QCOMPARE(QFile::permissions(folder) & ~(QFile::ReadUser | QFile::WriteUser | QFile::ExeUser), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QVERIFY(!QFileInfo::exists(folder));
}

void TestSocketRelay::endsWithItsObject()
{
    auto relay = tool::SocketRelay::listen(u"s"_s, program(u"sh"_s, {u"-c"_s, u"echo $$; exec sleep 600"_s}));
    QVERIFY(relay);
    QLocalSocket socket;
    socket.connectToServer((*relay)->folder() + u"/s"_s);
    const pid_t pid = readLine(socket).toInt();
    QVERIFY(pid > 0 && ::kill(pid, 0) == 0);
    relay->reset();
    QVERIFY(::kill(pid, 0) != 0);
}

void TestSocketRelay::whatFailsIsTold()
{
    const auto missing = tool::SocketRelay::listen(u"s"_s, program(u"no-such-program-of-ours"_s));
    QVERIFY(!missing);
    QCOMPARE(missing.error().reason, u"not_found"_s);
    const auto relay = tool::SocketRelay::listen(u"s"_s, program(u"sh"_s, {u"-c"_s, u"echo the server is away >&2; exit 3"_s}));
    QVERIFY(relay);
    QLocalSocket socket;
    socket.connectToServer((*relay)->folder() + u"/s"_s);
    QTRY_COMPARE((*relay)->lastWords(), u"the server is away"_s);
}

QTEST_GUILESS_MAIN(TestSocketRelay)
#include "tst_socketrelay.moc"
