// SPDX-License-Identifier: GPL-3.0-or-later
// A trial told: as JSON and as text for a terminal. Pure, any thread. JSON: times in ms; what was not measured is null, never 0.
#pragma once

#include "trial/draft.h"

#include <QJsonObject>

namespace howdah::trial
{

QJsonObject toJson(const RemedyRun &run);
QJsonObject toJson(const Trial &trial);
QJsonObject toJson(const Draft &draft);

// Lines, names of the server's made harmless; each ends with a line break.
QString toText(const Trial &trial);
QString toText(const Draft &draft);

} // namespace howdah::trial
