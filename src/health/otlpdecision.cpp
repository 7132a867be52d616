// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpdecision.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
bool isForAgain(int status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

// Between half of it and all of it.
qint64 backOffMs(const OtlpSettings &settings, int attempt, double chance)
{
    const qint64 full = std::min(qint64(settings.longestWaitMs), qint64(settings.firstWaitMs) << std::clamp(attempt - 1, 0, 20));
    return qint64(double(full) * (0.5 + chance / 2));
}

// The receiver's type of the answer, not of the question: a proxy in between speaks its own.
OtlpEncoding encodingOf(const HttpReply &reply, OtlpEncoding asked)
{
    const QByteArray type = reply.headers.value("content-type");
    if (type.startsWith("application/json"))
        return OtlpEncoding::Json;
    return type.startsWith("application/x-protobuf") ? OtlpEncoding::Protobuf : asked;
}

OtlpDecision taken(const HttpReply &reply, OtlpEncoding encoding)
{
    OtlpDecision decision{OtlpDecision::Taken, 0, 0, {}};
    if (reply.isCut) {
        decision.error = u"The receiver took it; its answer was not read to its end: it is longer than %1 kB, or came too late"_s.arg(replyLimit / 1024);
        return decision;
    }
    const auto answer = readOtlpAnswer(reply.body, encoding);
    if (!answer) {
        decision.error = u"The receiver took it; its answer is not OTLP's"_s;
        return decision;
    }
    decision.rejected = std::max(qint64(0), answer->rejected);
    if (decision.rejected > 0)
        decision.error = u"The receiver rejected %1 points"_s.arg(decision.rejected);
    else if (!answer->message.isEmpty())
        decision.error = u"The receiver warns"_s;
    if (!decision.error.isEmpty() && !answer->message.isEmpty())
        decision.error += u": "_s + answer->message;
    return decision;
}
} // namespace

std::optional<qint64> retryAfterMs(const QByteArray &header, qint64 nowMs)
{
    bool isNumber = false;
    const qlonglong seconds = header.toLongLong(&isNumber);
    if (isNumber)
        return seconds >= 0 && seconds < 1'000'000'000 ? std::optional(qint64(seconds) * 1000) : std::nullopt;
    QString text = QString::fromLatin1(header);
    if (!text.endsWith(" GMT"_L1))
        return std::nullopt;
    text.chop(4);
    QDateTime at = QLocale::c().toDateTime(text, u"ddd, dd MMM yyyy HH:mm:ss"_s);
    if (!at.isValid())
        return std::nullopt;
    at.setTimeSpec(Qt::UTC);
    return std::max(qint64(0), at.toMSecsSinceEpoch() - nowMs);
}

OtlpDecision decideOtlp(const HttpReply &reply, const OtlpSettings &settings, int attempt, qint64 nowMs, double chance)
{
    if (reply.timedOut)
        return {OtlpDecision::Drop, 0, 0, reply.error};
    if (reply.status == 0)
        return {OtlpDecision::Again, 0, backOffMs(settings, attempt, chance), reply.error.isEmpty() ? u"The connection ended without an answer"_s : reply.error};
    const OtlpEncoding encoding = encodingOf(reply, settings.encoding);
    if (reply.status >= 200 && reply.status < 300)
        return taken(reply, encoding);
    QString error = u"The receiver answered %1"_s.arg(reply.status);
    if (reply.status >= 300 && reply.status < 400)
        error += u": it points elsewhere, which is not followed"_s;
    else if (const QString words = reply.isCut ? QString() : readOtlpRefusal(reply.body, encoding); !words.isEmpty())
        error += u": "_s + words;
    if (!isForAgain(reply.status))
        return {OtlpDecision::Drop, 0, 0, error};
    const auto asked = retryAfterMs(reply.headers.value("retry-after"), nowMs);
    const qint64 waitMs = asked ? std::clamp(*asked, qint64(settings.firstWaitMs), std::max(qint64(settings.firstWaitMs), qint64(settings.longestAskedMs)))
                                : backOffMs(settings, attempt, chance);
    return {OtlpDecision::Again, 0, waitMs, error};
}

} // namespace howdah::health
