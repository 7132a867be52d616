// SPDX-License-Identifier: GPL-3.0-or-later
// What one statement of a migration says while it runs: rows are read and dropped, COPY gets the data that stand behind it. Internal to src/migrations;
// the link's thread.
#pragma once

#include "pg/resultsink.h"
#include "query/splitter.h"

#include <functional>

namespace howdah::migrations
{

class PieceSink : public pg::ResultSink
{
public:
    PieceSink(const query::Piece &piece, std::function<void(const QString &)> notice) : m_piece(piece), m_notice(std::move(notice)) {}
    pg::RowSink *rows(const std::vector<pg::Column> &) override { return nullptr; }
    void completed(const QByteArray &) override {}
    void notice(const pg::Notice &notice) override
    {
        if (m_notice)
            m_notice(QStringLiteral("%1: %2").arg(notice.severity, notice.message));
    }
    Result<QByteArray> copyIn() override { return std::exchange(m_given, true) ? QByteArray() : m_piece.copyData; }
    bool copyOut(QByteArrayView) override { return true; }

private:
    const query::Piece &m_piece;
    std::function<void(const QString &)> m_notice;
    bool m_given = false;
};

} // namespace howdah::migrations
