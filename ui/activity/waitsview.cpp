// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/waitsview.h"

#include "ui/activity/rows.h"
#include "ui/activity/waitschart.h"
#include "ui/activity/waitsfeed.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostStatements = 5000;

}

WaitsView::WaitsView(WaitsFeed *feed, QWidget *parent)
    : QWidget(parent), m_feed(feed), m_chart(new WaitsChart(feed, &m_queue)), m_model(new KeyedModel(waitColumns(), this)),
      m_view(new KeyedView(m_model, u"Waits of the interval"_s)), m_words(new PlainLabel)
{
    m_view->setObjectName(u"waits"_s);
    auto *below = new QWidget;
    auto *belowColumn = new QVBoxLayout(below);
    belowColumn->setContentsMargins(0, 0, 0, 0);
    belowColumn->setSpacing(space::part);
    belowColumn->addWidget(m_words);
    belowColumn->addWidget(m_view, 1);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->addWidget(m_chart);
    split->addWidget(below);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &WaitsView::average);
    m_slice.setSingleShot(true);
    m_slice.setInterval(0);
    connect(&m_slice, &QTimer::timeout, this, &WaitsView::averageOn);
    connect(m_feed, &WaitsFeed::reset, this, [this] { // other samples: what was begun is of no use
        m_slice.stop();
        m_averaging.reset();
        average();
    });
}

void WaitsView::setShown(bool shown)
{
    if (!shown)
        return m_second.stop();
    m_second.start();
    average();
}

void WaitsView::learn(const activity::Sessions &sessions)
{
    if (m_statements.size() > mostStatements)
        m_statements.clear(); // seen again soon, if it matters
    for (const activity::Backend &backend : sessions.backends) {
        if (!backend.queryId.isEmpty() && !backend.query.isEmpty())
            m_statements.insert(backend.queryId, backend.query);
    }
}

void WaitsView::average()
{
    if (!isVisible() || m_averaging)
        return;
    const TimeRange::Interval now = m_feed->interval();
    m_averaging.emplace(now.fromMs, now.toMs);
    m_averagedMs = std::numeric_limits<qint64>::min();
    averageOn();
}

// What goes from the front meanwhile is older than the interval, so that the place is known by its time.
void WaitsView::averageOn()
{
    constexpr qsizetype slice = 2000;
    const QVector<activity::WaitSample> &samples = m_feed->samples();
    const auto next = std::upper_bound(samples.cbegin(), samples.cend(), m_averagedMs, [](qint64 atMs, const activity::WaitSample &one) { return atMs < one.atMs; });
    const qsizetype from = next - samples.cbegin(), to = std::min(from + slice, samples.size());
    m_averaging->add(samples, from, to);
    if (to < samples.size()) {
        m_averagedMs = samples.at(to - 1).atMs;
        return m_slice.start();
    }
    const activity::WaitAverages averages = m_averaging->averages();
    m_averaging.reset();
    showAverages(averages);
}

void WaitsView::showAverages(const activity::WaitAverages &averages)
{
    m_model->setRows(waitRows(averages, m_statements));
    if (averages.samples == 0)
        m_words->setText(m_feed->error() ? u"What was sampled could not be read: "_s + m_feed->error()->text() : u"Nothing was sampled in this interval"_s);
    else
        m_words->setText(u"%1 average active sessions over %2 samples%3"_s.arg(averages.total(), 0, 'f', 2).arg(averages.samples).arg(
            m_feed->samples().isEmpty() || m_feed->samples().constLast().mayReadAll ? QString() : u", only of this role's sessions: GRANT pg_monitor to it shows all"_s));
}

} // namespace howdah::ui
