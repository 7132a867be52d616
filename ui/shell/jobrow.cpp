// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/jobrow.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

namespace howdah::ui
{

namespace
{

QString figures(const ProgressStep &step)
{
    if (step.total <= 0)
        return {};
    if (step.unit == QLatin1StringView("B"))
        return units::bytes(double(step.done)) + QStringLiteral(" of ") + units::bytes(double(step.total));
    const QString of = QStringLiteral("%1 of %2").arg(step.done).arg(step.total);
    return step.unit.isEmpty() ? of : of + QLatin1Char(' ') + step.unit;
}

QString stepText(const ProgressStep &step)
{
    QStringList parts{step.step, figures(step), step.note};
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

} // namespace

JobRow::JobRow(QWidget *parent)
    : QWidget(parent), m_state(new StateWord(this)), m_title(new PlainLabel({}, this)), m_text(new ElidedLabel({}, this, "muted")),
      m_bar(new QProgressBar(this)), m_time(new PlainLabel({}, this, "muted")), m_button(new QPushButton(this))
{
    m_bar->setFixedWidth(120);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(QStringLiteral("Progress"));
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_time->setFont(figureFont(12));
    setLook(m_button, "flat");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::part);
    row->addWidget(m_state);
    row->addWidget(m_title);
    row->addWidget(m_text, 1);
    row->addWidget(m_bar);
    row->addWidget(m_time);
    row->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (!m_job)
            return;
        if (m_job->state() == session::Job::State::Running) {
            m_button->setEnabled(false);
            m_job->cancel();
        } else {
            const bool done = m_job->state() == session::Job::State::Done;
            QGuiApplication::clipboard()->setText(m_job->spec().title + QStringLiteral(": ")
                                                  + (done ? m_job->resultText() : m_job->error().text()));
        }
    });
    setJob(nullptr);
}

void JobRow::setJob(session::Job *job)
{
    if (m_job != job)
        m_button->setEnabled(true);
    m_job = job;
    for (QWidget *part : std::initializer_list<QWidget *>{m_state, m_title, m_bar, m_time, m_button})
        part->setVisible(job != nullptr);
    if (!job) {
        m_text->setText(QStringLiteral("No exports, changes or backups yet"));
        return;
    }
    m_title->setText(job->spec().title);
    refresh();
}

void JobRow::refresh()
{
    if (!m_job)
        return;
    using State = session::Job::State;
    const State state = m_job->state();
    const bool running = state == State::Running;
    m_bar->setVisible(running);
    m_button->setVisible(!running || m_job->spec().canBeCancelled);
    if (!running)
        m_button->setEnabled(true); // Cancel may have been pressed; this is Copy now
    const QString verb = running ? QStringLiteral("Cancel") : QStringLiteral("Copy");
    m_button->setText(verb);
    m_button->setAccessibleName(verb + QStringLiteral(": ") + m_job->spec().title);
    const qint64 end = running ? QDateTime::currentMSecsSinceEpoch() : m_job->endedMs();
    // Whole seconds while it runs: tenths that race along draw the eye for nothing.
    const qint64 elapsed = qMax<qint64>(0, end - m_job->startedMs());
    m_time->setText(units::duration(running ? elapsed / 1000 * 1000 : elapsed));
    m_state->setToolTip(tooltipText(running && !m_job->spec().canBeCancelled ? QStringLiteral("It can't be given up midway") : QString()));
    m_time->setToolTip(tooltipText(QDateTime::fromMSecsSinceEpoch(m_job->startedMs()).toString(Qt::ISODate)));
    switch (state) {
    case State::Running: {
        const ProgressStep step = m_job->progress();
        m_state->setState(StateLook::Busy, m_button->isEnabled() ? QStringLiteral("running") : QStringLiteral("cancelling"));
        m_text->setText(stepText(step));
        m_bar->setRange(0, step.total > 0 ? 1000 : 0);
        if (step.total > 0)
            m_bar->setValue(int(1000.0 * double(step.done) / double(step.total)));
        break;
    }
    case State::Done:
        m_state->setState(StateLook::Ok, QStringLiteral("done"));
        m_text->setText(m_job->resultText());
        break;
    case State::Cancelled:
        m_state->setState(StateLook::Unknown, QStringLiteral("cancelled"));
        m_text->setText(m_job->error().message);
        break;
    case State::Failed:
        m_state->setState(StateLook::Critical, QStringLiteral("failed"));
        m_text->setText(m_job->error().text());
        break;
    }
}

} // namespace howdah::ui
