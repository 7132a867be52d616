// SPDX-License-Identifier: GPL-3.0-or-later
// Programs as they are started for real: what they see, what they may say, and how they end.
#include "tool/process.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

#include <signal.h>

using namespace howdah;

namespace
{
tool::Command shell(const QString &script, const QStringList &arguments = {})
{
    tool::Command command;
    command.program = QStringLiteral("/bin/sh");
    command.arguments = QStringList{QStringLiteral("-c"), script, QStringLiteral("sh")} + arguments;
    return command;
}

bool isAlive(qint64 pid)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
    return stat.open(QIODevice::ReadOnly) && !stat.readAll().contains(") Z");
}
} // namespace

class TestProcess : public QObject
{
    Q_OBJECT
private slots:
    void environmentIsScrubbed();
    void noShell();
    void exitCodes();
    void inputIsGiven();
    void bigInputAndOutput();
    void childThatDoesNotRead();
    void outputIsBounded();
    void linesArrive();
    void deadline();
    void cancelEndsTheGroup();
    void cancelEndsTheStubborn();
    void cancelledBefore();
    void daemonKeepsPipes();
    void signalsAreDefault();
    void notFound();
    void commandLines();
};

void TestProcess::environmentIsScrubbed()
{
    qputenv("PGPASSWORD", "canary");
    qputenv("LD_PRELOAD_X", "canary");
    qputenv("LC_ALL", "canary");
    qputenv("DOCKER_HOST_X", "kept");
    tool::Command command;
    command.program = QStringLiteral("env");
    command.environment = {QStringLiteral("HOWDAH_PORT=5999"), QStringLiteral("HOME=/elsewhere")};
    const auto outcome = tool::run(command);
    QVERIFY(outcome);
    const QByteArrayList lines = outcome->output.trimmed().split('\n');
    QVERIFY(!outcome->output.contains("canary"));
    QVERIFY(lines.contains("DOCKER_HOST_X=kept"));
    QVERIFY(lines.contains("LANG=C.UTF-8"));
    QVERIFY(lines.contains("HOWDAH_PORT=5999"));
    QCOMPARE(lines.count("HOME=/elsewhere"), 1);
    QVERIFY(std::count_if(lines.begin(), lines.end(), [](const QByteArray &line) { return line.startsWith("HOME="); }) == 1);
}

void TestProcess::noShell()
{
    QTemporaryDir folder;
    const QString recorder = folder.filePath(QStringLiteral("recorder"));
    QFile script(recorder);
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("#!/bin/sh\nprintf '<%s>' \"$@\"\n");
    script.close();
    script.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    tool::Command command;
    command.program = recorder;
    command.arguments = {QStringLiteral("$(touch /tmp/x); `id` | >&2"), QString(), QStringLiteral("a b'\"\\"), QString::fromUtf8("ü\n")};
    const auto outcome = tool::run(command);
    QVERIFY(outcome);
    QCOMPARE(outcome->output, QByteArray("<$(touch /tmp/x); `id` | >&2><><a b'\"\\><ü\n>"));
}

void TestProcess::exitCodes()
{
    QCOMPARE(tool::run(shell(QStringLiteral("exit 14")))->exitCode, 14);
    QCOMPARE(tool::run(shell(QStringLiteral("kill -9 $$")))->exitCode, 137);
    const auto failed = tool::runChecked(shell(QStringLiteral("echo one; echo two >&2; exit 3")));
    QVERIFY(!failed);
    QCOMPARE(failed.error().kind, ErrorKind::Tool);
    QCOMPARE(failed.error().reason, QStringLiteral("failed"));
    QVERIFY(failed.error().detail.contains(QLatin1String("two")));
    QVERIFY(failed.error().message.contains(QLatin1String("3")));
    tool::Command elsewhere = shell(QStringLiteral("pwd"));
    elsewhere.workingDirectory = QStringLiteral("/usr");
    QCOMPARE(tool::run(elsewhere)->output, QByteArray("/usr\n"));
}

void TestProcess::inputIsGiven()
{
    tool::Command command;
    command.program = QStringLiteral("cat");
    command.input = "secret\n";
    QCOMPARE(tool::run(command)->output, QByteArray("secret\n"));
    command.input.clear();
    QCOMPARE(tool::run(command)->output, QByteArray()); // its input is closed, not the terminal
}

void TestProcess::bigInputAndOutput()
{
    tool::Command command;
    command.program = QStringLiteral("cat");
    command.input = QByteArray(8 << 20, 'x');
    command.maxOutput = 16 << 20;
    const auto outcome = tool::run(command);
    QVERIFY(outcome);
    QCOMPARE(outcome->output.size(), command.input.size());
    QVERIFY(!outcome->truncated);
}

void TestProcess::childThatDoesNotRead()
{
    tool::Command command = shell(QStringLiteral("exec <&-; exit 5"));
    command.input = QByteArray(1 << 20, 'x'); // more than a pipe holds: EPIPE, which must not end us
    QCOMPARE(tool::run(command)->exitCode, 5);
}

