// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/job.h"

#include "session/changeplan.h"
#include "store/journal.h"

#include <QTimer>

#include <mutex>

namespace howdah::session
{

namespace
{
// Where the worker leaves its last step and the job finds it: no signal crosses, so a step a millisecond costs the window nothing.
struct Board {
    std::mutex mutex;
    ProgressStep step;
    bool fresh = false;
};

constexpr int pollMs = 50; // 20 a second
} // namespace

Job::Job(JobSpec spec, QObject *parent) : QObject(parent), m_spec(std::move(spec)) {}

Job::~Job()
{
    // Nobody is left to see it end; its journal line stays open, as after a crash.
    if (m_state == State::Running)
        m_cancel.cancel();
}

void Job::start(Worker &worker, store::StoreWorker *store, Service service)
{
    // By its queue: the worker may go before the journal's line is written.
    start(store, [queue = worker.queue(), service = std::move(service)](const Progress &progress, const CancelToken &cancel) {
        const auto promise = std::make_shared<QPromise<Result<QString>>>();
        promise->start();
        queue([promise, service, progress, cancel] {
            promise->addResult(service(progress, cancel));
            promise->finish();
        });
        return promise->future();
    });
}

void Job::start(store::StoreWorker *store, Task task)
{
    m_startedMs = QDateTime::currentMSecsSinceEpoch();
    m_store = store;

    const auto board = std::make_shared<Board>();
    auto *poll = new QTimer(this);
    const auto look = [this, board] {
        {
            const std::lock_guard lock(board->mutex);
            if (!std::exchange(board->fresh, false))
                return;
            m_progress = board->step;
        }
        emit progressed(m_progress);
    };
    connect(poll, &QTimer::timeout, this, look);

    const auto run = [this, board, poll, look, task = std::move(task)] {
        if (m_cancel.isCancelled())
            return end(fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled before it started")));
        poll->start(pollMs);
        const auto future = task(
            [board](const ProgressStep &step) {
                const std::lock_guard lock(board->mutex);
                board->step = step;
                board->fresh = true;
            },
            m_spec.canBeCancelled ? m_cancel : CancelToken());
        async::onFinished(future, this, [this, poll, look](const Result<QString> &result) {
            poll->stop();
            look();
            end(result);
        });
    };

    if (!store) {
        // Not from within start(): finished() may be connected after it.
        QMetaObject::invokeMethod(this, run, Qt::QueuedConnection);
        return;
    }
    store::JournalEntry entry;
    entry.startedMs = m_startedMs;
    entry.target = m_spec.target;
    entry.action = m_spec.title;
    entry.commands = masked(m_spec.commands);
    entry.undo = masked(m_spec.undo);
    async::onFinished(store->run([entry](store::Store &open) { return store::beginJournalEntry(open, entry); }), this,
                      [this, run](Result<qint64> id) {
                          // What is not in the journal is not done.
                          if (!id)
                              return end(fail(std::move(id.error()).during(QStringLiteral("write the journal"))));
                          m_journalId = *id;
                          run();
                      });
}

void Job::cancel()
{
    m_cancel.cancel();
}

void Job::end(const Result<QString> &result)
{
    m_endedMs = QDateTime::currentMSecsSinceEpoch();
    QString outcome = QStringLiteral("done");
    if (result) {
        m_state = State::Done;
        m_resultText = *result;
    } else {
        m_error = result.error();
        const bool cancelled = m_error.kind == ErrorKind::Cancelled;
        m_state = cancelled ? State::Cancelled : State::Failed;
        const bool unknown = m_error.reason == QLatin1StringView("not_confirmed") || m_error.reason == QLatin1StringView("outcome_unknown"); // it was asked for; whether it happened is not known
        outcome = unknown ? QStringLiteral("unknown") : cancelled ? QStringLiteral("cancelled") : QStringLiteral("failed");
    }
    if (m_store && m_journalId > 0) {
        const QString message = masked(result ? m_resultText : m_error.text());
        m_store->run([id = m_journalId, outcome, message](store::Store &open) { return store::endJournalEntry(open, id, outcome, message); });
    }
    emit finished();
}

} // namespace howdah::session
