// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httpanswer.h"

#include <QJsonDocument>
#include <QLocale>

namespace howdah::health
{

using namespace Qt::StringLiterals;

QByteArray statusWords(int status)
{
    switch (status) {
    case 200: return "200 OK";
    case 400: return "400 Bad Request";
    case 401: return "401 Unauthorized";
    case 403: return "403 Forbidden";
    case 404: return "404 Not Found";
    case 405: return "405 Method Not Allowed";
    case 408: return "408 Request Timeout";
    case 413: return "413 Content Too Large";
    case 417: return "417 Expectation Failed";
    case 431: return "431 Request Header Fields Too Large";
    case 503: return "503 Service Unavailable";
    case 505: return "505 HTTP Version Not Supported";
    default: return QByteArray::number(status) + " Status";
    }
}

HttpAnswer refusal(int status, const QByteArray &why, const QByteArrayList &headers)
{
    return {status, {}, why + '\n', headers};
}

HttpAnswer healthJson(int status, const QJsonObject &document)
{
    return {status, "application/health+json", QJsonDocument(document).toJson(QJsonDocument::Compact) + '\n', {}};
}

QByteArray onTheWire(const HttpAnswer &answer, bool bodiless, bool keepAlive, const QDateTime &now)
{
    QByteArray text = "HTTP/1.1 " + statusWords(answer.status) + "\r\nDate: "
        + QLocale::c().toString(now.toUTC(), u"ddd, dd MMM yyyy hh:mm:ss"_s).toLatin1() + " GMT\r\nContent-Type: "
        + (answer.type.isEmpty() ? QByteArray("text/plain; charset=utf-8") : answer.type) + "\r\nContent-Length: " + QByteArray::number(answer.body.size())
        + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    for (const QByteArray &header : answer.headers)
        text += header + "\r\n";
    text += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return bodiless ? text : QByteArray(text + answer.body);
}

} // namespace howdah::health
