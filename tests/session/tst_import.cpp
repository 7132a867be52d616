// SPDX-License-Identifier: GPL-3.0-or-later
// pg_service.conf, .pgpass and exported profiles: what is offered, what is changed and said, what is refused.
#include "session/passfile.h"
#include "session/servicefile.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace howdah;
using namespace Qt::StringLiterals;
using session::OfferedProfile;

class TestImport : public QObject
{
    Q_OBJECT
private slots:
    void services();
    void dangerousWords_data();
    void dangerousWords();
    void brokenServiceFiles_data();
    void brokenServiceFiles();
    void passwordLines();
    void firstLineThatFitsWins();
    void whatIsNoProfile();
    void modes_data();
    void modes();
    void anothersFile();
    void noPlainFile();
    void exportedProfiles();
    void anImportTakesNoSecretAndNoProgram();
    void anotherWayIsAnotherProfile();

private:
    static QString text(const Secret &secret) { return QString::fromUtf8(secret.data(), secret.size()); }
    QString write(const QString &name, const QByteArray &bytes, QFile::Permissions mode)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(bytes);
        file.setPermissions(mode);
        return file.fileName();
    }
    static session::Profile sample()
    {
        session::Profile profile;
        profile.id = u"6f1c1c52-9a0e-4b57-8f0b-2f6f4f1f0c11"_s;
        profile.name = u"orders"_s;
        profile.spec.host = u"db1"_s;
        profile.spec.database = u"orders"_s;
        profile.spec.role = u"app"_s;
        return profile;
    }

    QTemporaryDir m_folder;
};

void TestImport::services()
{
    const auto offers = session::parseServiceFile("# of ours\n\n  [orders]\nhost=db1.example.org\nport=5433\nuser=app\ndbname=orders\nsslmode=prefer\n"
                                                  "password=geh=eim \nconnect_timeout=7\n\n[socket]\nhost=/run/postgresql\r\nuser=me\nfallback_application_name=x\n");
    QVERIFY2(offers, qPrintable(offers ? QString() : offers.error().text()));
    QCOMPARE(offers->size(), 2);
    const OfferedProfile &first = offers->at(0);
    QCOMPARE(first.source, u"service orders"_s);
    QVERIFY2(first.refused.isEmpty(), qPrintable(first.refused));
    QCOMPARE(first.profile.name, u"orders"_s);
    QCOMPARE(first.profile.spec.host, u"db1.example.org"_s);
    QCOMPARE(first.profile.spec.port, 5433);
    QCOMPARE(first.profile.spec.role, u"app"_s);
    QCOMPARE(first.profile.spec.database, u"orders"_s);
    QCOMPARE(first.profile.spec.sslMode, pg::SslMode::VerifyFull);
    QCOMPARE(first.profile.spec.connectTimeoutMs, 7000);
    QCOMPARE(first.profile.environment, session::Environment::Production);
    QCOMPARE(text(first.password), u"geh=eim"_s);
    QCOMPARE(first.notes.size(), 1);
    QVERIFY(first.notes.constFirst().contains(u"prefer"_s));
    QVERIFY2(offers->at(1).refused.isEmpty(), qPrintable(offers->at(1).refused));
    QCOMPARE(offers->at(1).profile.spec.host, u"/run/postgresql"_s);
    QCOMPARE(offers->at(1).profile.spec.database, u"me"_s);
    QCOMPARE(offers->at(1).notes.size(), 1);
}

void TestImport::dangerousWords_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *line : {"options=-c search_path=evil", "passfile=/etc/shadow", "sslkey=/home/other/key", "service=elsewhere", "sslkeylogfile=/tmp/keys",
                             "gsslib=gssapi", "krbsrvname=evil", "hostaddr=192.0.2.1", "ldap://ldap.example.org/dc=x?uid?one?(cn=y)"})
        QTest::newRow(line) << QByteArray(line);
}

void TestImport::dangerousWords()
{
    QFETCH(QByteArray, line);
    const auto offers = session::parseServiceFile("[a]\nhost=db1\nuser=app\npassword=x\n" + line + "\n[b]\nhost=db2\nuser=app\n");
    QVERIFY(offers);
    QVERIFY(!offers->at(0).refused.isEmpty());
    const QString word = line.startsWith("ldap") ? u"service"_s : QString::fromLatin1(line.left(line.indexOf('=')));
    QVERIFY2(offers->at(0).refused.contains(word), qPrintable(offers->at(0).refused));
    QVERIFY(offers->at(0).password.isEmpty());
    QVERIFY2(offers->at(1).refused.isEmpty(), qPrintable(offers->at(1).refused)); // the others are as good as before
}

void TestImport::brokenServiceFiles_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("line");
    QTest::newRow("before a section") << QByteArray("host=a\n[b]\n") << u"Line 1"_s;
    QTest::newRow("no bracket") << QByteArray("[a]\n[b\n") << u"Line 2"_s;
    QTest::newRow("no value") << QByteArray("[a]\n\nhost\n") << u"Line 3"_s;
}

