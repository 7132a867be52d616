// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl check against a real server: what it says of a good link, and each way in which it refuses a bad one.
#include "session/program.h"
#include "session/sshserver.h"
#include "support/testserver.h"

#include <QJsonArray>
#include <QSet>
#include <QTest>
#include <QUrl>

#include <csignal>

using namespace howdah;

class TestCheck : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aGoodLink();
    void steps_data();
    void steps();
    void refuses_data();
    void refuses();
    void anUnverifiedLinkIsSaid();
    void bySshAndACommand();
    void noAnswer();
    void cleanupTestCase();

private:
    QString url(const QString &parameters = {}) const
    {
        return QStringLiteral("postgresql://postgres@127.0.0.1:%1/postgres").arg(m_server->port()) + parameters;
    }
    QByteArray password() const { return QByteArray(m_server->password().data()) + '\n'; }
    QStringList check(const QString &ca) const
    {
        return {QStringLiteral("check"), QStringLiteral("--json"), QStringLiteral("--password-stdin"), QStringLiteral("--url"), url(), QStringLiteral("--ca"), ca};
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
    QSet<QString> m_refusals; // kind/reason: each its own
};

void TestCheck::initTestCase()
{
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder.path()));
    qputenv("PGSSLMODE", "disable"); // of the caller's shell: it means nothing here
    qputenv("PGUSER", "nobody");
    QString why;
    test::ServerSetup setup;
    setup.hba << QStringLiteral("hostssl postgres trusted 127.0.0.1/32 trust");
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE ROLE trusted LOGIN", "CREATE ROLE \"O'Neil \"\"x\" LOGIN PASSWORD 'pw-Z9'"}, &why), qPrintable(why));
}

void TestCheck::aGoodLink()
{
    const Program program = Program::run(check(m_server->caFile()), password());
    QVERIFY2(program.exitCode == 0, program.output.constData());
    const QJsonObject json = program.json();
    const auto word = [&](const char *field) { return json.value(QLatin1StringView(field)).toString(); };
    QCOMPARE(json.value(QLatin1StringView("ok")).toBool(), true);
    QCOMPARE(word("tls"), QStringLiteral("TLSv1.3"));
    QVERIFY(word("cipher").startsWith(QLatin1StringView("TLS_")));
    QCOMPARE(word("sslmode"), QStringLiteral("verify-full"));
    QCOMPARE(word("auth"), QStringLiteral("SCRAM-SHA-256-PLUS"));
    QCOMPARE(word("role"), QStringLiteral("postgres"));
    QCOMPARE(word("database"), QStringLiteral("postgres"));
    QCOMPARE(word("address"), QStringLiteral("127.0.0.1:%1").arg(m_server->port()));
    QVERIFY(word("server_version").startsWith(QLatin1StringView("18.")));
    QVERIFY(program.errors.isEmpty());
    QCOMPARE(json.value(QLatin1StringView("steps")).toArray().size(), 7); // beside what is there without
}

void TestCheck::steps_data()
{
    QTest::addColumn<QString>("role");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("ca");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("states"); // in the order of the steps
    const QString ca = m_server->caFile();
    QTest::newRow("good") << QStringLiteral("postgres") << password() << ca << int(m_server->port()) << QStringLiteral("ok ok ok ok ok ok ok");
    QTest::newRow("lacks") << QStringLiteral("O'Neil \"x") << QByteArray("pw-Z9\n") << ca << int(m_server->port()) << QStringLiteral("ok ok ok ok ok ok failed");
    QTest::newRow("password") << QStringLiteral("postgres") << QByteArray("falsch-Z9\n") << ca << int(m_server->port())
                              << QStringLiteral("ok ok ok failed skipped skipped skipped");
    QTest::newRow("CA") << QStringLiteral("postgres") << password() << m_server->otherCaFile() << int(m_server->port())
                        << QStringLiteral("ok ok failed skipped skipped skipped skipped");
    QTest::newRow("port") << QStringLiteral("postgres") << password() << ca << 1 << QStringLiteral("ok failed skipped skipped skipped skipped skipped");
}

void TestCheck::steps()
{
    QFETCH(QString, role);
    QFETCH(QByteArray, input);
    QFETCH(QString, ca);
    QFETCH(int, port);
    const QString where = QStringLiteral("postgresql://%1@127.0.0.1:%2/postgres").arg(QString::fromLatin1(QUrl::toPercentEncoding(role))).arg(port);
    const QStringList arguments{QStringLiteral("check"), QStringLiteral("--steps"), QStringLiteral("--password-stdin"), QStringLiteral("--url"), where,
                                QStringLiteral("--ca"), ca};
    const Program program = Program::run(arguments + QStringList{QStringLiteral("--json")}, input);
    QStringList states;
    QJsonObject last;
    const QJsonArray all = program.json().value(QLatin1StringView("steps")).toArray();
    for (const auto &step : all) {
        states << step.toObject().value(QLatin1StringView("state")).toString();
        if (states.last() == QLatin1StringView("failed") || states.last() == QLatin1StringView("ok"))
            last = step.toObject();
    }
    QTEST(states.join(QLatin1Char(' ')), "states");
    const QString tag = QString::fromLatin1(QTest::currentDataTag());
    QCOMPARE(program.exitCode, tag == QLatin1StringView("good") || tag == QLatin1StringView("lacks") ? 0 : 3);
    const QString fix = last.value(QLatin1StringView("fix")).toString();
    if (tag == QLatin1StringView("lacks"))
        QVERIFY2(fix.contains(QLatin1StringView("GRANT pg_monitor TO \"O'Neil \"\"x\";")), qPrintable(fix));
    if (tag == QLatin1StringView("CA")) {
        QVERIFY2(last.value(QLatin1StringView("detail")).toString().contains(QLatin1StringView("SHA-256 ")), program.output.constData());
        QCOMPARE(program.error("reason"), QStringLiteral("unknown_ca"));
    }
    QVERIFY(!program.output.contains(input.trimmed()));
    const Program read = Program::run(arguments, input);
    QVERIFY2(read.output.contains("resolve         ok") && read.output.contains("privileges"), read.output.constData());
}

