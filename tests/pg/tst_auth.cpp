// SPDX-License-Identifier: GPL-3.0-or-later
// Each way to authenticate, chosen by name, against each demand of a real server: what was not chosen is refused, with a reason of its own.
#include "pg/connection.h"
#include "support/scramlogin.h"
#include "support/testserver.h"
#include "support/wire.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::pg;
using namespace howdah::test;

class TestAuth : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void ways_data();
    void ways();
    void ourCertificate_data();
    void ourCertificate();
    void kernelsWord();
    void noTicket();
    void demandInPieces_data();
    void demandInPieces();
    void passwordNeverSent();

private:
    std::unique_ptr<TestServer> m_server;
};

static QString outcomeOf(const Result<std::unique_ptr<Connection>> &connection)
{
    if (connection)
        return (*connection)->facts().auth;
    return errorKindName(connection.error().kind) + QLatin1Char('/') + connection.error().reason;
}

void TestAuth::initTestCase()
{
    QString why;
    ServerSetup setup;
    setup.hba = {QStringLiteral("local all root peer"), QStringLiteral("hostssl all trusty 127.0.0.1/32 trust"), QStringLiteral("hostssl all md5er 127.0.0.1/32 md5"),
                 QStringLiteral("hostssl all clear 127.0.0.1/32 password"), QStringLiteral("host all scram 127.0.0.1/32 scram-sha-256"),
                 QStringLiteral("hostssl all certy 127.0.0.1/32 cert")};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY(QFile::setPermissions(m_server->caFile(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther)); // of root, else
    QVERIFY(m_server->sql({"ALTER SYSTEM SET ssl_ca_file = '" + m_server->caFile().toUtf8() + '\'', "SELECT pg_catalog.pg_reload_conf()"}));
    QVERIFY(m_server->sql({"CREATE ROLE trusty LOGIN", "SET password_encryption = 'md5'", "CREATE ROLE md5er LOGIN PASSWORD 'pw'",
                           "SET password_encryption = 'scram-sha-256'", "CREATE ROLE clear LOGIN PASSWORD 'pw'", "CREATE ROLE scram LOGIN PASSWORD 'pw'",
                           "CREATE ROLE certy LOGIN", "CREATE ROLE root LOGIN"}));
}

void TestAuth::ways_data()
{
    QTest::addColumn<QString>("role"); // of a name that says what the server asks of it
    QTest::addColumn<int>("auth");
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char *role, Auth auth, const char *outcome, SslMode mode = SslMode::VerifyFull) {
        const QByteArray name = QByteArray(role) + " by " + authName(auth).toLatin1() + ' ' + sslModeName(mode).toLatin1();
        QTest::newRow(name.constData()) << QString::fromLatin1(role) << int(auth) << int(mode) << QString::fromLatin1(outcome);
    };
    row("scram", Auth::ScramBound, "SCRAM-SHA-256-PLUS");
    row("scram", Auth::Scram, "SCRAM-SHA-256");
    row("scram", Auth::Scram, "SCRAM-SHA-256", SslMode::Disable);
    row("scram", Auth::ScramBound, "authentication/channel_binding", SslMode::Disable);
    row("scram", Auth::Password, "password");
    row("scram", Auth::Certificate, "authentication/unknown_method");
    row("scram", Auth::Kerberos, "authentication/unknown_method");
    row("scram", Auth::Peer, "authentication/peer_needs_socket");
    row("clear", Auth::ScramBound, "authentication/cleartext_refused");
    row("clear", Auth::Scram, "authentication/cleartext_refused");
    row("clear", Auth::Password, "password");
    row("clear", Auth::Password, "password", SslMode::VerifyCa);
    row("clear", Auth::Password, "authentication/cleartext_refused", SslMode::Require);
    row("clear", Auth::Password, "authentication/cleartext_refused", SslMode::Disable);
    row("clear", Auth::Certificate, "authentication/cleartext_refused");
    row("clear", Auth::Kerberos, "authentication/cleartext_refused");
    row("md5er", Auth::ScramBound, "authentication/md5_refused");
    row("md5er", Auth::Scram, "authentication/md5_refused");
    row("md5er", Auth::Password, "authentication/md5_refused");
    row("md5er", Auth::Certificate, "authentication/md5_refused");
    row("trusty", Auth::ScramBound, "authentication/no_authentication");
    row("trusty", Auth::Scram, "authentication/no_authentication");
    row("trusty", Auth::Password, "authentication/no_authentication");
    row("trusty", Auth::Kerberos, "authentication/no_authentication");
    row("certy", Auth::Certificate, "certificate");
}

