// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/runoutput.h"

#include <chrono>

namespace howdah::ui
{

namespace
{

constexpr size_t mostWaiting = 4096;
constexpr qsizetype mostCopied = qsizetype(64) << 20;
constexpr int firstLookMs = 50;
constexpr int mostResults = 50; // tabs of one run; further rows are read and dropped, which is said

qint64 now()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

RunOutput::RunOutput(query::ResultBudget budget, CancelToken cancel, std::function<void()> wake)
    : m_budget(budget), m_cancel(std::move(cancel)), m_wake(std::move(wake))
{
}

std::vector<RunEvent> RunOutput::take()
{
    std::vector<RunEvent> taken;
    {
        const std::lock_guard lock(m_mutex);
        taken.swap(m_events);
    }
    m_taken.notify_all();
    return taken;
}

void RunOutput::leave()
{
    std::shared_ptr<query::ResultStore> store;
    {
        const std::lock_guard lock(m_mutex);
        m_wake = nullptr;
        m_events.clear();
        store = m_store;
    }
    m_taken.notify_all();
    if (store)
        store->stop();
}

void RunOutput::endAfterThisStatement()
{
    m_endsAfter = true;
    // The link may stand in a push that waits for a reader's credit, and would not hear the server's answer.
    std::shared_ptr<query::ResultStore> store;
    {
        const std::lock_guard lock(m_mutex);
        store = m_store;
    }
    if (store)
        store->stop();
}

void RunOutput::put(RunEvent event)
{
    event.atMs = now();
    std::unique_lock lock(m_mutex);
    m_taken.wait(lock, [this] { return m_events.size() < mostWaiting || !m_wake; });
    if (!m_wake)
        return;
    m_events.push_back(std::move(event));
    if (m_events.size() == 1)
        m_wake();
}

void RunOutput::statementBegins(int index, const query::Piece &)
{
    RunEvent event{};
    event.kind = RunEvent::Kind::StatementBegins;
    event.index = index;
    put(std::move(event));
}

pg::RowSink *RunOutput::resultBegins(int index, const std::vector<pg::Column> &columns)
{
    if (++m_results > mostResults)
        return nullptr;
    query::ResultBudget budget = m_budget;
    if (m_results == 1) // a later one is behind its tab
        budget.firstLookMs = firstLookMs;
    auto store = std::make_shared<query::ResultStore>(columns, budget);
    {
        const std::lock_guard lock(m_mutex);
        m_store = store;
    }
    RunEvent event{};
    event.kind = RunEvent::Kind::ResultBegins;
    event.index = index;
    event.store = store;
    put(std::move(event));
    return store.get();
}

void RunOutput::resultEnds(int index, const QByteArray &tag)
{
    RunEvent event{};
    event.kind = RunEvent::Kind::ResultEnds;
    event.index = index;
    event.bytes = tag;
    if (m_store) {
        m_store->finish();
        event.store = m_store;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_store.reset();
    }
    if (!event.store && m_results > mostResults)
        event.text = QStringLiteral("rows read and not shown: a run has at most %1 results on screen").arg(mostResults);
    put(std::move(event));
}

void RunOutput::notice(int index, const pg::Notice &notice)
{
    RunEvent event{};
    event.kind = RunEvent::Kind::Notice;
    event.index = index;
    event.notice = notice;
    put(std::move(event));
}

bool RunOutput::copyOut(int, QByteArrayView bytes)
{
    if (m_copied.size() + bytes.size() > mostCopied) {
        m_copyCut = true;
        return false;
    }
    m_copied.append(bytes);
    return !m_cancel.isCancelled();
}

void RunOutput::statementEnds(int index, const query::StatementEnd &end)
{
    // A result that was cut off by an error has no end of its own.
    std::shared_ptr<query::ResultStore> cut;
    {
        const std::lock_guard lock(m_mutex);
        cut.swap(m_store);
    }
    if (cut) {
        Error error;
        error.kind = ErrorKind::Client;
        error.reason = QStringLiteral("incomplete");
        error.message = QStringLiteral("The statement ended before all rows had come");
        cut->finish(end.error ? *end.error : error);
        RunEvent event{};
        event.kind = RunEvent::Kind::ResultEnds;
        event.index = index;
        event.store = cut;
        put(std::move(event));
    }
    if (!m_copied.isEmpty() || m_copyCut) {
        RunEvent event{};
        event.kind = RunEvent::Kind::CopyOut;
        event.index = index;
        event.bytes = std::exchange(m_copied, {});
        event.cut = std::exchange(m_copyCut, false) || end.error.has_value();
        put(std::move(event));
    }
    if (m_endsAfter)
        m_cancel.cancel();
    RunEvent event{};
    event.kind = RunEvent::Kind::StatementEnds;
    event.index = index;
    event.end = end;
    put(std::move(event));
}

void RunOutput::message(int index, const QString &text)
{
    RunEvent event{};
    event.kind = RunEvent::Kind::Message;
    event.index = index;
    event.text = text;
    put(std::move(event));
}

void RunOutput::piecesChanged(const std::vector<query::Piece> &pieces)
{
    RunEvent event{};
    event.kind = RunEvent::Kind::PiecesChanged;
    event.pieces = pieces;
    put(std::move(event));
}

} // namespace howdah::ui
