// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/timerange.h"

#include "base/units.h"

#include <QDateTime>

namespace howdah::ui
{

TimeRange::Interval TimeRange::at(qint64 nowMs) const
{
    if (!isFollowing())
        return m_fixed;
    const qint64 to = isPaused() ? m_pausedAtMs : nowMs;
    return {to - m_spanMs, to};
}

void TimeRange::setLast(qint64 spanMs)
{
    if (spanMs < 1000 || (isFollowing() && !isPaused() && spanMs == m_spanMs))
        return;
    m_spanMs = spanMs;
    m_fixed = {};
    m_pausedAtMs = 0;
    emit changed();
}

void TimeRange::setInterval(qint64 fromMs, qint64 toMs)
{
    if (toMs - fromMs < 1000)
        return;
    m_fixed = {fromMs, toMs};
    m_pausedAtMs = 0;
    emit changed();
}

void TimeRange::setPaused(bool paused, qint64 nowMs)
{
    if (paused == isPaused() || !isFollowing())
        return;
    m_pausedAtMs = paused ? nowMs : 0;
    emit changed();
}

QString TimeRange::text() const
{
    if (isFollowing()) {
        for (const Choice &choice : choices()) {
            if (choice.spanMs == m_spanMs)
                return QStringLiteral("last ") + choice.text;
        }
        return QStringLiteral("last ") + units::duration(m_spanMs);
    }
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(m_fixed.fromMs);
    const QDateTime to = QDateTime::fromMSecsSinceEpoch(m_fixed.toMs);
    const bool sameDay = from.date() == to.date();
    const QString day = QStringLiteral("yyyy-MM-dd ");
    const QString time = QStringLiteral("HH:mm:ss");
    const bool today = sameDay && from.date() == QDate::currentDate();
    return from.toString(today ? time : day + time) + QStringLiteral(" to ") + to.toString(sameDay ? time : day + time);
}

QVector<TimeRange::Choice> TimeRange::choices()
{
    constexpr qint64 minute = 60'000;
    constexpr qint64 hour = 60 * minute;
    return {{5 * minute, QStringLiteral("5 min")}, {15 * minute, QStringLiteral("15 min")}, {hour, QStringLiteral("1 h")},
            {6 * hour, QStringLiteral("6 h")},     {24 * hour, QStringLiteral("24 h")},     {7 * 24 * hour, QStringLiteral("7 d")}};
}

} // namespace howdah::ui
