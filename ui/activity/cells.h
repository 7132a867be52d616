// SPDX-License-Identifier: GPL-3.0-or-later
// Cells of the activity's tables from single values: what is not known is an en dash, muted, and stands last. Window's thread.
#pragma once

#include "base/units.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui::cells
{

inline KeyedCell plain(const QString &value) // also where it is empty
{
    return {value, {}, {}, false, {}, {}};
}

inline KeyedCell text(const QString &value, const QString &tip = {})
{
    return value.isEmpty() ? KeyedCell{QStringLiteral("–"), QVariant(QString()), tip, true, {}, {}} : KeyedCell{value, {}, tip, false, {}, {}};
}

inline KeyedCell notPermitted()
{
    return {QStringLiteral("not permitted"), QVariant(QString()), QStringLiteral("To see it: GRANT pg_monitor to this role"), true, {}, {}};
}

inline KeyedCell age(std::optional<qint64> ms)
{
    if (!ms)
        return {QStringLiteral("–"), QVariant(), QStringLiteral("not known"), true, {}, {}};
    return {units::duration(*ms), QVariant(double(*ms)), units::exact(double(*ms)) + QStringLiteral(" ms"), false, {}, {}};
}

inline KeyedCell count(std::optional<qint64> value, const QString &unit = {})
{
    if (!value)
        return {QStringLiteral("–"), QVariant(), QStringLiteral("not known"), true, {}, {}};
    return {units::count(double(*value)), QVariant(double(*value)), units::exact(double(*value)) + (unit.isEmpty() ? QString() : QChar(u' ') + unit), false, {}, {}};
}

// A count of which none is nothing to look at.
inline KeyedCell some(qint64 value, const QString &unit = {})
{
    return value ? count(value, unit) : KeyedCell{QString(), QVariant(0.0), QStringLiteral("none"), true, {}, {}};
}

} // namespace howdah::ui::cells
