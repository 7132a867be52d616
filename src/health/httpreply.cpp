// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/httpreply.h"

namespace howdah::health
{

namespace
{
// -1: no such line yet. Lines end in \r\n, or in \n from who is careless.
qsizetype takeLine(QByteArrayView bytes, qsizetype from, QByteArrayView &line)
{
    const qsizetype end = bytes.indexOf('\n', from);
    if (end < 0)
        return -1;
    line = bytes.sliced(from, end - from);
    if (line.endsWith('\r'))
        line.chop(1);
    return end + 1;
}

bool readStatus(QByteArrayView line, HttpReply &reply)
{
    if (!line.startsWith("HTTP/1.") || line.size() < 12 || line[8] != ' ')
        return false;
    bool isNumber = false;
    reply.status = line.sliced(9, 3).toInt(&isNumber);
    return isNumber && reply.status >= 100 && reply.status <= 599;
}

// nullopt: not whole. What is no chunk ends the body.
std::optional<QByteArray> dechunked(QByteArrayView bytes, bool atEnd)
{
    QByteArray body;
    qsizetype at = 0;
    while (true) {
        QByteArrayView line;
        const qsizetype next = takeLine(bytes, at, line);
        if (next < 0)
            return atEnd ? std::optional(body) : std::nullopt;
        bool isNumber = false;
        const qsizetype extension = line.indexOf(';');
        const qlonglong size = (extension < 0 ? line : line.first(extension)).toByteArray().trimmed().toLongLong(&isNumber, 16);
        if (!isNumber || size <= 0)
            return body;
        if (size > bytes.size() - next)
            return atEnd ? std::optional(body + bytes.sliced(next).toByteArray()) : std::nullopt;
        body += bytes.sliced(next, qsizetype(size));
        at = takeLine(bytes, next + qsizetype(size), line);
        if (at < 0)
            return atEnd ? std::optional(body) : std::nullopt;
    }
}
} // namespace

std::optional<HttpReply> readHttpReply(QByteArrayView bytes, bool atEnd)
{
    QByteArrayView line;
    qsizetype at = takeLine(bytes, 0, line);
    HttpReply reply;
    if (at < 0 || !readStatus(line, reply)) {
        if (at < 0 && !atEnd)
            return std::nullopt;
        reply.status = 0;
        reply.error = QStringLiteral("What answered does not speak HTTP");
        return bytes.isEmpty() ? std::nullopt : std::optional(reply);
    }
    while (true) {
        at = takeLine(bytes, at, line);
        if (at < 0)
            return atEnd ? std::optional(reply) : std::nullopt; // its status came, and that decides
        if (line.isEmpty())
            break;
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            reply.headers.insert(line.first(colon).toByteArray().trimmed().toLower(), line.sliced(colon + 1).toByteArray().trimmed());
    }
    const QByteArrayView rest = bytes.sliced(at);
    if (reply.status < 200)
        return readHttpReply(rest, atEnd);
    if (reply.status == 204 || reply.status == 304)
        return reply;
    if (reply.headers.value("transfer-encoding").toLower().contains("chunked")) {
        const auto body = dechunked(rest, atEnd);
        if (!body)
            return std::nullopt;
        reply.body = *body;
        return reply;
    }
    bool hasLength = false;
    const qlonglong length = reply.headers.value("content-length").toLongLong(&hasLength);
    if (hasLength && length >= 0 && rest.size() >= length) {
        reply.body = rest.first(qsizetype(length)).toByteArray();
        return reply;
    }
    if (!atEnd)
        return std::nullopt;
    reply.body = rest.toByteArray();
    return reply;
}

} // namespace howdah::health
