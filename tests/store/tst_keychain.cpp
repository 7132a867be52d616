// SPDX-License-Identifier: GPL-3.0-or-later
// A real gnome-keyring: none, unlocked, frozen, locked. In this order: each case leaves what the next one needs.
#include "base/async.h"
#include "store/keychain.h"
#include "store/keyring.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <optional>

using namespace howdah;
using store::Keychain;
using store::SecretKey;

class TestKeychain : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void withoutAnyKeychain();
    void savesAndReads_data();
    void savesAndReads();
    void absentIsSaid();
    void anotherHostIsAnotherSecret();
    void peopleFindIt();
    void removes();
    void oneQueue();
    void aFrozenKeychainTimesOut();
    void goesAwayWithJobsInFlight();
    void aLockedOneIsNotAbsent();
    void aKeychainStartedAnew();

private:
    // The reason of the error; empty: done.
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
        return *answer ? QString() : answer->error().reason;
    }
    Secret secretOf(Keychain &keychain, const SecretKey &key)
    {
        Result<Secret> secret;
        reasonOf(keychain.read(key), &secret);
        return secret.value_or(Secret());
    }

    std::unique_ptr<PrivateKeyring> m_keyring;
    const SecretKey m_key{QStringLiteral("11111111-2222"), QStringLiteral("db1"), 5432, QStringLiteral("app")};
};

void TestKeychain::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning(), qPrintable(m_keyring->error()));
}

void TestKeychain::withoutAnyKeychain()
{
    Keychain keychain;
    QCOMPARE(reasonOf(keychain.read(m_key)), QStringLiteral("no_keychain"));
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("pw"))), QStringLiteral("no_keychain"));
    QVERIFY(!keychain.isSessionOnly(m_key));
    keychain.holdForSession(m_key, Secret("for now"));
    QVERIFY(keychain.isSessionOnly(m_key));
    QVERIFY(secretOf(keychain, m_key) == Secret("for now"));
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("kept"))), QString());
    QVERIFY(!keychain.isSessionOnly(m_key)); // saved: no longer for this session only
    QVERIFY(secretOf(keychain, m_key) == Secret("kept"));
}

void TestKeychain::savesAndReads_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::newRow("plain") << QByteArray("hunter2");
    QTest::newRow("UTF-8") << QByteArray("p\xc3\xa4ss \xe6\xbc\xa2 \xf0\x9f\x90\x98");
    QTest::newRow("spaces and line break") << QByteArray("  a\nb  ");
    QTest::newRow("2,000 bytes") << QByteArray(2000, 'x');
}

void TestKeychain::savesAndReads()
{
    QFETCH(QByteArray, password);
    {
        Keychain keychain;
        QCOMPARE(reasonOf(keychain.write(m_key, Secret("before"))), QString());
        QCOMPARE(reasonOf(keychain.write(m_key, Secret(password))), QString());
    }
    Keychain another;
    QVERIFY(secretOf(another, m_key) == Secret(password));
}

void TestKeychain::absentIsSaid()
{
    Keychain keychain;
    SecretKey other = m_key;
    other.role = QStringLiteral("nobody");
    QCOMPARE(reasonOf(keychain.read(other)), QStringLiteral("absent"));
    // Not text: refused, since it could not be given back as it was.
    QCOMPARE(reasonOf(keychain.write(other, Secret("\xff\xfe"))), QStringLiteral("not_kept"));
    QCOMPARE(reasonOf(keychain.read(other)), QStringLiteral("absent"));
}

void TestKeychain::anotherHostIsAnotherSecret()
{
    Keychain keychain;
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("of db1"))), QString());
    SecretKey moved = m_key;
    moved.host = QStringLiteral("evil");
    QCOMPARE(reasonOf(keychain.read(moved)), QStringLiteral("absent"));
    moved = m_key;
    moved.port = 5433;
    QCOMPARE(reasonOf(keychain.read(moved)), QStringLiteral("absent"));
}

void TestKeychain::peopleFindIt()
{
    Keychain keychain;
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("find me"))), QString());
    QCOMPARE(m_key.text(), QStringLiteral("howdah/11111111-2222/app@db1:5432"));
    QProcess tool;
    tool.start(QStringLiteral("secret-tool"), {QStringLiteral("lookup"), QStringLiteral("server"), QStringLiteral("howdah"), QStringLiteral("user"), m_key.text()});
    QVERIFY(tool.waitForFinished(20'000));
    QCOMPARE(tool.readAllStandardOutput(), QByteArray("find me"));
}

void TestKeychain::removes()
{
    Keychain keychain;
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("x"))), QString());
    QCOMPARE(reasonOf(keychain.remove(m_key)), QString());
    QCOMPARE(reasonOf(keychain.read(m_key)), QStringLiteral("absent"));
    QCOMPARE(reasonOf(keychain.remove(m_key)), QString()); // what is not there is removed
}

