// SPDX-License-Identifier: GPL-3.0-or-later
// A long task as it is seen: a service with a progress sink, a cancel token and an entry in the journal. The activity strip and
// howdahctl's progress line are two views of it. Lives on the thread that made it (the window's); the service runs on the worker.
#pragma once

#include "base/async.h"
#include "base/canceltoken.h"
#include "base/progress.h"
#include "base/worker.h"
#include "store/storeworker.h"

#include <QObject>

#include <functional>

namespace howdah::session
{

struct JobSpec {
    QString title;    // "Start the stack howdah"
    QString target;   // "stack howdah"
    QString commands; // what will run, for the journal
    QString undo;
    bool canBeCancelled = true; // false: midway it would leave things worse; no Cancel is offered, and once it runs none reaches it
};

class Job : public QObject
{
    Q_OBJECT
public:
    enum class State { Running, Done, Failed, Cancelled };
    using Service = std::function<Result<QString>(const Progress &, const CancelToken &)>; // the text: what it did, with figures
    // The same where the work has a thread of its own, as a link has: called on the job's thread, once the journal has its entry.
    using Task = std::function<QFuture<Result<QString>>(const Progress &, const CancelToken &)>;

    explicit Job(JobSpec spec, QObject *parent = nullptr);
    ~Job() override; // cancels what runs, does not wait
    // Starts on `worker`; the journal entry is written first, and without it nothing is done (store may be null: no journal, tests only).
    // Both outlive the job. Once.
    void start(Worker &worker, store::StoreWorker *store, Service service);
    void start(store::StoreWorker *store, Task task);
    void cancel();

    const JobSpec &spec() const { return m_spec; }
    State state() const { return m_state; }
    ProgressStep progress() const { return m_progress; }
    QString resultText() const { return m_resultText; }  // Done
    const Error &error() const { return m_error; }       // Failed, Cancelled
    qint64 startedMs() const { return m_startedMs; }     // Unix time
    qint64 endedMs() const { return m_endedMs; }         // 0 while it runs

signals:
    void progressed(const howdah::ProgressStep &step); // at most 20 a second
    void finished();

private:
    void end(const Result<QString> &result);

    JobSpec m_spec;
    State m_state = State::Running;
    ProgressStep m_progress;
    QString m_resultText;
    Error m_error;
    CancelToken m_cancel;
    qint64 m_startedMs = 0;
    qint64 m_endedMs = 0;
    qint64 m_journalId = 0;
    store::StoreWorker *m_store = nullptr;
};

} // namespace howdah::session
