// SPDX-License-Identifier: GPL-3.0-or-later
// How an export goes: what was sent, what was not, and why. A plain value; any thread.
#pragma once

#include <QJsonObject>
#include <QString>

namespace howdah::health
{

struct OtlpState {
    qint64 requestsSent = 0, pointsSent = 0;       // taken by the receiver
    qint64 pointsRejected = 0;                     // by a receiver that took the rest
    qint64 requestsDropped = 0, pointsDropped = 0; // refused for good, too large, unanswered, or pushed out of the queue
    qint64 attemptsFailed = 0;                     // to be made again
    int queued = 0;                                // requests that wait, the one under way included
    qint64 sentMs = 0, errorMs = 0, againMs = 0;   // last sent, last error, next attempt; Unix time, 0: none
    QString error;                                 // the last one; stays until the next
    bool operator==(const OtlpState &) const = default;
    QJsonObject toJson() const;
};

} // namespace howdah::health
