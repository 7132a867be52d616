// SPDX-License-Identifier: GPL-3.0-or-later
// A tunnel by the real ssh to a real sshd, to a real server behind it.
#include "session/loopback.h"
#include "session/sshserver.h"
#include "session/tunnel.h"
#include "session/wayin.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include <csignal>
#include <thread>

#include <poll.h>
#include <unistd.h>

using namespace howdah;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestTunnel : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void destinations_data();
    void destinations();
    void leadsToTheServer();
    void leadsToASocket();
    void oneForAllLinksAndGoneWithThem();
    void opensAgainAfterItsEnd();
    void failuresAreTold();
    void isCancelled();
    void anothersListenerIsNotOurs();
    void anotherHostKeyIsRefused();

private:
    std::unique_ptr<SshServer> m_ssh;
    std::unique_ptr<test::TestServer> m_server;
    const QString m_jump = QStringLiteral("jump");
};

void TestTunnel::initTestCase()
{
    m_ssh = std::make_unique<SshServer>();
    QVERIFY2(m_ssh->isRunning(), qPrintable(m_ssh->error()));
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestTunnel::destinations_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    for (const char *good : {"jump", "bob@db1.example.org", "ssh://bob@db1:2222", "[2001:db8::1]", "bob%corp@host"})
        QTest::newRow(good) << QString::fromLatin1(good) << true;
    for (const char *bad : {"", "-oProxyCommand=id", "a b", "a;id", "$(id)", "a\nb", "ssh://-oProxyCommand=id", "a/b", "~", "bob@-Fx", "jump\n"})
        QTest::newRow(bad) << QString::fromLatin1(bad) << false;
}

void TestTunnel::destinations()
{
    QFETCH(QString, text);
    QTEST(session::checkDestination(text).has_value(), "good");
}

void TestTunnel::leadsToTheServer()
{
    session::Tunnel tunnel(m_jump, m_server->spec());
    const auto via = tunnel.open({});
    VERIFY_OK(via);
    QCOMPARE(via->address, QStringLiteral("127.0.0.1"));
    QVERIFY(via->port != m_server->port());
    pg::ConnectionSpec near = m_server->spec();
    near.port = via->port;
    const auto connection = pg::Connection::open(near, m_server->password());
    VERIFY_OK(connection);
    QCOMPARE((*connection)->facts().auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
}

void TestTunnel::leadsToASocket()
{
    session::Tunnel tunnel(m_jump, m_server->socketSpec());
    const auto via = tunnel.open({});
    VERIFY_OK(via);
    pg::ConnectionSpec near = m_server->socketSpec();
    near.host = via->address;
    near.port = via->port;
    const auto connection = pg::Connection::open(near, m_server->password());
    VERIFY_OK(connection);
}

void TestTunnel::oneForAllLinksAndGoneWithThem()
{
    QTRY_COMPARE(m_ssh->clients().size(), 0);
    session::Profile profile;
    profile.spec = m_server->spec();
    profile.sshDestination = m_jump;
    {
        const session::WayIn way(profile, {});
        std::vector<pg::Prepare> links;
        for (const char *role : {"app", "app", "monitor"})
            links.push_back(way.prepareFor(QString::fromLatin1(role)));
        QVector<quint16> ports(3);
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&, i] { ports[i] = links[size_t(i)]({}).value_or(pg::Prepared()).via.port; });
        for (std::thread &thread : threads)
            thread.join();
        QVERIFY(ports.at(0) != 0);
        QCOMPARE(ports, QVector<quint16>(3, ports.at(0)));
        QCOMPARE(m_ssh->clients().size(), 1);
        const QString line = m_ssh->clients().first();
        for (const char *part : {"BatchMode=yes", "ExitOnForwardFailure=yes", " -N ", " -- jump"})
            QVERIFY2(line.contains(QLatin1StringView(part)), qPrintable(line));
    }
    QTRY_COMPARE(m_ssh->clients().size(), 0);
}

