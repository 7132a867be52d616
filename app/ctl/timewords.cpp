// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/timewords.h"

#include "base/clock.h"

#include <poll.h>

namespace howdah::ctl
{

std::optional<qint64> spanMs(const QString &text)
{
    static constexpr std::pair<char16_t, qint64> unitsMs[] = {{u's', 1000}, {u'm', 60'000}, {u'h', 3'600'000}, {u'd', 86'400'000}, {u'w', 604'800'000}};
    for (const auto &[unit, ms] : unitsMs) {
        bool ok = false;
        if (const uint amount = text.endsWith(unit) ? text.chopped(1).toUInt(&ok) : 0; ok)
            return amount * ms;
    }
    return std::nullopt;
}

std::optional<qint64> momentMs(const QString &text)
{
    const qint64 now = Clock().wallMs();
    if (text == QLatin1StringView("now"))
        return now;
    if (const auto span = spanMs(text))
        return qMax<qint64>(1, now - *span);
    const QDateTime at = QDateTime::fromString(text, Qt::ISODate);
    return at.isValid() ? std::optional(qMax<qint64>(1, at.toMSecsSinceEpoch())) : std::nullopt;
}

bool waitUntil(qint64 monotonicMs, const CancelToken &cancel)
{
    const Clock clock;
    for (qint64 left = monotonicMs - clock.monotonicMs(); left > 0; left = monotonicMs - clock.monotonicMs()) {
        pollfd wake{cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, wake.fd >= 0 ? 1 : 0, int(qMin<qint64>(left, 3'600'000)));
        if (cancel.isCancelled())
            return false;
    }
    return !cancel.isCancelled();
}

} // namespace howdah::ctl
