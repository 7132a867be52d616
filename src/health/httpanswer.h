// SPDX-License-Identifier: GPL-3.0-or-later
// What is said to an HTTP request, and how it goes over the wire. Values; any thread.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>

namespace howdah::health
{

struct HttpAnswer {
    int status = 200;
    QByteArray type;           // "application/health+json"; empty: as text
    QByteArray body;
    QByteArrayList headers{};  // "Allow: GET, HEAD"
};

QByteArray statusWords(int status); // "405 Method Not Allowed"
HttpAnswer refusal(int status, const QByteArray &why, const QByteArrayList &headers = {}); // one line of text
HttpAnswer healthJson(int status, const QJsonObject &document);

// With Date, Content-Length, no-store and nosniff. `bodiless`: to HEAD, the same head alone.
QByteArray onTheWire(const HttpAnswer &answer, bool bodiless, bool keepAlive, const QDateTime &now);

} // namespace howdah::health
