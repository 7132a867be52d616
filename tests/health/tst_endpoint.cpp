// SPDX-License-Identifier: GPL-3.0-or-later
// The window's switch of the health checks with a real keychain: the token is the one of howdahctl serve, shown once, asked for from then on, and a keychain
// that does not answer opens nothing.
#include "health/endpointtoken.h"
#include "httpclient.h"
#include "store/keyring.h"
#include "store/settings.h"
#include "ui/health/endpointform.h"
#include "ui/health/healthendpoint.h"

#include "resources/resources.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace howdah::ui;
using namespace Qt::StringLiterals;

class TestEndpoint : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aTokenIsShownOnceAndAskedFor();
    void withoutTheKeychainNothingIsOpened();
    void pagesThatMayRead();
    void cleanupTestCase();

private:
    std::unique_ptr<HealthEndpoint> endpoint() { return std::make_unique<HealthEndpoint>(m_store.get(), m_keychain.get()); }
    static int status(quint16 port, const QByteArray &path, const QByteArray &headers = {}) { return httpGet(port, path, headers).status; } // the server is on its own thread

    QTemporaryDir m_folder;
    std::unique_ptr<PrivateKeyring> m_keyring;
    std::unique_ptr<store::StoreWorker> m_store;
    std::unique_ptr<store::Keychain> m_keychain;
    quint16 m_port = 0;
};

void TestEndpoint::initTestCase()
{
    initResources();
    qunsetenv("CORS_ORIGINS");
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    m_store = std::make_unique<store::StoreWorker>(m_folder.filePath(u"store.sqlite"_s));
    m_keychain = std::make_unique<store::Keychain>();
    QTcpServer probe;
    QVERIFY(probe.listen(QHostAddress::LocalHost));
    m_port = probe.serverPort();
}

void TestEndpoint::aTokenIsShownOnceAndAskedFor()
{
    const auto owner = endpoint();
    EndpointForm form(owner.get(), nullptr);
    form.show();
    owner->switchOn(m_port);
    QTRY_COMPARE(owner->state(), HealthEndpoint::State::Answering);
    QCOMPARE(status(m_port, "/health/database"), 503); // no server is open: that is not well
    auto *make = form.findChildren<QPushButton *>().at(0);
    for (QPushButton *one : form.findChildren<QPushButton *>())
        make = one->text() == u"Make a token"_s ? one : make;
    QTest::mouseClick(make, Qt::LeftButton);
    QLineEdit *once = nullptr;
    for (QLineEdit *one : form.findChildren<QLineEdit *>())
        once = one->isReadOnly() ? one : once;
    QVERIFY(once);
    QTRY_VERIFY_WITH_TIMEOUT(!once->text().isEmpty() && once->isVisible(), 15'000);
    const QByteArray token = once->text().toLatin1();
    QTRY_COMPARE(owner->state(), HealthEndpoint::State::Answering);
    QCOMPARE(status(m_port, "/health"), 401);
    QCOMPARE(status(m_port, "/livez"), 200);
    QCOMPARE(status(m_port, "/health", "Authorization: Bearer " + token + "\r\n"), 503);
    const auto kept = m_keychain->read(health::endpointTokenKey()); // where howdahctl serve looks
    QTRY_VERIFY(kept.isFinished());
    QVERIFY(kept.result() && *kept.result() == Secret(token));
    QFile file(m_folder.filePath(u"store.sqlite"_s));
    QVERIFY(file.open(QIODevice::ReadOnly) && !file.readAll().contains(token));
    EndpointForm later(owner.get(), nullptr); // the next dialog does not know it
    for (QLineEdit *one : later.findChildren<QLineEdit *>())
        QVERIFY(!one->text().contains(QString::fromLatin1(token)));
}

void TestEndpoint::withoutTheKeychainNothingIsOpened()
{
    QVERIFY(m_keyring->lock());
    const auto next = endpoint();
    next->load(); // as the next start
    QTRY_COMPARE_WITH_TIMEOUT(next->state(), HealthEndpoint::State::Failed, 40'000);
    QCOMPARE(next->error().kind, ErrorKind::Keychain);
    QCOMPARE(next->port(), m_port);
    QCOMPARE(status(m_port, "/livez"), 0);
    m_keyring->stop();
    QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    next->removeToken();
    QTRY_COMPARE_WITH_TIMEOUT(next->state(), HealthEndpoint::State::Answering, 40'000);
    QCOMPARE(status(m_port, "/health"), 503);
}

void TestEndpoint::pagesThatMayRead()
{
    qputenv("CORS_ORIGINS", "http://localhost:3000");
    const auto one = endpoint();
    one->switchOn(m_port);
    QTRY_COMPARE(one->state(), HealthEndpoint::State::Answering);
    QCOMPARE(httpGet(m_port, "/health", "Origin: http://localhost:3000\r\n").header("Access-Control-Allow-Origin"), QByteArray("http://localhost:3000"));
    QCOMPARE(httpGet(m_port, "/health", "Origin: http://evil.example\r\n").header("Access-Control-Allow-Origin"), QByteArray());
    qputenv("CORS_ORIGINS", "*");
    one->retry();
    QTRY_COMPARE(one->state(), HealthEndpoint::State::Failed);
    QCOMPARE(one->error().reason, u"bad_origins"_s);
    qunsetenv("CORS_ORIGINS");
}

void TestEndpoint::cleanupTestCase()
{
    m_keychain.reset();
    m_store.reset();
    QVERIFY(Worker::joinClosed(10'000));
    m_keyring.reset();
}

QTEST_MAIN(TestEndpoint)
#include "tst_endpoint.moc"
