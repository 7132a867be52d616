// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a stored result, or of a query, as text: for the clipboard and for files. A file is there as a whole or not at all. Any thread but
// the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "pg/connection.h"
#include "query/order.h"
#include "query/rowwriter.h"
#include "query/variables.h"

#include <functional>

namespace howdah::query
{

// Which rows and columns of a store, in which order.
struct Part {
    std::shared_ptr<const RowOrder> order; // null: the store's own
    qint64 firstRow = 0;  // of the order
    qint64 lastRow = -1;  // -1: the last that is there now
    std::vector<int> columns; // in this order; empty: all
};

// Piece by piece to `take`, which may refuse. The progress counts rows. Returns the rows written. Errors: Cancelled, Io, and take's own.
Result<qint64> writePart(const ResultStore &store, const Part &part, RowWriter &writer, const std::function<Done(QByteArrayView)> &take,
                         const CancelToken &cancel = {}, const Progress &progress = {});

// For the clipboard. Errors: Client/too_large above `mostBytes`: nothing then, never a part.
Result<QByteArray> partAsText(const ResultStore &store, const Part &part, Format format, const WriteOptions &options, qint64 mostBytes,
                              const CancelToken &cancel = {});

struct Exported {
    qint64 rows = 0;
    qint64 bytes = 0;
};

// Beside the path, then in its place, with fsync: what stood there stays until all is written. Errors: also Io/disk_full, Io/not_written.
Result<Exported> exportPart(const QString &path, const ResultStore &store, const Part &part, Format format, const WriteOptions &options = {},
                            const CancelToken &cancel = {}, const Progress &progress = {});

// Runs the query for a file: a SELECT to CSV and TSV by COPY (query) TO STDOUT where it has no parameters, the rest by rows; nothing is held. `query`
// is one statement that returns rows, without a semicolon at its end. With row_security off, on the user's own link too (in a transaction of its own,
// or in the one that is open): rows that a policy withholds are an error (42501), not a file that lacks them. The progress counts bytes. Errors:
// also the connection's; a position counts characters of the query.
Result<Exported> exportQuery(const QString &path, pg::Connection &connection, const QByteArray &query, const pg::Params &params, Format format,
                             const WriteOptions &options = {}, const CancelToken &cancel = {}, const Progress &progress = {});
// A script's one statement, its variables replaced. In an open transaction behind a savepoint: an export that fails costs the user nothing of it.
// Errors: also Client/not_a_query, before anything is sent; a position counts characters of the piece's text.
Result<Exported> exportPiece(const QString &path, pg::Connection &connection, const Piece &piece, const Variables &variables, const pg::Params &params,
                             Format format, const WriteOptions &options = {}, const CancelToken &cancel = {}, const Progress &progress = {});

} // namespace howdah::query
