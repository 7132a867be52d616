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
    connect(m_feed, &WaitsFeed::reset, this, &WaitsView::average);
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
    if (!isVisible())
        return;
    const TimeRange::Interval now = m_feed->interval();
    const activity::WaitAverages averages = activity::averagesOf(m_feed->samples(), now.fromMs, now.toMs);
    m_model->setRows(waitRows(averages, m_statements));
    if (averages.samples == 0)
        m_words->setText(u"Nothing was sampled in this interval"_s);
    else
        m_words->setText(u"%1 average active sessions over %2 samples%3"_s.arg(averages.total(), 0, 'f', 2).arg(averages.samples).arg(
            m_feed->samples().constLast().mayReadAll ? QString() : u", only of this role's sessions: GRANT pg_monitor to it shows all"_s));
}

} // namespace howdah::ui
