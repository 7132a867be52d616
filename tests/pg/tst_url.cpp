// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectionspec.h"

#include <QTest>

using namespace howdah;
using namespace howdah::pg;

static QString operator""_L1(const char *text, size_t size)
{
    return QString::fromLatin1(text, qsizetype(size));
}

class TestUrl : public QObject
{
    Q_OBJECT
private slots:
    void whole();
    void forms_data();
    void forms();
    void severalHosts_data();
    void severalHosts();
    void parameters();
    void refused_data();
    void refused();
    void theUrlIsNeverRepeated();
    void addresses();
};

void TestUrl::whole()
{
    const auto url = parseUrl(QStringLiteral("postgresql+asyncpg://je%40x:p%40ss%2F%3Aw@db1.example:6432/my%20db?sslmode=verify-ca&application_name=tool"));
    QVERIFY2(url, qPrintable(url ? QString() : url.error().text()));
    QCOMPARE(url->spec.role, QStringLiteral("je@x"));
    QCOMPARE(QByteArray(url->password.data()), QByteArray("p@ss/:w"));
    QCOMPARE(url->spec.host, QStringLiteral("db1.example"));
    QCOMPARE(url->spec.port, quint16(6432));
    QCOMPARE(url->spec.database, QStringLiteral("my db"));
    QCOMPARE(url->spec.sslMode, SslMode::VerifyCa);
    QCOMPARE(url->spec.applicationName, QStringLiteral("tool"));
    QCOMPARE(url->spec.auth, Auth::ScramBound);
    QVERIFY(url->ignored.isEmpty());
}

void TestUrl::forms_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("role");
    QTest::addColumn<QString>("database");
    QTest::newRow("short") << "postgres://u@h" << "h:5432" << "u" << "u";
    QTest::newRow("no host") << "postgresql://u@/d" << "localhost:5432" << "u" << "d";
    QTest::newRow("IPv6") << "postgresql://u@[::1]:5433/d" << "[::1]:5433" << "u" << "d";
    QTest::newRow("socket") << "postgresql://u@%2Frun%2Fpostgresql/d" << "/run/postgresql:5432" << "u" << "d";
    QTest::newRow("socket by host") << "postgresql:///d?host=/run/postgresql&user=u" << "/run/postgresql:5432" << "u" << "d";
    QTest::newRow("psycopg") << "postgresql+psycopg2://u:p@h:1/d" << "h:1" << "u" << "d";
    QTest::newRow("spaces around") << "  postgres://u@h/d\n" << "h:5432" << "u" << "d";
    QTest::newRow("@ in password") << "postgres://u:a@b@h/d" << "h:5432" << "u" << "d";
    QTest::newRow("all in the query") << "postgres://?host=h&port=7&user=u&dbname=d" << "h:7" << "u" << "d";
    QTest::newRow("UTF-8") << "postgres://m%C3%BCller@h/d" << "h:5432" << "müller" << "d";
}

void TestUrl::forms()
{
    QFETCH(QString, text);
    QFETCH(QString, address);
    QFETCH(QString, role);
    QFETCH(QString, database);
    const auto url = parseUrl(text);
    QVERIFY2(url, qPrintable(url ? QString() : url.error().text()));
    QCOMPARE(url->spec.address(), address);
    QCOMPARE(url->spec.role, role);
    QCOMPARE(url->spec.database, database);
    QCOMPARE(url->spec.sslMode, SslMode::VerifyFull);
}

void TestUrl::severalHosts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("addresses");
    QTest::addColumn<QString>("target");
    QTest::newRow("before the path") << "postgres://u:a,b@h1,h2:5433,[::1]:5434/d?target_session_attrs=read-write"
                                     << QStringList{"h1:5432"_L1, "h2:5433"_L1, "[::1]:5434"_L1} << "read-write";
    QTest::newRow("in the query") << "postgres://u@/d?host=h1,/run/postgresql&port=1,2" << QStringList{"h1:1"_L1, "/run/postgresql:2"_L1} << "any";
    QTest::newRow("one port for all") << "postgres://u@/d?host=h1,h2&port=7&target_session_attrs=prefer-standby" << QStringList{"h1:7"_L1, "h2:7"_L1}
                                      << "prefer-standby";
    QTest::newRow("one") << "postgres://u@h/d?target_session_attrs=primary" << QStringList{"h:5432"_L1} << "primary";
}

void TestUrl::severalHosts()
{
    QFETCH(QString, text);
    QFETCH(QStringList, addresses);
    QFETCH(QString, target);
    const auto url = parseUrl(text);
    QVERIFY2(url, qPrintable(url ? QString() : url.error().text()));
    QStringList found{url->spec.address()};
    for (const Host &host : url->spec.otherHosts) {
        ConnectionSpec other;
        other.host = host.name;
        other.port = host.port;
        found << other.address();
    }
    QCOMPARE(found, addresses);
    QCOMPARE(targetName(url->spec.target), target);
    QVERIFY(!url->spec.pooler);
    QVERIFY(parseUrl(QStringLiteral("postgres://u@h/d?pgbouncer=true"))->spec.pooler);
}