void TestAuth::ways()
{
    QFETCH(QString, role);
    QFETCH(int, auth);
    QFETCH(int, mode);
    QFETCH(QString, outcome);
    ConnectionSpec spec = m_server->spec().withRole(role);
    spec.auth = Auth(auth);
    spec.sslMode = SslMode(mode);
    spec.certFile = m_server->folder() + QStringLiteral("/client.crt");
    spec.keyFile = m_server->folder() + QStringLiteral("/client.key");
    const bool hasPassphrase = spec.auth == Auth::Certificate; // a key of none takes any
    const auto connection = Connection::open(spec, hasPassphrase ? Secret() : Secret("pw"));
    QCOMPARE(outcomeOf(connection), outcome);
    if (!connection) {
        QVERIFY(!connection.error().message.isEmpty());
        QVERIFY(!connection.error().hint.isEmpty());
    }
}

void TestAuth::ourCertificate_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("passphrase");
    QTest::addColumn<QString>("role");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char *name, const char *certificate, const char *key, const char *passphrase, const char *role, const char *outcome) {
        QTest::newRow(name) << QString::fromLatin1(certificate) << QString::fromLatin1(key) << QString::fromLatin1(passphrase) << QString::fromLatin1(role)
                            << QString::fromLatin1(outcome);
    };
    row("good", "client.crt", "client.key", "", "certy", "certificate");
    row("a key with a passphrase", "client.crt", "locked.key", "sesam", "certy", "certificate");
    row("no passphrase", "client.crt", "locked.key", "", "certy", "tls/key_not_opened");
    row("another passphrase", "client.crt", "locked.key", "mohn", "certy", "tls/key_not_opened");
    row("no certificate", "nowhere.crt", "client.key", "", "certy", "tls/certificate_file_missing");
    row("a key for a certificate", "client.key", "client.key", "", "certy", "tls/certificate_file_missing");
    row("no key", "client.crt", "nowhere.key", "", "certy", "tls/key_file_missing");
    row("a certificate for a key", "client.crt", "client.crt", "", "certy", "tls/key_not_opened");
    row("another's key", "client.crt", "stranger.key", "", "certy", "tls/key_of_another");
    row("expired", "expired.crt", "expired.key", "", "certy", "tls/own_certificate_expired");
    row("a key that others may read", "client.crt", "open.key", "", "certy", "tls/key_file_open");
    row("another authority's", "stranger.crt", "stranger.key", "", "certy", "authentication/certificate_refused");
    row("another role's", "good.crt", "good.key", "", "certy", "authentication/role_refused");
}

void TestAuth::ourCertificate()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, passphrase);
    QFETCH(QString, role);
    QFETCH(QString, outcome);
    const QTemporaryDir folder;
    const auto copied = [&](const QString &name) {
        const QString to = folder.filePath(name);
        QFile::copy(m_server->folder() + QLatin1Char('/') + (name == QLatin1StringView("open.key") ? QStringLiteral("client.key") : name), to);
        const bool open = name == QLatin1StringView("open.key");
        QFile::setPermissions(to, open ? QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther : QFile::ReadOwner | QFile::WriteOwner);
        return to;
    };
    ConnectionSpec spec = m_server->spec().withRole(role);
    spec.auth = Auth::Certificate;
    spec.certFile = copied(certificate);
    spec.keyFile = copied(key);
    const auto connection = Connection::open(spec, Secret(passphrase.toLatin1()));
    QCOMPARE(outcomeOf(connection), outcome);
    if (!connection)
        QVERIFY(!connection.error().text().contains(QLatin1StringView("mohn")));
}

