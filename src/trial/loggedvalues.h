// SPDX-License-Identifier: GPL-3.0-or-later
// The values that auto_explain's log tells with a plan, as values for a trial. Pure, any thread.
#pragma once

#include "explain/explain.h"

namespace howdah::trial
{

// "$1 = '42', $2 = NULL". Errors: Client/values_not_read; Client/value_cut where one ends in "...": auto_explain.log_parameter_max_length may have cut it.
Result<QMap<int, explain::Value>> valuesOf(const QString &logged);

} // namespace howdah::trial
