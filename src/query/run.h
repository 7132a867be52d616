// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a script's pieces on one link, one after the other, and tells everything as it happens. A service: synchronous, on the link's thread.
// Never runs anything twice.
#pragma once

#include "pg/connection.h"
#include "query/splitter.h"

#include <QHash>

namespace howdah::query
{

struct Timing {
    qint64 serverMs = 0;   // from the send to the first byte of an answer
    qint64 transferMs = 0; // from there to the last
};

struct StatementEnd {
    QByteArray tag;        // "UPDATE 5"; of the last result where there were several
    qint64 rows = -1;      // returned or affected; -1: the server named no count
    std::optional<Error> error;
    bool incomplete = false;     // some rows came before the error
    bool outcomeUnknown = false; // lost during COMMIT, and the server could not be asked
    QString outcome;       // what is known where the link was lost: "committed", "rolled back", by pg_xact_status
    Timing timing;
    pg::TransactionState transaction = pg::TransactionState::Idle;
};

// Told of everything, on the link's thread; a call may block.
class Output
{
public:
    virtual ~Output() = default;
    virtual void statementBegins(int index, const Piece &piece) = 0;
    virtual pg::RowSink *resultBegins(int index, const std::vector<pg::Column> &columns) = 0;
    virtual void resultEnds(int index, const QByteArray &tag) = 0;
    virtual void notice(int index, const pg::Notice &notice) = 0;
    virtual bool copyOut(int index, QByteArrayView bytes) = 0;
    virtual void statementEnds(int index, const StatementEnd &end) = 0;
    // What a backslash command has to say: "Timing is on.", a \echo.
    virtual void message(int index, const QString &text) = 0;
};

enum class OnError { Stop, Continue };

struct RunOptions {
    OnError onError = OnError::Stop;
    bool manualCommit = false;    // BEGIN before the first statement that needs one, and nothing is committed by itself
    bool savepoints = false;      // one a statement inside a manual transaction: an error costs that statement only
    int statementTimeoutMs = 0;
    int chunkRows = 1000;
    QHash<QString, QString> variables; // of :name
    pg::Params params;            // of $1 …, for a single statement
    QString workingDirectory;     // for \i and \copy
    bool filesAllowed = true;     // \i, \copy, \o: off where the text is not the user's own
};

struct RunSummary {
    int done = 0;
    int failed = 0;
    bool stopped = false;      // pieces after the error were not run
    QHash<QString, QString> variables; // as the script left them
};

// An error is returned only where the run could not begin or the link was lost; a statement's own error is told to `output`.
Result<RunSummary> runPieces(pg::Connection &connection, const std::vector<Piece> &pieces, Output &output, const RunOptions &options,
                             const CancelToken &cancel);

} // namespace howdah::query
