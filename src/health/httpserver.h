// SPDX-License-Identifier: GPL-3.0-or-later
// An HTTP/1.1 server on 127.0.0.1 and ::1 for small answers, on a thread of its own, in which nothing blocks. What comes in is bounded in size, time and
// number, since any program of this machine, and any page in its browsers, can send it something.
// Not Qt HttpServer: Debian has 6.4.2, whose headers know no limit on the size of a head, on the time it may take or on how long a connection idles;
// through bind() one could count its connections, and no more.
#pragma once

#include "base/result.h"
#include "health/httpanswer.h"
#include "health/httprequest.h"

#include <atomic>
#include <functional>
#include <memory>

namespace howdah::health
{

struct HttpServerLimits {
    HttpLimits head;
    int connections = 64;   // one more drops the one that has kept us waiting longest
    int headMs = 5000;      // from its first byte, or from the connection's begin, to a head's end
    int idleMs = 15'000;    // between two requests
    int answerMs = 5000;    // until the other side has taken an answer
    int lingerMs = 2000;    // a refused one may still be sending: it is read and dropped so long, or so much, so that it sees why
    qint64 lingerBytes = 4 * 1024 * 1024;
};

struct HttpCounts {
    std::atomic<int> open = 0, mostOpen = 0;
    std::atomic<qint64> answered = 0; // by the responder
    std::atomic<qint64> refused = 0;  // for their form, their size or their time, or dropped for others
};

class HttpServer
{
public:
    // Called on the server's thread, for each request whose head is whole; must not block.
    using Responder = std::function<HttpAnswer(const HttpRequest &)>;

    // `port` 0: one of the kernel's choice. Errors: Io/port_in_use, Io/listen.
    static Result<std::unique_ptr<HttpServer>> listen(quint16 port, Responder responder, const HttpServerLimits &limits = {});
    ~HttpServer(); // drops what is open; waits for the thread, which never waits

    quint16 port() const;
    const HttpCounts &counts() const;

private:
    struct Core;
    explicit HttpServer(std::unique_ptr<Core> core);
    std::unique_ptr<Core> m_core;
};

} // namespace howdah::health
