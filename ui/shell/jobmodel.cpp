// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/jobmodel.h"

namespace howdah::ui
{

JobModel::JobModel(store::StoreWorker *store, QObject *parent) : QObject(parent), m_store(store) {}

session::Job *JobModel::show(const session::JobSpec &spec)
{
    auto *job = new session::Job(spec, this);
    m_running.append(job);
    connect(job, &session::Job::progressed, this, [this, job] { emit progressed(job); });
    connect(job, &session::Job::finished, this, [this, job] {
        m_running.removeOne(job);
        m_results.prepend(job);
        while (m_results.size() > keptResults)
            m_results.takeLast()->deleteLater();
        emit changed();
        emit ended(job);
    });
    return job;
}

session::Job *JobModel::start(const session::JobSpec &spec, Worker &worker, session::Job::Service service)
{
    session::Job *job = show(spec);
    job->start(worker, m_store, std::move(service));
    emit changed();
    return job;
}

session::Job *JobModel::start(const session::JobSpec &spec, session::Job::Task task)
{
    session::Job *job = show(spec);
    job->start(m_store, std::move(task));
    emit changed();
    return job;
}

void JobModel::cancelAll()
{
    const QVector<session::Job *> jobs = m_running;
    for (session::Job *job : jobs)
        job->cancel();
}

} // namespace howdah::ui
