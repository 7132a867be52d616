// SPDX-License-Identifier: GPL-3.0-or-later
// Where a large result goes, chunk by chunk, on the connection's thread.
#pragma once

#include "pg/rows.h"

namespace howdah::pg
{

class RowSink
{
public:
    virtual ~RowSink() = default;
    // Blocks while the reader has no credit, so that a slow reader stops the socket; false: stop, the statement is cancelled.
    virtual bool push(const Rows &chunk) = 0;
    // Any thread, while a push may be blocked: the statement was cancelled or the link is being closed, and the server can't end it before its
    // rows are read. A push that would block returns false at once, from now on.
    virtual void stop() {}
};

} // namespace howdah::pg
