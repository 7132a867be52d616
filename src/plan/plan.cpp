// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/plan.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

std::optional<qint64> scaledDecimal(QStringView text, int places)
{
    const bool negative = text.startsWith(u'-');
    if (negative)
        text = text.sliced(1);
    qint64 value = 0;
    int decimals = -1; // -1: before the point
    bool digits = false;
    int rounding = -1;
    for (const QChar c : text) {
        if (c == u'.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < u'0' || c > u'9')
            return std::nullopt;
        digits = true;
        const int digit = c.unicode() - u'0';
        if (decimals >= places) {
            if (rounding < 0)
                rounding = digit;
            continue;
        }
        if (decimals >= 0)
            ++decimals;
        if (__builtin_mul_overflow(value, qint64(10), &value) || __builtin_add_overflow(value, qint64(digit), &value))
            return std::nullopt;
    }
    if (!digits)
        return std::nullopt;
    for (int place = std::max(decimals, 0); place < places; ++place)
        if (__builtin_mul_overflow(value, qint64(10), &value))
            return std::nullopt;
    if (rounding >= 5 && __builtin_add_overflow(value, qint64(1), &value))
        return std::nullopt;
    return negative ? -value : value;
}

const Field *Fields::find(QStringView name) const
{
    const auto found = std::find_if(all.cbegin(), all.cend(), [name](const Field &field) { return field.name == name; });
    return found == all.cend() ? nullptr : &*found;
}

QString Fields::text(QStringView name) const
{
    const Field *field = find(name);
    return field ? field->value : QString();
}

std::optional<qint64> Fields::count(QStringView name) const
{
    const Field *field = find(name);
    return field && !field->value.contains(u'.') ? scaledDecimal(field->value, 0) : std::nullopt;
}

std::optional<double> Fields::real(QStringView name) const
{
    const Field *field = find(name);
    bool ok = false;
    const double value = field ? field->value.toDouble(&ok) : 0;
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<bool> Fields::flag(QStringView name) const
{
    const QString value = text(name);
    if (value == "true"_L1)
        return true;
    return value == "false"_L1 ? std::optional(false) : std::nullopt;
}

std::optional<qint64> Fields::microseconds(QStringView name) const
{
    const Field *field = find(name);
    return field ? scaledDecimal(field->value, 3) : std::nullopt;
}

void Fields::set(const QString &name, const QString &value)
{
    const auto found = std::find_if(all.begin(), all.end(), [&name](const Field &field) { return field.name == name; });
    if (found != all.end())
        found->value = value;
    else if (all.size() <= maxFields)
        all.append({name, value});
}

} // namespace howdah::plan
