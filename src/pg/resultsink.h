// SPDX-License-Identifier: GPL-3.0-or-later
// Where the results of a user's message go, in the order in which they come. All calls on the connection's thread; any may block for credit.
#pragma once

#include "base/result.h"
#include "pg/rowsink.h"

namespace howdah::pg
{

struct Notice;

class ResultSink
{
public:
    virtual ~ResultSink() = default;
    // A result with rows begins: who takes them. Null: they are read and dropped.
    virtual RowSink *rows(const std::vector<Column> &columns) = 0;
    // That result, or a statement without rows, ended well. An error instead is the return value of execute(), and what came before it is
    // then incomplete. Of an empty text nothing is told.
    virtual void completed(const QByteArray &commandTag) = 0;
    virtual void notice(const Notice &notice) = 0; // as it comes, rate-limited: see Connection::takeNotices
    // COPY … FROM STDIN: the next bytes, empty at the end; an error ends the COPY on the server with its message and nothing is kept.
    virtual Result<QByteArray> copyIn() = 0;
    // COPY … TO STDOUT: none when it begins, then some bytes of it, in order; false: stop, the statement is cancelled.
    virtual bool copyOut(QByteArrayView bytes) = 0;
    // Any thread, while copyIn() or copyOut() may be blocked: as RowSink::stop().
    virtual void stop() {}
};

} // namespace howdah::pg
