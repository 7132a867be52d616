// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl --url … check --json` against real servers: a good one passes, and each of the eight bad ones is refused with a (kind, reason) of its
// own, before it got the password.
#include "session/program.h"
#include "support/testserver.h"

#include <QSet>
#include <QTest>

using namespace howdah;
using Kind = test::TestCertificates::Kind;

class TestCheckRefusals : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void passes();
    void refuses_data();
    void refuses();
    void eachIsItsOwn();
    void passesAgain();
    void cleanupTestCase();

private:
    static Program check(const test::TestServer &server, const QString &role, const QString &caFile)
    {
        return Program::run({QStringLiteral("--url"), QStringLiteral("postgresql://%1@127.0.0.1:%2/postgres").arg(role).arg(server.port()), QStringLiteral("check"),
                             QStringLiteral("--json"), QStringLiteral("--ca"), caFile, QStringLiteral("--password-stdin")},
                            QByteArray(server.password().data()) + '\n');
    }
    bool serves(Kind kind)
    {
        if (kind == m_serves)
            return true;
        m_serves = kind;
        return m_server->useCertificate(kind);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server; // by role: how it authenticates
    std::unique_ptr<test::TestServer> m_plain;  // has no TLS
    Kind m_serves = Kind::Good;
    QSet<QString> m_refusals; // kind/reason
    int m_refused = 0;
};

void TestCheckRefusals::initTestCase()
{
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder.path()));
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    QString why;
    test::ServerSetup setup;
    for (const auto *method : {"trust", "md5", "password"})
        setup.hba << QStringLiteral("hostssl postgres by_%1 127.0.0.1/32 %1").arg(QLatin1StringView(method));
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    // The role that md5 asks for has an MD5 hash: for one with a SCRAM secret the server would take SCRAM instead.
    const QByteArray password(m_server->password().data());
    QVERIFY2(m_server->sql({"CREATE ROLE by_trust LOGIN PASSWORD '" + password + '\'', "CREATE ROLE by_password LOGIN PASSWORD '" + password + '\'',
                            "SET password_encryption = 'md5'", "CREATE ROLE by_md5 LOGIN PASSWORD '" + password + '\''},
                           &why),
             qPrintable(why));
    setup.hba = QStringList{QStringLiteral("host all all 127.0.0.1/32 scram-sha-256")};
    setup.settings = QStringList{QStringLiteral("ssl=off")};
    m_plain = test::TestServer::start(setup, &why);
    QVERIFY2(m_plain, qPrintable(why));
}

void TestCheckRefusals::passes()
{
    const Program program = check(*m_server, QStringLiteral("postgres"), m_server->caFile());
    QVERIFY2(program.exitCode == 0, program.output.constData());
    QCOMPARE(program.json().value(QLatin1StringView("ok")).toBool(), true);
    QCOMPARE(program.json().value(QLatin1StringView("sslmode")).toString(), QStringLiteral("verify-full"));
    QCOMPARE(program.json().value(QLatin1StringView("auth")).toString(), QStringLiteral("SCRAM-SHA-256-PLUS"));
}

void TestCheckRefusals::refuses_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<Kind>("certificate");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    const QString postgres = QStringLiteral("postgres");
    const QString tls = QStringLiteral("tls"), authentication = QStringLiteral("authentication");
    QTest::newRow("unknown CA") << postgres << Kind::Good << tls << QStringLiteral("unknown_ca");
    QTest::newRow("plain TCP") << postgres << Kind::Good << tls << QStringLiteral("server_refuses_tls");
    QTest::newRow("trust") << QStringLiteral("by_trust") << Kind::Good << authentication << QStringLiteral("no_authentication");
    QTest::newRow("md5") << QStringLiteral("by_md5") << Kind::Good << authentication << QStringLiteral("md5_refused");
    QTest::newRow("cleartext") << QStringLiteral("by_password") << Kind::Good << authentication << QStringLiteral("cleartext_refused");
    QTest::newRow("expired") << postgres << Kind::Expired << tls << QStringLiteral("expired_certificate");
    QTest::newRow("self-signed") << postgres << Kind::SelfSigned << tls << QStringLiteral("self_signed");
    QTest::newRow("wrong host") << postgres << Kind::OtherHost << tls << QStringLiteral("wrong_host");
}

void TestCheckRefusals::refuses()
{
    QFETCH(QString, role);
    QFETCH(Kind, certificate);
    QFETCH(QString, kind);
    QFETCH(QString, reason);
    QVERIFY(serves(certificate));
    const QByteArray row = QTest::currentDataTag();
    const test::TestServer &server = row == "plain TCP" ? *m_plain : *m_server;
    const Program program = check(server, role, row == "unknown CA" ? server.otherCaFile() : server.caFile());
    const QByteArray password(server.password().data());
    QVERIFY2(program.exitCode == 3, program.output.constData());
    QCOMPARE(program.error("kind"), kind);
    QCOMPARE(program.error("reason"), reason);
    QVERIFY(!program.error("message").isEmpty());
    QVERIFY(!program.output.contains(password) && !program.errors.contains(password));
    m_refusals << kind + QLatin1Char('/') + reason;
    ++m_refused;
}

void TestCheckRefusals::eachIsItsOwn()
{
    QCOMPARE(m_refused, 8);
    QCOMPARE(m_refusals.size(), 8);
}

// It was the certificate alone: the same server with the good one passes as before.
void TestCheckRefusals::passesAgain()
{
    QVERIFY(serves(Kind::Good));
    const Program program = check(*m_server, QStringLiteral("postgres"), m_server->caFile());
    QVERIFY2(program.exitCode == 0, program.output.constData());
}

void TestCheckRefusals::cleanupTestCase()
{
    m_plain.reset();
    m_server.reset();
}

QTEST_GUILESS_MAIN(TestCheckRefusals)
#include "tst_checkrefusals.moc"
