// SPDX-License-Identifier: GPL-3.0-or-later
// Takes what the connection gives of one message and hands it to whoever shows it, or keeps it for \gset. Internal to src/query.
#pragma once

#include "query/runner.h"

#include <QElapsedTimer>

namespace howdah::query
{

class Runner::Results : public pg::ResultSink, public pg::RowSink
{
public:
    using CopyIn = std::function<Result<QByteArray>()>;
    using CopyOut = std::function<bool(QByteArrayView)>;

    Results(Output &output, int index) : m_output(output), m_index(index) { m_clock.start(); }
    void keepRows() { m_keep = true; }
    void failed() { heard(); } // what ended before the error is told, as psql does
    void copyFrom(CopyIn source) { m_copyIn = std::move(source); }
    void copyTo(CopyOut target) { m_copyOut = std::move(target); }

    pg::RowSink *rows(const std::vector<pg::Column> &columns) override;
    void completed(const QByteArray &commandTag) override;
    void notice(const pg::Notice &notice) override;
    Result<QByteArray> copyIn() override;
    bool copyOut(QByteArrayView bytes) override;
    bool push(const pg::Rows &chunk) override; // of kept rows

    Timing timing() const; // until now
    const QByteArray &tag() const { return m_tag; }
    const std::vector<pg::Rows> &kept() const { return m_kept; }
    bool rowsOpen() const { return m_open; }
    bool shown() const { return m_shown; } // see StatementEnd
    bool anything() const { return m_first >= 0; }

private:
    void heard();

    Output &m_output;
    int m_index;
    bool m_keep = false;
    bool m_shown = false;
    bool m_copiedOut = false; // to whoever shows it
    bool m_open = false; // a result with rows has begun and not ended
    QByteArray m_pendingTag; // of a statement without rows, until it is known not to be the last
    QByteArray m_tag;
    std::vector<pg::Rows> m_kept;
    qint64 m_keptRows = 0;
    CopyIn m_copyIn;
    CopyOut m_copyOut;
    QElapsedTimer m_clock;
    qint64 m_first = -1;
};

} // namespace howdah::query
