// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl serve over a real server: up, paused, resumed, stopped, starting, up again; refusals, the token, the port, the unit. And that no request
// reaches the server, and no body names it.
#include "health/httpclient.h"
#include "health/otlpreceiver.h"
#include "session/loopback.h"
#include "session/program.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"
#include "support/wire.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestServe : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        // Nothing of the machine's, and no keychain.
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        qputenv("HOME", m_home.path().toLocal8Bit());
        for (const char *name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
            qputenv(name, m_home.filePath(QString::fromLatin1(name)).toLocal8Bit());
        qunsetenv("CORS_ORIGINS");
        QString why;
        ServerSetup setup;
        setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"pg_stat_statements.track_utility=on"_s};
        m_server = TestServer::start(setup, &why);
        QVERIFY2(m_server, qPrintable(why));
        QVERIFY(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE ROLE canary_role LOGIN PASSWORD 'canary-pass' IN ROLE pg_monitor", "CREATE DATABASE canary_db"}));
    }
    void cleanupTestCase() { m_server.reset(); }
    void cleanup() { end(); }

    void upPausedDownAndBack()
    {
        start();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/readyz").status, 200, 15'000);
        const ProbeReply up = httpGet(m_port, "/health/database");
        QCOMPARE(up.status, 200);
        QCOMPARE(up.header("Content-Type"), "application/health+json"_ba);
        QCOMPARE(stateOf(up), u"up"_s);
        const QByteArray id = check(up, "state")["componentId"_L1].toString().toLatin1();
        QCOMPARE(endpoints(id), (QList<int>{200, 200, 200, 200, 200, 200, 200}));
        QVERIFY(check(up, "sampleAge")["observedValue"_L1].toDouble(-1) >= 0);
        QVERIFY(check(up, "utilization")["observedValue"_L1].toDouble(-1) >= 0);
        QTRY_VERIFY_WITH_TIMEOUT(!check(httpGet(m_port, "/health/database"), "findings").isEmpty(), 5000);
        const ProbeReply metrics = httpGet(m_port, "/health/database/metrics");
        QVERIFY(check(metrics, "xact_commit")["observedValue"_L1].toInteger() > 0);
        const ProbeReply text = httpGet(m_port, "/metrics");
        QVERIFY2(text.status == 200 && text.body.contains("howdah_postgresql_up 1\n") && text.body.endsWith('\n') && text.body.count("# TYPE") > 5, text.body.constData());

        m_server->pause();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/health/database").status, 503, 20'000);
        const ProbeReply paused = httpGet(m_port, "/health/database");
        QCOMPARE(stateOf(paused), u"stale"_s);
        QVERIFY(check(paused, "sampleAge")["observedValue"_L1].toDouble() > 3);
        QVERIFY(check(paused, "connections").isEmpty());
        QCOMPARE(endpoints(id), (QList<int>{200, 200, 503, 503, 503, 503, 200}));
        QVERIFY(httpGet(m_port, "/metrics").body.contains("howdah_postgresql_up 0\n"));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(httpGet(m_port, "/health/database")), u"no answer"_s, 40'000); // a statement's deadline, then a connect's
        m_server->resume();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/health/database").status, 200, 40'000);

        QVERIFY(m_server->stop());
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/health/database").status, 503, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(httpGet(m_port, "/health/database")), u"down"_s, 40'000);
        QCOMPARE(endpoints(id), (QList<int>{200, 200, 503, 503, 503, 503, 200})); // ready it is itself
        QString why;
        QVERIFY2(m_server->startAgain(&why), qPrintable(why));
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/health/database").status, 200, 40'000); // it may wait half a minute between two tries
    }

    // A server that says 57P03 to everybody.
    void starting()
    {
        const ScriptedServer starting(ScriptedServer::says(wire::error({{'S', "FATAL"}, {'V', "FATAL"}, {'C', "57P03"}, {'M', "the database system is starting up"}})));
        start({}, u"postgresql://canary_role@127.0.0.1:%1/canary_db"_s.arg(starting.port()), {u"--sslmode"_s, u"disable"_s});
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(httpGet(m_port, "/health/database")), u"starting"_s, 10'000);
        QCOMPARE(httpGet(m_port, "/health/database").status, 503);
        QCOMPARE(httpGet(m_port, "/readyz").status, 503);
        QCOMPARE(httpGet(m_port, "/livez").status, 200);
    }

    // A server whose recovery waits for its archive, and then goes on: 57P03 to everybody, then a standby that answers.
    void startingAndUp()
    {
        const QTemporaryDir gates;
        QVERIFY(QFile::setPermissions(gates.path(), QFile::Permissions(0x7755)));
        const QString gate = gates.filePath(u"go"_s);
        QVERIFY(m_server->stop());
        ServerSetup setup;
        setup.copyOf = m_server.get();
        setup.dataFiles << u"standby.signal"_s;
        setup.settings << u"restore_command=while [ -d %1 ] && [ ! -e %2 ]; do sleep 0.1; done; false"_s.arg(gates.path(), gate);
        setup.awaitsConnections = false;
        QString why;
        const auto standby = TestServer::start(setup, &why);
        QVERIFY2(m_server->startAgain(), "the other one is for the tests behind");
        QVERIFY2(standby, qPrintable(why));
        start({}, u"postgresql://canary_role@127.0.0.1:%1/canary_db"_s.arg(standby->port()));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(httpGet(m_port, "/health/database")), u"starting"_s, 15'000);
        const QByteArray id = check(httpGet(m_port, "/health/database"), "state")["componentId"_L1].toString().toLatin1();
        QCOMPARE(endpoints(id), (QList<int>{200, 503, 503, 503, 503, 503, 200}));
        QVERIFY(httpGet(m_port, "/metrics").body.contains("howdah_postgresql_up 0\n"));
        QFile go(gate);
        QVERIFY(go.open(QIODevice::WriteOnly));
        QTRY_COMPARE_WITH_TIMEOUT(endpoints(id), (QList<int>{200, 200, 200, 200, 200, 200, 200}), 40'000);
        end();
    }

    // They are closed in time; whoever asks meanwhile is answered, and the program has not grown.
    void slowSockets()
    {
        start();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/readyz").status, 200, 15'000);
        const int files = openFiles();
        const double before = residentMb();
        std::vector<std::unique_ptr<HttpClient>> slow;
        qint64 longestMs = 0;
        for (int i = 0; i < 500; ++i) {
            slow.push_back(std::make_unique<HttpClient>(m_port));
            slow.back()->send(i % 2 ? "GET /health HTTP/1.1\r\nHost:" : "");
            if (i % 25 == 0) {
                QElapsedTimer clock;
                clock.start();
                QCOMPARE(httpGet(m_port, "/health/database").status, 200);
                longestMs = qMax(longestMs, clock.elapsed());
                QVERIFY2(openFiles() - files <= 64 + 4, qPrintable(QString::number(openFiles() - files)));
            }
        }
        QVERIFY2(longestMs < 1000, qPrintable(QString::number(longestMs)));
        for (const auto &one : slow)
            QVERIFY(one->closedWithin(10'000) >= 0);
        QVERIFY2(residentMb() - before < 10, qPrintable(QString::number(residentMb() - before)));
        QCOMPARE(httpGet(m_port, "/health/database").status, 200);
    }

    void refusals()
    {
        start();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/readyz").status, 200, 15'000);
        HttpClient foreign(m_port);
        foreign.send("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        QCOMPARE(foreign.read().status, 403);
        const ProbeReply post = httpGet(m_port, "/health", "Content-Length: 0\r\n", "POST");
        QCOMPARE(post.status, 405);
        QCOMPARE(post.header("Allow"), "GET, HEAD"_ba);
        QCOMPARE(httpGet(m_port, "/health", "Content-Length: 5\r\n").status, 413);
        for (const char *path : {"/../etc/passwd", "/health/database/../../x", "/%2e%2e/x", "/x"})
            QCOMPARE(httpGet(m_port, path).status, 404);
        QVERIFY(httpGet(m_port, "/health", "Origin: http://localhost:3000\r\n").header("Access-Control-Allow-Origin").isEmpty());
        HttpClient huge(m_port);
        huge.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + QByteArray(1024 * 1024, 'x') + "\r\n\r\n");
        QCOMPARE(huge.read().status, 431);
        QCOMPARE(httpGet(m_port, "/health").status, 200);
    }

    void originsThatAreListed()
    {
        qputenv("CORS_ORIGINS", "http://localhost:3000");
        start();
        qunsetenv("CORS_ORIGINS");
        QCOMPARE(httpGet(m_port, "/livez", "Origin: http://localhost:3000\r\n").header("Access-Control-Allow-Origin"), "http://localhost:3000"_ba);
        QVERIFY(httpGet(m_port, "/livez", "Origin: http://evil.example\r\n").header("Access-Control-Allow-Origin").isEmpty());
    }

    // 3,000 requests, and the server has counted what a sampler asks in that time.
    void nothingReachesTheServer()
    {
        start();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/readyz").status, 200, 15'000);
        QTest::qSleep(3000); // the slower tiers' first readings are over
        const qint64 before = statements();
        QElapsedTimer clock;
        clock.start();
        HttpClient client(m_port);
        for (int i = 0; i < 3000; ++i) {
            client.send("GET /health/database HTTP/1.1\r\nHost: localhost\r\n\r\n");
            QCOMPARE(client.read().status, 200);
        }
        const qint64 asked = statements() - before;
        const qint64 ofSampler = clock.elapsed() / 1000 * 2 + 30; // a sample and what is due beside it
        QVERIFY2(before > 0 && asked <= ofSampler, qPrintable(u"%1 statements in %2 ms"_s.arg(asked).arg(clock.elapsed())));
    }

    // By the standard variables; a receiver that fails harms nothing, and is told.
    void exports()
    {
        OtlpReceiver receiver;
        bool isGood = true;
        receiver.answer = [&](int) { return OtlpReceiver::reply(isGood ? "200 OK" : "503 Service Unavailable"); };
        const QList<std::pair<const char *, QByteArray>> variables{{"OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address().toLatin1()}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                                                                   {"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}, {"OTEL_METRIC_EXPORT_INTERVAL", "1000"}};
        for (const auto &[name, value] : variables)
            qputenv(name, value);
        start();
        for (const auto &[name, value] : variables)
            qunsetenv(name);
        QTRY_VERIFY_WITH_TIMEOUT(receiver.requests().size() >= 2, 15'000);
        QByteArray bodies;
        for (const test::OtlpRequest &request : receiver.requests())
            bodies += request.body;
        QVERIFY2(bodies.contains("\"postgresql.commits\""), bodies.constData());
        for (const char *secret : {"canary", "127.0.0.1", "template1", "SELECT"})
            QVERIFY2(!bodies.contains(secret), secret);

        isGood = false;
        QByteArray errors;
        QTRY_VERIFY_WITH_TIMEOUT((errors += m_serve.readAllStandardError()).contains("the export fails: "), 15'000);
        QVERIFY2(errors.contains("503"), errors.constData());
        QCOMPARE(httpGet(m_port, "/health/database").status, 200);
        QTRY_VERIFY_WITH_TIMEOUT(counted("howdah_otlp_attempts_failed_total") >= 1, 10'000);
        QVERIFY(counted("howdah_otlp_points_sent_total") > 0);
        QCOMPARE(counted("howdah_otlp_points_dropped_total"), 0);
        isGood = true;
        QTRY_VERIFY_WITH_TIMEOUT((errors += m_serve.readAllStandardError()).contains("the export goes on; 0 points were dropped"), 15'000);
        end();
        const QByteArray said = m_serve.readAllStandardOutput();
        QVERIFY2(said.contains(" points exported, 0 dropped"), said.constData());
    }

    // What is wrong in a variable ends it at once; a token's variable is not written into the unit.
    void exportsByTheUnit()
    {
        qputenv("OTEL_EXPORTER_OTLP_ENDPOINT", "no address");
        const Program wrong = Program::run(QStringList{u"serve"_s, u"--json"_s, u"--port"_s, u"1024"_s} + where({}, {}), "canary-pass\n");
        QCOMPARE(wrong.error("reason"), u"bad_endpoint"_s);
        qputenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example");
        qputenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20canary-token");
        const Program added = Program::run({u"profile"_s, u"add"_s, u"exported"_s, u"--url"_s, u"postgresql://canary_role@127.0.0.1:%1/canary_db"_s.arg(m_server->port()), u"--environment"_s, u"development"_s, u"--json"_s});
        QVERIFY2(added.exitCode == 0, QByteArray(added.output + added.errors).constData());
        const Program installed = Program::run({u"serve"_s, u"exported"_s, u"--install"_s});
        qunsetenv("OTEL_EXPORTER_OTLP_ENDPOINT");
        qunsetenv("OTEL_EXPORTER_OTLP_HEADERS");
        QVERIFY2(installed.exitCode == 0, QByteArray(installed.output + installed.errors).constData());
        QVERIFY2(installed.output.contains("OTEL_EXPORTER_OTLP_HEADERS may hold a token"), installed.output.constData());
        QFile file(m_home.filePath(u"XDG_CONFIG_HOME/systemd/user/howdah-serve.service"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(text.contains("OTEL_EXPORTER_OTLP_ENDPOINT=https://collector.example") && !text.contains("canary-token"), text.constData());
    }

    void nothingIsNamed()
    {
        start();
        QTRY_VERIFY_WITH_TIMEOUT(!check(httpGet(m_port, "/health/database"), "findings").isEmpty(), 15'000);
        QTest::qSleep(2500); // tiers come one after the other
        const ProbeReply all = httpGet(m_port, "/health/database");
        QByteArray bodies;
        for (const QByteArray &path : {QByteArray("/livez"), QByteArray("/readyz"), QByteArray("/health"), QByteArray("/health/database"), QByteArray("/health/database/metrics"), QByteArray("/metrics"),
                                       QByteArray("/nowhere"), QByteArray("/health/database/" + check(all, "state")["componentId"_L1].toString().toLatin1())})
            bodies += httpGet(m_port, path).body;
        m_server->kill();
        QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, "/health/database").status, 503, 20'000);
        bodies += httpGet(m_port, "/health").body + httpGet(m_port, "/health/database").body;
        QString why;
        const bool again = m_server->startAgain(&why);
        QVERIFY2(again, qPrintable(why));
        for (const QByteArray &secret : {QByteArray("canary"), QByteArray("127.0.0.1"), QByteArray("localhost"), QByteArray("SELECT"), QByteArray("GRANT"), QByteArray(m_server->password().data()),
                                         QByteArray("template1"), QByteArray("pg_stat_activity")})
            QVERIFY2(!bodies.contains(secret), QByteArray(secret + " is in\n" + bodies).constData());
        QVERIFY(bodies.size() > 2000);
    }

    void portInUse()
    {
        start();
        const Program second = Program::run(QStringList{u"serve"_s, u"--json"_s, u"--port"_s, QString::number(m_port)} + where({}, {}), "canary-pass\n");
        QCOMPARE(second.exitCode, 1);
        QCOMPARE(second.error("reason"), u"port_in_use"_s);
        QVERIFY(second.error("hint").contains(u"--port"_s));
        QCOMPARE(httpGet(m_port, "/livez").status, 200);
    }

    // Without a keychain no token is kept; once one was, a keychain that does not answer is no open door.
    void tokenWithoutKeychain()
    {
        const Program made = Program::run(QStringList{u"serve"_s, u"--json"_s, u"--new-token"_s, u"--port"_s, u"1024"_s} + where({}, {}), "canary-pass\n");
        QVERIFY(made.exitCode != 0);
        QCOMPARE(made.error("kind"), u"keychain"_s);
    }

    void usage()
    {
        qputenv("CORS_ORIGINS", "*");
        const Program origins = Program::run(QStringList{u"serve"_s, u"--json"_s, u"--port"_s, u"1024"_s} + where({}, {}), "canary-pass\n");
        qunsetenv("CORS_ORIGINS");
        QCOMPARE(origins.exitCode, 2);
        QCOMPARE(origins.error("reason"), u"bad_origins"_s);
        QCOMPARE(Program::run({u"serve"_s, u"--json"_s, u"nobody"_s}).error("reason"), u"no_such_profile"_s);
        QCOMPARE(Program::run({u"serve"_s, u"--json"_s, u"--port"_s, u"0"_s}).exitCode, 2);
    }

    void unit()
    {
        const Program added = Program::run({u"profile"_s, u"add"_s, u"we%ird $name"_s, u"--url"_s, u"postgresql://canary_role@127.0.0.1:%1/canary_db"_s.arg(m_server->port()), u"--environment"_s, u"development"_s, u"--json"_s});
        QVERIFY2(added.exitCode == 0, QByteArray(added.output + added.errors).constData());
        qputenv("CORS_ORIGINS", "http://localhost:3000");
        const Program installed = Program::run({u"serve"_s, u"we%ird $name"_s, u"--port"_s, u"5211"_s, u"--install"_s, u"--json"_s});
        qunsetenv("CORS_ORIGINS");
        QVERIFY2(installed.exitCode == 0, QByteArray(installed.output + installed.errors).constData());
        QCOMPARE(installed.json()["commands"_L1].toArray().size(), 3);
        QFile file(installed.json()["unit"_L1].toString());
        QVERIFY(file.fileName().endsWith("/systemd/user/howdah-serve.service"_L1) && file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(text.contains("\"serve\" \"--port\" \"5211\" \"we%%ird $$name\"\n") && text.contains("WantedBy=default.target") && text.contains("Environment=\"CORS_ORIGINS=http://localhost:3000\""), text.constData());
        QVERIFY(!text.contains("canary"));
        QCOMPARE(Program::run(QStringList{u"serve"_s, u"--install"_s, u"--json"_s} + where({}, {}), "canary-pass\n").error("reason"), u"usage"_s);
    }

private:
    QStringList where(const QString &url, const QStringList &more) const
    {
        return QStringList{u"--url"_s, url.isEmpty() ? u"postgresql://canary_role@127.0.0.1:%1/canary_db"_s.arg(m_server->port()) : url, u"--ca"_s, m_server->caFile(), u"--password-stdin"_s} + more;
    }
    void start(const QStringList &arguments = {}, const QString &url = {}, const QStringList &more = {})
    {
        m_port = session::freePort();
        m_serve.start(Program::path(), QStringList{u"serve"_s, u"--port"_s, QString::number(m_port)} + where(url, more) + arguments);
        m_serve.write("canary-pass\n");
        m_serve.closeWriteChannel();
        QTRY_VERIFY_WITH_TIMEOUT(HttpClient(m_port).isConnected() || m_serve.state() == QProcess::NotRunning, 15'000);
        QVERIFY2(m_serve.state() == QProcess::Running, m_serve.readAllStandardError().constData());
    }
    void end()
    {
        if (m_serve.state() == QProcess::NotRunning)
            return;
        m_serve.terminate();
        QVERIFY(m_serve.waitForFinished(15'000));
        QVERIFY2(m_serve.exitStatus() == QProcess::NormalExit && m_serve.exitCode() == 0, m_serve.readAllStandardError().constData());
    }
    // /livez, /readyz, /health, then of databases: all, one, their metrics; /metrics.
    QList<int> endpoints(const QByteArray &id) const
    {
        QList<int> all;
        for (const QByteArray &path : {QByteArray("/livez"), QByteArray("/readyz"), QByteArray("/health"), QByteArray("/health/database"), QByteArray("/health/database/" + id),
                                       QByteArray("/health/database/metrics"), QByteArray("/metrics")})
            all << httpGet(m_port, path).status;
        return all;
    }
    int openFiles() const { return int(QDir(u"/proc/%1/fd"_s.arg(m_serve.processId())).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size()); }
    double residentMb() const
    {
        QFile status(u"/proc/%1/status"_s.arg(m_serve.processId()));
        if (!status.open(QIODevice::ReadOnly))
            return -1;
        const QByteArray text = status.readAll();
        return text.mid(text.indexOf("VmRSS:") + 6).trimmed().split(' ').first().toDouble() / 1024;
    }
    static QJsonObject check(const ProbeReply &reply, const char *name) { return reply.json()["checks"_L1][QString(u"postgresql:"_s + QLatin1StringView(name))][0].toObject(); }
    static QString stateOf(const ProbeReply &reply) { return check(reply, "state")["observedValue"_L1].toString(); }
    double counted(const QByteArray &name) const // of /metrics; -1: it has none
    {
        for (const QByteArray &line : httpGet(m_port, "/metrics").body.split('\n')) {
            if (line.startsWith(QByteArray(name + ' ')))
                return line.mid(name.size() + 1).toDouble();
        }
        return -1;
    }
    qint64 statements() const // that the watching role has run
    {
        const auto link = m_server->admin();
        const auto rows = link ? (*link)->run({"SELECT coalesce(sum(s.calls), 0)::int8 FROM public.pg_stat_statements AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid WHERE r.rolname = 'canary_role'", {}})
                               : Result<pg::Rows>(fail(link.error()));
        return rows ? rows->integer(0, 0).value_or(-1) : -1;
    }

    QTemporaryDir m_home;
    std::unique_ptr<TestServer> m_server;
    QProcess m_serve;
    quint16 m_port = 0;
};

QTEST_GUILESS_MAIN(TestServe)
#include "tst_serve.moc"
