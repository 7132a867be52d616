// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 13: a real gnome-keyring in every state of section 2.1, and one that denies. Asked by Keychain as the window does, and
// by howdahctl, which is to reach a real server whenever the password can be had, and to say why whenever it can't.
#include "base/async.h"
#include "fault/denyingkeyring.h"
#include "fault/fault.h"
#include "session/program.h"
#include "store/keychain.h"
#include "store/keyring.h"

#include <QElapsedTimer>
#include <QTimer>

#include <optional>

using namespace howdah;
using store::Keychain;
using store::SecretKey;

// In this order: each case leaves what the next one needs.
class TestKeychainFaults : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void row13_missing();
    void row13_unlocked();
    void row13_slow();
    void row13_frozen();
    void row13_killed();
    void row13_diesInMidCall();
    void row13_locked();
    void row13_wrongUnlockPassword();
    void row13_denied_data();
    void row13_denied();
    void row13_noBus();

private:
    template<typename T>
    QString reasonOf(const QFuture<Result<T>> &future, Result<T> *out = nullptr)
    {
        std::optional<Result<T>> answer;
        async::onFinished(future, this, [&](const Result<T> &result) { answer = result; });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000); }();
        if (!answer)
            return QStringLiteral("no answer");
        if (out)
            *out = *answer;
        if (*answer)
            return {};
        // Each has its own next step.
        return answer->error().hint.isEmpty() ? QStringLiteral("no hint: ") + answer->error().text() : answer->error().reason;
    }
    QString read(Keychain &keychain)
    {
        Result<Secret> secret;
        const QString reason = reasonOf(keychain.read(m_key), &secret);
        return reason.isEmpty() && !(*secret == m_secret) ? QStringLiteral("another secret") : reason;
    }
    Program check() const { return Program::run({QStringLiteral("--profile"), QStringLiteral("fault"), QStringLiteral("check"), QStringLiteral("--json")}); }
    // The session-only mode: whatever the keychain does, a password given for now is had.
    void sessionOnlyWorks()
    {
        Keychain keychain(nullptr, 500);
        keychain.holdForSession(m_key, m_secret);
        QVERIFY(keychain.isSessionOnly(m_key));
        QCOMPARE(read(keychain), QString());
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<PrivateKeyring> m_keyring;
    SecretKey m_key;
    Secret m_secret;
};

void TestKeychainFaults::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning(), qPrintable(m_keyring->error()));
    const Program added = Program::run({QStringLiteral("profile"), QStringLiteral("add"), QStringLiteral("fault"), QStringLiteral("--url"),
                                        QStringLiteral("postgresql://postgres@127.0.0.1:%1/postgres").arg(m_server->port()), QStringLiteral("--ca"),
                                        m_server->caFile(), QStringLiteral("--json")});
    QVERIFY2(added.exitCode == 0, QByteArray(added.output + added.errors).constData());
    const Program shown = Program::run({QStringLiteral("profile"), QStringLiteral("show"), QStringLiteral("fault"), QStringLiteral("--json")});
    const QString id = shown.json().value(QLatin1StringView("id")).toString();
    QVERIFY2(!id.isEmpty(), shown.output.constData());
    m_key = {id, QStringLiteral("127.0.0.1"), m_server->port(), QStringLiteral("postgres")};
    m_secret = m_server->password();
}

void TestKeychainFaults::row13_missing()
{
    Keychain keychain;
    QCOMPARE(read(keychain), QStringLiteral("no_keychain"));
    QCOMPARE(reasonOf(keychain.write(m_key, m_secret)), QStringLiteral("no_keychain"));
    QCOMPARE(reasonOf(keychain.remove(m_key)), QStringLiteral("no_keychain"));
    const Program program = check();
    QCOMPARE(program.exitCode, 3);
    QCOMPARE(program.error("kind"), QStringLiteral("keychain"));
    QCOMPARE(program.error("reason"), QStringLiteral("no_keychain"));
    sessionOnlyWorks();
}

void TestKeychainFaults::row13_unlocked()
{
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    Keychain keychain;
    QCOMPARE(read(keychain), QStringLiteral("absent")); // said as such: nothing else is
    QCOMPARE(check().error("reason"), QStringLiteral("no_password")); // tried without one, and the server asks
    QCOMPARE(reasonOf(keychain.write(m_key, m_secret)), QString());
    QCOMPARE(read(keychain), QString());
    const Program program = check();
    QVERIFY2(program.exitCode == 0, QByteArray(program.output + program.errors).constData());
}

void TestKeychainFaults::row13_slow()
{
    Keychain keychain(nullptr, 8000);
    m_keyring->freeze();
    QTimer::singleShot(2000, this, [this] { m_keyring->thaw(); });
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(read(keychain), QString()); // late, and right
    QVERIFY(clock.elapsed() >= 1900);
}

