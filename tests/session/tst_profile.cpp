// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/profile.h"

#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using session::Environment;
using session::Profile;

class TestProfile : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup() { m_store.reset(); }
    void keepsEverything();
    void namesAreUnique();
    void badNames_data();
    void badNames();
    void refusesWhatCannotBe_data();
    void refusesWhatCannotBe();
    void unknownIsProduction();
    void aSecretFollowsTheHost();
    void monitorLink();

private:
    Profile sample(const QString &name) const
    {
        Profile profile;
        profile.name = name;
        profile.spec.host = QStringLiteral("db1");
        profile.spec.database = QStringLiteral("orders");
        profile.spec.role = QStringLiteral("app");
        return profile;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::Store> m_store;
};

void TestProfile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto open = store::Store::open(m_folder->filePath(QStringLiteral("store.sqlite")));
    QVERIFY(open);
    m_store = std::move(*open);
}

void TestProfile::keepsEverything()
{
    Profile profile = sample(QStringLiteral("local"));
    profile.spec.port = 65535;
    profile.spec.sslMode = pg::SslMode::VerifyCa;
    profile.spec.caFile = QStringLiteral("/a/ä's ca.crt");
    profile.spec.auth = pg::Auth::Scram;
    profile.spec.tls13Only = true;
    profile.monitorRole = QStringLiteral("howdah_monitor");
    profile.environment = Environment::Development;
    profile.stack = QStringLiteral("howdah");
    profile.spec.otherHosts = {{QStringLiteral("db2"), 5433}, {QStringLiteral("2001:db8::1"), 5432}};
    profile.spec.target = pg::TargetSession::PreferStandby;
    profile.spec.certFile = QStringLiteral("/a/me.crt");
    profile.spec.keyFile = QStringLiteral("/a/me.key");
    profile.spec.pooler = true;
    profile.spec.applicationName = QStringLiteral("ops");
    profile.spec.connectTimeoutMs = 7000;
    profile.passwordCommand = {QStringLiteral("token"), QStringLiteral("--for"), QStringLiteral("%h \"x\""), QString()};
    profile.passwordExpiryS = 900;
    profile.otlp = {session::OtlpExport::Choice::On, QStringLiteral("https://collector:4318"), session::OtlpExport::Encoding::Json, 15, QStringLiteral("/a/otlp.pem"), true, true};
    const auto saved = session::saveProfile(*m_store, profile);
    QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().text()));
    QCOMPARE(saved->id.size(), 36);
    const auto read = session::readProfile(*m_store, QStringLiteral("local"));
    QVERIFY(read);
    QCOMPARE(read->id, saved->id);
    QVERIFY(read->spec == profile.spec);
    QCOMPARE(read->monitorRole, profile.monitorRole);
    QCOMPARE(read->environment, profile.environment);
    QCOMPARE(read->stack, profile.stack);
    QCOMPARE(read->passwordCommand, profile.passwordCommand);
    QCOMPARE(read->passwordExpiryS, 900);
    QVERIFY(read->otlp == profile.otlp);
    Profile tunnelled = sample(QStringLiteral("far"));
    tunnelled.sshDestination = QStringLiteral("bob@jump.example.org");
    QVERIFY(session::saveProfile(*m_store, tunnelled));
    QCOMPARE(session::readProfile(*m_store, tunnelled.name)->sshDestination, tunnelled.sshDestination);

    Profile changed = *read;
    changed.name = QStringLiteral("renamed");
    changed.spec.host = QStringLiteral("db2");
    QVERIFY(session::saveProfile(*m_store, changed));
    QVERIFY(session::saveProfile(*m_store, sample(QStringLiteral("Another"))));
    const auto all = session::readProfiles(*m_store);
    QCOMPARE(all->size(), 3); // a rename is not a second one
    QCOMPARE(all->at(0).name, QStringLiteral("Another"));
    QCOMPARE(all->at(2).spec.host, QStringLiteral("db2"));

    QVERIFY(session::removeProfile(*m_store, changed.id));
    const auto gone = session::readProfile(*m_store, QStringLiteral("renamed"));
    QVERIFY(!gone);
    QCOMPARE(gone.error().reason, QStringLiteral("no_such_profile"));
}

void TestProfile::namesAreUnique()
{
    const auto first = session::saveProfile(*m_store, sample(QStringLiteral("a")));
    QVERIFY(first);
    const auto second = session::saveProfile(*m_store, sample(QStringLiteral("a")));
    QVERIFY(!second);
    QCOMPARE(second.error().reason, QStringLiteral("name_taken"));
    const auto other = session::saveProfile(*m_store, sample(QStringLiteral("b")));
    QVERIFY(other);
    Profile renamed = *other;
    renamed.name = QStringLiteral("a");
    QCOMPARE(session::saveProfile(*m_store, renamed).error().reason, QStringLiteral("name_taken"));
    QVERIFY(session::saveProfile(*m_store, *first)); // its own name is not taken
    QCOMPARE(session::readProfiles(*m_store)->size(), 2);
}

