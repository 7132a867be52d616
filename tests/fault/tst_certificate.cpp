// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 17: the server's certificate is renewed, expires while links stand, is another host's; a key's file is open to others.
#include "fault/fault.h"
#include "pg/tlsprobe.h"
#include "support/netns.h"

#include <QFile>

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;
using test::TestCertificates;
using test::TestServer;

class TestCertificate : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void row17_certificateRotated();
    void row17_brokenMidSession_data();
    void row17_brokenMidSession();
    void row17_serverKeyOpenToOthers();
    void row17_ourKeyOpenToOthers();

private:
    std::unique_ptr<Session> connected()
    {
        auto session = std::make_unique<Session>(m_server->spec(), m_server->password(), Session::Purpose::Editor);
        session->open();
        [&] { QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000); }();
        return session;
    }
    QString fingerprint() const
    {
        const auto probe = pg::probeTls(m_server->spec());
        return probe && !probe->chain.isEmpty() ? probe->chain.first().sha256 : QString();
    }
    void terminate(const Session &session)
    {
        QCOMPARE(ask(*m_server, "SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(session.status().facts.backendPid) + ")"), QStringLiteral("t"));
    }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<TestServer> m_server;
};

void TestCertificate::initTestCase()
{
    QString why;
    m_network = test::NetworkNamespace::make(&why);
    QVERIFY2(m_network, qPrintable(why));
    test::ServerSetup setup;
    setup.network = m_network.get();
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestCertificate::init()
{
    const auto probe = pg::probeTls(m_server->spec());
    QVERIFY(probe);
    if (probe->verdict != QLatin1StringView("ok"))
        QVERIFY(m_server->useCertificate(TestCertificates::Kind::Good));
}

void TestCertificate::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestCertificate::row17_certificateRotated()
{
    const auto session = connected();
    const QString before = fingerprint();
    QVERIFY(m_server->useCertificate(TestCertificates::Kind::Renewed));
    // The link that stands goes on with the one it was made with; the change is known from outside.
    QCOMPARE(first(session->run(statement("SELECT 1"))), QStringLiteral("1"));
    const QString after = fingerprint();
    QVERIFY(!before.isEmpty() && !after.isEmpty() && before != after);
    terminate(*session);
    QTRY_COMPARE(session->status().generation, quint64(2)); // of the same authority: in again without a question
}

void TestCertificate::row17_brokenMidSession_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("reason");
    QTest::newRow("expired") << int(TestCertificates::Kind::Expired) << "expired_certificate";
    QTest::newRow("another host's") << int(TestCertificates::Kind::OtherHost) << "wrong_host";
    QTest::newRow("self-signed") << int(TestCertificates::Kind::SelfSigned) << "self_signed";
}

void TestCertificate::row17_brokenMidSession()
{
    QFETCH(int, kind);
    QFETCH(QString, reason);
    const auto session = connected();
    QVERIFY(m_server->useCertificate(TestCertificates::Kind(kind)));
    QCOMPARE(first(session->run(statement("SELECT 1"))), QStringLiteral("1"));
    QCOMPARE(session->status().generation, quint64(1));
    terminate(*session);
    QTRY_COMPARE(session->status().error.kind, ErrorKind::Tls);
    QCOMPARE(session->status().error.reason, reason);
    QVERIFY(!session->status().error.message.isEmpty());
    QCOMPARE(session->status().state, LinkState::Lost);
    QCOMPARE(session->status().retryAtMs, 0); // trying again can't better it, and the password goes to nobody
    // A good one again, and a person asks.
    QVERIFY(m_server->useCertificate(TestCertificates::Kind::Good));
    session->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QCOMPARE(session->status().generation, quint64(2));
}

// The server keeps the old one and says nothing to its clients: only what it serves tells.
void TestCertificate::row17_serverKeyOpenToOthers()
{
    const QString before = fingerprint();
    const QString certificate = m_server->folder() + QStringLiteral("/server.crt"), key = m_server->folder() + QStringLiteral("/server.key");
    QFile renewed(m_server->folder() + QStringLiteral("/renewed.crt")), renewedKey(m_server->folder() + QStringLiteral("/renewed.key"));
    QFile out(certificate), outKey(key);
    QVERIFY(renewed.open(QIODevice::ReadOnly) && renewedKey.open(QIODevice::ReadOnly));
    QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate) && outKey.open(QIODevice::WriteOnly | QIODevice::Truncate));
    out.write(renewed.readAll());
    outKey.write(renewedKey.readAll());
    out.close();
    outKey.close();
    QVERIFY(outKey.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther));
    QCOMPARE(ask(*m_server, "SELECT pg_catalog.pg_reload_conf()"), QStringLiteral("t"));
    QTRY_VERIFY(m_server->log().contains(QStringLiteral("has group or world access")));
    QCOMPARE(fingerprint(), before);
    const auto session = connected();
    QCOMPARE(first(session->run(statement("SELECT 1"))), QStringLiteral("1"));
    QVERIFY(outKey.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    QCOMPARE(ask(*m_server, "SELECT pg_catalog.pg_reload_conf()"), QStringLiteral("t"));
    QTRY_VERIFY(fingerprint() != before);
}

void TestCertificate::row17_ourKeyOpenToOthers()
{
    pg::ConnectionSpec spec = m_server->spec();
    spec.auth = pg::Auth::Certificate;
    spec.certFile = m_server->folder() + QStringLiteral("/good.crt");
    spec.keyFile = m_server->folder() + QStringLiteral("/good.key");
    QFile key(spec.keyFile);
    QVERIFY(key.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther));
    Session session(spec, Secret(), Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, LinkState::Lost);
    const Error error = session.status().error;
    QVERIFY2(error.kind == ErrorKind::Tls || error.kind == ErrorKind::Authentication || error.kind == ErrorKind::Client, qPrintable(error.text()));
    QVERIFY2(error.text().contains(spec.keyFile), qPrintable(error.text())); // which file
    QVERIFY2(error.reason.contains(QStringLiteral("key")), qPrintable(error.reason));
    QCOMPARE(session.status().retryAtMs, 0);
}

QTEST_GUILESS_MAIN(TestCertificate)
#include "tst_certificate.moc"
