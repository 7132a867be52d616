// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/progressview.h"

#include "ui/activity/rows.h"
#include "ui/widgets/emptystate.h"
#include "ui/widgets/keyedview.h"

#include <QStackedLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 rateOverMs = 5000;

}

ProgressView::ProgressView(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(taskColumns(), this)), m_view(new KeyedView(m_model, u"Work that reports its progress"_s)), m_pages(new QStackedLayout(this))
{
    m_view->setObjectName(u"progress"_s);
    m_pages->addWidget(new EmptyState(u"Nothing that reports its progress runs. VACUUM, ANALYZE, CREATE INDEX, CLUSTER, COPY and base backups stand here while they do."_s, {}, {}));
    m_pages->addWidget(m_view);
}

void ProgressView::show(const activity::Tasks &tasks)
{
    m_pages->setCurrentIndex(tasks.tasks.isEmpty() ? 0 : 1);
    m_model->setRows(taskRows(m_before.atMs ? m_before : m_last, tasks));
    if (m_before.atMs == 0 || tasks.atMs - m_before.atMs >= rateOverMs)
        m_before = m_last.atMs ? m_last : tasks;
    m_last = tasks;
}

} // namespace howdah::ui
