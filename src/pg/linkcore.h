// SPDX-License-Identifier: GPL-3.0-or-later
// What is behind Connection: libpq's object, the wait loop, and the state that other threads may read.
#pragma once

#include "pg/canceller.h"
#include "pg/rowsdata.h"

#include <QHash>

#include <atomic>
#include <functional>
#include <mutex>

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
    ResultSink *results = nullptr; // of execute(): gives a sink for each result
    RowSink *sink = nullptr;
    qint64 maxBytes = 0;
    int chunkRows = 256;
    std::shared_ptr<Rows::Data> data = std::make_shared<Rows::Data>();
    QByteArray tagOfChunk;
    qint64 rowsSeen = 0;        // of the result that is under way
    bool begun = false;         // that result's columns are known
    bool endSaid = false;       // the server said how the last result ended
    bool unwanted = false;      // somebody wanted no more: what comes is read and dropped
    std::optional<Error> error; // the first that names a SQLSTATE, else the first
    std::optional<Error> gaveUp; // why we ended it: the source of a COPY, or no memory

    void takeColumns(const PGresult *result);
    void takeRows(const PGresult *result);
    void takeError(const PGresult *result);
    bool streams() const { return sink || results; }
    bool hasChunk(bool ended) const;
    bool pushChunk(); // false: the reader wants no more
    void endResult(const QByteArray &tag);
};

// What the server said while it is fed a COPY.
struct CopyEar {
    bool refused = false; // an error: it takes no more
    bool other = false;   // something else: from then on messages are not told apart
};

// How many notices are told of a flood: a first thousand, then a hundred a second. The rest is counted.
class NoticeBudget
{
public:
    bool take();
    qint64 suppressed() const { return m_suppressed; }

private:
    double m_left = 1000;
    qint64 m_suppressed = 0;
    Deadline::Clock::time_point m_last = Deadline::Clock::now();
};
Notice suppressedNotice(qint64 count);

struct Connection::Core {
    ConnectionSpec spec;
    LinkFacts facts;
    ConnectionPtr connection;
    std::shared_ptr<Canceller> canceller;
    CancelToken abandoned;
    std::atomic<bool> unanswered = false; // why it was abandoned
    int loginRoundTripMs = 0;             // the way to the server and back, as the login took it
    std::optional<Error> lost;
    TransactionState lastState = TransactionState::Idle;
    ServerIdentity identity;
    // What it was made with, for another().
    ConnectionSpec asked;
    Secret secret;
    Via via;
    QHash<QString, QByteArray> prepared; // name -> text

    std::vector<Notification> notifications;
    void keepNotifications();
    std::vector<Notice> notices;
    qint64 noticesSuppressed = 0;
    Notice lastWords; // a FATAL that came as a notice
    ResultSink *noticeSink = nullptr; // of the execute() that runs
    NoticeBudget noticeBudget;

    bool brokenOff = false; // the socket said that it ended
    qint64 unheard = 0;     // bytes that came since the last result, notice or notification

    std::atomic<qint64> lastByteMs = 0; // monotonic; read by other threads
    std::atomic<bool> awaiting = false; // a statement runs and it is the server's turn

    explicit Core(ConnectionPtr opened, ConnectionSpec madeFrom);

    Result<Rows> run(const Statement &statement, const Params &params, const RunOptions &options, const CancelToken &cancel, RowSink *sink);
    Result<Rows> describe(const Statement &statement, const RunOptions &options, const CancelToken &cancel);
    Done execute(const Statement &statement, const Params &params, ResultSink &sink, const ExecuteOptions &options, const CancelToken &cancel);
    Result<Rows> simple(const QByteArray &text);
    bool readIdle();
    TransactionState transactionState() const;
    void wakeReader(); // any thread: whoever holds the link's thread up is told to stop

private:
    enum class Wake { Ready, Pause, Over };
    // For as long as it lives the reader has the turn: it may be woken by a cancel, and the server owes no answer.
    class ReadersTurn;

    Result<Rows> trip(Trip &trip, Harvest &harvest, const std::function<bool()> &send);
    Done awaitLateCancel();
    bool flush(Trip &trip, CopyEar *ear = nullptr);
    bool collect(Trip &trip, Harvest &harvest);
    void take(Trip &trip, Harvest &harvest, ResultPtr result);
    void give(Trip &trip, Harvest &harvest);
    void noMemory(Trip &trip, Harvest &harvest, qint64 held);
    void refused(Trip &trip, Harvest &harvest);
    bool copyIn(Trip &trip, Harvest &harvest);
    bool copyOut(Trip &trip, Harvest &harvest);
    void listen(CopyEar &ear);
    Wake wait(Trip &trip, short events, int pauseMs = -1);
    std::chrono::milliseconds cancelPatience() const;
    bool tlsHolds() const;
    void stop(Trip &trip, Trip::Stop why);
    bool read();
    void heard();
    void lose(Error error);
    void loseAbandoned();
    void rowMode(int chunkRows);
    Result<Rows> finish(const Trip &trip, Harvest &harvest);
    static void receiveNotice(void *core, const PGresult *result);

    Deadline::Clock::time_point m_heldUntil{}; // by a reader: before that no answer could be heard
    std::mutex m_readerMutex;
    RowSink *m_reader = nullptr;
    ResultSink *m_results = nullptr;
};

// As libpq takes them; points into the parameters. Errors: Client/nul_in_parameter, Client/nul_in_statement.
struct SentParams {
    std::vector<const char *> values;
    std::vector<Oid> types;
};
Result<SentParams> sentParams(const Statement &statement, const Params &params);
QString whatOf(const Statement &statement);
void refreshFacts(LinkFacts &facts, PGconn *connection); // what the server reports by itself

class Connection::Core::ReadersTurn
{
public:
    ReadersTurn(Core &core, RowSink *reader, ResultSink *results);
    ~ReadersTurn();
    ReadersTurn(const ReadersTurn &) = delete;
    ReadersTurn &operator=(const ReadersTurn &) = delete;

private:
    Core &m_core;
};

} // namespace howdah::pg