void TestKeychainFaults::row13_frozen()
{
    m_keyring->freeze();
    qint64 beats = 0;
    QTimer heart;
    connect(&heart, &QTimer::timeout, this, [&] { ++beats; });
    heart.start(10);
    Keychain keychain(nullptr, 1000);
    const auto queued = keychain.read(m_key);
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("must not stay"))), QStringLiteral("timeout"));
    QCOMPARE(reasonOf(queued), QStringLiteral("timeout"));
    QVERIFY(clock.elapsed() < 5000);
    QVERIFY(beats > 20); // the window's loop turned
    sessionOnlyWorks();
    m_keyring->thaw();
    // It took nothing that was given up before it was begun, and nothing was deleted.
    Keychain after;
    QTRY_COMPARE_WITH_TIMEOUT(read(after), QString(), 15'000);
}

void TestKeychainFaults::row13_killed()
{
    Keychain keychain;
    QCOMPARE(read(keychain), QString());
    m_keyring->stop();
    QCOMPARE(read(keychain), QStringLiteral("no_keychain"));
    QCOMPARE(check().error("reason"), QStringLiteral("no_keychain"));
}

void TestKeychainFaults::row13_diesInMidCall()
{
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    Keychain keychain;
    QCOMPARE(read(keychain), QString());
    m_keyring->freeze();
    const auto first = keychain.read(m_key), queued = keychain.read(m_key);
    QTimer::singleShot(300, this, [this] { m_keyring->kill(); });
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(reasonOf(first), QStringLiteral("no_keychain")); // and not "absent"
    QCOMPARE(reasonOf(queued), QStringLiteral("no_keychain"));
    QVERIFY(clock.elapsed() >= 250 && clock.elapsed() < 5000); // at once, not at its deadline
}

void TestKeychainFaults::row13_locked()
{
    QVERIFY2(m_keyring->startLocked(), qPrintable(m_keyring->error()));
    Keychain keychain;
    QCOMPARE(read(keychain), QStringLiteral("locked")); // and not "absent", which libsecret says
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("must not stay"))), QStringLiteral("locked"));
    const Program program = check();
    QCOMPARE(program.exitCode, 3);
    QCOMPARE(program.error("reason"), QStringLiteral("locked"));
    sessionOnlyWorks();
    m_keyring->stop();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    QCOMPARE(read(keychain), QString()); // nothing was deleted or overwritten
}

// gnome-keyring-daemon --unlock ends well with a wrong word too: what counts is the state it is in.
void TestKeychainFaults::row13_wrongUnlockPassword()
{
    m_keyring->stop();
    QVERIFY2(m_keyring->startWithWrongWord(), qPrintable(m_keyring->error()));
    Keychain keychain;
    QCOMPARE(read(keychain), QStringLiteral("locked"));
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("must not stay"))), QStringLiteral("locked"));
    m_keyring->stop();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    QCOMPARE(read(keychain), QString());
    QCOMPARE(check().exitCode, 0);
    m_keyring->stop();
}

void TestKeychainFaults::row13_denied_data()
{
    QTest::addColumn<int>("how");
    QTest::addColumn<QString>("reason");
    QTest::newRow("the person says no to unlocking") << int(DenyingKeyring::How::PromptDismissed) << "locked";
    QTest::newRow("this program may not") << int(DenyingKeyring::How::AccessDenied) << "denied";
}

void TestKeychainFaults::row13_denied()
{
    QFETCH(int, how);
    QFETCH(QString, reason);
    DenyingKeyring denying(DenyingKeyring::How(how), m_key.text());
    QVERIFY2(denying.isRunning(), qPrintable(denying.error()));
    Keychain keychain;
    QCOMPARE(read(keychain), reason);
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("must not stay"))), reason);
    QVERIFY(denying.asked() > 0);
    const Program program = check();
    QCOMPARE(program.exitCode, 3);
    QCOMPARE(program.error("reason"), reason);
    sessionOnlyWorks();
}

void TestKeychainFaults::row13_noBus()
{
    // Another process: this one's libraries keep the bus they saw first.
    const QByteArray bus = qgetenv("DBUS_SESSION_BUS_ADDRESS");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    const Program program = check();
    qputenv("DBUS_SESSION_BUS_ADDRESS", bus);
    QCOMPARE(program.exitCode, 3);
    QCOMPARE(program.error("kind"), QStringLiteral("keychain"));
    QCOMPARE(program.error("reason"), QStringLiteral("no_keychain"));
    sessionOnlyWorks();
}

QTEST_GUILESS_MAIN(TestKeychainFaults)
#include "tst_keychain.moc"
