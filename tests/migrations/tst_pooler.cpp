// SPDX-License-Identifier: GPL-3.0-or-later
// Behind a real pgbouncer the runners' lock and the settings are another backend's by the next statement: a run is refused before it does anything.
#include "project.h"

#include <QProcess>
#include <QTcpServer>
#include <QTest>

#include <unistd.h>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestPooler : public QObject
{
    Q_OBJECT
private slots:
    void refused_data();
    void refused();
};

// Where the pooler listens: its own port, asked of the kernel.
static quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

void TestPooler::refused_data()
{
    QTest::addColumn<QByteArray>("mode");
    for (const auto *mode : {"transaction", "statement", "session"})
        QTest::newRow(mode) << QByteArray(mode);
}

void TestPooler::refused()
{
    QFETCH(QByteArray, mode);
    QString why;
    const auto server = TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    QTemporaryDir folder(u"/tmp/howdah-pooler-XXXXXX"_s);
    QVERIFY(QFile::setPermissions(folder.path(), QFile::Permissions(0x7777)));
    const quint16 port = freePort();
    const auto write = [&](const QString &name, const QByteArray &text) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.setPermissions(QFile::Permissions(0x6644));
    };
    QVERIFY(write(u"users"_s, "\"postgres\" \"\"\n"));
    QVERIFY(write(u"ini"_s, "[databases]\n* = host=" + server->folder().toUtf8() + " port=" + QByteArray::number(server->port())
                      + "\n[pgbouncer]\nlisten_addr=\nlisten_port=" + QByteArray::number(port) + "\nunix_socket_dir=" + folder.path().toUtf8() + "\nauth_type=trust\nauth_file=" + folder.filePath(u"users"_s).toUtf8()
                      + "\npool_mode=" + mode + "\ndefault_pool_size=5\nignore_startup_parameters=options,extra_float_digits\nlog_connections=0\n"));
    QProcess pooler;
    pooler.setProcessChannelMode(QProcess::MergedChannels);
    pooler.setChildProcessModifier([] {
        if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
            ::_exit(1);
    });
    pooler.start(u"/usr/sbin/pgbouncer"_s, {folder.filePath(u"ini"_s)});
    QVERIFY2(pooler.waitForStarted(), qPrintable(pooler.errorString()));
    Project project(*server, "pooled");
    project.put(u"1_a.sql"_s, "CREATE TABLE public.a (i int);", "DROP TABLE public.a;");
    pg::ConnectionSpec spec = project.spec();
    spec.host = folder.path(); // its socket
    spec.port = port;
    std::unique_ptr<pg::Connection> link;
    Error last;
    QVERIFY2(QTest::qWaitFor([&] {
        auto opened = pg::Connection::open(spec, {});
        if (opened)
            link = std::move(*opened);
        else
            last = opened.error();
        return link != nullptr;
    }, 10'000), qPrintable(last.text() + QString::fromUtf8(pooler.readAll())));
    const Run run = up(*link, project.folder(), {}, {}, [](const Told &) {});
    QCOMPARE(reasonOf(run), u"pooler/"_s);
    QVERIFY2(run.error->hint.contains(u"the server's own address"_s), qPrintable(run.error->hint));
    QCOMPARE(project.value("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'schema_migrations', 'migration_event')"), u"0"_s);
    QCOMPARE(project.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), u"0"_s);
    pooler.terminate();
    QVERIFY(pooler.waitForFinished());
}

QTEST_GUILESS_MAIN(TestPooler)
#include "tst_pooler.moc"
