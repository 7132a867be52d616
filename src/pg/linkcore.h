// SPDX-License-Identifier: GPL-3.0-or-later
// What is behind Connection: libpq's object, the wait loop, and the state that other threads may read.
#pragma once

#include "pg/canceller.h"
#include "pg/rowsdata.h"

#include <QHash>

#include <atomic>
#include <functional>

namespace howdah::pg
{

// One trip to the server: what bounds it, and why it was stopped if it was.
struct Trip {
    enum class Stop { None, Token, Deadline, Reader, TooLarge, Copy, Outside };

    const CancelToken &cancel;
    Deadline deadline;
    QString what;      // for Error::context
    int timeoutMs = 0; // for the message
    Stop stop = Stop::None;
};

// Where the results of a trip go: cells into one arena, chunk by chunk to a sink where there is one.
struct Harvest {
    RowSink *sink = nullptr;
    qint64 maxBytes = 0;
    int chunkRows = 256;
    std::shared_ptr<Rows::Data> data = std::make_shared<Rows::Data>();
    qint64 rowsSeen = 0;
    std::optional<Error> error; // the first that names a SQLSTATE, else the first

    void takeColumns(const PGresult *result);
    void takeRows(const PGresult *result);
    void takeError(const PGresult *result);
    bool pushChunk(); // false: the reader wants no more
};

struct Connection::Core {
    ConnectionSpec spec;
    LinkFacts facts;
    ConnectionPtr connection;
    std::shared_ptr<Canceller> canceller;
    CancelToken abandoned;
    std::atomic<bool> unanswered = false; // why it was abandoned
    std::optional<Error> lost;
    QHash<QString, QByteArray> prepared; // name -> text

    std::vector<Notice> notices;
    qint64 noticesSuppressed = 0;
    Notice lastWords; // a FATAL that came as a notice

    std::atomic<qint64> lastByteMs = 0; // monotonic; read by other threads
    std::atomic<bool> awaiting = false; // a statement runs and it is the server's turn

    explicit Core(ConnectionPtr opened, ConnectionSpec madeFrom);

    Result<Rows> run(const Statement &statement, const Params &params, const RunOptions &options, const CancelToken &cancel, RowSink *sink);
    Result<Rows> describe(const Statement &statement, const RunOptions &options, const CancelToken &cancel);
    Result<Rows> simple(const QByteArray &text);
    bool readIdle();

private:
    Result<Rows> trip(Trip &trip, Harvest &harvest, const std::function<bool()> &send);
    Done awaitLateCancel();
    bool flush(Trip &trip);
    bool collect(Trip &trip, Harvest &harvest);
    void take(Trip &trip, Harvest &harvest, ResultPtr result);
    bool wait(Trip &trip, short events);
    void stop(Trip &trip, Trip::Stop why);
    bool read();
    void heard();
    void lose(Error error);
    void loseAbandoned();
    Result<Rows> finish(const Trip &trip, Harvest &harvest);
    static void receiveNotice(void *core, const PGresult *result);
};

} // namespace howdah::pg
