// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/standing.h"

#include <QCryptographicHash>

namespace howdah::health
{

using namespace Qt::StringLiterals;

QString reachWord(Reach reach)
{
    switch (reach) {
    case Reach::NotAsked: return u"not sampled yet"_s;
    case Reach::Up: return u"up"_s;
    case Reach::Stale: return u"stale"_s;
    case Reach::Starting: return u"starting"_s;
    case Reach::NoAnswer: return u"no answer"_s;
    case Reach::Refused: return u"refused"_s;
    case Reach::Full: return u"full"_s;
    case Reach::Down: return u"down"_s;
    }
    return {};
}

std::optional<Reach> reachOf(const Error &error)
{
    if (error.sqlstate == "57P03"_L1)
        return Reach::Starting; // or stopping, or a standby that takes no readers yet
    if (error.sqlstate == "53300"_L1)
        return Reach::Full;
    switch (error.kind) {
    case ErrorKind::Connection: return Reach::Down;
    case ErrorKind::Timeout: return error.reason == "connect"_L1 || error.reason == "no_answer"_L1 ? std::optional(Reach::NoAnswer) : std::nullopt;
    case ErrorKind::Authentication:
    case ErrorKind::Tls: return Reach::Refused;
    default: return std::nullopt;
    }
}

QString serverId(const QString &key)
{
    return QString::fromLatin1(QCryptographicHash::hash(QByteArray("howdah health " + key.toUtf8()), QCryptographicHash::Sha256).toHex().first(12));
}

Reach reachAt(const Standing &standing, qint64 nowMs)
{
    if (standing.failed)
        return *standing.failed;
    if (!standing.sample)
        return Reach::NotAsked;
    return nowMs - standing.sampledMs > stalePeriods * standing.periodMs ? Reach::Stale : Reach::Up;
}

double ageSeconds(const Standing &standing, qint64 nowMs)
{
    return double(nowMs - standing.sampledMs) / 1000;
}

} // namespace howdah::health
