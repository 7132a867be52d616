// SPDX-License-Identifier: GPL-3.0-or-later
// Every way in and every way to be kept out, against a real server and against hostile ones: each has its own (kind, reason).
#include "pg/connection.h"
#include "pg/probelink.h"
#include "pg/tlsprobe.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::pg;
using test::ScriptedServer;
using test::TestCertificates;
using test::TestServer;

class TestConnect : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void goodLink();
    void internalSettings();
    void unixSocket();
    void refusals_data();
    void refusals();
    void certificates_data();
    void certificates();
    void probeShowsTheCertificate();
    void hostile_data();
    void hostile();
    void aServerThatGoesEndsNoProgram();
    void nobodyListens();
    void scramThatTakesForever();
    void cancelWhileConnecting();
    void noEnvironment();
    void sqlAscii();

private:
    Error refusal(const ConnectionSpec &spec, const Secret &password) const;
    std::unique_ptr<TestServer> m_server;
};

void TestConnect::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.hba = {QStringLiteral("host all trusty 127.0.0.1/32 trust"), QStringLiteral("host all md5er 127.0.0.1/32 md5"),
                 QStringLiteral("host all clear 127.0.0.1/32 password"), QStringLiteral("host all scram 127.0.0.1/32 scram-sha-256")};
    setup.settings = {QStringLiteral("max_connections=12"), QStringLiteral("superuser_reserved_connections=2")};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY(m_server->sql({"CREATE ROLE trusty LOGIN", "SET password_encryption = 'md5'", "CREATE ROLE md5er LOGIN PASSWORD 'm'",
                           "SET password_encryption = 'scram-sha-256'", "CREATE ROLE clear LOGIN PASSWORD 'c'", "CREATE ROLE scram LOGIN PASSWORD 's'",
                           "CREATE ROLE nologin PASSWORD 'n'", "CREATE ROLE single LOGIN PASSWORD 'l' CONNECTION LIMIT 0",
                           "CREATE ROLE outdated LOGIN PASSWORD 'o' VALID UNTIL '2001-01-01'",
                           "CREATE DATABASE raw ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'", "CREATE DATABASE private",
                           "REVOKE CONNECT ON DATABASE private FROM PUBLIC"}));
}

Error TestConnect::refusal(const ConnectionSpec &spec, const Secret &password) const
{
    auto connection = Connection::open(spec, password);
    if (connection)
        return {};
    return connection.error();
}

