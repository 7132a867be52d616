// SPDX-License-Identifier: GPL-3.0-or-later
// Running jobs and the last ten results: what the strip of jobs shows. Owns its jobs. Window's thread.
#pragma once

#include "session/job.h"

#include <QObject>
#include <QVector>

namespace howdah::ui
{

class JobModel : public QObject
{
    Q_OBJECT
public:
    static constexpr int keptResults = 10;

    // store: for the jobs' journal entries; may be null (tests).
    explicit JobModel(store::StoreWorker *store, QObject *parent = nullptr);

    // Makes a job, shows it and starts it on `worker`. The job stays valid until it has left the last ten results.
    session::Job *start(const session::JobSpec &spec, Worker &worker, session::Job::Service service);
    session::Job *start(const session::JobSpec &spec, session::Job::Task task); // that has a thread of its own

    QVector<session::Job *> running() const { return m_running; } // oldest first
    QVector<session::Job *> results() const { return m_results; } // newest first
    void cancelAll();

signals:
    void changed();    // a job began or ended
    void progressed(howdah::session::Job *job);
    void ended(howdah::session::Job *job);

private:
    session::Job *show(const session::JobSpec &spec);

    store::StoreWorker *m_store;
    QVector<session::Job *> m_running;
    QVector<session::Job *> m_results;
};

} // namespace howdah::ui
