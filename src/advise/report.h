// SPDX-License-Identifier: GPL-3.0-or-later
// Advice told: as JSON, as lines for a terminal, and as Markdown for a ticket. Pure functions, any thread. Passwords
// are masked, and so are strings out of plans' conditions.
#pragma once

#include "advise/advice.h"

#include <QJsonObject>

namespace howdah::advise
{

QJsonObject toJson(const Advised &advised, const Evidence &evidence);
QString text(const Advised &advised, const Evidence &evidence);
QString markdown(const Advised &advised, const Evidence &evidence);

} // namespace howdah::advise