void TestKeychain::oneQueue()
{
    Keychain keychain;
    QStringList order;
    const auto note = [&](const QString &word) { return [&order, word](const auto &) { order << word; }; };
    async::onFinished(keychain.write(m_key, Secret("1")), this, note(QStringLiteral("write 1")));
    async::onFinished(keychain.write(m_key, Secret("2")), this, note(QStringLiteral("write 2")));
    Secret read;
    async::onFinished(keychain.read(m_key), this, [&](const Result<Secret> &secret) {
        read = secret.value_or(Secret());
        order << QStringLiteral("read");
    });
    async::onFinished(keychain.remove(m_key), this, note(QStringLiteral("remove")));
    QTRY_COMPARE_WITH_TIMEOUT(order, QStringList({QStringLiteral("write 1"), QStringLiteral("write 2"), QStringLiteral("read"), QStringLiteral("remove")}), 20'000);
    QVERIFY(read == Secret("2"));
}

void TestKeychain::aFrozenKeychainTimesOut()
{
    Keychain keychain(nullptr, 700);
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("before"))), QString());
    m_keyring->freeze();
    // The main loop turns meanwhile: the window paints.
    QElapsedTimer beat;
    qint64 longest = 0;
    QTimer heart;
    connect(&heart, &QTimer::timeout, this, [&] { longest = qMax(longest, beat.restart()); });
    beat.start();
    heart.start(5);
    QElapsedTimer waited;
    waited.start();
    const auto second = keychain.read(m_key); // behind the first in the queue, and with the same patience
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("never proved"))), QStringLiteral("timeout"));
    QCOMPARE(reasonOf(second), QStringLiteral("timeout"));
    QVERIFY2(waited.elapsed() < 2500, qPrintable(QString::number(waited.elapsed())));
    QVERIFY2(longest < 300, qPrintable(QString::number(longest)));
    m_keyring->thaw();
    // It answers again, and the late answers were dropped.
    QString reason = QStringLiteral("timeout");
    for (int i = 0; i < 10 && reason == QLatin1StringView("timeout"); ++i)
        reason = reasonOf(keychain.read(m_key));
    QCOMPARE(reason, QString());
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("after"))), QString());
    QVERIFY(secretOf(keychain, m_key) == Secret("after"));
}

void TestKeychain::goesAwayWithJobsInFlight()
{
    auto keychain = std::make_unique<Keychain>();
    m_keyring->freeze();
    const auto future = keychain->read(m_key);
    const auto queued = keychain->read(m_key);
    QCoreApplication::processEvents(); // the first has started
    keychain.reset();
    m_keyring->thaw();
    QCOMPARE(reasonOf(future), QStringLiteral("dropped"));
    QCOMPARE(reasonOf(queued), QStringLiteral("dropped"));
    Keychain next;
    QVERIFY(secretOf(next, m_key) == Secret("after"));
}

void TestKeychain::aLockedOneIsNotAbsent()
{
    Keychain keychain;
    QVERIFY(secretOf(keychain, m_key) == Secret("after"));
    QVERIFY2(m_keyring->lock(), "The keyring can't be locked");
    QCOMPARE(reasonOf(keychain.read(m_key)), QStringLiteral("locked"));
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("lost?"))), QStringLiteral("locked"));
    SecretKey other = m_key;
    other.role = QStringLiteral("nobody");
    QCOMPARE(reasonOf(keychain.read(other)), QStringLiteral("locked")); // whether it is there can't be told
}

void TestKeychain::aKeychainStartedAnew()
{
    Keychain keychain;
    m_keyring->stop();
    QCOMPARE(reasonOf(keychain.read(m_key)), QStringLiteral("no_keychain"));
    QVERIFY2(m_keyring->startLocked(), qPrintable(m_keyring->error()));
    QCOMPARE(reasonOf(keychain.read(m_key)), QStringLiteral("locked"));
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("lost?"))), QStringLiteral("locked"));
    m_keyring->stop();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    QVERIFY(secretOf(keychain, m_key) == Secret("after")); // nothing was deleted or overwritten
    QCOMPARE(reasonOf(keychain.write(m_key, Secret("and on"))), QString());
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
