// SPDX-License-Identifier: GPL-3.0-or-later
// pitr report: the evidence of a recovery as a page and as JSON. The worker's thread.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addReportVerb(CLI::App *pitr, Ctl &ctl);
// Adds to what is kept of the rehearsal; a failure is told on standard error, since what was done is done. `rehearsal` empty: nothing.
void noteEvidence(const QString &rehearsal, const QString &what, const QString &words, const QJsonObject &facts);

} // namespace howdah::ctl
