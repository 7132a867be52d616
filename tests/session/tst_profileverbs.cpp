// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl with a real keychain.
#include "session/program.h"
#include "store/keyring.h"

#include <QDir>
#include <QFile>
#include <QTest>

class TestProfileVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aPasswordGoesToTheKeychainOnly();
    void aLongOneIsKeptWholeOrNotAtAll();
    void aCollectorsHeaderGoesToTheKeychainOnly();
    void aLockedKeychainIsSaid();
    void removingForgetsThePassword();

private:
    static Program run(const QString &line, const QByteArray &input = {})
    {
        return Program::run(line.split(QLatin1Char(' ')) + QStringList{QStringLiteral("--json")}, input);
    }
    QByteArray lookUp(const QString &whose = QStringLiteral("app@127.0.0.1:1")) const
    {
        QProcess tool;
        tool.start(QStringLiteral("secret-tool"), {QStringLiteral("lookup"), QStringLiteral("server"), QStringLiteral("howdah"), QStringLiteral("user"),
                                                   QStringLiteral("howdah/%1/%2").arg(m_id, whose)});
        tool.waitForFinished(20'000);
        return tool.readAllStandardOutput();
    }

    std::unique_ptr<PrivateKeyring> m_keyring;
    QString m_id;
};

void TestProfileVerbs::initTestCase()
{
    QVERIFY2(QFile::exists(Program::path()), qPrintable(Program::path()));
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
}

void TestProfileVerbs::aPasswordGoesToTheKeychainOnly()
{
    const QByteArray password = "canary-7Qx\xc3\xa4";
    const Program added = run(QStringLiteral("profile add a --url postgresql://app@127.0.0.1:1/d --environment test --password-stdin"), password + "\n");
    QVERIFY2(added.exitCode == 0, added.output.constData());
    QCOMPARE(added.json().value(QLatin1StringView("password_saved")).toBool(), true);
    QVERIFY(!added.output.contains(password) && !added.errors.contains(password));
    m_id = added.json().value(QLatin1StringView("id")).toString();
    QCOMPARE(lookUp(), password);

    QDir store(m_keyring->folder() + QStringLiteral("/data/howdah"));
    const QFileInfoList files = store.entryInfoList(QDir::Files);
    QVERIFY(!files.isEmpty());
    for (const QFileInfo &info : files) {
        QFile file(info.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains(password), qPrintable(info.filePath()));
    }
    // It is read again: the connection fails for want of a server, not of a password.
    const Program check = run(QStringLiteral("check --profile a"));
    QCOMPARE(check.exitCode, 3);
    QCOMPARE(check.error("reason"), QStringLiteral("refused"));
}

void TestProfileVerbs::aLongOneIsKeptWholeOrNotAtAll()
{
    const QByteArray token(6000, 'x'); // a cloud's may be as long
    const Program edited = run(QStringLiteral("profile edit a --password-stdin"), token + "\n");
    QVERIFY2(edited.exitCode == 0, edited.output.constData());
    QCOMPARE(lookUp(), token);
    QCOMPARE(run(QStringLiteral("profile edit a --password-stdin"), QByteArray(70'000, 'x') + "\n").error("reason"), QStringLiteral("too_long"));
    QCOMPARE(lookUp(), token);
}

void TestProfileVerbs::aCollectorsHeaderGoesToTheKeychainOnly()
{
    const QString mine = QStringLiteral("OTLP headers@https://c:4318");
    QCOMPARE(run(QStringLiteral("profile edit a --otlp on")).error("reason"), QStringLiteral("bad_profile")); // where to
    QCOMPARE(run(QStringLiteral("profile edit a --otlp on --otlp-endpoint ftp://c")).error("reason"), QStringLiteral("bad_endpoint"));
    const Program bad = run(QStringLiteral("profile edit a --otlp on --otlp-endpoint https://c:4318 --otlp-headers-stdin"), "canary-otlp\n");
    QCOMPARE(bad.error("reason"), QStringLiteral("bad_headers"));
    QVERIFY(!bad.output.contains("canary-otlp") && !bad.errors.contains("canary-otlp"));
    const Program edited = run(QStringLiteral("profile edit a --otlp on --otlp-endpoint https://c:4318 --otlp-encoding json --otlp-interval 15 --otlp-headers-stdin"),
                               "Authorization: Bearer canary-otlp\n");
    QVERIFY2(edited.exitCode == 0, edited.output.constData());
    QVERIFY(!edited.output.contains("canary-otlp"));
    QCOMPARE(lookUp(mine), QByteArray("Authorization: Bearer canary-otlp"));
    QJsonObject shown = run(QStringLiteral("profile show a")).json();
    QCOMPARE(shown.value(QLatin1StringView("otlp")).toString(), QStringLiteral("on"));
    QCOMPARE(shown.value(QLatin1StringView("otlp_encoding")).toString(), QStringLiteral("json"));
    QCOMPARE(shown.value(QLatin1StringView("otlp_interval_s")).toInt(), 15);
    QCOMPARE(shown.value(QLatin1StringView("otlp_names")).toBool(true), false);
    QCOMPARE(shown.value(QLatin1StringView("otlp_headers")).toBool(), true);
    QDir store(m_keyring->folder() + QStringLiteral("/data/howdah"));
    for (const QFileInfo &info : store.entryInfoList(QDir::Files)) {
        QFile file(info.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains("canary-otlp"), qPrintable(info.filePath()));
    }
    QVERIFY(!run(QStringLiteral("profile export a")).output.contains("otlp"));
    // Another collector is not sent it.
    QCOMPARE(run(QStringLiteral("profile edit a --otlp-endpoint https://d:4318")).json().value(QLatin1StringView("otlp_headers")).toBool(true), false);
    const Program without = run(QStringLiteral("profile edit a --otlp-endpoint https://c:4318 --no-otlp-headers"));
    QVERIFY2(without.exitCode == 0, without.output.constData());
    QCOMPARE(lookUp(mine), QByteArray());
}

void TestProfileVerbs::aLockedKeychainIsSaid()
{
    QVERIFY(m_keyring->lock());
    const Program check = run(QStringLiteral("check --profile a"));
    QCOMPARE(check.exitCode, 3);
    QCOMPARE(check.error("kind"), QStringLiteral("keychain"));
    QCOMPARE(check.error("reason"), QStringLiteral("locked"));
    const Program added = run(QStringLiteral("profile add b --url postgresql://app:x@127.0.0.1:1/d"));
    QCOMPARE(added.exitCode, 1);
    QCOMPARE(added.error("reason"), QStringLiteral("locked"));
    QCOMPARE(run(QStringLiteral("profile show b")).exitCode, 2); // no half profile
    m_keyring->stop();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
}

void TestProfileVerbs::removingForgetsThePassword()
{
    QVERIFY(!lookUp().isEmpty());
    const Program removed = run(QStringLiteral("profile remove a"));
    QCOMPARE(removed.exitCode, 0);
    QVERIFY(removed.json().value(QLatin1StringView("keychain_error")).isNull());
    QVERIFY(lookUp().isEmpty());
}

QTEST_GUILESS_MAIN(TestProfileVerbs)
#include "tst_profileverbs.moc"
