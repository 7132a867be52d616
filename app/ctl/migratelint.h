// SPDX-License-Identifier: GPL-3.0-or-later
// migrate lint
#pragma once

#include "ctl/migratestand.h"

namespace howdah::ctl
{

struct LintOptions {
    std::vector<std::string> names; // of files in the folder; none: all
    bool connected = false;         // the server's version and the tables' sizes are asked for
    bool plain = false;             // as dbmate or psql would run it: nobody else sets timeouts
    bool fix = false;
    int major = 18;
};
// Exit code 5 where something stands that is no note.
Result<Answer> lintFiles(Ctl &ctl, const MigrateOptions &migrate, const LintOptions &options);

} // namespace howdah::ctl
