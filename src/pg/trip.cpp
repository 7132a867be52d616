// SPDX-License-Identifier: GPL-3.0-or-later
// One statement's trip: send, wait, collect. Every wait has the statement's deadline, the caller's cancel and the link's own end beside the
// socket; a stopped statement is cancelled on the server, and the link given up when the server does not answer to that.
#include "pg/linkcore.h"
#include "pg/pgerror.h"
#include "pg/tcpstate.h"

#include <algorithm>
#include <new>

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace howdah::pg
{

using namespace std::chrono_literals;

// A cancel's round trip shows whether the server lives; control returns within a second even when it does not, unless the way is known to
// be long. Once it took the cancel, the statement has longer to come to a place where it can stop.
static constexpr auto cancelRoundTrip = 800ms;
static constexpr auto cancelRoundTripAtMost = 5s;
static constexpr auto cancelEffect = 5s;

// Two round trips: of TCP as the kernel knows it now, or of the login, which sees through tunnels and poolers.
std::chrono::milliseconds Connection::Core::cancelPatience() const
{
    const std::chrono::milliseconds known(2 * std::max(tcpState(::PQsocket(connection.get())).roundTripMs, loginRoundTripMs));
    return std::clamp<std::chrono::milliseconds>(known, cancelRoundTrip, cancelRoundTripAtMost);
}

void Connection::Core::stop(Trip &trip, Trip::Stop why)
{
    trip.stop = why;
    canceller->send();
}

// What OpenSSL has decrypted already: poll() knows nothing of it, and libpq leaves it there when its own buffer is full.
bool Connection::Core::tlsHolds() const
{
    auto *ssl = static_cast<SSL *>(::PQsslStruct(connection.get(), "OpenSSL"));
    return ssl && ::SSL_pending(ssl) > 0;
}

// Ready: the socket may be read or written. Pause: nothing came for so long. Over: the trip is over, the link is lost.
Connection::Core::Wake Connection::Core::wait(Trip &trip, short events, int pauseMs)
{
    for (;;) {
        const Canceller::State cancel = canceller->state();
        if (trip.stop == Trip::Stop::None && cancel.asked)
            trip.stop = Trip::Stop::Outside;
        const bool stopping = trip.stop != Trip::Stop::None;
        const Deadline deadline = stopping ? Deadline::at(std::max(cancel.when, m_heldUntil) + (cancel.delivered ? cancelEffect : cancelPatience())) : trip.deadline;
        const bool held = (events & POLLIN) && tlsHolds();
        const Deadline until = held ? Deadline::in(0) : pauseMs >= 0 ? deadline.orEarlier(Deadline::in(pauseMs)) : deadline;
        const Woken woken = waitOn(::PQsocket(connection.get()), events,
                                   {abandoned.eventFd(), canceller->changed().fd(), stopping ? -1 : trip.cancel.eventFd()}, until);
        if (woken.interrupted) {
            canceller->changed().clear();
            if (abandoned.isCancelled()) {
                loseAbandoned();
                return Wake::Over;
            }
            if (!stopping && trip.cancel.isCancelled()) {
                stop(trip, Trip::Stop::Token);
                continue;
            }
        }
        // A flood that keeps the socket readable must not hide the deadline.
        if (deadline.hasPassed()) {
            if (stopping) {
                lose(Error{ErrorKind::Connection, QStringLiteral("no_answer"),
                           cancel.delivered ? QStringLiteral("The server took a cancel, but the statement did not end; the link was given up")
                                            : QStringLiteral("The server did not answer to a cancel; the link was given up"),
                           {}, {}, {}, {}, 0});
                return Wake::Over;
            }
            stop(trip, Trip::Stop::Deadline);
            continue;
        }
        if (woken.events != 0 || held)
            return Wake::Ready;
        if (woken.timedOut && pauseMs >= 0)
            return Wake::Pause;
    }
}

bool Connection::Core::flush(Trip &trip, CopyEar *ear)
{
    int pending = 0;
    while ((pending = ::PQflush(connection.get())) == 1) {
        if (wait(trip, POLLIN | POLLOUT) == Wake::Over)
            return false;
        // The server may be unable to take more before we took what it says.
        if (!(waitOn(::PQsocket(connection.get()), POLLIN, {}, Deadline::in(0)).events & POLLIN))
            continue;
        if (ear)
            listen(*ear);
        if (ear && ear->refused)
            return true;
        read();
    }
    brokenOff = brokenOff || pending != 0;
    return pending == 0; // else: collect() reads why
}

// A COPY where nobody takes it: ended in a way that leaves the link usable.
void Connection::Core::refused(Trip &trip, Harvest &harvest)
{
    harvest.unwanted = true;
    trip.stop = Trip::Stop::Copy;
    if (canceller->noteAsked())
        canceller->noteAnswered(true); // this way of refusing travels on the link itself
    ::PQputCopyEnd(connection.get(), "not supported");
}

// The statement ends for want of memory, and nothing else does. `held` rows were taken and are given to nobody.
void Connection::Core::noMemory(Trip &trip, Harvest &harvest, qint64 held)
{
    harvest.data = std::make_shared<Rows::Data>(); // first of all: gives back what there was
    harvest.rowsSeen -= held;
    harvest.unwanted = true;
    harvest.gaveUp = Error{ErrorKind::Client, QStringLiteral("out_of_memory"), QStringLiteral("There is not enough memory for the result"), {},
                           QStringLiteral("Ask for fewer rows, or for pieces of the large values; or export it to a file"), {}, {}, 0};
    if (trip.stop == Trip::Stop::None)
        stop(trip, Trip::Stop::Reader);
}

// A chunk to its reader, however long it takes.
void Connection::Core::give(Trip &trip, Harvest &harvest)
{
    bool more = false;
    const auto held = qint64(harvest.data->rowStarts.size());
    try {
        const ReadersTurn turn(*this, harvest.sink, nullptr);
        more = harvest.pushChunk();
    } catch (const std::bad_alloc &) {
        noMemory(trip, harvest, held);
        return;
    }
    if (more)
        return;
    harvest.unwanted = true;
    if (trip.stop == Trip::Stop::None)
        stop(trip, canceller->state().asked ? Trip::Stop::Outside : trip.cancel.isCancelled() ? Trip::Stop::Token : Trip::Stop::Reader);
}

void Connection::Core::take(Trip &trip, Harvest &harvest, ResultPtr result)
{
    const int status = int(::PQresultStatus(result.get()));
    const bool ends = status == PGRES_TUPLES_OK;
    // libpq 17 writes the tag on the last chunk where that is not full, and not on the end that follows.
    if (status == tuplesChunk && *::PQcmdStatus(result.get()))
        harvest.tagOfChunk = ::PQcmdStatus(result.get());
    harvest.endSaid = status != PGRES_SINGLE_TUPLE && status != tuplesChunk;
    switch (status) {
    case PGRES_SINGLE_TUPLE:
    case tuplesChunk:
    case PGRES_TUPLES_OK:
        if (!harvest.unwanted) { // else on its way before the cancel
            const qint64 seen = harvest.rowsSeen, held = qint64(harvest.data->rowStarts.size());
            try {
                harvest.takeRows(result.get());
            } catch (const std::bad_alloc &) {
                noMemory(trip, harvest, harvest.rowsSeen - seen + held);
            }
            if (!harvest.streams() && harvest.data->byteSize() > harvest.maxBytes) {
                harvest.unwanted = true;
                stop(trip, Trip::Stop::TooLarge);
            }
        }
        if (harvest.hasChunk(ends))
            give(trip, harvest);
        if (ends) {
            const QByteArray tag = std::exchange(harvest.tagOfChunk, {});
            harvest.endResult(*::PQcmdStatus(result.get()) ? QByteArray(::PQcmdStatus(result.get())) : tag);
        }
        break;
    case PGRES_COMMAND_OK:
        if (!harvest.results)
            harvest.takeColumns(result.get()); // of a description
        harvest.endResult(::PQcmdStatus(result.get()));
        break;
    case PGRES_EMPTY_QUERY:
        break;
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
        if (!harvest.results || status == PGRES_COPY_BOTH)
            refused(trip, harvest);
        break;
    case PGRES_COPY_OUT:
        if (!harvest.results) {
            harvest.unwanted = true;
            stop(trip, Trip::Stop::Copy);
        }
        break;
    default:
        // The rows before it are shown, as incomplete; a number that is told is a number that was given.
        if (harvest.hasChunk(true))
            give(trip, harvest);
        harvest.takeError(result.get());
    }
}

// What may be read at once; of TLS a little more than it will give.
static qint64 readable(int socket)
{
    int bytes = 0;
    return ::ioctl(socket, FIONREAD, &bytes) == 0 ? bytes : 0;
}

// No message of a server is longer than 1 GiB (MaxAllocSize, memutils.h), and no row longer than what is taken of a whole result: what goes on
// beyond it without a result are messages that libpq keeps, such as parameters without end.
static qint64 mostUnheard(const Harvest &harvest)
{
    constexpr qint64 message = (qint64(1) << 30) + (qint64(1) << 20);
    return harvest.streams() || harvest.maxBytes == 0 ? message : std::min(message, 2 * harvest.maxBytes + (qint64(1) << 20));
}

// Until libpq has no further result; false when the link was given up on the way.
bool Connection::Core::collect(Trip &trip, Harvest &harvest)
{
    constexpr int showAfterMs = 50; // rows that came are not held back for a chunk while the server thinks about the next
    unheard = 0;
    for (;;) {
        while (::PQisBusy(connection.get()) == 0) {
            ResultPtr result(::PQgetResult(connection.get()));
            if (!result)
                return true;
            unheard = 0;
            const auto status = ::PQresultStatus(result.get());
            take(trip, harvest, std::move(result));
            if (status == PGRES_COPY_OUT)
                copyOut(trip, harvest);
            else if (status == PGRES_COPY_IN && harvest.results)
                copyIn(trip, harvest);
            if (lost)
                return false;
        }
        const Wake wake = wait(trip, POLLIN, harvest.hasChunk(true) ? showAfterMs : -1);
        if (wake == Wake::Over)
            return false;
        if (wake == Wake::Pause) {
            give(trip, harvest);
            continue;
        }
        unheard += readable(::PQsocket(connection.get()));
        if (unheard > mostUnheard(harvest)) {
            lose(Error{ErrorKind::Protocol, QStringLiteral("flood"), QStringLiteral("The server sent without end what is no result; the link was given up"), {}, {}, {}, {}, 0});
            return false;
        }
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
    const bool gone = lost || ::PQstatus(connection.get()) != CONNECTION_OK;
    using End = CancelProgress::End;
    canceller->endStatement(gone ? End::Lost : !harvest.error ? End::Done : harvest.error->sqlstate == QLatin1StringView("57014") ? End::Cancelled : End::Failed);
    if (!gone)
        lastState = transactionState();
    refreshFacts(facts, connection.get());
    return finish(trip, harvest);
}

static QString incomplete(qint64 rows)
{
    return QStringLiteral("The result is incomplete: it ended after %1 rows.").arg(rows);
}

Result<Rows> Connection::Core::finish(const Trip &trip, Harvest &harvest)
{
    if (!lost && ::PQstatus(connection.get()) != CONNECTION_OK) {
        Error error = brokenOff ? lostError() : unreadableError();
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
    // Ready for the next statement, and not a word of how this one ended: which question the next answer is to, nobody knows.
    if (!harvest.error && !harvest.endSaid) {
        harvest.error = Error{ErrorKind::Protocol, QStringLiteral("incomplete_result"), QStringLiteral("The server did not say how the statement ended; the link was given up"), {}, {}, {}, {}, 0};
        lose(*harvest.error);
    }
    if (!harvest.error && !harvest.unwanted)
        return Rows(std::shared_ptr<const Rows::Data>(std::move(harvest.data))); // a cancel that came too late takes nothing back
    // Not all of its rows were taken, and yet it was done.
    const bool done = !harvest.error && !harvest.data->commandTag.isEmpty() && trip.stop != Trip::Stop::Copy;

    Error error = harvest.error.value_or(Error());
    const bool gaveUp = !lost && harvest.gaveUp && (!harvest.error || error.sqlstate == QLatin1StringView("57014"));
    if (gaveUp)
        error = *harvest.gaveUp; // of which the server's is an echo
    const bool ours = lost || (!gaveUp && (error.sqlstate == QLatin1StringView("57014") || !harvest.error));
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
            error.detail = canceller->state().delivered ? QStringLiteral("The server took the cancel, but the statement did not end; the link was given up.")
                                                        : QStringLiteral("The server did not answer to the cancel; the link was given up.");
    }
    if (done)
        error.detail = QStringLiteral("The statement had ended on the server by then (%1).").arg(QString::fromUtf8(harvest.data->commandTag));
    if (harvest.rowsSeen > 0)
        error.detail = error.detail.isEmpty() ? incomplete(harvest.rowsSeen) : QString(error.detail + QLatin1Char(' ') + incomplete(harvest.rowsSeen));
    return fail(std::move(error).during(trip.what));
}

QString whatOf(const Statement &statement)
{
    return statement.name.isEmpty() ? QStringLiteral("run the statement") : statement.name;
}

Result<SentParams> sentParams(const Statement &statement, const Params &params)
{
    if (statement.text.contains('\0'))
        return fail(ErrorKind::Client, QStringLiteral("nul_in_statement"), QStringLiteral("The statement holds a NUL byte"));
    SentParams sent;
    for (const Param &param : params) {
        if (param.value && param.value->contains('\0'))
            return fail(ErrorKind::Client, QStringLiteral("nul_in_parameter"), QStringLiteral("A parameter holds a NUL byte"));
        sent.values.push_back(param.value ? param.value->constData() : nullptr);
        sent.types.push_back(param.typeOid);
    }
    return sent;
}

// Never a whole result inside libpq: its buffers would double ours.
void Connection::Core::rowMode(int chunkRows)
{
    // Small ones, so that large rows are bounded; of a size that fits the reader's.
    int size = std::clamp(chunkRows, 1, 64);
    while (chunkRows % size != 0)
        --size;
    if (chunkRows > 1 && newerLibpq().setChunkedRowsMode)
        newerLibpq().setChunkedRowsMode(connection.get(), size);
    else
        ::PQsetSingleRowMode(connection.get());
}

Result<Rows> Connection::Core::run(const Statement &statement, const Params &params, const RunOptions &options, const CancelToken &cancel, RowSink *sink)
{
    const auto given = sentParams(statement, params);
    if (!given)
        return fail(given.error());
    const auto &[values, types] = *given;

    Trip trip{cancel, options.timeoutMs > 0 ? Deadline::in(options.timeoutMs) : Deadline::never(), whatOf(statement), options.timeoutMs};
    const int count = int(params.size());
    PGconn *link = connection.get();
    const QByteArray name = statement.name.toUtf8();
    // Another text under a name that is taken (a variant chosen by hand) goes without preparing.
    const bool prepares = options.prepared && !spec.pooler && !name.isEmpty() && prepared.value(statement.name, statement.text) == statement.text;
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
        if (sent == 1)
            rowMode(harvest.chunkRows);
        return sent == 1;
    });
}

Result<Rows> Connection::Core::describe(const Statement &statement, const RunOptions &options, const CancelToken &cancel)
{
    if (statement.text.contains('\0'))
        return fail(ErrorKind::Client, QStringLiteral("nul_in_statement"), QStringLiteral("The statement holds a NUL byte"));
    Trip trip{cancel, options.timeoutMs > 0 ? Deadline::in(options.timeoutMs) : Deadline::never(), whatOf(statement), options.timeoutMs};
    Harvest nothing, columns;
    // Behind a pooler each message may go to another backend, unless a transaction holds this one.
    const bool holds = spec.pooler && transactionState() == TransactionState::Idle;
    if (holds) {
        if (auto begun = simple("BEGIN"); !begun)
            return begun;
    }
    auto done = this->trip(trip, nothing, [&] { return ::PQsendPrepare(connection.get(), "", statement.text.constData(), 0, nullptr) == 1; });
    if (done)
        done = this->trip(trip, columns, [&] { return ::PQsendDescribePrepared(connection.get(), "") == 1; });
    if (holds && !lost) {
        if (auto ended = simple("ROLLBACK"); !ended && done)
            return ended;
    }
    return done;
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