void TestAuth::kernelsWord()
{
    ConnectionSpec spec = m_server->socketSpec().withRole(QStringLiteral("root"));
    spec.auth = Auth::Peer;
    // Who we are to the kernel is to decide: by name "root" where the test runs as root.
    const auto connection = Connection::open(spec, {});
    QCOMPARE(outcomeOf(connection), ::geteuid() == 0 ? QStringLiteral("peer or trust") : QStringLiteral("authentication/role_refused"));
}

void TestAuth::noTicket()
{
    const ScriptedServer server([this](const ScriptedServer::Client &client) {
        if (ScramLogin::greet(client, m_server->folder() + QStringLiteral("/good")))
            client.send(wire::authentication(7));
        client.waitForEnd();
    });
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    spec.auth = Auth::Kerberos;
    const auto connection = Connection::open(spec, {});
    QCOMPARE(outcomeOf(connection), QStringLiteral("authentication/no_ticket"));
}

void TestAuth::demandInPieces_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("method");
    QTest::addColumn<QString>("outcome");
    for (const bool tls : {true, false}) {
        QTest::addRow("clear text, TLS %d", tls) << tls << 3 << QStringLiteral("authentication/cleartext_refused");
        QTest::addRow("MD5, TLS %d", tls) << tls << 5 << QStringLiteral("authentication/md5_refused");
        QTest::addRow("rounds, TLS %d", tls) << tls << 11 << QStringLiteral("authentication/scram_rounds");
    }
}

// What is cut into bytes is seen all the same.
void TestAuth::demandInPieces()
{
    QFETCH(bool, tls);
    QFETCH(int, method);
    QFETCH(QString, outcome);
    std::atomic<bool> gaveAway = false;
    const ScriptedServer server([&, this](const ScriptedServer::Client &client) {
        if (tls ? !ScramLogin::greet(client, m_server->folder() + QStringLiteral("/good")) : client.readStartup().isEmpty())
            return;
        if (method == 11) {
            client.send(wire::authentication(10, QByteArray("SCRAM-SHA-256\0\0", 15)));
            const QByteArray first = client.readMessage();
            client.drip(wire::authentication(11, "r=" + first.mid(first.indexOf("r=") + 2) + "x,s=c2FsdHNhbHQ=,i=2147483647"), 1);
        } else {
            client.drip(wire::authentication(method, method == 5 ? QByteArray("salt") : QByteArray()), 2);
        }
        gaveAway = !client.readMessage().isEmpty();
    });
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    spec.auth = Auth::Scram;
    if (!tls)
        spec.sslMode = SslMode::Disable;
    const auto connection = Connection::open(spec, Secret("pw"));
    QCOMPARE(outcomeOf(connection), outcome);
    QVERIFY(!gaveAway);
}

void TestAuth::passwordNeverSent()
{
    std::atomic<int> answers = 0;
    const ScriptedServer server([&, this](const ScriptedServer::Client &client) {
        if (!ScramLogin::greet(client, m_server->folder() + QStringLiteral("/good")))
            return;
        client.send(wire::authentication(3));
        answers += client.readMessage().isEmpty() ? 0 : 1;
    });
    for (const Auth auth : {Auth::ScramBound, Auth::Scram, Auth::Kerberos}) {
        ConnectionSpec spec = m_server->spec();
        spec.port = server.port();
        spec.auth = auth;
        QVERIFY(!Connection::open(spec, Secret("pw")));
    }
    QCOMPARE(answers.load(), 0);
}

QTEST_GUILESS_MAIN(TestAuth)
#include "tst_auth.moc"
