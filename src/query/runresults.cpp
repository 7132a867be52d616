// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/runresults.h"

namespace howdah::query
{

void Runner::Results::heard()
{
    if (m_first < 0)
        m_first = m_clock.elapsed();
    if (!m_pendingTag.isEmpty())
        m_output.tagged(m_index, std::exchange(m_pendingTag, {}));
}

pg::RowSink *Runner::Results::rows(const std::vector<pg::Column> &columns)
{
    heard();
    m_open = true;
    if (m_keep)
        return this;
    return m_output.resultBegins(m_index, columns);
}

void Runner::Results::completed(const QByteArray &commandTag)
{
    heard();
    m_tag = commandTag;
    m_shown = m_open || std::exchange(m_copiedOut, false);
    if (!std::exchange(m_open, false))
        m_pendingTag = commandTag;
    else if (!m_keep)
        m_output.resultEnds(m_index, commandTag);
}

void Runner::Results::notice(const pg::Notice &notice)
{
    m_output.notice(m_index, notice);
}

Result<QByteArray> Runner::Results::copyIn()
{
    heard();
    if (!m_copyIn)
        return fail(ErrorKind::Client, QStringLiteral("no_copy_data"), QStringLiteral("COPY … FROM STDIN: no data follow in the script"));
    return m_copyIn();
}

bool Runner::Results::copyOut(QByteArrayView bytes)
{
    heard();
    m_copiedOut = !m_copyOut;
    if (bytes.isEmpty())
        return true;
    return m_copyOut ? m_copyOut(bytes) : m_output.copyOut(m_index, bytes);
}

// \gset wants one row and \gexec statements: a result that is neither is not held to its end.
bool Runner::Results::push(const pg::Rows &chunk)
{
    constexpr qint64 mostRows = 1'000'000;
    m_kept.push_back(chunk);
    m_keptRows += chunk.size();
    return m_keptRows <= mostRows;
}

Timing Runner::Results::timing() const
{
    const qint64 all = m_clock.elapsed();
    const qint64 server = m_first < 0 ? all : m_first;
    return {server, all - server, m_clock.nsecsElapsed() / 1000};
}

} // namespace howdah::query
