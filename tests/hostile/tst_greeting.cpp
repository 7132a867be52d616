// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that are hostile before anybody is let in: instead of TLS, inside it, and in the place of a login. Each ends in bounded time and
// memory with its own kind and reason, and not one gets a password, or a session, out of us.
#include "hostile/bounds.h"
#include "pg/connection.h"
#include "support/scramlogin.h"
#include "support/testcertificates.h"
#include "support/wire.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::test;
using Client = ScriptedServer::Client;
using Lie = ScramLogin::Lie;

class TestGreeting : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void refused_data();
    void refused();
    void theDefaultDeadline();
    void cancelledAtOnce();
    void unprovenWithoutBinding_data();
    void unprovenWithoutBinding();
    void aHostThatIsTwo();
    void aCertificateThatNobodyAskedFor();

private:
    struct Case {
        const char *name;
        const char *outcome; // "kind/reason"
        ScriptedServer::Script script;
        int deadlineMs = 5000;
        int mostMs = 4000;
    };
    void add(Case one) { m_cases.push_back(std::move(one)); }
    void beforeTls();
    void insideTls();
    void inPlaceOfALogin();
    void afterTheLogin();
    // Inside TLS, and the startup packet read.
    ScriptedServer::Script inside(std::function<void(const Client &)> then) const
    {
        return [certificate = certificate(), then](const Client &client) {
            if (ScramLogin::greet(client, certificate))
                then(client);
        };
    }
    // Authenticated as a good server does.
    ScriptedServer::Script afterwards(std::function<void(const Client &)> then) const
    {
        return inside([then](const Client &client) {
            if (ScramLogin().authenticate(client))
                then(client);
        });
    }
    static std::function<void(const Client &)> says(const QByteArray &bytes)
    {
        return [bytes](const Client &client) {
            client.send(bytes);
            client.waitForEnd();
        };
    }
    static std::function<void(const Client &)> lies(Lie lie)
    {
        return [lie](const Client &client) {
            ScramLogin login;
            login.lie = lie;
            if (login.authenticate(client))
                client.send(ScramLogin::settings() + wire::ready());
            client.waitForEnd();
        };
    }
    QString certificate() const { return m_folder.filePath(TestCertificates::name(TestCertificates::Kind::Good)); }
    pg::ConnectionSpec spec(const ScriptedServer &server) const
    {
        pg::ConnectionSpec spec;
        spec.host = QStringLiteral("127.0.0.1");
        spec.port = server.port();
        spec.database = spec.role = QStringLiteral("app");
        spec.caFile = m_folder.filePath(QStringLiteral("ca.pem"));
        return spec;
    }

    QTemporaryDir m_folder;
    std::vector<Case> m_cases;
};

