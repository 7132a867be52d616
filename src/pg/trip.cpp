// SPDX-License-Identifier: GPL-3.0-or-later
// One statement's trip: send, wait, collect. Every wait has the statement's deadline, the caller's cancel and the link's own end beside the
// socket; a stopped statement is cancelled on the server, and the link given up when the server does not answer to that.
#include "pg/linkcore.h"
#include "pg/pgerror.h"

#include <algorithm>

#include <poll.h>

namespace howdah::pg
{

using namespace std::chrono_literals;

// A cancel's round trip shows whether the server lives; control returns within a second even when it does not. Once it took the cancel,
// the statement has longer to come to a place where it can stop.
static constexpr auto cancelRoundTrip = 800ms;
static constexpr auto cancelEffect = 5s;

void Connection::Core::stop(Trip &trip, Trip::Stop why)
{
    trip.stop = why;
    canceller->send();
}

// True when the socket may be read or written; false when the trip is over: the link is lost then.
bool Connection::Core::wait(Trip &trip, short events)
{
    for (;;) {
        const Canceller::State cancel = canceller->state();
        if (trip.stop == Trip::Stop::None && cancel.asked)
            trip.stop = Trip::Stop::Outside;
        const bool stopping = trip.stop != Trip::Stop::None;
        const Deadline deadline = stopping ? Deadline::at(cancel.when + (cancel.delivered ? cancelEffect : cancelRoundTrip)) : trip.deadline;
        const Woken woken = waitOn(::PQsocket(connection.get()), events,
                                   {abandoned.eventFd(), canceller->changed().fd(), stopping ? -1 : trip.cancel.eventFd()}, deadline);
        canceller->changed().clear();
        if (abandoned.isCancelled()) {
            loseAbandoned();
            return false;
        }
        if (!stopping && trip.cancel.isCancelled()) {
            stop(trip, Trip::Stop::Token);
            continue;
        }
        // A flood that keeps the socket readable must not hide the deadline.
        if (deadline.hasPassed()) {
            if (stopping) {
                lose(Error{ErrorKind::Connection, QStringLiteral("no_answer"), QStringLiteral("The server did not answer to a cancel; the link was given up"),
                           {}, {}, {}, {}, 0});
                return false;
            }
            stop(trip, Trip::Stop::Deadline);
            continue;
        }
        if (woken.events != 0)
            return true;
    }
}

bool Connection::Core::flush(Trip &trip)
{
    int pending = 0;
    while ((pending = ::PQflush(connection.get())) == 1) {
        if (!wait(trip, POLLIN | POLLOUT))
            return false;
        // The server may be unable to take more before we took what it says.
        if (waitOn(::PQsocket(connection.get()), POLLIN, {}, Deadline::in(0)).events & POLLIN)
            read();
    }
    return pending == 0; // else: collect() reads why
}

void Connection::Core::take(Trip &trip, Harvest &harvest, ResultPtr result)
{
    const int status = int(::PQresultStatus(result.get()));
    switch (status) {
    case PGRES_SINGLE_TUPLE:
    case tuplesChunk:
    case PGRES_TUPLES_OK:
        if (trip.stop == Trip::Stop::Reader || trip.stop == Trip::Stop::TooLarge)
            break; // on its way before the cancel: nobody wants it
        harvest.takeRows(result.get());
        // The last result has it; of libpq 17's chunks, the last that was not full.
        if (const char *tag = ::PQcmdStatus(result.get()); *tag)
            harvest.data->commandTag = tag;
        if (!harvest.sink) {
            if (harvest.data->byteSize() > harvest.maxBytes)
                stop(trip, Trip::Stop::TooLarge);
        } else if (qsizetype(harvest.data->rowStarts.size()) >= harvest.chunkRows
                   || (status == PGRES_TUPLES_OK && !harvest.data->rowStarts.empty())) {
            const QByteArray tag = harvest.data->commandTag;
            awaiting = false; // it is the reader's turn, however long it takes
            const bool more = harvest.pushChunk();
            awaiting = true;
            heard();
            harvest.data->commandTag = tag;
            if (!more && trip.stop == Trip::Stop::None)
                stop(trip, Trip::Stop::Reader);
        }
        break;
    case PGRES_COMMAND_OK:
        harvest.takeColumns(result.get()); // of a description
        harvest.data->commandTag = ::PQcmdStatus(result.get());
        break;
    case PGRES_EMPTY_QUERY:
        break;
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    case PGRES_COPY_OUT:
        if (status == PGRES_COPY_OUT) {
            stop(trip, Trip::Stop::Copy);
        } else {
            trip.stop = Trip::Stop::Copy;
            if (canceller->noteAsked())
                canceller->noteAnswered(true); // this way of refusing travels on the link itself
            ::PQputCopyEnd(connection.get(), "not supported");
        }
        break;
    default:
        harvest.takeError(result.get());
    }
}

// Until libpq has no further result; false when the link was given up on the way.
bool Connection::Core::collect(Trip &trip, Harvest &harvest)
{
    for (;;) {
        while (::PQisBusy(connection.get()) == 0) {
            ResultPtr result(::PQgetResult(connection.get()));
            if (!result)
                return true;
            const auto status = ::PQresultStatus(result.get());
            take(trip, harvest, std::move(result));
            while (status == PGRES_COPY_OUT) { // swallow what comes before the cancel arrives
                char *line = nullptr;
                const int length = ::PQgetCopyData(connection.get(), &line, 1);
                ::PQfreemem(line);
                if (length < 0)
                    break;
                if (length == 0 && (!wait(trip, POLLIN) || !read()))
                    break;
            }
            if (lost)
                return false;
        }
        if (!wait(trip, POLLIN))
            return false;
        if (!read()) {
            // What came before the end is still to be had; none of this waits on a dead link.
            while (ResultPtr result{::PQgetResult(connection.get())})
                take(trip, harvest, std::move(result));
            return true;
        }
    }
}

// No statement goes out while a cancel meant for the last one may still arrive.
Done Connection::Core::awaitLateCancel()
{
    const Deadline deadline = Deadline::in(int(std::chrono::milliseconds(cancelEffect).count()));
    while (canceller->state().inFlight && !deadline.hasPassed() && !abandoned.isCancelled()) {
        waitOn(canceller->changed().fd(), POLLIN, {abandoned.eventFd()}, deadline);
        canceller->changed().clear();
    }
    if (abandoned.isCancelled())
        loseAbandoned();
    else if (canceller->state().inFlight)
        lose(Error{ErrorKind::Connection, QStringLiteral("no_answer"), QStringLiteral("A cancel got no answer; the link was given up"), {}, {}, {}, {}, 0});
    if (lost)
        return fail(*lost);
    return {};
}

Result<Rows> Connection::Core::trip(Trip &trip, Harvest &harvest, const std::function<bool()> &send)
{
    if (!lost && ::PQstatus(connection.get()) != CONNECTION_OK)
        lose(lastWords.sqlstate.isEmpty() ? lostError() : lostError(lastWords));
    if (!lost)
        readIdle(); // the server may have ended the link just now: better told before than after
    if (lost)
        return fail(Error(*lost).during(trip.what));
    if (trip.cancel.isCancelled())
        return fail(Error{ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled before it was sent"), {}, {}, {}, trip.what, 0});
    if (auto done = awaitLateCancel(); !done)
        return fail(std::move(done.error()).during(trip.what));

    canceller->beginStatement();
    heard();
    awaiting = true;
    bool given = false;
    if (send()) {
        given = flush(trip) || !lost;
        given = given && collect(trip, harvest);
    } else {
        harvest.error = Error{ErrorKind::Client, QStringLiteral("not_sent"), QString::fromUtf8(::PQerrorMessage(connection.get())).trimmed(), {}, {}, {}, {}, 0};
    }
    awaiting = false;
    canceller->endStatement();
    return finish(trip, harvest);
}

static QString incomplete(qint64 rows)
{
    return QStringLiteral("The result is incomplete: it ended after %1 rows.").arg(rows);
}

Result<Rows> Connection::Core::finish(const Trip &trip, Harvest &harvest)
{
    if (!lost && ::PQstatus(connection.get()) != CONNECTION_OK) {
        Error error = lostError();
        if (harvest.error && endsSession(harvest.error->sqlstate))
            error = *harvest.error;
        else if (!lastWords.sqlstate.isEmpty())
            error = lostError(lastWords);
        else if (harvest.error)
            error.detail = harvest.error->message;
        harvest.error = error;
        lose(std::move(error));
    } else if (lost) {
        harvest.error = *lost;
    }
    const bool unwanted = trip.stop == Trip::Stop::Reader || trip.stop == Trip::Stop::TooLarge || trip.stop == Trip::Stop::Copy;
    if (!harvest.error && !unwanted)
        return Rows(std::shared_ptr<const Rows::Data>(std::move(harvest.data))); // a cancel that came too late takes nothing back

    Error error = harvest.error.value_or(Error());
    const bool ours = lost || error.sqlstate == QLatin1StringView("57014") || !harvest.error;
    const auto say = [&error](ErrorKind kind, const QString &reason, const QString &message) {
        error.kind = kind;
        error.reason = reason;
        error.message = message;
    };
    if (ours && error.reason != QLatin1StringView("closed")) {
        switch (trip.stop) {
        case Trip::Stop::None: break;
        case Trip::Stop::Token:
        case Trip::Stop::Outside: say(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled")); break;
        case Trip::Stop::Reader: say(ErrorKind::Cancelled, QStringLiteral("by_reader"), QStringLiteral("Stopped by its reader")); break;
        case Trip::Stop::Copy:
            say(ErrorKind::Client, QStringLiteral("copy_not_supported"), QStringLiteral("COPY from or to the client is not taken here"));
            break;
        case Trip::Stop::TooLarge:
            say(ErrorKind::Client, QStringLiteral("result_too_large"), QStringLiteral("The result is larger than this can hold"));
            break;
        case Trip::Stop::Deadline:
            say(ErrorKind::Timeout, QStringLiteral("statement_timeout_client"),
                QStringLiteral("No result within %1 s; the statement was cancelled").arg(trip.timeoutMs / 1000.0));
            break;
        }
        if (trip.stop != Trip::Stop::None && lost)
            error.detail = QStringLiteral("The server did not answer to the cancel; the link was given up.");
    }
    if (harvest.rowsSeen > 0)
        error.detail = error.detail.isEmpty() ? incomplete(harvest.rowsSeen) : QString(error.detail + QLatin1Char(' ') + incomplete(harvest.rowsSeen));
    return fail(std::move(error).during(trip.what));
}

static QString whatOf(const Statement &statement)
{
    return statement.name.isEmpty() ? QStringLiteral("run the statement") : statement.name;
}

Result<Rows> Connection::Core::run(const Statement &statement, const Params &params, const RunOptions &options, const CancelToken &cancel, RowSink *sink)
{
    std::vector<const char *> values;
    std::vector<Oid> types;
    for (const Param &param : params) {
        if (param.value && param.value->contains('\0'))
            return fail(ErrorKind::Client, QStringLiteral("nul_in_parameter"), QStringLiteral("A parameter holds a NUL byte"));
        values.push_back(param.value ? param.value->constData() : nullptr);
        types.push_back(param.typeOid);
    }
    if (statement.text.contains('\0'))
        return fail(ErrorKind::Client, QStringLiteral("nul_in_statement"), QStringLiteral("The statement holds a NUL byte"));

    Trip trip{cancel, options.timeoutMs > 0 ? Deadline::in(options.timeoutMs) : Deadline::never(), whatOf(statement), options.timeoutMs};
    const int count = int(params.size());
    PGconn *link = connection.get();
    const QByteArray name = statement.name.toUtf8();
    // Another text under a name that is taken (a variant chosen by hand) goes without preparing.
    const bool prepares = options.prepared && !name.isEmpty() && prepared.value(statement.name, statement.text) == statement.text;
    if (prepares && !prepared.contains(statement.name)) {
        Harvest nothing;
        auto done = this->trip(trip, nothing, [&] { return ::PQsendPrepare(link, name.constData(), statement.text.constData(), count, types.data()) == 1; });
        if (!done)
            return done;
        prepared.insert(statement.name, statement.text);
    }

    Harvest harvest;
    harvest.sink = sink;
    harvest.maxBytes = options.maxBytes;
    harvest.chunkRows = std::max(1, options.chunkRows);
    return this->trip(trip, harvest, [&] {
        const int sent = prepares ? ::PQsendQueryPrepared(link, name.constData(), count, values.data(), nullptr, nullptr, 0)
                                  : ::PQsendQueryParams(link, statement.text.constData(), count, types.data(), values.data(), nullptr, nullptr, 0);
        if (sent != 1)
            return false;
        // Never a whole result inside libpq: its buffers would double ours.
        if (newerLibpq().setChunkedRowsMode)
            newerLibpq().setChunkedRowsMode(link, harvest.chunkRows);
        else
            ::PQsetSingleRowMode(link);
        return true;
    });
}

Result<Rows> Connection::Core::describe(const Statement &statement, const RunOptions &options, const CancelToken &cancel)
{
    if (statement.text.contains('\0'))
        return fail(ErrorKind::Client, QStringLiteral("nul_in_statement"), QStringLiteral("The statement holds a NUL byte"));
    Trip trip{cancel, options.timeoutMs > 0 ? Deadline::in(options.timeoutMs) : Deadline::never(), whatOf(statement), options.timeoutMs};
    Harvest nothing, columns;
    auto done = this->trip(trip, nothing, [&] { return ::PQsendPrepare(connection.get(), "", statement.text.constData(), 0, nullptr) == 1; });
    if (!done)
        return done;
    return this->trip(trip, columns, [&] { return ::PQsendDescribePrepared(connection.get(), "") == 1; });
}

Result<Rows> Connection::Core::simple(const QByteArray &text)
{
    const CancelToken none;
    Trip trip{none, Deadline::never(), QString::fromUtf8(text)};
    Harvest harvest;
    harvest.maxBytes = RunOptions().maxBytes;
    return this->trip(trip, harvest, [&] { return ::PQsendQuery(connection.get(), text.constData()) == 1; });
}

} // namespace howdah::pg
