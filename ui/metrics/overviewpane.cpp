// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/overviewpane.h"

#include "base/async.h"
#include "base/units.h"
#include "metrics/sampler.h"
#include "store/samples.h"
#include "ui/backup/readinessbar.h"
#include "ui/backup/restorewatch.h"
#include "ui/activity/waitschart.h"
#include "ui/activity/waitsfeed.h"
#include "ui/health/healthcard.h"
#include "ui/health/monitoringdialog.h"
#include "ui/metrics/healthstrip.h"
#include "ui/metrics/overviewview.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QShortcut>
#include <QTimer>
#include <QVBoxLayout>

#include <limits>

namespace howdah::ui
{

namespace
{

constexpr int healthPeriodMs = 10'000;
constexpr qint64 enoughPoints = 8; // for a line that can be seen

// In the strip beside the server's health; why stands in the tooltip and among the findings.
QString restoresWord(const backup::Proof &proof, qint64 nowMs)
{
    if (proof.failedAtMs)
        return QStringLiteral("Drill failed %1 ago").arg(backup::daysText(nowMs - *proof.failedAtMs));
    switch (proof.state) {
    case backup::Proof::State::Never: return QStringLiteral("Restore never proven");
    case backup::Proof::State::Proven: return QStringLiteral("Restore proven %1 ago").arg(backup::daysText(nowMs - *proof.provenMs));
    case backup::Proof::State::NotKnown: break;
    }
    return QStringLiteral("Proven restore: not known");
}

// A server that can't be brought back is not well. Where nobody asked for drills it is said in production alone: a playground has other troubles.
health::Report withRestores(health::Report report, const backup::Proof &proof, session::Environment environment)
{
    report.details.insert(QStringLiteral("restores"), QJsonObject{{QStringLiteral("drills"), proof.text}});
    const bool isFinding = proof.isWanted || proof.failedAtMs || (proof.state == backup::Proof::State::Never && environment == session::Environment::Production);
    if (!isFinding)
        return report;
    if (proof.light == backup::Light::Red) {
        report.errors.append(proof.text);
        report.verdict = health::Verdict::Critical;
    } else if (proof.light == backup::Light::Warning) {
        report.warnings.append(proof.text);
        if (report.verdict != health::Verdict::Critical)
            report.verdict = health::Verdict::Warning;
    }
    return report;
}

class OverviewPane : public Pane
{
public:
    OverviewPane(const PaneContext &context, QWidget *parent)
        : Pane(parent), m_context(context), m_source(context.profile.id + QStringLiteral("/overview")), m_view(new OverviewView(context.range, context.clock))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(m_view);
        addWaits();
        m_card = new HealthCard(m_context.endpoint, m_context.feed, m_context.clock);
        m_view->addFoot(m_card);
        connect(m_card, &HealthCard::settingsWanted, this, [this] {
            if (m_context.endpoint)
                (new MonitoringDialog(m_context, this))->open();
        });
        m_second.setInterval(1000);
        m_healthTimer.setInterval(healthPeriodMs);
        connect(&m_second, &QTimer::timeout, this, [this] { eachSecond(); });
        connect(&m_healthTimer, &QTimer::timeout, this, [this] { askHealth(); });
        connect(m_view, &OverviewView::historyWanted, this, [this] { readHistory(); });
        if (m_context.sampler) {
            connect(m_context.sampler, &metrics::Sampler::sampled, this, [this](const metrics::Point &point, const metrics::Sample &sample) {
                m_view->setAbsent(sample.absent);
                m_view->addPoint(point);
                m_lastPointMs = point.atMs;
                askKept();
                checkSettled();
            });
            connect(m_context.sampler, &metrics::Sampler::failed, this, [this](const Error &error) {
                m_view->addGap(error.text());
            });
            connect(m_context.sampler, &metrics::Sampler::notSaved, this, [this](const Error &error) {
                m_unsavedMs = m_lastPointMs;
                m_view->setNotKept(error.text());
            });
        }
        if (m_context.monitor)
            connect(m_context.monitor, &pg::Session::statusChanged, this, [this] { showLink(); });
        if (m_context.restores)
            connect(m_context.restores, &RestoreWatch::changed, this, [this] { showRestores(); });
        showRestores();
        readHistory();
    }

    void activated() override
    {
        m_second.start();
        m_healthTimer.start();
        eachSecond();
        askHealth();
        if (m_context.restores)
            m_context.restores->ask();
    }

    void deactivated() override
    {
        m_second.stop();
        m_healthTimer.stop();
    }

    void refresh() override
    {
        readHistory();
        askHealth();
        if (m_context.restores)
            m_context.restores->ask();
    }

