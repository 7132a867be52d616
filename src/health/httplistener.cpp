// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httplistener.h"

#include "base/clock.h"

#include <QHostAddress>

#include <utility>

#include <sys/socket.h>

namespace howdah::health
{

using namespace Qt::StringLiterals;

static constexpr int lookEachMs = 100;

static qint64 nowMs()
{
    return Clock().monotonicMs();
}

HttpListener::HttpListener(HttpServer::Responder responder, const HttpServerLimits &limits, HttpCounts &counts)
    : m_responder(std::move(responder)), m_limits(limits), m_counts(counts), m_server(this), m_server6(this), m_look(this)
{
    m_look.setInterval(lookEachMs);
    connect(&m_look, &QTimer::timeout, this, &HttpListener::look);
    for (QTcpServer *server : {&m_server, &m_server6}) {
        server->setListenBacklogSize(128);
        connect(server, &QTcpServer::newConnection, this, [this, server] { take(*server); });
        // Out of descriptors Qt stops accepting for good.
        connect(server, &QTcpServer::acceptError, this, [this, server] { QTimer::singleShot(500, this, [server] { server->resumeAccepting(); }); });
    }
}

HttpListener::~HttpListener()
{
    const auto links = m_links.values();
    for (const LinkPtr &link : links)
        drop(link);
}

Done HttpListener::openAt(QTcpServer &server, const QHostAddress &address, quint16 port)
{
    if (server.listen(address, port))
        return {};
    if (server.serverError() == QAbstractSocket::AddressInUseError) {
        return fail(ErrorKind::Io, u"port_in_use"_s, u"Port %1 of %2 is taken by another program"_s.arg(port).arg(address.toString()),
                    u"Another howdahctl serve, or a window of Howdah, may have it: `ss -ltnp 'sport = :%1'` tells whose it is; "
                    "--port takes another one"_s.arg(port));
    }
    return fail(ErrorKind::Io, u"listen"_s, u"%1:%2 can't be listened at: %3"_s.arg(address.toString()).arg(port).arg(server.errorString()),
                port < 1024 ? u"Ports below 1024 are root's"_s : QString());
}

Result<quint16> HttpListener::open(quint16 port)
{
    if (Done opened = openAt(m_server, QHostAddress(QHostAddress::LocalHost), port); !opened)
        return fail(std::move(opened.error()));
    // "localhost" is either: what is not ours here, another user of this machine could take, and the token with it.
    Done opened = openAt(m_server6, QHostAddress(QHostAddress::LocalHostIPv6), m_server.serverPort());
    if (!opened && opened.error().reason == "port_in_use"_L1) {
        m_server.close();
        return fail(std::move(opened.error()));
    }
    return m_server.serverPort(); // a machine without IPv6 has no ::1
}

void HttpListener::enter(Link &link, Phase phase, int forMs) const
{
    link.phase = phase;
    link.sinceMs = nowMs();
    link.untilMs = link.sinceMs + forMs;
}

void HttpListener::take(QTcpServer &server)
{
    while (QTcpSocket *socket = server.nextPendingConnection()) {
        if (m_links.size() >= m_limits.connections)
            makeRoom();
        const auto link = std::make_shared<Link>();
        link->socket = socket;
        socket->setReadBufferSize(m_limits.head.headBytes * 2); // beyond that the kernel holds the sender back
        enter(*link, Phase::Reading, m_limits.headMs);
        m_links.insert(socket, link);
        m_counts.open = int(m_links.size());
        m_counts.mostOpen = qMax(int(m_counts.mostOpen), int(m_links.size()));
        connect(socket, &QTcpSocket::readyRead, this, [this, link] { serve(link); });
        connect(socket, &QTcpSocket::bytesWritten, this, [this, link] { written(link); });
        connect(socket, &QTcpSocket::disconnected, this, [this, link] { drop(link); });
        if (!m_look.isActive())
            m_look.start();
        serve(link); // what came with it
    }
}

// Whoever asks in earnest is served within milliseconds: the longest wait is somebody's who doesn't.
void HttpListener::makeRoom()
{
    LinkPtr longest;
    for (const LinkPtr &link : std::as_const(m_links)) {
        if (!longest || (link->phase != Phase::Answering && longest->phase == Phase::Answering)
            || ((link->phase == Phase::Answering) == (longest->phase == Phase::Answering) && link->sinceMs < longest->sinceMs))
            longest = link;
    }
    if (!longest)
        return;
    ++m_counts.refused;
    drop(longest);
}

void HttpListener::serve(const LinkPtr &link)
{
    if (link->phase == Phase::Lingering)
        return linger(link);
    link->isBusy = true;
    while (link->phase == Phase::Reading) {
        link->bytes += link->socket->read(m_limits.head.headBytes + 1 - link->bytes.size());
        if (link->bytes.isEmpty())
            break;
        if (std::exchange(link->isIdle, false))
            enter(*link, Phase::Reading, m_limits.headMs);
        const HttpHead head = readHead(link->bytes, m_limits.head);
        if (head.state == HttpHead::State::Incomplete)
            break;
        if (head.state == HttpHead::State::Refused) {
            refuse(link, head.status);
            break;
        }
        link->bytes.remove(0, head.size);
        ++m_counts.answered;
        respond(link, m_responder(head.request), head.request.method == "HEAD", head.request.keepAlive);
    }
    link->isBusy = false;
}

void HttpListener::respond(const LinkPtr &link, const HttpAnswer &answer, bool bodiless, bool keepAlive)
{
    link->closes = !keepAlive;
    enter(*link, Phase::Answering, m_limits.answerMs);
    link->socket->write(onTheWire(answer, bodiless, keepAlive, QDateTime::currentDateTimeUtc()));
    link->socket->flush();
    written(link);
}

void HttpListener::refuse(const LinkPtr &link, int status)
{
    ++m_counts.refused;
    respond(link, refusal(status, statusWords(status).mid(4)), false, false);
}

void HttpListener::written(const LinkPtr &link)
{
    if (link->phase != Phase::Answering || link->socket->bytesToWrite() > 0)
        return; // the next request waits until this answer is taken: who reads nothing makes us keep nothing
    if (link->closes) {
        // Closed at once with something unread, the kernel would take the answer back.
        ::shutdown(int(link->socket->socketDescriptor()), SHUT_WR);
        enter(*link, Phase::Lingering, m_limits.lingerMs);
        return linger(link);
    }
    enter(*link, Phase::Reading, m_limits.idleMs);
    link->isIdle = true;
    if (!link->isBusy)
        serve(link);
}

void HttpListener::linger(const LinkPtr &link)
{
    link->bytes.clear();
    while (link->phase == Phase::Lingering && link->socket->bytesAvailable() > 0)
        link->dropped += link->socket->read(m_limits.head.headBytes).size();
    if (link->phase == Phase::Lingering && link->dropped > m_limits.lingerBytes)
        drop(link);
}

void HttpListener::drop(const LinkPtr &link)
{
    if (std::exchange(link->phase, Phase::Gone) == Phase::Gone)
        return;
    link->socket->disconnect(this);
    link->socket->abort();
    link->socket->deleteLater();
    m_links.remove(link->socket);
    m_counts.open = int(m_links.size());
    if (m_links.isEmpty())
        m_look.stop();
}

void HttpListener::look()
{
    const qint64 now = nowMs();
    const auto links = m_links.values();
    for (const LinkPtr &link : links) {
        if (now < link->untilMs)
            continue;
        if (link->phase == Phase::Reading && !link->bytes.isEmpty()) {
            refuse(link, 408);
            continue;
        }
        if (!link->isIdle && link->phase != Phase::Lingering)
            ++m_counts.refused;
        drop(link);
    }
}

} // namespace howdah::health
