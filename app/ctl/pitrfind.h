// SPDX-License-Identifier: GPL-3.0-or-later
// pitr find: which transaction it was. The worker's thread.
#pragma once

#include "ctl/pitrstand.h"

namespace howdah::ctl
{

struct FindOptions {
    std::string from, to; // moments with their offset; empty: no bound
    std::vector<std::string> tables;
    quint32 timeline = 0; // 0: the newest
    int most = 20;
};
Result<Answer> findTransactions(Ctl &ctl, const PitrStand &stand, const FindOptions &options);

} // namespace howdah::ctl
