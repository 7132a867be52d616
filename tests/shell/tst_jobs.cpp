// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/jobmodel.h"
#include "ui/shell/jobrow.h"
#include "ui/shell/jobstrip.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"

#include "resources/resources.h"

#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class TestJobs : public QObject
{
    Q_OBJECT

private:
    static session::JobSpec spec(const QString &title)
    {
        session::JobSpec made;
        made.title = title;
        return made;
    }

    static QString stateOf(const QWidget &strip) { return strip.findChild<StateWord *>()->word(); }
    static QPushButton *buttonOf(const QWidget &strip) { return strip.findChild<JobRow *>()->findChild<QPushButton *>(); }

private slots:
    void initTestCase() { initResources(); }

    void showsStepBarAndResult()
    {
        Worker worker(QStringLiteral("test"));
        JobModel model(nullptr);
        JobStrip strip(&model);
        strip.resize(1000, 40);
        strip.show();
        std::atomic<bool> go = false;
        session::Job *job = model.start(spec(QStringLiteral("Start the stack")), worker, [&go](const Progress &progress, const CancelToken &) {
            ProgressStep step;
            step.step = QStringLiteral("Build the image");
            step.done = 3;
            step.total = 4;
            progress(step);
            while (!go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return Result<QString>(QStringLiteral("Built in 2 s."));
        });
        QCOMPARE(model.running().size(), 1);
        auto *text = strip.findChild<ElidedLabel *>();
        QTRY_VERIFY(text->fullText().contains(QStringLiteral("Build the image")));
        QCOMPARE(stateOf(strip), QStringLiteral("running"));
        auto *bar = strip.findChild<QProgressBar *>();
        QTRY_COMPARE(bar->value(), 750);
        QVERIFY(!bar->isHidden());
        go = true;
        QTRY_COMPARE(job->state(), session::Job::State::Done);
        QTRY_COMPARE(text->fullText(), QStringLiteral("Built in 2 s."));
        QCOMPARE(stateOf(strip), QStringLiteral("done"));
        QVERIFY(bar->isHidden());
        QCOMPARE(model.running().size(), 0);
        QCOMPARE(model.results().size(), 1);
    }

    void cancelReachesTheJob()
    {
        Worker worker(QStringLiteral("test"));
        JobModel model(nullptr);
        JobStrip strip(&model);
        strip.show();
        model.start(spec(QStringLiteral("Wait")), worker, [](const Progress &, const CancelToken &cancel) -> Result<QString> {
            while (!cancel.isCancelled())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled; nothing was changed"));
        });
        QCOMPARE(buttonOf(strip)->text(), QStringLiteral("Cancel"));
        buttonOf(strip)->click();
        QTRY_COMPARE(stateOf(strip), QStringLiteral("cancelled"));
        QCOMPARE(buttonOf(strip)->text(), QStringLiteral("Copy"));
        QVERIFY(buttonOf(strip)->isEnabled());
    }

    void whatCantBeGivenUpOffersNoCancel()
    {
        Worker worker(QStringLiteral("test"));
        JobModel model(nullptr);
        JobStrip strip(&model);
        strip.show();
        std::atomic<bool> go = false;
        session::JobSpec back = spec(QStringLiteral("Way back"));
        back.canBeCancelled = false;
        model.start(back, worker, [&go](const Progress &, const CancelToken &) {
            while (!go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return Result<QString>(QStringLiteral("Back."));
        });
        QCOMPARE(stateOf(strip), QStringLiteral("running"));
        QVERIFY(buttonOf(strip)->isHidden());
        go = true;
        QTRY_COMPARE(stateOf(strip), QStringLiteral("done"));
        QVERIFY(!buttonOf(strip)->isHidden());
        QCOMPARE(buttonOf(strip)->text(), QStringLiteral("Copy"));
    }

    void failureSaysWhy()
    {
        Worker worker(QStringLiteral("test"));
        JobModel model(nullptr);
        JobStrip strip(&model);
        strip.show();
        model.start(spec(QStringLiteral("Fail")), worker, [](const Progress &, const CancelToken &) -> Result<QString> {
            return fail(ErrorKind::Tool, QStringLiteral("no_docker"), QStringLiteral("There is no Docker"), QStringLiteral("Install it"));
        });
        QTRY_COMPARE(stateOf(strip), QStringLiteral("failed"));
        QVERIFY(strip.findChild<ElidedLabel *>()->fullText().contains(QStringLiteral("There is no Docker")));
        QVERIFY(buttonOf(strip)->isEnabled());
    }

    void keepsTheLastTen()
    {
        Worker worker(QStringLiteral("test"));
        JobModel model(nullptr);
        JobStrip strip(&model);
        strip.show();
        for (int i = 0; i < 13; ++i)
            model.start(spec(QString::number(i)), worker, [](const Progress &, const CancelToken &) { return Result<QString>(QString()); });
        QTRY_COMPARE(model.running().size(), 0);
        QCOMPARE(model.results().size(), JobModel::keptResults);
        QCOMPARE(model.results().constFirst()->spec().title, QStringLiteral("12"));
        auto *toggle = strip.findChild<QToolButton *>();
        QVERIFY(toggle->isEnabled());
        toggle->click();
        QCOMPARE(strip.findChildren<JobRow *>().size(), JobModel::keptResults); // the head and nine
        toggle->click();
        QCOMPARE(strip.findChildren<JobRow *>().size(), 1);
    }
};

QTEST_MAIN(TestJobs)
#include "tst_jobs.moc"