void TestImport::brokenServiceFiles()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, line);
    const auto offers = session::parseServiceFile(file);
    QVERIFY(!offers);
    QCOMPARE(offers.error().reason, u"bad_file"_s);
    QVERIFY2(offers.error().message.startsWith(line), qPrintable(offers.error().message));
}

void TestImport::passwordLines()
{
    const auto lines = session::parsePassFile("# comment\nnonsense\ndb\\:1:5432:or\\\\ders:app:pa\\:ss\\\\word:rest\n\n::::\r\n*:*:*:*:any\n2001\\:db8\\:\\:1:1:d:r:x\n");
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines.at(0).line, 3);
    QCOMPARE(lines.at(0).host, u"db:1"_s);
    QCOMPARE(lines.at(0).database, u"or\\ders"_s);
    QCOMPARE(text(lines.at(0).password), u"pa:ss\\word"_s);
    QCOMPARE(lines.at(3).host, u"2001:db8::1"_s);
}

void TestImport::firstLineThatFitsWins()
{
    const auto lines = session::parsePassFile("db1:*:*:app:first\ndb1:5432:orders:app:second\nlocalhost:*:*:app:local\n*:*:*:*:last\n");
    pg::ConnectionSpec spec = sample().spec;
    const auto found = [&] { return text(session::passwordFor(lines, spec)->password); };
    QCOMPARE(found(), u"first"_s);
    spec.host = u"/run/postgresql"_s;
    QCOMPARE(found(), u"local"_s);
    spec.role = u"other"_s;
    QCOMPARE(found(), u"last"_s);
    QVERIFY(!session::passwordFor(lines.mid(0, 3), spec));

    auto offers = *session::parseServiceFile("[orders]\nhost=db1\nuser=app\n[own]\nhost=db1\nuser=app\npassword=own\n");
    session::addPasswords(offers, lines);
    QCOMPARE(text(offers.at(0).password), u"first"_s);
    QVERIFY(offers.at(0).notes.constLast().contains(u"line 1"_s));
    QCOMPARE(text(offers.at(1).password), u"own"_s);
}

void TestImport::whatIsNoProfile()
{
    const auto offers = session::offersOf(session::parsePassFile("db1:5433:orders:app:a\n*:5432:orders:app:b\ndb1:5432:orders:*:c\ndb1:*:*:app:d\ndb1:99999:o:app:e\n"));
    QCOMPARE(offers.size(), 5);
    QVERIFY(offers.at(0).refused.isEmpty());
    QCOMPARE(offers.at(0).profile.name, u"orders-app"_s);
    QCOMPARE(offers.at(0).profile.spec.port, 5433);
    QCOMPARE(text(offers.at(0).password), u"a"_s);
    for (const int i : {1, 2, 4})
        QVERIFY(!offers.at(i).refused.isEmpty() && offers.at(i).password.isEmpty());
    QVERIFY(offers.at(3).refused.isEmpty());
    QCOMPARE(offers.at(3).notes.size(), 2); // the port and the database were chosen
}

void TestImport::modes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isPass");
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("taken");
    const QByteArray pass("db1:5432:orders:app:x\n"), plain("[a]\nhost=h\nuser=u\n"), secret("[a]\nhost=h\nuser=u\npassword=x\n");
    QTest::newRow("passwords, 0600") << pass << true << 0x6600 << true;
    QTest::newRow("passwords, group reads") << pass << true << 0x6640 << false;
    QTest::newRow("passwords, world reads") << pass << true << 0x6604 << false;
    QTest::newRow("services, world reads") << plain << false << 0x6644 << true;
    QTest::newRow("services, group writes") << plain << false << 0x6620 << false;
    QTest::newRow("services with a password, world reads") << secret << false << 0x6644 << false;
    QTest::newRow("services with a password, 0600") << secret << false << 0x6600 << true;
}

void TestImport::modes()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isPass);
    QFETCH(int, mode);
    QFETCH(bool, taken);
    const QString path = write(u"imported"_s, text, QFile::Permissions(mode));
    Error error;
    if (isPass) {
        if (const auto read = session::readPassFile(path); !read)
            error = read.error();
    } else if (const auto read = session::readServiceFile(path); !read) {
        error = read.error();
    }
    QCOMPARE(error.reason, taken ? QString() : u"file_mode"_s);
    if (!taken)
        QVERIFY2(error.message.contains(path) && error.hint.contains(u"chmod"_s), qPrintable(error.text()));
}

void TestImport::anothersFile()
{
    const QString path = write(u"anothers"_s, "db1:5432:*:app:pw\n", QFile::ReadOwner | QFile::WriteOwner);
    QVERIFY2(::chown(QFile::encodeName(path).constData(), 65'534, 65'534) == 0, "root is needed");
    const auto read = session::readPassFile(path);
    QVERIFY(!read);
    QCOMPARE(read.error().reason, u"file_owner"_s);
    QVERIFY2(read.error().message.contains(path), qPrintable(read.error().text()));
}

