// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpstate.h"

#include <QDateTime>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
QJsonValue timeOf(qint64 ms)
{
    return ms > 0 ? QJsonValue(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs)) : QJsonValue();
}
} // namespace

QJsonObject OtlpState::toJson() const
{
    QJsonObject object{{u"requests_sent"_s, requestsSent},       {u"points_sent"_s, pointsSent},
                       {u"points_rejected"_s, pointsRejected},   {u"requests_dropped"_s, requestsDropped},
                       {u"points_dropped"_s, pointsDropped},     {u"attempts_failed"_s, attemptsFailed},
                       {u"queued"_s, queued},                    {u"sent"_s, timeOf(sentMs)},
                       {u"next_attempt"_s, timeOf(againMs)}};
    if (!error.isEmpty())
        object.insert(u"error"_s, QJsonObject{{u"message"_s, error}, {u"at"_s, timeOf(errorMs)}});
    return object;
}

} // namespace howdah::health
