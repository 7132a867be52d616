// SPDX-License-Identifier: GPL-3.0-or-later
// COPY in both directions, within a statement's trip: what is sent waits for the socket, what comes is given on in pieces, and an end by
// either side leaves the link usable.
#include "pg/linkcore.h"

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

namespace howdah::pg
{

// libpq reads no error before the COPY's end; without this a failed COPY would be fed to its last byte. One byte is looked at and left there:
// the type of the next message. After anything but an error the end alone tells, as in psql.
void Connection::Core::listen(CopyEar &ear)
{
    if (ear.other)
        return;
    char type = 0;
    auto *ssl = static_cast<SSL *>(::PQsslStruct(connection.get(), "OpenSSL"));
    const bool came = ssl ? ::SSL_peek(ssl, &type, 1) == 1 : ::recv(::PQsocket(connection.get()), &type, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    ::ERR_clear_error();
    ear.refused = came && type == 'E';
    ear.other = came && type != 'E';
}

// The server's answer, good or bad, is the next result; false: the link is gone.
bool Connection::Core::copyIn(Trip &trip, Harvest &harvest)
{
    constexpr qsizetype pieceBytes = 256 * 1024; // libpq takes what it is given into its buffer: never more than this waits there
    PGconn *link = connection.get();
    QByteArray why; // of an end that is no success
    bool ended = false;
    CopyEar ear;
    while (!ended && why.isEmpty()) {
        Result<QByteArray> next;
        {
            const ReadersTurn turn(*this, nullptr, harvest.results);
            next = harvest.results->copyIn();
        }
        if (trip.stop == Trip::Stop::None && canceller->state().asked)
            trip.stop = Trip::Stop::Outside;
        if (trip.stop == Trip::Stop::None && trip.cancel.isCancelled()) {
            trip.stop = Trip::Stop::Token;
            if (canceller->noteAsked())
                canceller->noteAnswered(true); // the COPY's own end says it
        }
        if (trip.stop != Trip::Stop::None || abandoned.isCancelled()) {
            why = "cancelled by the client";
            break;
        }
        if (!next) {
            why = next.error().message.toUtf8().replace('\0', ' ');
            why = why.isEmpty() ? QByteArray("the client gave up") : why;
            harvest.gaveUp = next.error();
            break;
        }
        ended = next->isEmpty();
        for (qsizetype at = 0; at < next->size() && why.isEmpty() && trip.stop == Trip::Stop::None; at += pieceBytes) {
            const int size = int(std::min(pieceBytes, next->size() - at));
            if (::PQputCopyData(link, next->constData() + at, size) != 1)
                break; // the link is gone, or no memory: the end below tells
            if (!flush(trip, &ear) && lost)
                return false;
            if (waitOn(::PQsocket(link), POLLIN, {}, Deadline::in(0)).events & POLLIN)
                listen(ear);
            if (ear.refused)
                why = "the server refused the data";
        }
        if (trip.stop != Trip::Stop::None)
            why = "cancelled by the client";
        if (::PQstatus(link) != CONNECTION_OK)
            break;
    }
    if (::PQputCopyEnd(link, why.isEmpty() ? nullptr : why.constData()) != 1)
        read(); // what the server said last
    return flush(trip) || !lost;
}

bool Connection::Core::copyOut(Trip &trip, Harvest &harvest)
{
    constexpr qsizetype pieceBytes = 64 * 1024;
    constexpr int showAfterMs = 50;
    PGconn *link = connection.get();
    QByteArray piece;
    const auto give = [&] {
        if (piece.isEmpty())
            return;
        bool more = false;
        {
            const ReadersTurn turn(*this, nullptr, harvest.results);
            more = harvest.results->copyOut(piece);
        }
        piece.clear();
        if (more)
            return;
        harvest.unwanted = true;
        if (trip.stop == Trip::Stop::None)
            stop(trip, canceller->state().asked ? Trip::Stop::Outside : trip.cancel.isCancelled() ? Trip::Stop::Token : Trip::Stop::Reader);
    };
    if (harvest.results && !harvest.unwanted) {
        const ReadersTurn turn(*this, nullptr, harvest.results);
        harvest.results->copyOut({}); // it begins: there may be no bytes
    }
    piece.reserve(pieceBytes);
    for (;;) {
        char *line = nullptr;
        const int length = ::PQgetCopyData(link, &line, 1);
        if (length < 0)
            break; // its end, or an error: the next result says which
        if (length > 0) {
            const bool wanted = harvest.results && !harvest.unwanted;
            if (wanted) {
                piece.append(line, length);
                ++harvest.rowsSeen;
            }
            ::PQfreemem(line);
            if (piece.size() >= pieceBytes)
                give();
            continue;
        }
        const Wake wake = wait(trip, POLLIN, piece.isEmpty() ? -1 : showAfterMs);
        if (wake == Wake::Over)
            return false;
        if (wake == Wake::Pause)
            give();
        else if (!read())
            break;
    }
    give();
    return true;
}

} // namespace howdah::pg
