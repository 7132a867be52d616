// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupflow.h"

#include "base/async.h"
#include "ui/backup/standseams.h"
#include "ui/session/changeplandialog.h"
#include "ui/shell/jobmodel.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

BackupFlow::BackupFlow(const PaneContext &context, QWidget *window) : QObject(window), m_context(context), m_window(window), m_worker(u"backup plans"_s)
{
    m_choice.profile = context.profile;
}

BackupFlow::~BackupFlow()
{
    m_cancel.cancel();
}

void BackupFlow::setChoice(const backup::StandChoice &choice)
{
    m_choice = choice;
}

BackupWork BackupFlow::work() const
{
    BackupWork work;
    work.choice = m_choice;
    work.seams = makeStandSeams(m_context, m_cancel);
    if (m_context.tools)
        work.tools = m_context.tools->queue();
    work.clock = m_context.clock;
    return work;
}

QString BackupFlow::target() const
{
    return u"backups of %1"_s.arg(m_choice.profile.name);
}

bool BackupFlow::isBusy() const
{
    return isPlanning() || (m_job && m_job->state() == session::Job::State::Running);
}

QString BackupFlow::busyWith() const
{
    if (isPlanning())
        return m_planning + u" is being planned"_s;
    return isBusy() ? m_job->spec().title : QString();
}

void BackupFlow::begin(const QString &title, Plan plan)
{
    if (isBusy() || !m_context.jobs || !m_context.tools)
        return;
    m_planning = title;
    m_cancel = CancelToken();
    emit changed();
    const auto service = [plan = std::move(plan), work = work(), cancel = m_cancel] { return plan(work, {}, cancel); };
    async::onFinished(m_worker.run(service), this, [this, title](const Result<PlannedWork> &planned) {
        m_planning.clear();
        emit changed();
        if (!planned) {
            if (planned.error().kind != ErrorKind::Cancelled)
                emit refused(title + u" can't be begun"_s, planned.error());
            return;
        }
        if (!planned->change)
            return run(*planned);
        askChange(m_window, *planned->change, this, [this, planned = *planned](bool accepted) {
            if (accepted && !isBusy())
                run(planned);
        });
    });
}

void BackupFlow::run(const PlannedWork &planned)
{
    if (isBusy() || !m_context.jobs || !m_context.tools)
        return;
    session::JobSpec spec;
    spec.title = planned.title;
    spec.target = target();
    spec.commands = planned.change ? session::planAsSql(*planned.change) : planned.command;
    spec.undo = planned.change ? planned.change->undo : QString();
    m_job = m_context.jobs->start(spec, *m_context.tools, planned.service);
    connect(m_job, &session::Job::finished, this, [this, job = m_job] {
        emit changed();
        if (job)
            emit ended(job);
    });
    emit changed();
}

void BackupFlow::giveUp()
{
    if (isPlanning())
        m_cancel.cancel();
    else if (isBusy())
        m_job->cancel();
}

} // namespace howdah::ui
