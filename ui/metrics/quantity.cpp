// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/quantity.h"

#include "base/units.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

static Figure split(const QString &text)
{
    const qsizetype space = text.lastIndexOf(QLatin1Char(' '));
    return space < 0 ? Figure{text, {}} : Figure{text.left(space), text.mid(space + 1)};
}

Figure figure(Quantity quantity, double value)
{
    switch (quantity) {
    case Quantity::Count: return split(units::count(value));
    case Quantity::PerSecond: {
        Figure out = split(units::count(value));
        out.unit += QStringLiteral("/s");
        return out;
    }
    case Quantity::BytesPerSecond: return split(units::bytesPerSecond(value));
    case Quantity::Share: return split(units::ratio(value));
    }
    return {};
}

Figure figure(Quantity quantity, std::optional<double> value)
{
    return value ? figure(quantity, *value) : Figure{QStringLiteral("–"), {}};
}

// The largest unit not above a value.
static double byteUnit(double value)
{
    double unit = 1;
    while (value >= unit * 1024 && unit < 1e15)
        unit *= 1024;
    return unit;
}

static double roundStep(double raw)
{
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (raw <= factor * power * 1.0001)
            return factor * power;
    }
    return 10 * power;
}

QString axisText(Quantity quantity, double value)
{
    if (quantity == Quantity::Share)
        return QString::number(value * 100, 'g', 5) + QStringLiteral(" %");
    static const QStringList byteNames{QStringLiteral(" B"), QStringLiteral(" kB"), QStringLiteral(" MB"), QStringLiteral(" GB"),
                                       QStringLiteral(" TB"), QStringLiteral(" PB")};
    static const QStringList names{QString(), QStringLiteral(" k"), QStringLiteral(" M"), QStringLiteral(" G"), QStringLiteral(" T")};
    const bool isBytes = quantity == Quantity::BytesPerSecond;
    const QStringList &all = isBytes ? byteNames : names;
    if (value == 0)
        return QStringLiteral("0");
    qsizetype step = 0;
    while (std::fabs(value) >= (isBytes ? 1024 : 1000) && step + 1 < all.size()) {
        value /= isBytes ? 1024 : 1000;
        ++step;
    }
    return QString::number(value, 'g', 4) + all.at(step);
}

QVector<double> axisTicks(Quantity quantity, double low, double high, int about)
{
    if (!(high > low) || about < 1)
        return {};
    const double raw = (high - low) / about;
    double step;
    if (quantity == Quantity::BytesPerSecond && raw >= 1) {
        const double unit = byteUnit(raw);
        step = unit * std::pow(2, std::ceil(std::log2(raw / unit)));
    } else {
        step = roundStep(raw);
        if (quantity == Quantity::Count || quantity == Quantity::PerSecond)
            step = std::max(step, 1.0);
    }
    QVector<double> out;
    const double first = std::ceil(low / step - 1e-6);
    for (int i = 0; i < 50; ++i) {
        const double value = (first + i) * step;
        if (value > high + step * 1e-6)
            break;
        out.append(value);
    }
    return out;
}

QVector<TimeTick> timeTicks(qint64 fromMs, qint64 toMs, int about)
{
    static constexpr qint64 second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    static constexpr qint64 steps[] = {second,      2 * second,  5 * second,  10 * second, 15 * second, 30 * second, minute,   2 * minute, 5 * minute,
                                       10 * minute, 15 * minute, 30 * minute, hour,        2 * hour,    3 * hour,    6 * hour, 12 * hour,  day,
                                       2 * day,     7 * day,     14 * day,    28 * day};
    if (toMs <= fromMs || about < 1)
        return {};
    qint64 step = steps[std::size(steps) - 1];
    for (const qint64 candidate : steps) {
        if ((toMs - fromMs) / candidate <= about) {
            step = candidate;
            break;
        }
    }
    // Round in the user's zone: midnight there, not in UTC. One offset for all ticks; across a change of the clocks they are an hour off
    // their round place, and the words still tell the true time.
    const qint64 offset = QDateTime::fromMSecsSinceEpoch(toMs).offsetFromUtc() * second;
    QVector<TimeTick> out;
    for (qint64 at = ((fromMs + offset + step - 1) / step) * step - offset; at <= toMs; at += step) {
        const QDateTime local = QDateTime::fromMSecsSinceEpoch(at);
        const bool midnight = local.time() == QTime(0, 0);
        const QString format = step >= day || (midnight && step >= hour) ? QStringLiteral("ddd d") : step >= minute ? QStringLiteral("HH:mm") : QStringLiteral("HH:mm:ss");
        out.append({at, QLocale::c().toString(local, format)});
    }
    return out;
}

} // namespace howdah::ui
