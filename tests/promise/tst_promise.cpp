// SPDX-License-Identifier: GPL-3.0-or-later
// SECURITY.md's promise, clause by clause. Each function is named for its clause; what breaks one of them breaks the promise.
#include "base/savefile.h"
#include "pg/session.h"
#include "query/resultstore.h"
#include "query/run.h"
#include "session/program.h"
#include "store/keyring.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <mutex>

#include <sys/mount.h>

using namespace howdah;
using test::ScriptedServer;
using test::TestServer;

namespace
{

// Everything that a run tells, kept.
class Told : public query::Output
{
public:
    std::vector<query::StatementEnd> ends;
    std::shared_ptr<query::ResultStore> result;
    QStringList messages;

    void statementBegins(int, const query::Piece &) override {}
    pg::RowSink *resultBegins(int, const std::vector<pg::Column> &columns) override
    {
        result = std::make_shared<query::ResultStore>(columns);
        return result.get();
    }
    void resultEnds(int, const QByteArray &) override { result->finish(); }
    void notice(int, const pg::Notice &) override {}
    bool copyOut(int, QByteArrayView) override { return true; }
    void statementEnds(int, const query::StatementEnd &end) override
    {
        if (end.error && result && !result->isFinished())
            result->finish(end.error);
        ends.push_back(end);
    }
    void message(int, const QString &text) override { messages << text; }
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

// A disk of 64 KB.
class SmallDisk
{
public:
    SmallDisk() { m_mounted = ::mount("tmpfs", qPrintable(m_folder.path()), "tmpfs", 0, "size=64k") == 0; }
    ~SmallDisk()
    {
        if (m_mounted)
            ::umount(qPrintable(m_folder.path()));
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    bool isMounted() const { return m_mounted; }
    QString path(const QString &name) const { return m_folder.filePath(name); }
    QStringList files() const { return QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden); }

private:
    QTemporaryDir m_folder;
    bool m_mounted = false;
};

} // namespace

class TestPromise : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void neverRunsAStatementAgainByItself();
    void neverReportsAPartialResultAsComplete();
    void neverOverwritesAFileItCouldNotFullyWrite();
    void neverStoresAPasswordOutsideTheKeychain();
    void neverConnectsWithoutVerifiedTlsUnlessTheProfileSaysSo_data();
    void neverConnectsWithoutVerifiedTlsUnlessTheProfileSaysSo();

private:
    QString url(const QString &more = {}) const
    {
        return QStringLiteral("postgresql://postgres:%1@127.0.0.1:%2/postgres?sslrootcert=%3%4")
            .arg(QString::fromLatin1(m_server->password().data()))
            .arg(m_server->port())
            .arg(m_server->caFile(), more);
    }
    QByteArray asked(const QByteArray &text) const // one value, by a superuser's own link
    {
        auto admin = m_server->admin();
        const auto rows = admin ? (*admin)->run({text, {}}) : Result<pg::Rows>(fail(admin.error()));
        return rows ? rows->bytes(0, 0).toByteArray() : rows.error().text().toUtf8();
    }

    std::unique_ptr<PrivateKeyring> m_keyring;
    std::unique_ptr<TestServer> m_server;
};

void TestPromise::initTestCase()
{
    m_keyring = std::make_unique<PrivateKeyring>();
    QVERIFY2(m_keyring->isRunning() && m_keyring->startUnlocked(), qPrintable(m_keyring->error()));
    QString why;
    test::ServerSetup setup;
    setup.hba = {QStringLiteral("hostnossl all all 127.0.0.1/32 scram-sha-256")};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE SEQUENCE public.runs"}, &why), qPrintable(why));
}

