// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with one migration of the time line: its menu. Pure.
#pragma once

#include "ui/migrations/runflow.h"

namespace howdah::ui
{

struct RowAction {
    enum class Kind { Run, Preview, Adopt };
    Kind kind = Kind::Run;
    QString text;
    MigrationRequest request; // of Run
};
QVector<RowAction> rowActions(const Project &project, const QString &version);

} // namespace howdah::ui
