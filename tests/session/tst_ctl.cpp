// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl without a server: usage, exit codes, one JSON object, signals, what others can see of it.
#include "session/program.h"

#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/resource.h>

class TestCtl : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void usage_data();
    void usage();
    void version();
    void options();
    void noServer();
    void urlFromTheEnvironment();
    void aSignalCancels_data();
    void aSignalCancels();
    void profiles();

private:
    QTemporaryDir m_folder;
};

void TestCtl::initTestCase()
{
    QVERIFY2(QFile::exists(Program::path()), qPrintable(Program::path()));
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder.path()));
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"); // no keychain, whatever the machine has
    // None of these may reach a connection.
    qputenv("PGHOST", "192.0.2.1");
    qputenv("PGPASSWORD", "from the environment");
    qputenv("PGSSLMODE", "disable");
    qputenv("PGSERVICE", "nobody");
    qunsetenv("DATABASE_URL");
    // Core dumps on, as far as this shell may: howdahctl turns them off by itself.
    rlimit cores{};
    ::getrlimit(RLIMIT_CORE, &cores);
    cores.rlim_cur = cores.rlim_max;
    ::setrlimit(RLIMIT_CORE, &cores);
}

void TestCtl::usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    const auto list = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts); };
    QTest::newRow("no verb") << list("");
    QTest::newRow("no such verb") << list("fly");
    QTest::newRow("no such option") << list("check --fly");
    QTest::newRow("an option without its value") << list("check --url");
    QTest::newRow("no such part of a verb") << list("profile fly");
    QTest::newRow("a name is missing") << list("profile show");
    QTest::newRow("no such environment") << list("profile add a --url postgresql://u@h/d --environment staging");
    QTest::newRow("add without a URL") << list("profile add a");
    QTest::newRow("no such profile") << list("check --profile nobody");
    QTest::newRow("not a URL") << list("check --url http://h/d");
    QTest::newRow("falls back to clear text") << list("check --url postgresql://u@h/d?sslmode=prefer");
    QTest::newRow("no such sslmode") << list("check --url postgresql://u@h/d --sslmode prefer");
}

void TestCtl::usage()
{
    QFETCH(QStringList, arguments);
    const Program plain = Program::run(arguments);
    QCOMPARE(plain.exitCode, 2);
    QVERIFY(plain.output.isEmpty());
    QVERIFY(plain.errors.startsWith("howdahctl: "));
    const Program json = Program::run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.exitCode, 2);
    QCOMPARE(json.error("kind"), QStringLiteral("client"));
    QVERIFY(!json.error("reason").isEmpty());
    QVERIFY(!json.error("message").isEmpty());
}

void TestCtl::version()
{
    const Program plain = Program::run({QStringLiteral("--version")});
    QCOMPARE(plain.exitCode, 0);
    QVERIFY(plain.output.startsWith("howdahctl "));
    for (const auto *word : {"libpq ", "OpenSSL", "require_auth", "Qt 6."})
        QVERIFY2(plain.output.contains(word), word);
    const QJsonObject json = Program::run({QStringLiteral("--version"), QStringLiteral("--json")}).json();
    QCOMPARE(json.value(QLatin1StringView("qt")).toString(), QString::fromLatin1(qVersion()));
    QVERIFY(json.value(QLatin1StringView("features")).toObject().contains(QLatin1StringView("encrypted_cancel")));
    const Program help = Program::run({QStringLiteral("--help")});
    QCOMPARE(help.exitCode, 0);
    QVERIFY(help.output.contains("DATABASE_URL"));
    QVERIFY(help.output.contains("130 cancelled"));
}

void TestCtl::options()
{
    // Before the verb, after it, and between its parts.
    const QStringList verb{QStringLiteral("profile"), QStringLiteral("list")};
    for (int i = 0; i <= verb.size(); ++i) {
        QStringList arguments = verb;
        arguments.insert(i, QStringLiteral("--json"));
        const Program program = Program::run(arguments);
        QCOMPARE(program.exitCode, 0);
        QVERIFY2(program.json().contains(QLatin1StringView("profiles")), program.output.constData());
        QVERIFY(program.errors.isEmpty());
    }
}

void TestCtl::noServer()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    const quint16 port = taken.serverPort();
    taken.close(); // a port where nothing listens
    const QString url = QStringLiteral("postgresql://u:geheim@127.0.0.1:%1/d").arg(port);
    const Program json = Program::run({QStringLiteral("check"), QStringLiteral("--json"), QStringLiteral("--url"), url});
    QCOMPARE(json.exitCode, 3);
    QCOMPARE(json.error("kind"), QStringLiteral("connection"));
    QCOMPARE(json.error("reason"), QStringLiteral("refused"));
    QVERIFY(json.errors.isEmpty());
    QVERIFY(!json.output.contains("geheim"));
    const Program plain = Program::run({QStringLiteral("check"), QStringLiteral("--url"), url});
    QCOMPARE(plain.exitCode, 3);
    QVERIFY(plain.output.isEmpty());
    QVERIFY(plain.errors.contains(QByteArray("127.0.0.1:" + QByteArray::number(port))));
    QVERIFY(!plain.errors.contains("geheim"));
}

