// SPDX-License-Identifier: GPL-3.0-or-later
// A drill: the newest that can be had, rehearsed and looked at; what came of it is kept (drill.h), good or not. Blocking; any thread but the window's.
#pragma once

#include "backup/drill.h"
#include "backup/stand.h"

namespace howdah::backup
{

struct DrillOptions {
    QStringList probes; // SQL, each of which is to answer one true
    QString database = QStringLiteral("postgres");
    bool keepFailed = true; // what is not good stays, to be looked at, and the one that failed before it goes; else it goes too, and its words stay
};

struct DrillOutcome {
    Drill drill;
    QString stays; // id of the rehearsal; empty: it is gone
};

// It has the repository's turn meanwhile. Errors: Tool/in_use, Cancelled, those of keeping what came of it; what goes wrong in the planning and the rehearsal is no error.
Result<DrillOutcome> runDrill(const Stand &stand, const PhysicalPlace &place, const DrillOptions &options, qint64 nowMs, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