void TestPromise::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestPromise::neverRunsAStatementAgainByItself()
{
    pg::Session session(m_server->spec(), m_server->password(), pg::Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, pg::LinkState::Connected);
    const auto told = std::make_shared<Told>();
    const QByteArray script = "SELECT 'slow', nextval('public.runs'), pg_sleep(60); SELECT nextval('public.runs');";
    auto running = session.run([told, script](pg::Connection &link, const CancelToken &cancel) {
        return query::runPieces(link, query::split(script), *told, {}, cancel);
    });
    QTRY_COMPARE(asked("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT ''slow''%' AND state = 'active'"), QByteArray("1"));
    QCOMPARE(asked("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'SELECT ''slow''%'"), QByteArray("1"));
    QTRY_VERIFY(running.isFinished());
    QTRY_COMPARE(session.status().generation, quint64(2)); // back by itself
    QTRY_COMPARE(session.status().state, pg::LinkState::Connected);
    auto after = session.run([](pg::Connection &link, const CancelToken &) { return link.run({"SELECT last_value FROM public.runs", {}}); });
    QTRY_VERIFY(after.isFinished());
    const auto rows = after.result();
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(rows->text(0, 0), QStringLiteral("1"));
    QCOMPARE(told->ends.size(), size_t(1)); // what stood behind it was not run either
    QVERIFY(told->ends.front().error);
    QCOMPARE(told->ends.front().error->sqlstate, QStringLiteral("57P01"));
}

void TestPromise::neverReportsAPartialResultAsComplete()
{
    // The third thousand divides by zero: rows are there before the error.
    const QByteArray script = "SELECT i, 1 / (3000 - i) FROM generate_series(1, 100000) i;";
    auto link = m_server->admin();
    QVERIFY2(link, qPrintable(link ? QString() : link.error().text()));
    Told told;
    QVERIFY(query::runPieces(**link, query::split(script), told, {}, {}));
    QVERIFY(told.result);
    QVERIFY(told.result->rowCount() > 0);
    QVERIFY(told.result->error()); // the grid says "incomplete" by this
    QCOMPARE(told.result->error()->sqlstate, QStringLiteral("22012"));
    QCOMPARE(told.ends.size(), size_t(1));
    QVERIFY(told.ends.front().incomplete);

    // The same in a terminal: another exit code, the error said, and no file under the name that was asked for.
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("out.csv"));
    for (const char *format : {"csv", "ndjson", "json", "table"}) {
        const Program ran = Program::run({QStringLiteral("--url"), url(), QStringLiteral("query"), QStringLiteral("-c"), QString::fromLatin1(script),
                                          QStringLiteral("--format"), QString::fromLatin1(format), QStringLiteral("--output"), file});
        QVERIFY2(ran.exitCode == 1, QByteArray(ran.output + ran.errors));
        QVERIFY2(ran.errors.contains("22012"), ran.errors);
        QVERIFY(!QFile::exists(file));
    }
}

