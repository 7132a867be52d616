// SPDX-License-Identifier: GPL-3.0-or-later
// The ladder to a statement's plan, for each verb that asks for one.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

struct LadderOptions {
    std::string text;
    std::string database; // empty: the profile's
    std::vector<std::string> searchPath, parameters, nulls;
    bool analyze = false, consent = false, generic = false, custom = false, memory = false, wal = false;
    std::string serialize = "none";
    double timeoutS = 30, lockTimeoutS = 2;
};

// All but the text and the database.
void addLadderOptions(CLI::App *verb, const std::shared_ptr<LadderOptions> &options);
// Another database than the connected one is reached as this one was.
Result<std::unique_ptr<pg::Connection>> linkToDatabase(Ctl &ctl, const pg::Connection &link, const QString &database);
Result<Answer> runPlan(Ctl &ctl, const LadderOptions &options);

} // namespace howdah::ctl