void TestUrl::parameters()
{
    const auto url = parseUrl(QStringLiteral("postgres://u@h/d?sslrootcert=/ca.pem&channel_binding=prefer&connect_timeout=4&ssl=true&target_session_attrs=any&sslcert=/c"));
    QVERIFY(url);
    QCOMPARE(url->spec.caFile, QStringLiteral("/ca.pem"));
    QCOMPARE(url->spec.auth, Auth::Scram);
    QCOMPARE(url->spec.connectTimeoutMs, 4000);
    QCOMPARE(url->ignored, QStringList({QStringLiteral("ssl"), QStringLiteral("sslcert")}));
    QCOMPARE(parseUrl(QStringLiteral("postgres://u@h/d?sslrootcert=system"))->spec.caFile, QString());
    QCOMPARE(parseUrl(QStringLiteral("postgres://u@h/d?ssl=require"))->spec.sslMode, SslMode::Require);
    QCOMPARE(parseUrl(QStringLiteral("postgres://u@h/d?sslmode=disable"))->spec.auth, Auth::Scram);
    QCOMPARE(parseUrl(QStringLiteral("postgres://u@h/d?sslmode=disable&channel_binding=require"))->spec.auth, Auth::ScramBound);
}

void TestUrl::refused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    for (const char *key : {"options", "passfile", "sslkey", "service", "sslkeylogfile", "gsslib", "krbsrvname"})
        QTest::newRow(key) << QStringLiteral("postgres://u@h/d?%1=x").arg(QLatin1StringView(key)) << "refused_parameter";
    QTest::newRow("encoded key") << "postgres://u@h/d?%6Fptions=x" << "refused_parameter";
    QTest::newRow("allow") << "postgres://u@h/d?sslmode=allow" << "refused_sslmode";
    QTest::newRow("prefer") << "postgres://u@h/d?sslmode=prefer" << "refused_sslmode";
    QTest::newRow("ssl=prefer") << "postgres://u@h/d?ssl=prefer" << "refused_sslmode";
    QTest::newRow("unknown mode") << "postgres://u@h/d?sslmode=maybe" << "refused_sslmode";
    QTest::newRow("other scheme") << "mysql://u@h/d" << "bad_url";
    QTest::newRow("no scheme") << "h:5432" << "bad_url";
    QTest::newRow("a host without a name") << "postgres://u@h1,,h2/d" << "bad_url";
    QTest::newRow("more ports than hosts") << "postgres://u@/d?host=h1,h2&port=1,2,3" << "bad_url";
    QTest::newRow("port x of the second") << "postgres://u@h1,h2:x/d" << "bad_url";
    QTest::newRow("unknown target") << "postgres://u@h/d?target_session_attrs=master" << "bad_url";
    QTest::newRow(", and / in password") << "postgres://u:a,b/c@h/d" << "bad_url";
    QTest::newRow("port 0") << "postgres://u@h:0/d" << "bad_url";
    QTest::newRow("port 70000") << "postgres://u@h:70000/d" << "bad_url";
    QTest::newRow("port x") << "postgres://u@h:x/d" << "bad_url";
    QTest::newRow("bad escape") << "postgres://u:50%@h/d" << "bad_url";
    QTest::newRow("NUL") << "postgres://u@h/d%00x" << "bad_url";
    QTest::newRow("/ in password") << "postgres://u:1234/x@h/d" << "bad_url";
    QTest::newRow("/ in password, letters") << "postgres://u:Sup3rSecret/x@h:5432/d" << "bad_url";
    QTest::newRow("? in password") << "postgres://u:1234?x=y@h/d" << "bad_url";
    QTest::newRow("fragment") << "postgres://u:a#b@h/d" << "bad_url";
    QTest::newRow("two hosts as one") << "postgres://u@%2Frun%2Cevil.example/d" << "bad_url";
    QTest::newRow("a host with a line break") << "postgres://u@h%0Ax/d" << "bad_url";
    QTest::newRow("no value") << "postgres://u@h/d?sslmode" << "bad_url";
    QTest::newRow("binding") << "postgres://u@h/d?channel_binding=maybe" << "bad_url";
    QTest::newRow("empty") << "" << "bad_url";
}

void TestUrl::refused()
{
    QFETCH(QString, text);
    QFETCH(QString, reason);
    const auto url = parseUrl(text);
    QVERIFY(!url);
    QCOMPARE(url.error().kind, ErrorKind::Client);
    QCOMPARE(url.error().reason, reason);
}

void TestUrl::theUrlIsNeverRepeated()
{
    const auto url = parseUrl(QStringLiteral("postgres://u:canary@h:x/d"));
    QVERIFY(!url);
    QVERIFY(!url.error().text().contains(QStringLiteral("canary")));
}

void TestUrl::addresses()
{
    ConnectionSpec spec;
    spec.host = QStringLiteral("db1");
    QCOMPARE(spec.address(), QStringLiteral("db1:5432"));
    QCOMPARE(spec.withRole(QStringLiteral("r")).role, QStringLiteral("r"));
    QVERIFY(spec.withRole(QStringLiteral("r")) != spec);
    for (const SslMode mode : {SslMode::Disable, SslMode::Require, SslMode::VerifyCa, SslMode::VerifyFull})
        QCOMPARE(sslModeFromName(sslModeName(mode)).value(), mode);
}

QTEST_GUILESS_MAIN(TestUrl)
#include "tst_url.moc"
