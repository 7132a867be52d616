// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations as one time line, the newest on top: what is pending with its findings, then what was applied, by whom and how long it took. Window's thread.
#pragma once

#include "ui/migrations/projectsource.h"
#include "ui/widgets/keyedview.h"

namespace howdah::ui
{

QVector<KeyedColumn> timelineColumns();
QVector<KeyedRow> timelineRows(const Project &project);
// As it stands, in a word with its shape.
StateLook lookOf(migrations::Standing standing);
QString whenText(qint64 ms);  // in the user's zone, which the column's title names
QString whenTip(qint64 ms);   // the same, and UTC

inline constexpr auto pendingKey = "pending"; // of the two groups
inline constexpr auto appliedKey = "applied";

} // namespace howdah::ui