void TestConnect::goodLink()
{
    auto connection = Connection::open(m_server->spec(), m_server->password());
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    const LinkFacts &facts = (*connection)->facts();
    QVERIFY(facts.tls);
    QCOMPARE(facts.tlsProtocol, QStringLiteral("TLSv1.3"));
    QVERIFY(!facts.cipher.isEmpty());
    QVERIFY(!facts.chain.isEmpty());
    QCOMPARE(facts.chain.first().subject, QStringLiteral("CN=localhost"));
    QVERIFY(facts.chain.first().notAfter > QDateTime::currentDateTimeUtc().addDays(28));
    QCOMPARE(facts.chain.first().sha256.size(), 32 * 3 - 1);
    QCOMPARE(featureLines().size(), 5);
    QVERIFY(featureLines().first().startsWith(QStringLiteral("libpq ")));
    QCOMPARE(facts.auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
    QCOMPARE(facts.role, QStringLiteral("postgres"));
    QCOMPARE(facts.serverVersionNum / 10000, 18);
    QVERIFY(facts.serverVersion.startsWith(QLatin1StringView("18.")));
    QVERIFY(facts.backendPid > 0);
    QVERIFY(!facts.inRecovery);
}

void TestConnect::internalSettings()
{
    ConnectionSpec spec = m_server->spec();
    spec.options = QStringLiteral("-c statement_timeout=12345");
    spec.tls13Only = true;
    spec.host = QStringLiteral("localhost");
    auto connection = Connection::open(spec, m_server->password());
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    auto rows = (*connection)->run({"SELECT current_setting('search_path'), current_setting('DateStyle'), current_setting('IntervalStyle'), "
                                    "current_setting('bytea_output'), current_setting('extra_float_digits'), current_setting('application_name'), "
                                    "current_setting('client_encoding'), current_setting('statement_timeout'), current_setting('row_security')",
                                    {}});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QVERIFY(rows->text(0, 0) == QString() || rows->text(0, 0) == QStringLiteral("\"\""));
    QVERIFY(rows->text(0, 1).startsWith(QLatin1StringView("ISO")));
    QCOMPARE(rows->text(0, 2), QStringLiteral("postgres"));
    QCOMPARE(rows->text(0, 3), QStringLiteral("hex"));
    QCOMPARE(rows->text(0, 4), QStringLiteral("1"));
    QCOMPARE(rows->text(0, 5), QStringLiteral("howdah"));
    QCOMPARE(rows->text(0, 6), QStringLiteral("UTF8"));
    QCOMPARE(rows->text(0, 7), QStringLiteral("12345ms"));
    QCOMPARE(rows->text(0, 8), QStringLiteral("off"));
}

void TestConnect::unixSocket()
{
    auto connection = Connection::open(m_server->socketSpec(), {});
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    QVERIFY(!(*connection)->facts().tls);
    QCOMPARE((*connection)->facts().auth, QStringLiteral("peer or trust"));
    ConnectionSpec spec = m_server->socketSpec();
    spec.port = quint16(spec.port + 1);
    const Error error = refusal(spec, {});
    QCOMPARE(error.kind, ErrorKind::Connection);
    QCOMPARE(error.reason, QStringLiteral("refused"));
}

void TestConnect::refusals_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("database");
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("sqlstate");
    const QString db = QStringLiteral("postgres");
    const int full = int(SslMode::VerifyFull);
    const auto row = [&](const char *name, const char *role, const char *password, const QString &database, int mode, const char *kind, const char *reason,
                         const char *sqlstate) {
        QTest::newRow(name) << QString::fromLatin1(role) << QString::fromLatin1(password) << database << mode << QString::fromLatin1(kind)
                            << QString::fromLatin1(reason) << QString::fromLatin1(sqlstate);
    };
    row("wrong password", "postgres", "no", db, full, "authentication", "wrong_password", "28P01");
    row("unknown role", "nemo", "no", db, full, "authentication", "wrong_password", "28P01");
    row("outdated password", "outdated", "o", db, full, "authentication", "wrong_password", "28P01");
    row("no password", "postgres", "", db, full, "authentication", "no_password", "");
    row("without TLS", "postgres", "no", db, int(SslMode::Disable), "authentication", "rejected_by_hba", "28000");
    row("role without login", "nologin", "n", db, full, "authentication", "role_refused", "28000");
    row("no such database", "scram", "s", QStringLiteral("nowhere"), full, "connection", "no_such_database", "3D000");
    row("no right to the database", "scram", "s", QStringLiteral("private"), full, "authentication", "role_refused", "42501");
    row("role's limit", "single", "l", db, full, "connection", "too_many_connections", "53300");
    row("trust", "trusty", "x", db, full, "authentication", "no_authentication", "");
    row("md5", "md5er", "m", db, full, "authentication", "md5_refused", "");
    row("clear text", "clear", "c", db, full, "authentication", "cleartext_refused", "");
    row("scram without TLS", "scram", "s", db, int(SslMode::Disable), "authentication", "channel_binding", "");
}

void TestConnect::refusals()
{
    QFETCH(QString, role);
    QFETCH(QString, password);
    QFETCH(QString, database);
    QFETCH(int, mode);
    QFETCH(QString, kind);
    QFETCH(QString, reason);
    QFETCH(QString, sqlstate);
    ConnectionSpec spec = m_server->spec().withRole(role).withDatabase(database);
    spec.sslMode = SslMode(mode);
    const Error error = refusal(spec, Secret(password.toUtf8()));
    QCOMPARE(error.reason, reason);
    QCOMPARE(errorKindName(error.kind), kind);
    QCOMPARE(error.sqlstate, sqlstate);
    QCOMPARE(error.context, QString(QStringLiteral("connect to ") + spec.address()));
    QVERIFY(!error.message.isEmpty());
}

void TestConnect::certificates_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("otherCa");
    QTest::addColumn<QString>("reason");
    QTest::newRow("good") << int(TestCertificates::Kind::Good) << false << QString();
    QTest::newRow("wrong CA") << int(TestCertificates::Kind::Good) << true << QStringLiteral("unknown_ca");
    QTest::newRow("expired") << int(TestCertificates::Kind::Expired) << false << QStringLiteral("expired_certificate");
    QTest::newRow("other host") << int(TestCertificates::Kind::OtherHost) << false << QStringLiteral("wrong_host");
    QTest::newRow("self-signed") << int(TestCertificates::Kind::SelfSigned) << false << QStringLiteral("self_signed");
    QTest::newRow("good again") << int(TestCertificates::Kind::Good) << false << QString();
}

