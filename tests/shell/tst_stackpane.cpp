// SPDX-License-Identifier: GPL-3.0-or-later
// The stack pane on a machine without Docker: what its buttons ask, start and say.
#include "ui/shell/jobmodel.h"
#include "ui/stack/stackactions.h"
#include "ui/stack/stackpane.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/errorbar.h"

#include "resources/resources.h"

#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestStackPane : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;
    Clock m_clock;

    PaneContext context(JobModel &jobs, Worker &tools)
    {
        PaneContext made;
        made.jobs = &jobs;
        made.tools = &tools;
        made.clock = &m_clock;
        return made;
    }

private slots:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
        qputenv("PATH", "/nonexistent");
        initResources();
    }

    void destroyNeedsTheName()
    {
        Worker tools(QStringLiteral("tools"));
        JobModel activity(nullptr);
        QWidget window;
        QString typed = QStringLiteral("howdha");
        DialogAnswers answers(qApp, [&typed](const Question &) {
            Answer answer;
            answer.accepted = true;
            answer.text = typed;
            return answer;
        });
        QSignalSpy changed(&activity, &JobModel::changed);
        destroyStack(context(activity, tools), &window);
        QCOMPARE(answers.asked.size(), 1);
        QVERIFY(answers.asked.constFirst().dangerous);
        QCOMPARE(answers.asked.constFirst().typedName, QStringLiteral("howdah"));
        QCoreApplication::processEvents();
        QCOMPARE(changed.size(), 0);
        typed = QStringLiteral("howdah");
        destroyStack(context(activity, tools), &window);
        QTRY_VERIFY(changed.size() >= 1);
        QTRY_COMPARE(activity.running().size(), 0);
        QCOMPARE(activity.results().constFirst()->spec().target, QStringLiteral("stack howdah"));
    }

    void rotationAsksAndNamesItsCommand()
    {
        Worker tools(QStringLiteral("tools"));
        JobModel activity(nullptr);
        QWidget window;
        bool yes = false;
        DialogAnswers answers(qApp, [&yes](const Question &) {
            Answer answer;
            answer.accepted = yes;
            return answer;
        });
        rotateStackCertificates(context(activity, tools), &window);
        QCOMPARE(answers.asked.size(), 1);
        QCOMPARE(answers.asked.constFirst().detail, QStringLiteral("howdahctl stack rotate-certs"));
        QVERIFY(answers.asked.constFirst().text.contains(QLatin1StringView("No session ends")));
        QCoreApplication::processEvents();
        QVERIFY(activity.running().isEmpty() && activity.results().isEmpty());
        yes = true;
        rotateStackCertificates(context(activity, tools), &window);
        QTRY_COMPARE(activity.results().size(), 1); // no Docker here: it fails, and is told
        QCOMPARE(activity.results().constFirst()->state(), session::Job::State::Failed);
        QCOMPARE(activity.results().constFirst()->spec().commands, QStringLiteral("howdahctl stack rotate-certs"));
    }

    void commandLinesNameTheStack()
    {
        PaneContext made;
        QCOMPARE(stackCommand(made, QStringLiteral("up")), QStringLiteral("howdahctl stack up"));
        made.profile.stack = QStringLiteral("other");
        QCOMPARE(stackCommand(made, QStringLiteral("up")), QStringLiteral("howdahctl stack --name other up"));
    }

    void oneThingAtATime()
    {
        Worker tools(QStringLiteral("tools"));
        std::atomic<bool> go = false;
        tools.post([&go] {
            while (!go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        });
        JobModel activity(nullptr);
        fillWithDemoData(context(activity, tools), nullptr);
        fillWithDemoData(context(activity, tools), nullptr);
        QCOMPARE(activity.running().size(), 1);
        go = true;
        QTRY_COMPARE(activity.running().size(), 0);
    }

    void failureIsSaidInThePaneWithItsNextStep()
    {
        Worker tools(QStringLiteral("tools"));
        JobModel activity(nullptr);
        std::unique_ptr<Pane> pane(makeStackPane(context(activity, tools), nullptr));
        pane->resize(1000, 640);
        pane->show();
        pane->activated();
        QTRY_VERIFY_WITH_TIMEOUT(pane->isSettled(), 20'000);
        session::JobSpec spec;
        spec.title = QStringLiteral("Start the stack howdah");
        spec.target = stackTarget(QStringLiteral("howdah"));
        activity.start(spec, tools, [](const Progress &, const CancelToken &) -> Result<QString> {
            return fail(ErrorKind::Tool, QStringLiteral("port_taken"), QStringLiteral("Port 5432 is taken"), QStringLiteral("5433 is free"));
        });
        auto *bar = pane->findChild<ErrorBar *>();
        QTRY_VERIFY(bar->isVisible());
        QStringList buttons;
        for (auto *button : bar->findChildren<QPushButton *>()) {
            if (button->isVisible())
                buttons.append(button->text());
        }
        QVERIFY2(buttons.contains(QStringLiteral("Start on the next free port")), qPrintable(buttons.join(QLatin1Char(' '))));
        QVERIFY(bar->accessibleDescription().contains(QStringLiteral("5433 is free")));
    }
};

QTEST_MAIN(TestStackPane)
#include "tst_stackpane.moc"