void TestGreeting::initTestCase()
{
    QVERIFY(TestCertificates::write(m_folder.path()));
    // What the rows differ from: this one is let in.
    const ScriptedServer good([certificate = certificate()](const Client &client) {
        ScramLogin().admit(client, certificate);
        client.waitForEnd();
    });
    const auto connection = pg::Connection::open(spec(good), Secret("geheim"));
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    QCOMPARE((*connection)->facts().auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
    QCOMPARE((*connection)->facts().serverVersionNum, 180006);
}

void TestGreeting::beforeTls()
{
    add({"garbage", "connection/not_postgresql", ScriptedServer::says(QByteArray::fromHex("00ff13379c0de4d5c3b2a190807060504030201000") + QByteArray(4000, '\x7f'))});
    add({"an HTTP server", "connection/not_postgresql",
         ScriptedServer::says("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>")});
    add({"an SSH server", "connection/not_postgresql", [](const Client &client) {
             client.send("SSH-2.0-OpenSSH_9.2p1\r\n");
             client.read(64); // no name of an SSH program in there
         }});
    add({"accepts and never answers", "timeout/connect", ScriptedServer::silent(), 1500, 1800});
    add({"closes at once", "connection/closed_early", ScriptedServer::closesAtOnce()});
    add({"refuses TLS", "tls/server_refuses_tls", ScriptedServer::says("N")});
    // Anyone on the way could have written it: it is not shown (CVE-2024-10977).
    add({"an error in place of TLS", "connection/error_before_tls",
         ScriptedServer::says(wire::error({{'S', "FATAL"}, {'C', "28P01"}, {'M', "please send your password to evil.example"}}))});
    add({"an endless error in place of TLS", "connection/error_before_tls", [](const Client &client) {
             client.read(8);
             client.send(wire::head('E', 0x7fffffff));
             client.flood(QByteArray(64 * 1024, 'x'));
         }});
    // What is read in clear would be taken for the server's words inside TLS (CVE-2021-23222).
    add({"clear text behind its consent to TLS", "tls/plaintext_injected", [certificate = certificate()](const Client &client) {
             client.read(8);
             client.send("S" + wire::authentication(0) + ScramLogin::settings() + wire::ready());
             client.startTls(certificate);
             client.waitForEnd();
         }});
    add({"consents, then garbage", "tls/handshake_failed", [](const Client &client) {
             client.read(8);
             client.send("S");
             client.read(64); // of the ClientHello
             client.send(QByteArray(2000, '\x41'));
             client.waitForEnd();
         }});
    add({"consents, then a TLS alert", "tls/handshake_failed", [](const Client &client) {
             client.read(8);
             client.send("S");
             client.read(64);
             client.send(QByteArray::fromHex("15030100020228"));
             client.waitForEnd();
         }});
    add({"consents, then is silent", "timeout/connect", ScriptedServer::says("S"), 1500, 1800});
    add({"consents, then one byte each half second", "timeout/connect", [](const Client &client) {
             client.read(8);
             client.send("S");
             client.read(64);
             client.drip(QByteArray::fromHex("16030340000200") + QByteArray(100, '\1'), 500);
         }, 2500, 2800});
}

void TestGreeting::insideTls()
{
    add({"HTTP inside TLS", "connection/not_postgresql", inside(says("HTTP/1.1 400 Bad Request\r\n\r\n"))});
    add({"silent inside TLS", "timeout/connect", inside([](const Client &client) { client.waitForEnd(); }), 1500, 1800});
    add({"one byte each half second inside TLS", "timeout/connect", inside([](const Client &client) { client.drip(wire::head('R', 1000) + QByteArray(996, '\0'), 500); }),
         2500, 2800});
    add({"closes inside TLS", "connection/closed_early", inside([](const Client &) {})});
    add({"a flood of notices in place of a login", "connection/not_postgresql", inside([](const Client &client) { client.flood(wire::notice("buy now")); })});
    add({"a login message that says it is 2 GB long", "connection/not_postgresql", inside([](const Client &client) {
             client.send(wire::head('R', 0x7fffffff));
             client.flood(QByteArray(64 * 1024, '\0'));
         })});
    add({"a login message of length 0", "connection/not_postgresql", inside(says(wire::head('R', 0) + QByteArray(200, '\0')))});
    add({"a login message of negative length", "connection/not_postgresql", inside(says(wire::head('R', -5) + QByteArray(200, '\0')))});
    add({"an error of 100 MB in place of a login", "connection/not_completed", inside([](const Client &client) {
             client.send(wire::head('E', 100'000'000) + "SFATAL" + QByteArray(1, '\0') + "C28P01" + QByteArray(1, '\0') + "M");
             client.flood(QByteArray(64 * 1024, 'x'));
         })});
    add({"another protocol version offered", "protocol/version_not_taken", inside(says(wire::message('v', wire::int32(196607) + wire::int32(1) + wire::text("_pq_.odd"))))});
}

void TestGreeting::inPlaceOfALogin()
{
    add({"lets anyone in", "authentication/no_authentication", inside(says(wire::authentication(0) + ScramLogin::settings() + wire::ready()))});
    add({"asks for the password in clear", "authentication/cleartext_refused", inside(says(wire::authentication(3)))});
    add({"asks for MD5", "authentication/md5_refused", inside(says(wire::authentication(5, "salt")))});
    add({"asks by a method that nobody knows", "authentication/unknown_method", inside(says(wire::authentication(99)))});
    add({"asks for Kerberos", "authentication/unknown_method", inside(says(wire::authentication(7)))});
    add({"offers SCRAM without binding", "authentication/channel_binding", inside([](const Client &client) {
             ScramLogin login;
             login.binding = false;
             login.authenticate(client);
             client.waitForEnd();
         })});
    add({"goes on with what was not begun", "authentication/unknown_method", inside(says(wire::authentication(11, "r=x,s=eA==,i=4096")))});
    add({"ends what was not begun", "authentication/unknown_method", inside(says(wire::authentication(12, "v=eA==")))});
    // From here on SCRAM has begun: whoever can't end it does not know the password.
    add({"does not know the password", "authentication/server_not_proven", inside(lies(Lie::Signature))});
    add({"a nonce that is not ours", "authentication/server_not_proven", inside(lies(Lie::Nonce))});
    add({"an empty salt", "authentication/server_not_proven", inside(lies(Lie::EmptySalt))});
    add({"a challenge that is no SCRAM", "authentication/server_not_proven", inside(lies(Lie::NotScram))});
    add({"ends before it began", "authentication/server_not_proven", inside(lies(Lie::FinalFirst))});
    add({"the challenge twice", "authentication/server_not_proven", inside(lies(Lie::Twice))});
    add({"lets in after our first word", "authentication/server_not_proven", inside(lies(Lie::LetsIn))});
    add({"lets in without its proof", "authentication/server_not_proven", inside(lies(Lie::LetsInUnproven))});
    const auto rounds = [this](const char *name, qint64 iterations, const char *outcome, int deadlineMs) {
        add({name, outcome, inside([iterations](const Client &client) {
                 ScramLogin login;
                 login.iterations = iterations;
                 login.authenticate(client);
                 client.waitForEnd();
             }), deadlineMs, deadlineMs + 300});
    };
    rounds("2^31 - 1 rounds of SCRAM", 2'147'483'647, "authentication/scram_rounds", 1500);
    rounds("2^64 rounds of SCRAM", 0x7fffffffffffffff, "authentication/scram_rounds", 1500);
    // As many as we would compute: the deadline holds all the same.
    rounds("two million rounds of SCRAM", 2'000'000, "timeout/connect", 300);
    add({"no round of SCRAM", "authentication/server_not_proven", inside([](const Client &client) {
             ScramLogin login;
             login.iterations = 0;
             login.authenticate(client);
             client.waitForEnd();
         })});
    add({"a refusal full of hidden characters", "authentication/wrong_password",
         inside(says(wire::error({{'S', "FATAL"}, {'V', "FATAL"}, {'C', "28P01"}, {'M', "no \xe2\x80\xae\xff\xfe\x1b[31m<b>way</b>"}})))});
}

void TestGreeting::afterTheLogin()
{
    add({"never ready", "timeout/connect", afterwards(says(ScramLogin::settings())), 1500, 1800});
    add({"a flood of notices before it is ready", "protocol/flood", afterwards([](const Client &client) { client.flood(wire::notice(QByteArray(1000, 'x'))); })});
    add({"a flood of parameters before it is ready", "protocol/flood", afterwards([](const Client &client) {
             for (int i = 0; client.send(wire::parameter("howdah.p" + QByteArray::number(i), QByteArray(20'000, 'x'))); ++i) {
             }
         })});
    add({"an error of 100 MB before it is ready", "protocol/flood", afterwards([](const Client &client) {
             client.send(wire::head('E', 100'000'000) + "SFATAL" + QByteArray(1, '\0') + "C28P01" + QByteArray(1, '\0') + "M");
             client.flood(QByteArray(64 * 1024, 'x'));
         }), 12'000});
    add({"a message of length 3", "protocol/protocol_violation", afterwards(says(wire::head('S', 3)))});
    add({"a message of negative length", "protocol/protocol_violation", afterwards(says(wire::head('S', -1) + QByteArray(100, '\0')))});
    add({"a cancel key of odd length", "protocol/protocol_violation", afterwards(says(wire::message('K', "123456789") + wire::ready()))});
    add({"rows before it is ready", "protocol/protocol_violation", afterwards(says(wire::columns({"a"}) + wire::row({"1"}) + wire::complete("SELECT 1") + wire::ready()))});
    add({"closes before it is ready", "connection/closed_early", afterwards([](const Client &client) { client.send(ScramLogin::settings()); })});
}

void TestGreeting::refused_data()
{
    QTest::addColumn<int>("index");
    beforeTls();
    insideTls();
    inPlaceOfALogin();
    afterTheLogin();
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::newRow(m_cases[i].name) << int(i);
}

void TestGreeting::refused()
{
    QFETCH(int, index);
    const Case &one = m_cases[size_t(index)];
    const ScriptedServer server(one.script);
    pg::ConnectionSpec target = spec(server);
    target.connectTimeoutMs = one.deadlineMs;
    const Bounds bounds;
    const auto connection = pg::Connection::open(target, Secret("geheim"));
    const QString exceeded = bounds.exceeded(one.mostMs);
    QVERIFY(!connection);
    const Error &error = connection.error();
    QVERIFY2(errorKindName(error.kind) + QLatin1Char('/') + error.reason == QLatin1StringView(one.outcome), qPrintable(error.reason + QLatin1Char(' ') + error.text()));
    QVERIFY2(exceeded.isEmpty(), qPrintable(exceeded));
    QCOMPARE(error.context, QString(QStringLiteral("connect to ") + target.address()));
    QVERIFY(!error.message.isEmpty() && error.text().size() < 20'000);
    QVERIFY(!error.text().contains(QLatin1StringView("geheim")) && !error.text().contains(QLatin1StringView("evil.example")));
}

void TestGreeting::theDefaultDeadline()
{
    const ScriptedServer server(ScriptedServer::silent());
    const Bounds bounds;
    const auto connection = pg::Connection::open(spec(server), Secret("geheim"));
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, QStringLiteral("connect"));
    QVERIFY2(bounds.exceeded(15'000).isEmpty(), qPrintable(bounds.exceeded(15'000)));
}

void TestGreeting::cancelledAtOnce()
{
    // Deep inside libpq, where nothing can be interrupted: seconds of SCRAM.
    const ScriptedServer server(inside([](const Client &client) {
        ScramLogin login;
        login.iterations = 2'000'000;
        login.authenticate(client);
        client.waitForEnd();
    }));
    const CancelToken cancel;
    std::thread later([&cancel] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        cancel.cancel();
    });
    const Bounds bounds;
    const auto connection = pg::Connection::open(spec(server), Secret("geheim"), cancel);
    const QString exceeded = bounds.exceeded(600);
    later.join();
    QVERIFY(!connection);
    QCOMPARE(connection.error().kind, ErrorKind::Cancelled);
    QVERIFY2(exceeded.isEmpty(), qPrintable(exceeded));
}

// The ways in that libpq 15 itself does not hold to the server's proof.
void TestGreeting::unprovenWithoutBinding_data()
{
    QTest::addColumn<int>("auth");
    QTest::addColumn<int>("lie");
    for (const auto lie : {Lie::LetsIn, Lie::LetsInUnproven}) {
        for (const auto auth : {pg::Auth::Scram, pg::Auth::Password})
            QTest::addRow("%s, %d", qPrintable(pg::authName(auth)), int(lie)) << int(auth) << int(lie);
    }
}

void TestGreeting::unprovenWithoutBinding()
{
    QFETCH(int, auth);
    QFETCH(int, lie);
    const ScriptedServer server(inside([lie](const Client &client) {
        ScramLogin login;
        login.binding = false;
        login.lie = Lie(lie);
        if (login.authenticate(client))
            client.send(ScramLogin::settings() + wire::ready());
        client.waitForEnd();
    }));
    pg::ConnectionSpec target = spec(server);
    target.auth = pg::Auth(auth);
    const auto connection = pg::Connection::open(target, Secret("geheim"));
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, QStringLiteral("server_not_proven"));
}

// libpq takes a comma for the end of a name: behind a socket's folder it would go on to a host of its own choosing, in clear text.
void TestGreeting::aHostThatIsTwo()
{
    const ScriptedServer server([](const Client &client) { client.waitForEnd(); });
    pg::ConnectionSpec target = spec(server);
    for (const char *host : {"/nowhere,127.0.0.1", "localhost,127.0.0.1", ",127.0.0.1", "local\nhost"}) {
        target.host = QString::fromLatin1(host);
        const auto connection = pg::Connection::open(target, Secret("geheim"));
        QVERIFY(!connection);
        QCOMPARE(server.clients(), 0);
        QCOMPARE(connection.error().reason, QStringLiteral("bad_host"));
    }
}

void TestGreeting::aCertificateThatNobodyAskedFor()
{
    const ScriptedServer server(inside(says(wire::authentication(0) + ScramLogin::settings() + wire::ready())));
    pg::ConnectionSpec target = spec(server);
    target.auth = pg::Auth::Certificate;
    target.certFile = m_folder.filePath(QStringLiteral("client.crt"));
    target.keyFile = m_folder.filePath(QStringLiteral("client.key"));
    const auto connection = pg::Connection::open(target, {});
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, QStringLiteral("no_authentication"));
}

QTEST_GUILESS_MAIN(TestGreeting)
#include "tst_greeting.moc"
