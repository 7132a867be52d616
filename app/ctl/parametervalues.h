// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a statement's parameters as options give them: "1=VALUE", "1:numeric(10,2)=VALUE" with a type; "2" and "2:date" for NULL. Pure.
#pragma once

#include "explain/explain.h"

#include <QMap>

#include <string>
#include <vector>

namespace howdah::ctl
{

// `option`: "--param", as the error names it. Errors: Client/usage.
Result<QMap<int, explain::Value>> valuesFrom(const std::vector<std::string> &given, const std::vector<std::string> &nulls, const QString &option);

} // namespace howdah::ctl