void TestProfile::badNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("space before") << QStringLiteral(" a");
    QTest::newRow("line break") << QStringLiteral("a\nb");
    QTest::newRow("turns the text round") << QStringLiteral("a\u202eb");
    QTest::newRow("long") << QString(64, QLatin1Char('a'));
}

void TestProfile::badNames()
{
    QFETCH(QString, name);
    const auto saved = session::saveProfile(*m_store, sample(name));
    QVERIFY(!saved);
    QCOMPARE(saved.error().reason, QStringLiteral("bad_name"));
}

void TestProfile::refusesWhatCannotBe_data()
{
    QTest::addColumn<std::function<void(Profile &)>>("spoil");
    const auto row = [](const char *name, std::function<void(Profile &)> spoil) { QTest::newRow(name) << spoil; };
    row("no role", [](Profile &p) { p.spec.role.clear(); });
    row("no host", [](Profile &p) { p.spec.host.clear(); });
    row("a line break", [](Profile &p) { p.spec.role = QStringLiteral("a\nb"); });
    row("an export to nowhere", [](Profile &p) { p.otlp.choice = session::OtlpExport::Choice::On; });
    row("an export without pause", [](Profile &p) { p.otlp.intervalS = 0; });
    row("an option as SSH destination", [](Profile &p) { p.sshDestination = QStringLiteral("-oProxyCommand=touch /tmp/x"); });
    row("a shell's word as SSH destination", [](Profile &p) { p.sshDestination = QStringLiteral("host;id"); });
    row("SSH and several hosts", [](Profile &p) {
        p.sshDestination = QStringLiteral("jump");
        p.spec.otherHosts = {{QStringLiteral("db2"), 5432}};
    });
    row("a certificate without its file", [](Profile &p) { p.spec.auth = pg::Auth::Certificate; });
    row("peer over the network", [](Profile &p) { p.spec.auth = pg::Auth::Peer; });
    row("a clear password to whoever answers", [](Profile &p) {
        p.spec.auth = pg::Auth::Password;
        p.spec.sslMode = pg::SslMode::Require;
    });
}

void TestProfile::refusesWhatCannotBe()
{
    QFETCH(std::function<void(Profile &)>, spoil);
    Profile profile = sample(QStringLiteral("a"));
    QVERIFY(session::checkProfile(profile));
    spoil(profile);
    const auto saved = session::saveProfile(*m_store, profile);
    QVERIFY(!saved);
    QCOMPARE(saved.error().reason, QStringLiteral("bad_profile"));
    QCOMPARE(session::readProfiles(*m_store)->size(), 0);
}

void TestProfile::unknownIsProduction()
{
    auto saved = session::saveProfile(*m_store, sample(QStringLiteral("a")));
    QVERIFY(saved);
    QCOMPARE(saved->environment, Environment::Production); // nothing was chosen
    // A word of a newer Howdah, and sslmode that means nothing here: what is strict stays strict.
    QVERIFY(m_store->run(QStringLiteral("profile_save"), {saved->id, saved->name, QStringLiteral("h"), 1, QStringLiteral("d"), QStringLiteral("r"),
                                                          QStringLiteral("prefer"), QStringLiteral(""), QStringLiteral("?"), 0, QStringLiteral(""),
                                                          QStringLiteral("staging"), QStringLiteral(""), QStringLiteral("{}")}));
    const auto read = session::readProfile(*m_store, saved->name);
    QVERIFY(read);
    QCOMPARE(read->environment, Environment::Production);
    QCOMPARE(read->spec.sslMode, pg::SslMode::VerifyFull);
    QCOMPARE(read->spec.auth, pg::Auth::ScramBound);
}

void TestProfile::aSecretFollowsTheHost()
{
    Profile profile = sample(QStringLiteral("a"));
    profile.id = QStringLiteral("uuid");
    QCOMPARE(profile.secretKey().text(), QStringLiteral("howdah/uuid/app@db1:5432"));
    QCOMPARE(profile.monitorSecretKey().text(), profile.secretKey().text());
    profile.monitorRole = QStringLiteral("mon");
    QCOMPARE(profile.monitorSecretKey().text(), QStringLiteral("howdah/uuid/mon@db1:5432"));
    profile.spec.host = QStringLiteral("elsewhere");
    QCOMPARE(profile.secretKey().text(), QStringLiteral("howdah/uuid/app@elsewhere:5432"));
}

void TestProfile::monitorLink()
{
    Profile profile = sample(QStringLiteral("a"));
    QCOMPARE(profile.monitorSpec().role, QStringLiteral("app"));
    profile.monitorRole = QStringLiteral("mon");
    const pg::ConnectionSpec monitor = profile.monitorSpec();
    QCOMPARE(monitor.role, QStringLiteral("mon"));
    QVERIFY(monitor.shortKeepalives);
    QVERIFY(!profile.spec.shortKeepalives);
    for (const auto *option : {"-c statement_timeout=5000", "-c lock_timeout=100", "-c default_transaction_read_only=on", "-c idle_in_transaction_session_timeout="})
        QVERIFY2(monitor.options.contains(QLatin1StringView(option)), option);
}

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
