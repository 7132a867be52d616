// SPDX-License-Identifier: GPL-3.0-or-later
// The head of an HTTP/1.1 request, read strictly: what RFC 9112 lets a server refuse is refused, and nothing is decoded, so that no two spellings
// mean one place. Bodies are not read at all. Pure; any thread.
#pragma once

#include <QByteArray>

namespace howdah::health
{

struct HttpLimits {
    int headBytes = 8192; // request line and headers with their line ends
    int headers = 64;
};

struct HttpRequest {
    QByteArray method;        // "GET", or whatever word stood there
    QByteArray path, query;   // as sent
    QByteArray host;          // lower case, with its port where one was sent
    QByteArray authorization; // as sent; empty: none
    QByteArray origin, accept;
    bool hasBody = false;     // one is announced, or what is announced is no number we would trust
    bool keepAlive = false;
};

struct HttpHead {
    enum class State { Incomplete, Complete, Refused };
    State state = State::Incomplete;
    HttpRequest request; // of Complete
    qsizetype size = 0;  // of Complete: bytes of the head; what follows is the next request
    int status = 0;      // of Refused: 400, 417, 431, 505; the connection can't go on, since nobody knows where the next request begins
};

HttpHead readHead(QByteArrayView bytes, const HttpLimits &limits = {});

} // namespace howdah::health