void TestProcess::outputIsBounded()
{
    tool::Command command = shell(QStringLiteral("head -c 5000000 /dev/zero | tr '\\0' y; echo; echo last"));
    command.maxOutput = 1000;
    const auto outcome = tool::run(command);
    QVERIFY(outcome);
    QCOMPARE(outcome->output.size(), 1000);
    QVERIFY(outcome->truncated);
    QCOMPARE(outcome->lastLines.last(), QByteArray("last"));
    QVERIFY(outcome->lastLines.first().size() < 20'000);
}

void TestProcess::linesArrive()
{
    QByteArrayList lines;
    tool::Command command = shell(QStringLiteral("echo one; printf 'two\\rthree\\n' >&2; printf four"));
    command.onLine = [&lines](const QByteArray &line) { lines.append(line); };
    QVERIFY(tool::run(command));
    std::sort(lines.begin(), lines.end());
    QCOMPARE(lines, QByteArrayList({"four", "one", "three", "two"}));
}

void TestProcess::deadline()
{
    tool::Command command = shell(QStringLiteral("sleep 60"));
    command.timeoutMs = 200;
    QElapsedTimer timer;
    timer.start();
    const auto outcome = tool::run(command);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Timeout);
    QCOMPARE(outcome.error().reason, QStringLiteral("tool"));
    QVERIFY2(timer.elapsed() >= 200 && timer.elapsed() < 1200, qPrintable(QString::number(timer.elapsed())));
}

void TestProcess::cancelEndsTheGroup()
{
    qint64 grandchild = 0;
    CancelToken cancel;
    std::thread later;
    tool::Command command = shell(QStringLiteral("sleep 60 & echo $!; wait"));
    QElapsedTimer timer;
    command.onLine = [&](const QByteArray &line) {
        grandchild = line.toLongLong();
        timer.start();
        later = std::thread([cancel] { cancel.cancel(); });
    };
    const auto outcome = tool::run(command, cancel);
    const qint64 took = timer.elapsed();
    later.join();
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
    QVERIFY2(took < 1000, qPrintable(QString::number(took)));
    QVERIFY(grandchild > 0);
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(grandchild), 500);
}

void TestProcess::cancelEndsTheStubborn()
{
    qint64 leader = 0;
    CancelToken cancel;
    tool::Command command = shell(QStringLiteral("trap '' TERM; echo $$; while :; do sleep 1; done"));
    command.graceMs = 300;
    command.onLine = [&](const QByteArray &line) {
        leader = line.toLongLong();
        cancel.cancel();
    };
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!tool::run(command, cancel));
    QVERIFY2(timer.elapsed() >= 300 && timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(leader > 0 && !isAlive(leader));
}

void TestProcess::cancelledBefore()
{
    CancelToken cancel;
    cancel.cancel();
    const auto outcome = tool::run(shell(QStringLiteral("exit 0")), cancel);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
}

void TestProcess::daemonKeepsPipes()
{
    QElapsedTimer timer;
    timer.start();
    const auto outcome = tool::run(shell(QStringLiteral("sleep 5 & echo started")));
    QVERIFY(outcome);
    QCOMPARE(outcome->output, QByteArray("started\n"));
    QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
}

void TestProcess::signalsAreDefault()
{
    sigset_t pipeOnly;
    sigemptyset(&pipeOnly);
    sigaddset(&pipeOnly, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &pipeOnly, nullptr);
    const auto outcome = tool::run(shell(QStringLiteral("kill -USR1 $$; exit 0")));
    pthread_sigmask(SIG_UNBLOCK, &pipeOnly, nullptr);
    QVERIFY(outcome);
    QCOMPARE(outcome->exitCode, 128 + SIGUSR1);
}

void TestProcess::notFound()
{
    tool::Command command;
    command.program = QStringLiteral("howdah-no-such-program");
    QCOMPARE(tool::run(command).error().reason, QStringLiteral("not_found"));
    command.program = QStringLiteral("/etc/hostname");
    QCOMPARE(tool::run(command).error().reason, QStringLiteral("not_started"));
    QTemporaryDir folder;
    QVERIFY(QFile::copy(QStringLiteral("/bin/true"), folder.filePath(QStringLiteral("howdah-here"))));
    QCOMPARE(*tool::findProgram(QStringLiteral("howdah-here"), {folder.path()}), folder.filePath(QStringLiteral("howdah-here")));
}

void TestProcess::commandLines()
{
    tool::Command command;
    command.program = QStringLiteral("docker");
    command.arguments = {QStringLiteral("run"), QStringLiteral("it's $x"), QString()};
    command.environment = {QStringLiteral("A=b c")};
    QCOMPARE(tool::commandLine(command), QStringLiteral("A='b c' docker run 'it'\\''s $x' ''"));
}

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
