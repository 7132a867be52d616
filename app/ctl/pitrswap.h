// SPDX-License-Identifier: GPL-3.0-or-later
// pitr swap, rollback, retire: a rehearsed copy in the place of the stack's data, and back. The worker's thread.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addSwapVerbs(CLI::App *pitr, Ctl &ctl);
// What `pitr status` says of them, put behind the rest.
Done addSwaps(QJsonObject &json, QString &text);

} // namespace howdah::ctl
