// SPDX-License-Identifier: GPL-3.0-or-later
// What a comparison of two times found, as rows of two tables: what takes longer than it did, and what is new. Pure functions, any thread.
#pragma once

#include "statements/ranking.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui
{

inline constexpr int mostCompared = 500; // rows: those that changed most, or take longest

QVector<KeyedColumn> slowerColumns();
// Those that became faster too, with what they save below 0. Their keys, as in the other table: statements::keyText().
QVector<KeyedRow> slowerRows(const statements::Comparison &comparison, const statements::TopList &after);

QVector<KeyedColumn> freshColumns();
QVector<KeyedRow> freshRows(const statements::Comparison &comparison, const statements::TopList &after);

} // namespace howdah::ui