    bool isSettled() const override { return m_historyRead && m_view->pointCount() >= enoughPoints; }

private:
    // Who waited for what, under the charts: an interval picked on any of them is looked at in the activity pane, and in that of the statements.
    void addWaits()
    {
        auto *feed = new WaitsFeed(m_context, this);
        m_waits = new WaitsChart(feed, m_view->queue());
        auto *who = new QPushButton(QStringLiteral("Who waits for what"));
        who->setObjectName(QStringLiteral("whoWaits"));
        who->setToolTip(QStringLiteral("By wait, statement and session, in the time range that is shown (Ctrl+Shift+W)"));
        setLook(who, "flat");
        auto *which = new QPushButton(QStringLiteral("Which statements"));
        which->setObjectName(QStringLiteral("whichStatements"));
        which->setToolTip(QStringLiteral("What statements cost in the time range that is shown (Ctrl+Shift+Q)"));
        setLook(which, "flat");
        m_waits->head()->addWidget(which);
        m_waits->head()->addWidget(who);
        m_view->addCard(m_waits, m_waits->chart(), [this](qint64 atMs) { return m_waits->valuesAt(atMs); });
        const auto leads = [this](QPushButton *button, Qt::Key key, const QString &pane, const QString &place) {
            auto *keys = new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | key), this);
            keys->setContext(Qt::WidgetWithChildrenShortcut);
            const auto go = [this, pane, place] {
                if (m_context.showPlace)
                    m_context.showPlace(pane, place);
            };
            connect(button, &QPushButton::clicked, this, go);
            connect(keys, &QShortcut::activated, this, go);
        };
        leads(who, Qt::Key_W, QStringLiteral("activity"), QStringLiteral("waits"));
        leads(which, Qt::Key_Q, QStringLiteral("statements"), {});
    }

    void eachSecond()
    {
        m_view->advance();
        m_waits->advance();
        m_card->advance();
        showLink();
    }

    void showLink()
    {
        if (!m_context.monitor)
            return;
        const pg::LinkStatus status = m_context.monitor->status();
        QString trouble;
        if (status.state != pg::LinkState::Connected) {
            trouble = pg::linkStateText(status.state);
            if (status.sinceMs > 0)
                trouble += QStringLiteral(" for ") + units::duration(qMax<qint64>(m_context.clock->wallMs() - status.sinceMs, 0) / 1000 * 1000);
            m_view->setHealthUnknown(trouble);
            emit attention(0, {});
        }
        m_view->setLinkTrouble(trouble);
    }

    void askHealth()
    {
        if (!m_context.monitor || m_healthAsked)
            return;
        m_healthAsked = true;
        const auto future = m_context.monitor->run(
            [](pg::Connection &connection, const CancelToken &cancel) { return health::readHealth(connection, true, cancel); });
        async::onFinished(future, this, [this](const Result<health::Report> &report) {
            m_healthAsked = false;
            if (report) {
                m_view->setReport(proof() ? withRestores(*report, *proof(), m_context.profile.environment) : *report);
            } else {
                m_view->setHealthUnknown(report.error().text());
            }
            const HealthWords words = m_view->health()->words();
            emit attention(words.attention, words.attention > 0 ? words.verdict : QString());
        });
    }

    const backup::Proof *proof() const { return m_context.restores && m_context.restores->proof() ? &*m_context.restores->proof() : nullptr; }

    void showRestores()
    {
        if (!proof())
            return;
        m_view->health()->setRestores(lookOf(proof()->light), restoresWord(*proof(), m_context.clock->wallMs()), proof()->text);
        if (m_healthTimer.isActive())
            askHealth(); // its findings have this one among them
    }

    void readHistory()
    {
        if (!m_context.store) {
            m_historyRead = true;
            m_view->setHistory({});
            return;
        }
        const OverviewView::Interval interval = m_view->interval();
        const quint64 number = ++m_reading; // a late answer for an older range is dropped
        const auto future = m_context.store->run([source = m_source, interval](store::Store &store) {
            return readOverviewHistory(store, source, interval.fromMs, interval.toMs);
        });
        async::onFinished(future, this, [this, number](const Result<OverviewHistory> &history) {
            if (number != m_reading)
                return;
            m_historyRead = true;
            if (history)
                m_view->setHistory(*history);
            else
                m_view->setHistoryError(history.error());
            checkSettled();
        });
    }

    // The sampler tries again with each point and says nothing of success: a point that was not saved is looked for in the store.
    void askKept()
    {
        if (m_unsavedMs == 0 || m_askingKept || !m_context.store)
            return;
        m_askingKept = true;
        const auto future = m_context.store->run([source = m_source, fromMs = m_unsavedMs](store::Store &store) {
            return store::readSamples(store, source, fromMs, std::numeric_limits<qint64>::max(), 1);
        });
        async::onFinished(future, this, [this, fromMs = m_unsavedMs](const Result<QVector<store::StoredSample>> &kept) {
            m_askingKept = false;
            if (!kept || kept->isEmpty() || fromMs != m_unsavedMs)
                return;
            m_unsavedMs = 0;
            m_view->setNotKept({});
        });
    }

    void checkSettled()
    {
        if (m_toldSettled || !isSettled())
            return;
        m_toldSettled = true;
        emit settled();
    }

    PaneContext m_context;
    QString m_source;
    OverviewView *m_view;
    WaitsChart *m_waits = nullptr;
    HealthCard *m_card = nullptr;
    QTimer m_second;
    QTimer m_healthTimer;
    qint64 m_lastPointMs = 0;
    qint64 m_unsavedMs = 0; // the last point when the store took none; 0: it takes them
    quint64 m_reading = 0;
    bool m_historyRead = false;
    bool m_healthAsked = false;
    bool m_askingKept = false;
    bool m_toldSettled = false;
};

} // namespace

Pane *makeOverviewPane(const PaneContext &context, QWidget *parent)
{
    return new OverviewPane(context, parent);
}

} // namespace howdah::ui
