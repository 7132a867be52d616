// SPDX-License-Identifier: GPL-3.0-or-later
// `docker pause` of the server, twice: for 20 s while the program itself runs, which must not stall, must have a gap where nothing was
// measured and must go on by itself; and with the window in this process, to read what it says and to press Cancel.
#include "e2e/stacksession.h"
#include "metrics/sampler.h"
#include "resources/resources.h"
#include "store/samples.h"
#include "ui/metrics/overviewview.h"
#include "ui/metrics/timechart.h"
#include "ui/shell/connectionbar.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/panestack.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QPushButton>
#include <QtTest>

using namespace howdah;
using namespace Qt::StringLiterals;

#define VERIFY_RAN(ran, code) QVERIFY2((ran).exit == (code), (ran).all().constData())

class TestPause : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void theProgramGoesOn();
    void noAnswerIsSaidAndCancelGivesControlBack();
    void cleanupTestCase();

private:
    bool docker(const QString &verb) { return m_session->docker({verb, m_container}).exit == 0; }
    QVector<store::StoredSample> samples() const;

    std::unique_ptr<e2e::StackSession> m_session;
    QString m_container;
    QString m_source;
};

void TestPause::initTestCase()
{
    initResources();
    m_session = std::make_unique<e2e::StackSession>(u"howdah-pause"_s);
    QVERIFY2(m_session->error().isEmpty(), qPrintable(m_session->error()));
    VERIFY_RAN(m_session->up(), 0);
    m_container = m_session->container();
    const auto store = store::Store::open();
    QVERIFY(store);
    const auto profile = session::readProfile(**store, m_session->name());
    QVERIFY(profile);
    m_source = profile->id + u"/overview"_s;
}

QVector<store::StoredSample> TestPause::samples() const
{
    const auto store = store::Store::open();
    return store ? store::readSamples(**store, m_source, 0, std::numeric_limits<qint64>::max()).value_or(QVector<store::StoredSample>()) : QVector<store::StoredSample>();
}

void TestPause::theProgramGoesOn()
{
    const QString file = m_session->folder() + u"/stalls.json"_s;
    const auto report = [&] {
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(in.readAll()).object() : QJsonObject();
    };
    QProcess window;
    window.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    window.start(e2e::binary(u"howdah"_s), {u"--profile"_s, m_session->name(), u"--pane"_s, u"overview"_s, u"--stall-report"_s, file});
    QVERIFY(window.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(samples().size() >= 4, 30'000);
    QTRY_VERIFY(report().value("seconds"_L1).toDouble() > 3);
    const QJsonObject before = report();
    const qsizetype samplesBefore = samples().size();

    QVERIFY(docker(u"pause"_s));
    QTest::qSleep(20'000);
    const QJsonObject silent = report();
    QVERIFY(docker(u"unpause"_s));
    QVERIFY2(samples().size() <= samplesBefore + 1, "a paused server can't have answered");
    // By itself, within the time of one attempt to connect.
    QTRY_VERIFY_WITH_TIMEOUT(samples().size() >= samplesBefore + 6, 40'000);
    QCOMPARE(window.state(), QProcess::Running);
    QTest::qSleep(1500); // the report is rewritten each second
    const QJsonObject after = report();

    QVERIFY(silent.value("seconds"_L1).toDouble() > before.value("seconds"_L1).toDouble() + 15); // the meter went on
    qInfo() << "before" << before << "after" << after;
    // Whoever waits for a silent server waits for seconds. The 50 ms are for the release build: this one is not optimized, and not alone.
    QVERIFY(after.value("max_ms"_L1).toDouble(1e9) < 500);

    // A gap is the absence of samples, and the one after it knows no rate: 20 s are not one interval.
    const auto all = samples();
    int gaps = 0;
    for (qsizetype i = 1; i < all.size(); ++i) {
        const qint64 between = all.at(i).atMs - all.at(i - 1).atMs;
        if (between < 15'000)
            continue;
        ++gaps;
        const metrics::Point point = metrics::Point::fromJson(all.at(i).atMs, all.at(i).values);
        QVERIFY(!point.commits && !point.walBytes && !point.bufferHit);
        QVERIFY(point.connections);
    }
    QCOMPARE(gaps, 1);
    window.terminate();
    QVERIFY(window.waitForFinished(20'000));
}

void TestPause::noAnswerIsSaidAndCancelGivesControlBack()
{
    Clock clock;
    auto store = std::make_unique<store::StoreWorker>();
    auto keychain = std::make_unique<store::Keychain>();
    auto tools = std::make_unique<Worker>(u"tools"_s);
    ui::WindowOptions options;
    options.profile = m_session->name();
    options.pane = u"overview"_s;
    auto window = std::make_unique<ui::MainWindow>(ui::Services{store.get(), keychain.get(), tools.get(), &clock}, options);
    window->show();
    window->start();
    const ui::ConnectionBar *bar = window->connectionBar();
    QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), u"connected"_s, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(window->workspace()->samples() >= 4, 20'000);
    const auto *view = window->panes()->currentPane()->findChild<ui::OverviewView *>();
    QVERIFY(view);
    const auto pieces = [&] { return ui::segmentCount(view->tile(u"connections"_s)->chart()->series(0).points()); };
    const int before = pieces();
    QVERIFY(before >= 1);

    QVERIFY(docker(u"pause"_s));
    // Asked of a silent server, on the link of the schema tree.
    const auto waiting = window->workspace()->context().catalog->run(
        [](pg::Connection &connection, const CancelToken &cancel) { return connection.runFile(u"health/ping"_s, {}, {}, cancel); });
    QTRY_VERIFY_WITH_TIMEOUT(bar->stateText().startsWith("no answer"_L1), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(window->workspace()->context().catalog->status().state, pg::LinkState::NoAnswer, 15'000);
    QVERIFY(bar->stateText().startsWith("no answer"_L1));
    QVERIFY(!waiting.isFinished());
    QPushButton *cancel = nullptr;
    for (auto *button : bar->findChildren<QPushButton *>()) {
        if (button->isVisible() && button->text() == "Cancel"_L1)
            cancel = button;
    }
    QVERIFY(cancel);
    QElapsedTimer took;
    took.start();
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isFinished(), 1000);
    qInfo("control back after %lld ms", took.elapsed());
    QVERIFY(waiting.resultCount() == 0 || !waiting.result());

    QVERIFY(docker(u"unpause"_s));
    const int samplesBefore = window->workspace()->samples();
    QTRY_COMPARE_WITH_TIMEOUT(bar->stateText(), u"connected"_s, 40'000);
    QTRY_VERIFY_WITH_TIMEOUT(window->workspace()->samples() >= samplesBefore + 4, 20'000);
    QCOMPARE(pieces(), before + 1); // one break more
    window.reset();
    keychain.reset();
    tools.reset();
    store->drain(5000);
}

void TestPause::cleanupTestCase()
{
    if (!m_session)
        return;
    docker(u"unpause"_s); // whatever failed
    m_session.reset();
}

QTEST_MAIN(TestPause)
#include "tst_pause.moc"
