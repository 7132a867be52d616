// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart counts, and how its figures are written: on an axis (short), as the value now (number and unit apart). Any thread.
#pragma once

#include <QString>
#include <QVector>

#include <optional>

namespace howdah::ui
{

enum class Quantity { Count, PerSecond, BytesPerSecond, Share };

struct Figure {
    QString number; // "3.10"
    QString unit;   // "MB/s"
    QString text() const { return unit.isEmpty() ? number : QString(number + QLatin1Char(' ') + unit); }
};

Figure figure(Quantity quantity, double value);
Figure figure(Quantity quantity, std::optional<double> value); // an en dash where unknown
QString axisText(Quantity quantity, double value);

// Round values from low to high, about so many; bytes step by powers of two within their unit.
QVector<double> axisTicks(Quantity quantity, double low, double high, int about);

// Round local times inside an interval, about so many, with their words ("14:05", "14:05:30", "Tue 24").
struct TimeTick {
    qint64 atMs;
    QString text;
};
QVector<TimeTick> timeTicks(qint64 fromMs, qint64 toMs, int about);

} // namespace howdah::ui
