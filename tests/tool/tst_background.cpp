// SPDX-License-Identifier: GPL-3.0-or-later
// A program beside us: it lives as long as its object, and no longer than this program.
#include "tool/background.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace howdah;

class TestBackground : public QObject
{
    Q_OBJECT
private slots:
    void endsWithItsObject();
    void endsWithThisProgram();
    void tellsHowItEnded();
    void aMissingProgramIsTold();

private:
    static tool::Command sleeper(const QString &pidFile)
    {
        // bash as a program like any other: it writes down who it is and becomes sleep.
        tool::Command command;
        command.program = QStringLiteral("bash");
        command.arguments = {QStringLiteral("-c"), QStringLiteral("echo $$ > \"$0.new\"; mv \"$0.new\" \"$0\"; exec sleep 600"), pidFile};
        return command;
    }
    static pid_t pidIn(const QString &pidFile)
    {
        QFile file(pidFile);
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toInt() : 0;
    }
    static bool lives(pid_t pid) { return ::kill(pid, 0) == 0; }

    QTemporaryDir m_folder;
};

void TestBackground::endsWithItsObject()
{
    const QString file = m_folder.filePath(QStringLiteral("one"));
    auto program = std::make_unique<tool::Background>(sleeper(file));
    QTRY_VERIFY(pidIn(file) > 0);
    const pid_t pid = pidIn(file);
    QVERIFY(lives(pid) && !program->hasEnded() && !program->outcome());
    program.reset();
    QTRY_VERIFY(!lives(pid));
}

void TestBackground::endsWithThisProgram()
{
    const QString file = m_folder.filePath(QStringLiteral("two"));
    const pid_t child = ::fork();
    if (child == 0) {
        const tool::Background program(sleeper(file));
        for (;;)
            ::pause();
    }
    QTRY_VERIFY(pidIn(file) > 0);
    const pid_t pid = pidIn(file);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(QStringLiteral("/proc/%1/exe").arg(pid)) || QFile::symLinkTarget(QStringLiteral("/proc/%1/exe").arg(pid)).isEmpty(), 10'000);
}

void TestBackground::tellsHowItEnded()
{
    tool::Command command;
    command.program = QStringLiteral("ls");
    command.arguments = {QStringLiteral("/nonexistent/place")};
    const tool::Background program(command);
    QTRY_VERIFY(program.hasEnded());
    const auto outcome = program.outcome();
    QVERIFY(outcome && *outcome);
    QCOMPARE((*outcome)->exitCode, 2);
    QVERIFY((*outcome)->lastLines.join().contains("/nonexistent/place"));
}

void TestBackground::aMissingProgramIsTold()
{
    tool::Command command;
    command.program = QStringLiteral("no-such-program-of-howdah");
    const tool::Background program(command);
    QTRY_VERIFY(program.hasEnded());
    const auto outcome = program.outcome();
    QVERIFY(outcome && !*outcome);
    QCOMPARE(outcome->error().reason, QStringLiteral("not_found"));
}

QTEST_GUILESS_MAIN(TestBackground)
#include "tst_background.moc"
