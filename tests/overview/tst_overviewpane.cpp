// SPDX-License-Identifier: GPL-3.0-or-later
// The pane on a real server: points come, are kept, are there again, and a server that does not answer is never shown as well.
#include "metrics/sampler.h"
#include "support/testserver.h"
#include "ui/metrics/healthstrip.h"
#include "ui/metrics/overviewpane.h"
#include "ui/metrics/overviewview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/timerange.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QtTest>

using namespace howdah;
using namespace howdah::ui;

class OverviewPaneTest : public QObject
{
    Q_OBJECT

private slots:
    void fromServerToStoreAndBack();
    void aStoreThatTakesNothingIsTold();
};

void OverviewPaneTest::fromServerToStoreAndBack()
{
    QString why;
    const auto server = test::TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    QTemporaryDir dir;
    store::StoreWorker store(dir.filePath(QStringLiteral("store.sqlite")));
    pg::Session monitor(server->spec(), server->password(), pg::Session::Purpose::Monitor);
    metrics::Sampler sampler(&monitor, &store, QStringLiteral("test/overview"), 250);
    const Clock clock;
    TimeRange range;
    PaneContext context;
    context.profile.id = QStringLiteral("test");
    context.profile.spec = server->spec();
    context.monitor = &monitor;
    context.sampler = &sampler;
    context.store = &store;
    context.range = &range;
    context.clock = &clock;

    {
        const std::unique_ptr<Pane> pane(makeOverviewPane(context, nullptr));
        QSignalSpy settled(pane.get(), &Pane::settled);
        pane->resize(1200, 800);
        pane->show();
        pane->activated();
        QVERIFY(!pane->isSettled());
        monitor.open();
        sampler.start();
        QTRY_VERIFY_WITH_TIMEOUT(pane->isSettled(), 20'000);
        QCOMPARE(settled.size(), 1);
        auto *view = pane->findChild<OverviewView *>();
        const QString connections = view->tile(QStringLiteral("connections"))->nowText();
        QVERIFY2(QRegularExpression(QStringLiteral("^[0-9]+ / [1-9][0-9]*$")).match(connections).hasMatch(), qPrintable(connections));
        QTRY_VERIFY_WITH_TIMEOUT(view->health()->words().look != StateLook::Unknown, 15'000);
        QTRY_VERIFY(view->tile(QStringLiteral("wal"))->chart()->drawnPoints(0) > 0);
    }
    sampler.stop();
    QVERIFY(store.drain(5000));

    // Another window, later: what was sampled is there without a new sample.
    const std::unique_ptr<Pane> pane(makeOverviewPane(context, nullptr));
    pane->resize(1200, 800);
    pane->show();
    pane->activated();
    QTRY_VERIFY_WITH_TIMEOUT(pane->isSettled(), 5000);
    auto *view = pane->findChild<OverviewView *>();
    QTRY_VERIFY_WITH_TIMEOUT(view->health()->words().look != StateLook::Unknown, 15'000);

    sampler.start();
    server->pause();
    QTRY_COMPARE_WITH_TIMEOUT(view->health()->words().look, StateLook::Unknown, 30'000);
    QVERIFY2(view->health()->words().finding.contains(QStringLiteral("answer")), qPrintable(view->health()->words().finding));
    server->resume();
    QTRY_VERIFY_WITH_TIMEOUT(view->health()->words().look != StateLook::Unknown, 30'000);
    sampler.stop();
}

void OverviewPaneTest::aStoreThatTakesNothingIsTold()
{
    QString why;
    const auto server = test::TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    QTemporaryDir dir;
    const QString path = dir.filePath(QStringLiteral("store.sqlite"));
    QVERIFY(QDir().mkpath(path)); // a folder where the file should be
    store::StoreWorker blocked(path);
    pg::Session monitor(server->spec(), server->password(), pg::Session::Purpose::Monitor);
    metrics::Sampler sampler(&monitor, &blocked, QStringLiteral("test/overview"), 200);
    const Clock clock;
    TimeRange range;
    PaneContext context;
    context.profile.id = QStringLiteral("test");
    context.profile.spec = server->spec();
    context.monitor = &monitor;
    context.sampler = &sampler;
    context.store = &blocked;
    context.range = &range;
    context.clock = &clock;
    const std::unique_ptr<Pane> pane(makeOverviewPane(context, nullptr));
    pane->resize(1200, 800);
    pane->show();
    pane->activated();
    monitor.open();
    sampler.start();
    const auto says = [&](const QString &text) {
        for (const auto *label : pane->findChildren<ElidedLabel *>()) {
            if (label->isVisible() && label->fullText().contains(text))
                return true;
        }
        return false;
    };
    QSignalSpy sampled(&sampler, &metrics::Sampler::sampled);
    QTRY_VERIFY_WITH_TIMEOUT(says(QStringLiteral("History is not kept: ")), 20'000);
    const qsizetype before = sampled.size();
    QTRY_VERIFY_WITH_TIMEOUT(sampled.size() >= before + 8, 20'000); // more than a second: the values were written anew
    QVERIFY(says(QStringLiteral("History is not kept: ")));
    QVERIFY(says(QStringLiteral("History could not be read: ")));

    QVERIFY(QDir().rmdir(path)); // the disk is there again
    QTRY_VERIFY_WITH_TIMEOUT(!says(QStringLiteral("History is not kept")), 10'000);
    QVERIFY(says(QStringLiteral("History could not be read: "))); // nobody read it again
    pane->refresh();
    QTRY_VERIFY(!says(QStringLiteral("History could not be read")));
    sampler.stop();
}

QTEST_MAIN(OverviewPaneTest)
#include "tst_overviewpane.moc"
