// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httpserver.h"

#include "health/httplistener.h"

#include <QThread>

namespace howdah::health
{

struct HttpServer::Core {
    HttpCounts counts;
    QThread thread;
    HttpListener *listener = nullptr; // goes with its thread
    quint16 port = 0;

    ~Core()
    {
        thread.quit();
        thread.wait();
    }
};

HttpServer::HttpServer(std::unique_ptr<Core> core) : m_core(std::move(core)) { }

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::listen(quint16 port, Responder responder, const HttpServerLimits &limits)
{
    auto core = std::make_unique<Core>();
    core->listener = new HttpListener(std::move(responder), limits, core->counts);
    core->listener->moveToThread(&core->thread);
    QObject::connect(&core->thread, &QThread::finished, core->listener, &QObject::deleteLater);
    core->thread.setObjectName(QStringLiteral("health-http"));
    core->thread.start();
    Result<quint16> opened;
    QMetaObject::invokeMethod(core->listener, [&opened, port, listener = core->listener] { opened = listener->open(port); }, Qt::BlockingQueuedConnection);
    if (!opened)
        return fail(std::move(opened.error()));
    core->port = *opened;
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

quint16 HttpServer::port() const
{
    return m_core->port;
}

const HttpCounts &HttpServer::counts() const
{
    return m_core->counts;
}

} // namespace howdah::health