void TestCheck::refuses_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    const QByteArray good = password();
    QTest::newRow("no TLS") << QStringList{QStringLiteral("--sslmode"), QStringLiteral("disable")} << good << QStringLiteral("authentication")
                            << QStringLiteral("rejected_by_hba");
    QTest::newRow("wrong password") << QStringList() << QByteArray("falsch-Z9\n") << QStringLiteral("authentication") << QStringLiteral("wrong_password");
    QTest::newRow("wrong CA") << QStringList{QStringLiteral("--ca"), m_server->otherCaFile()} << good << QStringLiteral("tls") << QStringLiteral("unknown_ca");
    // Lets in whoever comes, so it has not shown that it knows the password.
    QTest::newRow("trusts") << QStringList{QStringLiteral("--url"), QString(url()).replace(QStringLiteral("//postgres@"), QStringLiteral("//trusted@"))} << good
                            << QStringLiteral("authentication") << QStringLiteral("no_authentication");
}

void TestCheck::refuses()
{
    QFETCH(QStringList, more);
    QFETCH(QByteArray, input);
    // An option that is given twice is a usage error: the row's own takes the place of the usual one.
    QStringList arguments = check(m_server->caFile());
    if (!more.isEmpty() && arguments.contains(more.first()))
        arguments[arguments.indexOf(more.first()) + 1] = more.last();
    else
        arguments += more;
    const Program program = Program::run(arguments, input);
    QVERIFY2(program.exitCode == 3, program.output.constData());
    QTEST(program.error("kind"), "kind");
    QTEST(program.error("reason"), "reason");
    const QString refusal = program.error("kind") + QLatin1Char('/') + program.error("reason");
    QVERIFY2(!m_refusals.contains(refusal), qPrintable(refusal));
    m_refusals << refusal;
    QVERIFY(!program.output.contains(input.trimmed()) && !program.errors.contains(input.trimmed()));
}

void TestCheck::anUnverifiedLinkIsSaid()
{
    // A caller may ask for less; the answer then says which.
    const Program program = Program::run(check(m_server->caFile()) + QStringList{QStringLiteral("--sslmode"), QStringLiteral("require")}, password());
    QVERIFY2(program.exitCode == 0, program.output.constData());
    QCOMPARE(program.json().value(QLatin1StringView("sslmode")).toString(), QStringLiteral("require"));
}

// A saved way in is the one that is gone: ssh's, with what the command says.
void TestCheck::bySshAndACommand()
{
    SshServer ssh;
    QVERIFY2(ssh.isRunning(), qPrintable(ssh.error()));
    const QString command = m_folder.filePath(QStringLiteral("token"));
    const auto answers = [&](const QByteArray &text, int exitCode) {
        QFile file(command);
        return file.open(QIODevice::WriteOnly) && file.write("#!/bin/sh\ntest \"$1\" = postgres || exit 3\necho '" + text + "'\nexit " + QByteArray::number(exitCode) + '\n') > 0
            && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    };
    QVERIFY(answers(password().trimmed(), 0));
    const Program added = Program::run({QStringLiteral("profile"), QStringLiteral("add"), QStringLiteral("far"), QStringLiteral("--url"), url(), QStringLiteral("--ca"),
                                        m_server->caFile(), QStringLiteral("--ssh"), QStringLiteral("jump"), QStringLiteral("--password-command"),
                                        command + QStringLiteral(" %r"), QStringLiteral("--json")});
    QVERIFY2(added.exitCode == 0, added.output.constData());
    const QStringList far{QStringLiteral("check"), QStringLiteral("--json"), QStringLiteral("--profile"), QStringLiteral("far")};
    const Program good = Program::run(far);
    QVERIFY2(good.exitCode == 0, good.output.constData());
    QCOMPARE(good.json().value(QLatin1StringView("auth")).toString(), QStringLiteral("SCRAM-SHA-256-PLUS"));
    QTRY_VERIFY(ssh.clients().isEmpty()); // the tunnel ended with the verb

    QVERIFY(answers("canary-Z9", 1));
    const Program refused = Program::run(far);
    QCOMPARE(refused.exitCode, 3);
    QCOMPARE(refused.error("kind"), QStringLiteral("tool"));
    QVERIFY2(!refused.output.contains("canary-Z9"), refused.output.constData());
    QVERIFY(answers(password().trimmed(), 0));
    ssh.stop();
    const Program noWay = Program::run(far);
    QCOMPARE(noWay.exitCode, 3);
    QCOMPARE(noWay.error("reason"), QStringLiteral("tunnel_failed"));
}

void TestCheck::noAnswer()
{
    m_server->pause();
    QProcess process;
    process.start(Program::path(), check(m_server->caFile()));
    process.write(password());
    process.closeWriteChannel();
    QVERIFY(process.waitForStarted());
    QVERIFY(!process.waitForFinished(1000)); // it waits for the server
    ::kill(pid_t(process.processId()), SIGINT);
    const bool ended = process.waitForFinished(3000);
    m_server->resume();
    QVERIFY(ended);
    QCOMPARE(process.exitCode(), 130);
}

void TestCheck::cleanupTestCase()
{
    m_server.reset();
}

QTEST_GUILESS_MAIN(TestCheck)
#include "tst_check.moc"