void TestConnect::certificates()
{
    QFETCH(int, kind);
    QFETCH(bool, otherCa);
    QFETCH(QString, reason);
    if (qstrcmp(QTest::currentDataTag(), "good") != 0 && !otherCa)
        QVERIFY(m_server->useCertificate(TestCertificates::Kind(kind)));
    ConnectionSpec spec = m_server->spec();
    if (otherCa)
        spec.caFile = m_server->otherCaFile();
    auto connection = Connection::open(spec, m_server->password());
    if (reason.isEmpty()) {
        QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
        return;
    }
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, reason);
    QCOMPARE(connection.error().kind, ErrorKind::Tls);

    const auto probe = probeTls(spec);
    QVERIFY(probe);
    QCOMPARE(probe->verdict, reason);

    // Only the name is wrong there: verify-ca does not look at it.
    spec.sslMode = SslMode::VerifyCa;
    QCOMPARE(bool(Connection::open(spec, m_server->password())), reason == QLatin1StringView("wrong_host"));
    // With the system's authorities that would be anybody who has a certificate of the web.
    spec.caFile.clear();
    QCOMPARE(refusal(spec, m_server->password()).reason, QStringLiteral("ca_file_needed"));
}

void TestConnect::probeShowsTheCertificate()
{
    const auto probe = probeTls(m_server->spec());
    QVERIFY2(probe, qPrintable(probe ? QString() : probe.error().text()));
    QVERIFY(probe->serverSpeaksTls);
    QCOMPARE(probe->verdict, QStringLiteral("ok"));
    QCOMPARE(probe->protocol, QStringLiteral("TLSv1.3"));
    QVERIFY(!probe->chain.isEmpty());
    const Certificate &leaf = probe->chain.first();
    QCOMPARE(leaf.subject, QStringLiteral("CN=localhost"));
    QCOMPARE(leaf.issuer, QStringLiteral("CN=Howdah test authority"));
    QVERIFY(leaf.names.contains(QStringLiteral("127.0.0.1")) && leaf.names.contains(QStringLiteral("localhost")) && leaf.names.contains(QStringLiteral("::1")));
    QVERIFY(leaf.notAfter > QDateTime::currentDateTimeUtc().addDays(28));
    QCOMPARE(leaf.sha256.size(), 32 * 3 - 1);
    QVERIFY(leaf.pem.startsWith("-----BEGIN CERTIFICATE-----"));

    ConnectionSpec spec = m_server->spec();
    spec.caFile = QStringLiteral("/nowhere/ca.pem");
    QCOMPARE(refusal(spec, m_server->password()).reason, QStringLiteral("ca_file_missing"));
}

void TestConnect::hostile_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    const int full = int(SslMode::VerifyFull), plain = int(SslMode::Disable);
    QTest::newRow("silent") << 0 << full << "timeout" << "connect";
    QTest::newRow("refuses TLS") << 1 << full << "tls" << "server_refuses_tls";
    QTest::newRow("HTTP") << 2 << full << "connection" << "not_postgresql";
    QTest::newRow("HTTP, no TLS") << 2 << plain << "connection" << "not_postgresql";
    QTest::newRow("closes") << 3 << full << "connection" << "closed_early";
    QTest::newRow("closes, no TLS") << 3 << plain << "connection" << "closed_early";
    QTest::newRow("drips") << 4 << plain << "timeout" << "connect";
    QTest::newRow("TLS alert") << 5 << full << "tls" << "handshake_failed";
}