void TestCtl::urlFromTheEnvironment()
{
    const QStringList check{QStringLiteral("check"), QStringLiteral("--json"), QStringLiteral("--url"), QStringLiteral("env")};
    QCOMPARE(Program::run(check).exitCode, 2); // not set
    qputenv("DATABASE_URL", "postgresql+asyncpg://u@127.0.0.1:1/d");
    const Program set = Program::run(check);
    qunsetenv("DATABASE_URL");
    QCOMPARE(set.exitCode, 3);
    QCOMPARE(set.error("context"), QStringLiteral("connect to 127.0.0.1:1"));
}

void TestCtl::aSignalCancels_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void TestCtl::aSignalCancels()
{
    QFETCH(int, number);
    QTcpServer silent; // takes connections and says nothing
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    QProcess process;
    process.start(Program::path(), {QStringLiteral("check"), QStringLiteral("--json"), QStringLiteral("--url"),
                                    QStringLiteral("postgresql://u:geheim@127.0.0.1:%1/d?password=geheim2&sslmode=verify-full").arg(silent.serverPort())});
    QVERIFY(silent.waitForNewConnection(20'000));
    const QString proc = QStringLiteral("/proc/%1/").arg(process.processId());
    const auto read = [&](const char *name) {
        QFile file(proc + QLatin1StringView(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
    };
    // What others on this machine see meanwhile.
    const QByteArray arguments = read("cmdline");
    QVERIFY(arguments.contains("postgresql://u:******@127.0.0.1"));
    QVERIFY(!arguments.contains("geheim") && arguments.contains("password=*******&sslmode=verify-full"));
    QVERIFY2(read("limits").contains("Max core file size        0 "), read("limits").constData());

    ::kill(pid_t(process.processId()), number);
    QVERIFY(process.waitForFinished(5000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const QByteArray output = process.readAllStandardOutput();
    QCOMPARE(output.count('\n'), 1);
    QCOMPARE(QJsonDocument::fromJson(output).object().value(QLatin1StringView("error")).toObject().value(QLatin1StringView("kind")).toString(),
             QStringLiteral("cancelled"));
}

void TestCtl::profiles()
{
    const auto run = [](const QString &line) { return Program::run(line.split(QLatin1Char(' ')) + QStringList{QStringLiteral("--json")}); };
    const Program added = run(QStringLiteral("profile add prod --url postgresql://app@127.0.0.1:5433/orders --monitor-role mon"));
    QCOMPARE(added.exitCode, 0);
    QCOMPARE(added.json().value(QLatin1StringView("password_saved")).toBool(true), false);
    const QJsonObject shown = run(QStringLiteral("profile show prod")).json();
    QCOMPARE(shown.value(QLatin1StringView("host")).toString(), QStringLiteral("127.0.0.1"));
    QCOMPARE(shown.value(QLatin1StringView("port")).toInt(), 5433);
    QCOMPARE(shown.value(QLatin1StringView("sslmode")).toString(), QStringLiteral("verify-full"));
    QCOMPARE(shown.value(QLatin1StringView("environment")).toString(), QStringLiteral("production"));
    QCOMPARE(shown.value(QLatin1StringView("monitor_role")).toString(), QStringLiteral("mon"));
    QCOMPARE(run(QStringLiteral("profile add prod --url postgresql://app@db2/orders")).error("reason"), QStringLiteral("name_taken"));

    // A password without a keychain to keep it: told, and no half profile.
    const Program refused = run(QStringLiteral("profile add other --url postgresql://app:geheim@db2/orders"));
    QCOMPARE(refused.exitCode, 1);
    QCOMPARE(refused.error("reason"), QStringLiteral("no_keychain"));
    QCOMPARE(run(QStringLiteral("profile show other")).exitCode, 2);
    // And to connect without a keychain is exit 3, since that is what was asked for.
    const Program check = run(QStringLiteral("check --profile prod"));
    QCOMPARE(check.exitCode, 3);
    QCOMPARE(check.error("kind"), QStringLiteral("keychain"));

    const Program removed = run(QStringLiteral("profile remove prod"));
    QCOMPARE(removed.exitCode, 0);
    QVERIFY(removed.json().value(QLatin1StringView("keychain_error")).isObject()); // what may be left there is said
    QCOMPARE(run(QStringLiteral("profile list")).json().value(QLatin1StringView("profiles")).toVariant().toList().size(), 0);
}

QTEST_GUILESS_MAIN(TestCtl)
#include "tst_ctl.moc"