void TestTunnel::opensAgainAfterItsEnd()
{
    session::Tunnel tunnel(m_jump, m_server->spec());
    const auto first = tunnel.open({});
    VERIFY_OK(first);
    QCOMPARE(tunnel.open({})->port, first->port);
    QCOMPARE(m_ssh->clients().size(), 1);
    ::kill(pid_t(m_ssh->clients().firstKey()), SIGKILL);
    QTRY_COMPARE(m_ssh->clients().size(), 0);
    QTRY_VERIFY(tunnel.open({}).has_value() && m_ssh->clients().size() == 1);
}

void TestTunnel::failuresAreTold()
{
    session::Tunnel nowhere(QStringLiteral("no-such-host.invalid"), m_server->spec());
    const auto failed = nowhere.open({});
    QVERIFY(!failed);
    QCOMPARE(failed.error().kind, ErrorKind::Connection);
    QCOMPARE(failed.error().reason, QStringLiteral("tunnel_failed"));
    QVERIFY2(failed.error().text().contains(QStringLiteral("no-such-host.invalid")) && failed.error().detail.contains(QStringLiteral("resolve")),
             qPrintable(failed.error().text()));
    QCOMPARE(failed.error().context, QStringLiteral("open the SSH tunnel through no-such-host.invalid"));
}

void TestTunnel::isCancelled()
{
    QTcpServer silent; // an SSH server that never says who it is
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    const QString there = QStringLiteral("ssh://127.0.0.1:%1").arg(silent.serverPort());
    session::Tunnel tunnel(there, m_server->spec());
    const CancelToken cancel;
    std::thread later([&] {
        pollfd never{-1, 0, 0};
        ::poll(&never, 1, 300);
        cancel.cancel();
    });
    QElapsedTimer time;
    time.start();
    const auto opened = tunnel.open(cancel);
    later.join();
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Cancelled);
    QTRY_COMPARE(m_ssh->clients().size(), 0);
}

// All of this machine can read the port in ssh's arguments, and be there before ssh has logged in.
void TestTunnel::anothersListenerIsNotOurs()
{
    QTcpServer listener;
    QVERIFY(listener.listen(QHostAddress::LocalHost));
    const quint16 port = listener.serverPort();
    QCOMPARE(session::listenerAt(port), std::optional(::geteuid()));
    listener.close();
    QCOMPARE(session::listenerAt(port), std::nullopt);

    QTemporaryDir folder;
    QFile ssh(folder.filePath(QStringLiteral("ssh"))); // one that does not get the port, since it is taken at 0.0.0.0
    QVERIFY(ssh.open(QIODevice::WriteOnly));
    ssh.write("#!/usr/bin/perl\nuse Socket;\nmy ($port) = \"@ARGV\" =~ /-L 127\\.0\\.0\\.1:(\\d+):/;\n"
              "socket(S, PF_INET, SOCK_STREAM, 0);\nbind(S, sockaddr_in($port, INADDR_ANY));\nlisten(S, 5);\nsleep 60;\n");
    ssh.close();
    ssh.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", QFile::encodeName(folder.path()) + ':' + path);
    session::Tunnel tunnel(m_jump, m_server->spec());
    const auto opened = tunnel.open({});
    qputenv("PATH", path);
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, QStringLiteral("tunnel_failed"));
    QVERIFY2(opened.error().message.contains(QStringLiteral("near end")), qPrintable(opened.error().text()));
}

void TestTunnel::anotherHostKeyIsRefused()
{
    QVERIFY2(m_ssh->useOtherHostKey(), qPrintable(m_ssh->error()));
    session::Tunnel tunnel(m_jump, m_server->spec());
    const auto opened = tunnel.open({});
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, QStringLiteral("tunnel_failed"));
    QVERIFY2(opened.error().detail.contains(QStringLiteral("Host key verification failed")), qPrintable(opened.error().detail));
    QVERIFY(opened.error().hint.contains(QStringLiteral("ssh jump")));
}

QTEST_GUILESS_MAIN(TestTunnel)
#include "tst_tunnel.moc"
