// SPDX-License-Identifier: GPL-3.0-or-later
// What a receiver of a POST answered, read out of at most 64 KB of it, headers included. Any thread.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>

#include <optional>

namespace howdah::health
{

inline constexpr qsizetype replyLimit = 64 * 1024;

struct HttpReply {
    int status = 0;                    // 0: none came
    QMap<QByteArray, QByteArray> headers; // names in lower case
    QByteArray body;
    bool isCut = false;                // more than the limit, or not all in time: the body is not whole
    bool timedOut = false;             // after it was sent: it may have arrived
    QString error;                     // why there is none
};

// HTTP/1.x; interim replies (1xx) are passed over. nullopt: not whole yet, or, `atEnd`, none at all.
std::optional<HttpReply> readHttpReply(QByteArrayView bytes, bool atEnd);

} // namespace howdah::health
