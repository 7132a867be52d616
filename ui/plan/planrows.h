// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a plan's tree, of two plans side by side, and of the kept ones. Values from values. Window's thread.
#pragma once

#include "explain/keptplans.h"
#include "plan/compare.h"
#include "ui/plan/planfigures.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui
{

inline constexpr int mostTreeNodes = 10'000; // of more the rest is said, and stands in the text

QVector<KeyedColumn> planColumns();
// Which of them the plan has something for.
QVector<bool> columnsOf(const PlanFigures &figures);
// The nodes, keys "n0", "n1" …; then what is of no node: "planning", "trigger 0", "jit", "serialization", "settings", "rest".
QVector<KeyedRow> planRows(const PlanFigures &figures);
QString nodeKey(int node);
int nodeOfKey(const QString &key); // -1: none

QVector<KeyedColumn> comparisonColumns();
QVector<KeyedRow> comparisonRows(const PlanFigures &before, const PlanFigures &after, const plan::PlanComparison &comparison); // keys "0", "1" … of the pairs

QVector<KeyedColumn> keptColumns();
QVector<KeyedRow> keptRows(const QVector<explain::KeptPlan> &plans); // keys: ids

} // namespace howdah::ui
