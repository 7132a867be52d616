// SPDX-License-Identifier: GPL-3.0-or-later
// statements record: readings on a terminal, as the window takes them.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

struct RecordOptions {
    std::string span;        // for so long; empty: until it is ended
    std::string every = "1m";
};
Result<Answer> recordStatements(Ctl &ctl, const RecordOptions &options);

} // namespace howdah::ctl
