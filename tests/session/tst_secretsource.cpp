// SPDX-License-Identifier: GPL-3.0-or-later
// A password by command: real programs, run without a shell.
#include "session/secretsource.h"
#include "session/wayin.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;

class TestSecretSource : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void theFirstLineIsTheSecret();
    void argumentsStayArguments();
    void keptUntilItExpires();
    void failuresAreTold();
    void isCancelled();
    void nothingIsAskedWhereNothingIsNeeded();

private:
    QString script(const QByteArray &body)
    {
        const QString path = m_folder->filePath(QStringLiteral("get-token"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write("#!/bin/bash\n" + body);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    static QString text(const Secret &secret) { return QString::fromUtf8(secret.data(), secret.size()); }

    std::unique_ptr<QTemporaryDir> m_folder;
    session::Profile m_profile;
};

void TestSecretSource::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_profile = {};
    m_profile.spec.host = QStringLiteral("db1");
    m_profile.spec.database = QStringLiteral("orders");
    m_profile.spec.role = QStringLiteral("app");
}

void TestSecretSource::theFirstLineIsTheSecret()
{
    m_profile.passwordCommand = {script("printf 'geh eim-\\xc3\\xa4\\r\\nexpires: soon\\n'; echo noise >&2")};
    const auto secret = session::secretByCommand(m_profile, QStringLiteral("app"), {});
    QVERIFY2(secret, qPrintable(secret ? QString() : secret.error().text()));
    QCOMPARE(text(*secret), QString::fromUtf8("geh eim-\xc3\xa4"));
}

void TestSecretSource::argumentsStayArguments()
{
    m_profile.passwordCommand = {script("printf '%s|' \"$@\""), QStringLiteral("--for"), QStringLiteral("%r@%h:%p/%d"), QStringLiteral("100%% $(id) `id` ;"), QString()};
    const auto secret = session::secretByCommand(m_profile, QStringLiteral("mo nitor"), {});
    QVERIFY(secret);
    QCOMPARE(text(*secret), QStringLiteral("--for|mo nitor@db1:5432/orders|100% $(id) `id` ;||"));
}

void TestSecretSource::keptUntilItExpires()
{
    const QByteArray count = QFile::encodeName(m_folder->filePath(QStringLiteral("count")));
    m_profile.passwordCommand = {script("echo x >> '" + count + "'; wc -l < '" + count + "'; # %r"), QStringLiteral("%r")};
    m_profile.passwordExpiryS = 1;
    session::SecretSource source(m_profile);
    const auto ask = [&](const char *role) { return text(*source.secret(QString::fromLatin1(role), {})); };
    QCOMPARE(ask("app"), QStringLiteral("1"));
    QCOMPARE(ask("app"), QStringLiteral("1"));
    QCOMPARE(ask("monitor"), QStringLiteral("2")); // another role, another token
    QTRY_COMPARE(ask("app"), QStringLiteral("3"));

    m_profile.passwordExpiryS = 0;
    session::SecretSource always(m_profile);
    QCOMPARE(text(*always.secret(QStringLiteral("app"), {})), QStringLiteral("4"));
    QCOMPARE(text(*always.secret(QStringLiteral("app"), {})), QStringLiteral("5"));
}

void TestSecretSource::failuresAreTold()
{
    m_profile.passwordCommand = {script("echo canary-Q7; echo 'log in first: sso' >&2; exit 3"), QStringLiteral("argument-secret")};
    const auto failed = session::secretByCommand(m_profile, QStringLiteral("app"), {});
    QVERIFY(!failed);
    QCOMPARE(failed.error().kind, ErrorKind::Tool);
    QCOMPARE(failed.error().reason, QStringLiteral("failed"));
    QVERIFY(failed.error().text().contains(QStringLiteral("log in first: sso")));
    QVERIFY(!failed.error().text().contains(QStringLiteral("canary-Q7"))); // what it printed may be the secret
    QVERIFY(!failed.error().text().contains(QStringLiteral("argument-secret")));

    m_profile.passwordCommand = {script("echo; echo second; echo 'no token' >&2")};
    const auto empty = session::secretByCommand(m_profile, QStringLiteral("app"), {});
    QVERIFY(!empty);
    QCOMPARE(empty.error().reason, QStringLiteral("no_secret"));
    QVERIFY(empty.error().text().contains(QStringLiteral("no token")));

    m_profile.passwordCommand = {QStringLiteral("no-such-program-of-howdah")};
    QCOMPARE(session::secretByCommand(m_profile, QStringLiteral("app"), {}).error().reason, QStringLiteral("not_found"));
}

void TestSecretSource::isCancelled()
{
    m_profile.passwordCommand = {QStringLiteral("sleep"), QStringLiteral("60")};
    const CancelToken cancel;
    cancel.cancel();
    QCOMPARE(session::secretByCommand(m_profile, QStringLiteral("app"), cancel).error().kind, ErrorKind::Cancelled);
}

void TestSecretSource::nothingIsAskedWhereNothingIsNeeded()
{
    int asked = 0;
    const session::SecretReader reader = [&](const store::SecretKey &key, const CancelToken &) -> Result<Secret> {
        ++asked;
        return Secret(key.role.toUtf8());
    };
    const auto prepared = session::prepareFor(m_profile, QStringLiteral("mon"), reader)({});
    QVERIFY(prepared);
    QCOMPARE(text(prepared->secret), QStringLiteral("mon"));
    QVERIFY(!prepared->via.isSet());
    for (const auto auth : {pg::Auth::Certificate, pg::Auth::Peer, pg::Auth::Kerberos}) {
        m_profile.spec.auth = auth;
        const auto bare = session::prepareFor(m_profile, QStringLiteral("mon"), reader)({});
        QVERIFY(bare && bare->secret.isEmpty());
    }
    m_profile.spec.auth = pg::Auth::Password;
    m_profile.passwordCommand = {QStringLiteral("echo"), QStringLiteral("by-command")};
    QCOMPARE(text(session::prepareFor(m_profile, QStringLiteral("app"), reader)({})->secret), QStringLiteral("by-command"));
    QCOMPARE(asked, 1);
}

QTEST_GUILESS_MAIN(TestSecretSource)
#include "tst_secretsource.moc"