void TestPromise::neverOverwritesAFileItCouldNotFullyWrite()
{
    const SmallDisk disk;
    QVERIFY2(disk.isMounted(), "a tmpfs could not be mounted: root is needed");
    const QString file = disk.path(QStringLiteral("kept"));
    QVERIFY(saveFile(file, "the old one"));
    const Done saved = saveFile(file, QByteArray(200'000, 'x'));
    QVERIFY(!saved);
    QCOMPARE(contents(file), QByteArray("the old one"));
    const Program ran = Program::run({QStringLiteral("--url"), url(), QStringLiteral("query"), QStringLiteral("-c"),
                                      QStringLiteral("SELECT repeat('x', 100) FROM generate_series(1, 10000)"), QStringLiteral("--format"),
                                      QStringLiteral("csv"), QStringLiteral("--output"), file});
    QVERIFY2(ran.exitCode == 1, QByteArray(ran.output + ran.errors));
    QCOMPARE(contents(file), QByteArray("the old one"));
    QCOMPARE(disk.files(), QStringList{QStringLiteral("kept")}); // nothing half-written is left beside it
}

void TestPromise::neverStoresAPasswordOutsideTheKeychain()
{
    const QByteArray canary = "cAnary-9f2e7b61";
    QString why;
    QVERIFY2(m_server->sql({"CREATE ROLE kept LOGIN PASSWORD '" + canary + "'"}, &why), qPrintable(why));
    const auto run = [](const QStringList &arguments, const QByteArray &input = {}) { return Program::run(arguments, input); };
    const QString plain = QStringLiteral("postgresql://kept@127.0.0.1:%1/postgres").arg(m_server->port());
    const Program added = run({QStringLiteral("profile"), QStringLiteral("add"), QStringLiteral("kept"), QStringLiteral("--url"), plain, QStringLiteral("--ca"),
                               m_server->caFile(), QStringLiteral("--environment"), QStringLiteral("test"), QStringLiteral("--password-stdin")},
                              canary + "\n");
    QVERIFY2(added.exitCode == 0, QByteArray(added.output + added.errors));
    const Program checked = run({QStringLiteral("--profile"), QStringLiteral("kept"), QStringLiteral("check")});
    QVERIFY2(checked.exitCode == 0, QByteArray(checked.output + checked.errors)); // it is somewhere, then
    // A statement that holds one goes through history and journal.
    const Program altered = run({QStringLiteral("--profile"), QStringLiteral("kept"), QStringLiteral("query"), QStringLiteral("-c"),
                                 QStringLiteral("ALTER ROLE kept PASSWORD '%1'").arg(QString::fromLatin1(canary))});
    QVERIFY2(altered.exitCode == 0, QByteArray(altered.output + altered.errors));
    for (const Program *program : {&added, &checked, &altered})
        QVERIFY(!program->output.contains(canary) && !program->errors.contains(canary));

    int files = 0;
    for (QDirIterator it(m_keyring->folder(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();) {
        const QString path = it.next();
        if (path.contains(QStringLiteral("/keyrings/")))
            continue; // the keychain's own, encrypted
        ++files;
        const QByteArray bytes = contents(path);
        QVERIFY2(!bytes.contains(canary) && !bytes.contains(canary.toBase64()) && !bytes.contains(canary.toHex()), qPrintable(path));
    }
    QVERIFY(files > 0);
    QVERIFY(contents(m_keyring->folder() + QStringLiteral("/data/howdah/store.sqlite")).contains("SQLite"));
}

void TestPromise::neverConnectsWithoutVerifiedTlsUnlessTheProfileSaysSo_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<int>("certificate"); // TestCertificates::Kind; -1: the server has none; -2: as before
    QTest::addColumn<QString>("reason");  // empty: connects
    using Kind = test::TestCertificates::Kind;
    QTest::newRow("expired") << QString() << int(Kind::Expired) << QStringLiteral("expired_certificate");
    QTest::newRow("another host's") << QString() << int(Kind::OtherHost) << QStringLiteral("wrong_host");
    QTest::newRow("self-signed") << QString() << int(Kind::SelfSigned) << QStringLiteral("self_signed");
    QTest::newRow("verified") << QString() << int(Kind::Good) << QString();
    QTest::newRow("no TLS") << QString() << -1 << QStringLiteral("server_refuses_tls");
    QTest::newRow("no TLS, and it was said") << QStringLiteral("&sslmode=disable") << -2 << QString();
}

void TestPromise::neverConnectsWithoutVerifiedTlsUnlessTheProfileSaysSo()
{
    QFETCH(QString, more);
    QFETCH(int, certificate);
    QFETCH(QString, reason);
    if (certificate >= 0)
        QVERIFY(m_server->useCertificate(test::TestCertificates::Kind(certificate)));
    // Who takes the TLS out of the way sees the first bytes; nothing of the password may be among them.
    std::mutex mutex;
    QByteArray seen;
    const ScriptedServer thief([&](const ScriptedServer::Client &client) {
        QByteArray bytes = client.readStartup();
        if (client.send("N"))
            bytes += client.read(4000);
        const std::lock_guard lock(mutex);
        seen += bytes;
    });
    QString where = url(more);
    if (certificate == -1)
        where.replace(QStringLiteral(":%1/").arg(m_server->port()), QStringLiteral(":%1/").arg(thief.port()));
    const Program checked = Program::run({QStringLiteral("--url"), where, QStringLiteral("check"), QStringLiteral("--json")});
    QCOMPARE(checked.error("reason"), reason);
    QCOMPARE(checked.exitCode, reason.isEmpty() ? 0 : 3);
    const std::lock_guard lock(mutex);
    QVERIFY(!seen.contains(m_server->password().data()));
    QVERIFY(!seen.contains("postgres")); // nor the role
}

QTEST_GUILESS_MAIN(TestPromise)
#include "tst_promise.moc"