void TestImport::noPlainFile()
{
    QCOMPARE(session::readPassFile(m_folder.filePath(u"missing"_s)).error().reason, u"open_failed"_s);
    QCOMPARE(session::readPassFile(m_folder.path()).error().reason, u"bad_file"_s);
    QCOMPARE(session::readServiceFile(write(u"binary"_s, QByteArray("[a]\n\0", 5), QFile::ReadOwner)).error().reason, u"bad_file"_s);
}

void TestImport::exportedProfiles()
{
    session::Profile profile = sample();
    profile.spec.otherHosts = {{u"db2"_s, 5433}};
    profile.spec.target = pg::TargetSession::ReadWrite;
    profile.spec.auth = pg::Auth::Scram;
    profile.spec.pooler = true;
    profile.monitorRole = u"mon"_s;
    profile.environment = session::Environment::Test;
    profile.stack = u"of this machine"_s;
    profile.passwordCommand = QStringList{u"/usr/bin/token"_s, u"--key=canary"_s};
    profile.passwordExpiryS = 900;
    const QByteArray file = session::exportProfiles({profile});
    QVERIFY(!file.contains("of this machine") && !file.contains("canary"));
    const auto offers = session::importProfiles(file);
    QVERIFY2(offers, qPrintable(offers ? QString() : offers.error().text()));
    const OfferedProfile &offer = offers->constFirst();
    QVERIFY2(offer.refused.isEmpty(), qPrintable(offer.refused));
    QVERIFY(offer.notes.isEmpty());
    QCOMPARE(offer.profile.id, profile.id);
    QVERIFY(offer.profile.spec == profile.spec);
    QCOMPARE(offer.profile.monitorRole, profile.monitorRole);
    QCOMPARE(offer.profile.environment, profile.environment);
    QCOMPARE(session::importProfiles("{}").error().reason, u"bad_file"_s);
    QCOMPARE(session::importProfiles("[").error().reason, u"bad_file"_s);
}

void TestImport::anImportTakesNoSecretAndNoProgram()
{
    QJsonObject json = session::profileToJson(sample());
    json.insert(u"password"_s, u"canary"_s);
    json.insert(u"password_command"_s, QJsonArray{u"/bin/touch"_s, u"/tmp/x"_s});
    json.insert(u"key_file"_s, u"/home/you/.ssh/id"_s);
    json.insert(u"environment"_s, u"staging"_s);
    json.insert(u"otlp"_s, u"on"_s);
    json.insert(u"otlp_endpoint"_s, u"https://evil.example.org"_s);
    const auto file = [](const QJsonObject &object) { return QJsonDocument(QJsonObject{{u"howdah_profiles"_s, 1}, {u"profiles"_s, QJsonArray{object}}}).toJson(); };
    const OfferedProfile offer = session::importProfiles(file(json))->constFirst();
    QVERIFY2(offer.refused.isEmpty(), qPrintable(offer.refused));
    QVERIFY(offer.password.isEmpty() && offer.profile.passwordCommand.isEmpty() && offer.profile.spec.keyFile.isEmpty());
    QVERIFY(offer.profile.otlp == session::OtlpExport());
    QCOMPARE(offer.notes.size(), 4);
    QVERIFY(!offer.notes.join(u' ').contains(u"canary"_s));
    QCOMPARE(offer.profile.environment, session::Environment::Production);

    for (const auto &[key, value] : {std::pair{u"sslmode"_s, u"prefer"_s}, {u"auth"_s, u"md5"_s}, {u"ssh"_s, u"-oProxyCommand=id"_s}, {u"role"_s, QString()}}) {
        QJsonObject bad = session::profileToJson(sample());
        bad.insert(key, value);
        QVERIFY2(!session::importProfiles(file(bad))->constFirst().refused.isEmpty(), qPrintable(key));
    }
}

void TestImport::anotherWayIsAnotherProfile()
{
    const session::Profile existing = sample();
    const auto fitted = [&](const session::Profile &profile) {
        QVector<OfferedProfile> offers{OfferedProfile{u"profile 1"_s, profile, {}, {}, {}}};
        session::fitBeside(offers, {existing});
        return offers.constFirst();
    };
    QVERIFY(fitted(existing).refused.contains(u"already"_s));
    session::Profile renamed = existing;
    renamed.name = u"shop"_s;
    QCOMPARE(fitted(renamed).profile.id, existing.id); // the same server: its password holds
    session::Profile elsewhere = existing;
    elsewhere.spec.host = u"evil.example.org"_s;
    QVERIFY(fitted(elsewhere).profile.id.isEmpty());
    QCOMPARE(fitted(elsewhere).profile.name, u"orders 2"_s);
    session::Profile round = existing; // the same address by way of somebody else's machine
    round.sshDestination = u"evil"_s;
    QVERIFY(fitted(round).profile.id.isEmpty());
    session::Profile weaker = existing;
    weaker.spec.sslMode = pg::SslMode::Require;
    QVERIFY(fitted(weaker).profile.id.isEmpty());
}

QTEST_GUILESS_MAIN(TestImport)
#include "tst_import.moc"
