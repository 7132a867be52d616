// SPDX-License-Identifier: GPL-3.0-or-later
// A user's message: all its results to a sink. Whoever reads them may take its time, and be woken by a cancel.
#include "pg/linkcore.h"

#include <algorithm>

namespace howdah::pg
{

Connection::Core::ReadersTurn::ReadersTurn(Core &core, RowSink *reader, ResultSink *results) : m_core(core)
{
    core.awaiting = false;
    {
        const std::lock_guard lock(core.m_readerMutex);
        core.m_reader = reader;
        core.m_results = results;
    }
    // Whoever asked before found no reader to wake.
    if (core.abandoned.isCancelled() || core.canceller->state().asked)
        core.wakeReader();
}

Connection::Core::ReadersTurn::~ReadersTurn()
{
    const std::lock_guard lock(m_core.m_readerMutex);
    m_core.m_reader = nullptr;
    m_core.m_results = nullptr;
    m_core.m_heldUntil = Deadline::Clock::now();
    m_core.heard();
    m_core.awaiting = true;
}

void Connection::Core::wakeReader()
{
    const std::lock_guard lock(m_readerMutex);
    if (m_reader)
        m_reader->stop();
    if (m_results)
        m_results->stop();
}

Done Connection::Core::execute(const Statement &statement, const Params &params, ResultSink &sink, const ExecuteOptions &options, const CancelToken &cancel)
{
    const auto given = sentParams(statement, params);
    if (!given)
        return fail(given.error());
    if (options.several && !params.empty())
        return fail(ErrorKind::Client, QStringLiteral("parameters_of_several"), QStringLiteral("Several statements in one message take no parameters"));

    Trip trip{cancel, options.timeoutMs > 0 ? Deadline::in(options.timeoutMs) : Deadline::never(), whatOf(statement), options.timeoutMs};
    Harvest harvest;
    harvest.results = &sink;
    harvest.chunkRows = std::max(1, options.chunkRows);
    auto done = this->trip(trip, harvest, [&] {
        noticeSink = &sink;
        noticeBudget = {};
        PGconn *link = connection.get();
        const char *text = statement.text.constData();
        const int sent = options.several
            ? ::PQsendQuery(link, text)
            : ::PQsendQueryParams(link, text, int(params.size()), given->types.data(), given->values.data(), nullptr, nullptr, 0);
        // Row by row on every libpq: a chunk would hold a slow statement's rows back until it is full, and lose them where an error follows.
        if (sent == 1)
            ::PQsetSingleRowMode(link);
        return sent == 1;
    });
    if (std::exchange(noticeSink, nullptr) && noticeBudget.suppressed() > 0)
        sink.notice(suppressedNotice(noticeBudget.suppressed()));
    if (!done)
        return fail(std::move(done.error()));
    return {};
}

} // namespace howdah::pg
