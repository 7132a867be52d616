// SPDX-License-Identifier: GPL-3.0-or-later
// The bearer token of howdahctl serve: in the keychain and nowhere else, asked for from then on, and a keychain that is locked is no open door.
#include "health/httpclient.h"
#include "session/loopback.h"
#include "session/program.h"
#include "store/keyring.h"
#include "support/testserver.h"

#include <QDirIterator>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestServeToken : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        qunsetenv("CORS_ORIGINS");
        m_keyring = std::make_unique<PrivateKeyring>();
        QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    }
    void cleanupTestCase() { m_keyring.reset(); }
    void cleanup()
    {
        m_serve.terminate();
        m_serve.waitForFinished(15'000);
    }

    void tooShort()
    {
        QCOMPARE(Program::run(QStringList{u"serve"_s, u"--json"_s, u"--token-stdin"_s} + where(), "short\n").error("reason"), u"bad_token"_s);
        QCOMPARE(Program::run(QStringList{u"serve"_s, u"--json"_s, u"--token-stdin"_s} + where(), "with a space in it and long\n").error("reason"), u"bad_token"_s);
        start({});
        QCOMPARE(httpGet(m_port, "/readyz").status, 503); // none is asked for yet: it is not ready, and says so to anybody
    }

    void keptAndAskedFor()
    {
        start({u"--token-stdin"_s}, "correct-horse-battery-staple\n");
        QCOMPARE(asked(), (QList<int>{401, 401, 503, 200}));
        cleanup();
        start({}); // from now on, unsaid
        QCOMPARE(asked(), (QList<int>{401, 401, 503, 200}));
        QDirIterator files(m_keyring->folder() + u"/data/howdah"_s, QDir::Files, QDirIterator::Subdirectories);
        int count = 0;
        for (; files.hasNext(); ++count) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains("correct-horse"), qPrintable(file.fileName()));
        }
        QVERIFY(count > 0);
    }

    // Over a real server: who has the token reads how it stands, nobody else.
    void overAServer()
    {
        QString why;
        const auto server = TestServer::start({}, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY(server->sql({"CREATE ROLE probe LOGIN IN ROLE pg_monitor"}));
        m_where = {u"--url"_s, u"postgresql://probe@localhost/postgres?host=%1&port=%2"_s.arg(server->socketSpec().host).arg(server->port())};
        start({});
        m_where.clear();
        const auto status = [this](const char *token, const QByteArray &path) {
            return httpGet(m_port, path, *token ? QByteArray(QByteArray("Authorization: Bearer ") + token + "\r\n") : QByteArray()).status;
        };
        QTRY_COMPARE_WITH_TIMEOUT(status("correct-horse-battery-staple", "/health/database"), 200, 15'000);
        for (const char *path : {"/readyz", "/health", "/health/database", "/health/database/metrics", "/metrics", "/nowhere"}) {
            for (const char *wrong : {"", "correct-horse-battery-stapler", "correct-horse-battery-staplf"})
                QVERIFY2(status(wrong, path) == 401, path);
        }
        QCOMPARE(status("", "/livez"), 200);
        QCOMPARE(status("correct-horse-battery-staple", "/metrics"), 200);
        cleanup();
    }

    void lockedIsNoOpenDoor()
    {
        QVERIFY(m_keyring->lock());
        const Program refused = Program::run(QStringList{u"serve"_s, u"--json"_s, u"--port"_s, QString::number(session::freePort())} + where());
        QVERIFY(refused.exitCode > 0);
        QCOMPARE(refused.error("kind"), u"keychain"_s);
        m_keyring->stop();
        QVERIFY2(m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    }

    void madeAnew()
    {
        start({u"--new-token"_s});
        QTRY_VERIFY_WITH_TIMEOUT((m_errors += m_serve.readAllStandardError()).contains("shown this once: "), 5000);
        const QByteArray token = m_errors.mid(m_errors.indexOf("shown this once: ") + 17).split('\n').first();
        QVERIFY(token.size() >= 40);
        QCOMPARE(httpGet(m_port, "/readyz", "Authorization: Bearer correct-horse-battery-staple\r\n").status, 401);
        QCOMPARE(httpGet(m_port, "/readyz", QByteArray("Authorization: Bearer " + token + "\r\n")).status, 503);
    }

    void ended()
    {
        start({u"--no-token"_s});
        QCOMPARE(httpGet(m_port, "/readyz").status, 503);
        cleanup();
        start({});
        QCOMPARE(httpGet(m_port, "/readyz").status, 503);
    }

private:
    // Of a port where nobody listens: never ready, which is 503 for who may ask.
    static QStringList where() { return {u"--url"_s, u"postgresql://nobody@127.0.0.1:1/nothing"_s}; }
    QList<int> asked() const
    {
        return {httpGet(m_port, "/readyz").status, httpGet(m_port, "/readyz", "Authorization: Bearer correct-horse-battery-stapler\r\n").status,
                httpGet(m_port, "/readyz", "Authorization: Bearer correct-horse-battery-staple\r\n").status, httpGet(m_port, "/livez").status};
    }
    void start(const QStringList &arguments, const QByteArray &input = {})
    {
        m_errors.clear();
        m_port = session::freePort();
        m_serve.start(Program::path(), QStringList{u"serve"_s, u"--port"_s, QString::number(m_port)} + (m_where.isEmpty() ? where() : m_where) + arguments);
        m_serve.write(input);
        m_serve.closeWriteChannel();
        // By its word: a listener before that only sees whether the port is free.
        QTRY_VERIFY_WITH_TIMEOUT((m_errors += m_serve.readAllStandardError()).contains("ends on Ctrl+C") || m_serve.state() == QProcess::NotRunning, 15'000);
        QVERIFY2(m_serve.state() == QProcess::Running, m_errors.constData());
    }

    std::unique_ptr<PrivateKeyring> m_keyring;
    QProcess m_serve;
    QByteArray m_errors;
    QStringList m_where; // empty: where()
    quint16 m_port = 0;
};

QTEST_GUILESS_MAIN(TestServeToken)
#include "tst_servetoken.moc"
