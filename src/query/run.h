// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a script's pieces on one link, one after the other, and tells everything as it happens. A service: synchronous, on the link's thread.
// Never runs anything twice.
#pragma once

#include "pg/connection.h"
#include "query/splitter.h"
#include "query/variables.h"

#include <functional>

namespace howdah::query
{

struct Timing {
    qint64 serverMs = 0;   // from the send to the first byte of an answer
    qint64 transferMs = 0; // from there to the last
    qint64 allUs = 0;      // both, in microseconds
};

struct StatementEnd {
    QByteArray tag;        // "UPDATE 5"; of the last result where there were several
    qint64 rows = -1;      // returned or affected; -1: the server named no count
    bool shown = false;    // the tag is of rows or of COPY … TO STDOUT, which were told: psql then names no tag
    std::optional<Error> error;  // its position counts characters of the piece's text: scriptOffset()
    int filePosition = 0;        // the same where the piece is of a file read by \i: the error's own is 0 then
    bool incomplete = false;     // some rows came before the error
    bool outcomeUnknown = false; // lost during COMMIT, and the server could not be asked; or while what commits by itself ran
    bool commitSent = false;     // lost with its COMMIT on the way: outcome is what the server then said of it
    QString outcome;       // what is known where the link was lost: "committed", "rolled back", by pg_xact_status; what to look at where it is not
    Timing timing;
    pg::TransactionState transaction = pg::TransactionState::Idle;
};

// How a script wants its results shown: \x, \pset, \a, \t, \timing, \o, \gx. Whoever shows them does with it what it can.
struct Display {
    enum class Expanded { Off, On, Auto };
    Expanded expanded = Expanded::Off;
    bool aligned = true;
    bool tuplesOnly = false;
    bool timing = false;
    bool footer = true;                        // "(3 rows)"
    bool csv = false;                          // \pset format csv: instead of both forms
    QString null;                              // \pset null
    QString fieldSeparator = QStringLiteral("|"); // where not aligned
    QString outputFile;                        // \o, \g FILE: absolute; empty: as before
    bool operator==(const Display &) const = default;
};

// Told of everything, on the link's thread; a call may block.
class Output
{
public:
    virtual ~Output() = default;
    // Pieces of a file read by \i are told with the index of that \i; their lines are the file's, their errors have no position and name file and
    // line in the context.
    virtual void statementBegins(int index, const Piece &piece) = 0;
    virtual pg::RowSink *resultBegins(int index, const std::vector<pg::Column> &columns) = 0;
    virtual void resultEnds(int index, const QByteArray &tag) = 0;
    virtual void notice(int index, const pg::Notice &notice) = 0;
    virtual bool copyOut(int index, QByteArrayView bytes) = 0;
    virtual void statementEnds(int index, const StatementEnd &end) = 0;
    // What a backslash command has to say: "Timing is on.", a \echo.
    virtual void message(int index, const QString &text) = 0;

    // \i: what comes until fileEnds() is of this file.
    virtual void fileBegins(int, const QString & /*name*/, const QByteArray & /*text*/) {}
    virtual void fileEnds(int) {}
    // The script was split anew: see RunOptions::source. Those before the current one are as they were.
    virtual void piecesChanged(const std::vector<Piece> &) {}
    // A statement without rows ended inside a message of several: the last one's tag is told by statementEnds too.
    virtual void tagged(int, const QByteArray &) {}
    virtual void warning(int index, const QString &text) { message(index, text); } // \warn
    // From now on; before the results it is for. False: a file of \o is not written here.
    virtual bool display(int, const Display &wanted) { return wanted.outputFile.isEmpty(); }
};

enum class OnError { Stop, Continue };

// What pieces were split from.
struct Source {
    QByteArray script;
    bool standardStrings = true; // as assumed at its begin
    qsizetype begin = 0;         // where it begins in what the pieces' offsets and lines count
    int line = 1;
};

struct RunOptions {
    OnError onError = OnError::Stop;
    bool manualCommit = false;    // BEGIN before the first statement that needs one, and nothing is committed by itself
    bool savepoints = false;      // one a statement inside a manual transaction: an error costs that statement only
    int statementTimeoutMs = 0;
    int chunkRows = 1000;
    Variables variables;          // of :name
    Display display;              // what \x and the like left by the run before
    pg::Params params;            // of $1 …, for a single statement
    QString workingDirectory;     // for \i and \copy
    // Given, it is split anew where the server's standard_conforming_strings turns out other than the script told (a SET rolled back, in a branch
    // that does not run, by set_config): as psql reads on.
    std::optional<Source> source;
    bool keepsReadOnly = false;   // what would take the session's read-only setting off is not sent: Client/read_only_kept
    bool filesAllowed = true;     // \i, \copy, \o: off where the text is not the user's own
    // Where COPY … FROM STDIN reads when its data are not in the script: the next bytes, empty at the end; none: it fails.
    std::function<Result<QByteArray>()> copyInput;
};

struct RunSummary {
    int done = 0;
    int failed = 0;
    bool stopped = false;      // pieces after the error were not run
    bool quit = false;         // \q
    Variables variables;       // as the script left them
    Display display;
};

// An error is returned only where the run could not begin or the link was lost; a statement's own error is told to `output`.
Result<RunSummary> runPieces(pg::Connection &connection, const std::vector<Piece> &pieces, Output &output, const RunOptions &options,
                             const CancelToken &cancel);

} // namespace howdah::query
