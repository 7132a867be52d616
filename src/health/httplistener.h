// SPDX-License-Identifier: GPL-3.0-or-later
// What lives on the server's thread: the listening socket and its connections. Internal to HttpServer.
#pragma once

#include "health/httpserver.h"

#include <QHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

namespace howdah::health
{

class HttpListener : public QObject
{
public:
    HttpListener(HttpServer::Responder responder, const HttpServerLimits &limits, HttpCounts &counts);
    ~HttpListener() override;

    Result<quint16> open(quint16 port); // on its thread

private:
    // Reading: a head is awaited. Answering: it was written, and is not all taken yet. Lingering: our end is closed, theirs not yet.
    enum class Phase { Reading, Answering, Lingering, Gone };
    struct Link {
        QTcpSocket *socket = nullptr;
        Phase phase = Phase::Reading;
        QByteArray bytes;       // that came and were not used yet; at most a head's
        bool isIdle = false;    // between two requests: none of the next one's bytes has come
        bool closes = false;    // after this answer
        bool isBusy = false;    // serve() is at it
        qint64 sinceMs = 0, untilMs = 0; // of its phase
        qint64 dropped = 0;     // bytes, while it lingers
    };
    using LinkPtr = std::shared_ptr<Link>;

    static Done openAt(QTcpServer &server, const QHostAddress &address, quint16 port);
    void take(QTcpServer &server);
    void serve(const LinkPtr &link);
    void respond(const LinkPtr &link, const HttpAnswer &answer, bool bodiless, bool keepAlive);
    void refuse(const LinkPtr &link, int status);
    void written(const LinkPtr &link);
    void linger(const LinkPtr &link);
    void drop(const LinkPtr &link);
    void makeRoom();
    void look();
    void enter(Link &link, Phase phase, int forMs) const;

    const HttpServer::Responder m_responder;
    const HttpServerLimits m_limits;
    HttpCounts &m_counts;
    QTcpServer m_server, m_server6; // 127.0.0.1, ::1
    QTimer m_look; // for what takes too long; runs while there is a connection
    QHash<QTcpSocket *, LinkPtr> m_links;
};

} // namespace howdah::health