void TestConnect::hostile()
{
    QFETCH(int, which);
    QFETCH(int, mode);
    QFETCH(QString, kind);
    QFETCH(QString, reason);
    const ScriptedServer::Script scripts[] = {ScriptedServer::silent(),
                                              ScriptedServer::says("N"),
                                              ScriptedServer::says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nno"),
                                              ScriptedServer::closesAtOnce(),
                                              ScriptedServer::drips(QByteArray("R\0\0\0\x20", 5) + QByteArray(100, 'x'), 200),
                                              [](const ScriptedServer::Client &client) {
                                                  client.read(8);
                                                  client.send("S");
                                                  client.read(100); // of the ClientHello
                                                  client.send(QByteArray("\x15\x03\x01\0\x02\x02\x28", 7));
                                                  client.waitForEnd();
                                              }};
    const ScriptedServer server(scripts[which]);
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    spec.sslMode = SslMode(mode);
    spec.connectTimeoutMs = 1500;
    QElapsedTimer clock;
    clock.start();
    const Error error = refusal(spec, Secret("x"));
    QVERIFY2(clock.elapsed() < 1800, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(QString(errorKindName(error.kind) + QLatin1Char('/') + error.reason), QString(kind + QLatin1Char('/') + reason));
}

// OpenSSL writes with write(): into a link whose server is gone that is SIGPIPE, unless we see to it.
void TestConnect::aServerThatGoesEndsNoProgram()
{
    QString why;
    const auto server = TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    ProbeLink link(server->spec(), "127.0.0.1", Deadline::in(10'000));
    QVERIFY(link.connectTcp() && link.requestTls() && link.handshake());
    server->kill();
    const auto broken = [&link] { return !link.write(QByteArray(512, 'x')); };
    QTRY_VERIFY(broken());
    QVERIFY(broken());
}

void TestConnect::nobodyListens()
{
    quint16 port = 0;
    {
        const ScriptedServer gone(ScriptedServer::silent());
        port = gone.port();
    }
    ConnectionSpec spec = m_server->spec();
    spec.port = port;
    QCOMPARE(refusal(spec, Secret("x")).reason, QStringLiteral("refused"));
    spec.host = QStringLiteral("no-such-host.invalid");
    QCOMPARE(refusal(spec, Secret("x")).reason, QStringLiteral("resolve_failed"));
}

void TestConnect::scramThatTakesForever()
{
    const ScriptedServer server(ScriptedServer::endlessScram(2'000'000)); // the most that we would compute
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    spec.sslMode = SslMode::Disable;
    spec.auth = Auth::Scram;
    spec.connectTimeoutMs = 300;
    QElapsedTimer clock;
    clock.start();
    const Error error = refusal(spec, Secret("x"));
    QVERIFY(clock.elapsed() < 600);
    QCOMPARE(error.kind, ErrorKind::Timeout);
    QVERIFY(error.message.contains(spec.address()));
}

void TestConnect::cancelWhileConnecting()
{
    const ScriptedServer server(ScriptedServer::silent());
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    const CancelToken cancel;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        cancel.cancel();
    });
    QElapsedTimer clock;
    clock.start();
    auto connection = Connection::open(spec, Secret("x"), cancel);
    const qint64 took = clock.elapsed();
    later.join();
    QVERIFY(!connection);
    QCOMPARE(connection.error().kind, ErrorKind::Cancelled);
    QVERIFY2(took < 400, qPrintable(QString::number(took)));
}

void TestConnect::noEnvironment()
{
    qputenv("PGOPTIONS", "-c work_mem=99MB");
    qputenv("PGSSLMODE", "disable");
    qputenv("PGPASSWORD", "wrong");
    qputenv("PGAPPNAME", "other");
    qputenv("PGHOSTADDR", "192.0.2.1");
    // Keywords given win over the environment, even without forgetEnvironment().
    auto connection = Connection::open(m_server->spec(), m_server->password());
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    auto rows = (*connection)->run({"SELECT current_setting('work_mem'), current_setting('application_name')", {}});
    QVERIFY(rows);
    QCOMPARE(rows->text(0, 0), QStringLiteral("4MB"));
    QCOMPARE(rows->text(0, 1), QStringLiteral("howdah"));
    qputenv("PGSERVICE", "none");
    forgetEnvironment();
    QVERIFY(!qEnvironmentVariableIsSet("PGSERVICE") && !qEnvironmentVariableIsSet("PGPASSWORD"));
    QVERIFY(Connection::open(m_server->spec(), m_server->password()));
}

void TestConnect::sqlAscii()
{
    auto connection = Connection::open(m_server->spec().withDatabase(QStringLiteral("raw")), m_server->password());
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    auto rows = (*connection)->run({"SELECT pg_catalog.convert_from('\\x61ff62'::bytea, 'SQL_ASCII')", {}});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(rows->bytes(0, 0).toByteArray(), QByteArray("a\xff" "b"));
}

QTEST_GUILESS_MAIN(TestConnect)
#include "tst_connect.moc"
