// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/jobstrip.h"

#include "ui/shell/jobmodel.h"
#include "ui/shell/jobrow.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace howdah::ui
{

JobStrip::JobStrip(JobModel *model, QWidget *parent)
    : QWidget(parent), m_model(model), m_toggle(new QToolButton(this)), m_head(new JobRow(this)), m_count(new PlainLabel({}, this, "muted")),
      m_list(new QWidget(this)), m_listColumn(new QVBoxLayout(m_list))
{
    setAccessibleName(QStringLiteral("Jobs"));
    setLook(m_toggle, "flat");
    m_toggle->setCheckable(true);
    m_toggle->setIconSize({16, 16});
    m_toggle->setAccessibleName(QStringLiteral("Show the last ten results"));
    m_toggle->setToolTip(QStringLiteral("The last ten results"));

    auto *line = new QHBoxLayout;
    line->setContentsMargins(space::part, space::inside, space::group, space::inside);
    line->setSpacing(space::part);
    line->addWidget(m_toggle);
    line->addWidget(m_head, 1);
    line->addWidget(m_count);
    m_listColumn->setContentsMargins(space::edge + space::group, space::part, space::group, space::inside);
    m_listColumn->setSpacing(space::inside);
    m_list->hide();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 1, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_list);
    column->addLayout(line);

    m_tick.setInterval(500);
    connect(&m_tick, &QTimer::timeout, m_head, &JobRow::refresh);
    connect(m_toggle, &QToolButton::toggled, this, &JobStrip::setExpanded);
    connect(model, &JobModel::changed, this, &JobStrip::rebuild);
    connect(model, &JobModel::progressed, m_head, &JobRow::refresh);
    rebuild();
}

bool JobStrip::isExpanded() const
{
    return m_toggle->isChecked();
}

void JobStrip::setExpanded(bool expanded)
{
    m_toggle->setChecked(expanded);
    rebuild();
    emit expandedChanged(expanded);
}

session::Job *JobStrip::headJob() const
{
    if (!m_model->running().isEmpty())
        return m_model->running().constLast();
    return m_model->results().isEmpty() ? nullptr : m_model->results().constFirst();
}

void JobStrip::rebuild()
{
    const QVector<session::Job *> running = m_model->running();
    m_head->setJob(headJob());
    m_count->setText(running.size() > 1 ? QStringLiteral("%1 running").arg(running.size()) : QString());
    m_count->setVisible(running.size() > 1);
    running.isEmpty() ? m_tick.stop() : m_tick.start();

    QVector<session::Job *> listed;
    if (isExpanded()) {
        listed = running + m_model->results();
        listed.removeOne(headJob());
    }
    while (m_rows.size() > listed.size())
        delete m_rows.takeLast();
    while (m_rows.size() < listed.size()) {
        m_rows.append(new JobRow(m_list));
        connect(m_model, &JobModel::progressed, m_rows.constLast(), &JobRow::refresh);
        m_listColumn->addWidget(m_rows.constLast());
    }
    for (qsizetype i = 0; i < listed.size(); ++i)
        m_rows.at(i)->setJob(listed.at(i));
    m_list->setVisible(!listed.isEmpty());
    // Kept in its place, so that the line does not jump when the first job starts.
    m_toggle->setEnabled(running.size() + m_model->results().size() > 1 || isExpanded());
    m_toggle->setIcon(m_toggle->isEnabled() ? icon(isExpanded() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-up")) : QIcon());
}

void JobStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colors().surface);
    painter.fillRect(0, 0, width(), 1, colors().border);
}

} // namespace howdah::ui
