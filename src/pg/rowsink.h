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
};

} // namespace howdah::pg
