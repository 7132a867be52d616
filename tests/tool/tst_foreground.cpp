// SPDX-License-Identifier: GPL-3.0-or-later
// A program in our place: its exit code, its end by a signal, a cancel, and the environment it gets.
#include "tool/foreground.h"

#include <QTest>
#include <QThread>

#include <csignal>
#include <thread>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestForeground : public QObject
{
    Q_OBJECT

private:
    static tool::Command sh(const QString &script)
    {
        tool::Command command;
        command.program = u"sh"_s;
        command.arguments = QStringList{u"-c"_s, script};
        return command;
    }

private slots:
    void exitCode()
    {
        const auto ended = tool::runInForeground(sh(u"exit 7"_s));
        QVERIFY(ended);
        QCOMPARE(*ended, 7);
    }
    void aSignal()
    {
        const auto ended = tool::runInForeground(sh(u"kill -KILL $$"_s));
        QVERIFY(ended);
        QCOMPARE(*ended, 128 + SIGKILL);
    }
    void notFound()
    {
        tool::Command command;
        command.program = u"no-such-program-anywhere"_s;
        const auto ended = tool::runInForeground(command);
        QVERIFY(!ended);
        QCOMPARE(ended.error().reason, u"not_found"_s);
    }
    void environment()
    {
        qputenv("PGPASSWORD", "secret");
        const auto ended = tool::runInForeground(sh(u"test -z \"$PGPASSWORD\""_s));
        qunsetenv("PGPASSWORD");
        QVERIFY(ended);
        QCOMPARE(*ended, 0);
    }
    // Ctrl+C goes to the whole group: the program's to deal with, and we are there for what comes behind it.
    void interrupts()
    {
        const auto ended = tool::runInForeground(sh(u"trap 'exit 5' INT; kill -INT $PPID; kill -INT $$; exit 6"_s));
        QVERIFY(ended);
        QCOMPARE(*ended, 5);
    }
    void cancelEndsIt()
    {
        CancelToken cancel;
        std::thread later([cancel]() mutable {
            QThread::msleep(200);
            cancel.cancel();
        });
        const auto ended = tool::runInForeground(sh(u"exec sleep 60"_s), cancel);
        later.join();
        QVERIFY(ended);
        QCOMPARE(*ended, 128 + SIGTERM);
    }
};

QTEST_GUILESS_MAIN(TestForeground)
#include "tst_foreground.moc"
