// SPDX-License-Identifier: GPL-3.0-or-later
// migrate plan, with what its statements lock and read in a sandbox, and kept in a file
#pragma once

#include "ctl/migratesandbox.h"

namespace howdah::ctl
{

struct PlanOptions : SandboxOptions {
    bool previewLocks = false;
    std::string output; // the plan file; empty: none
    bool force = false; // over another
    int rows = 10'000;
};
void addPlanOptions(CLI::App *verb, const std::shared_ptr<PlanOptions> &options);
// Where nothing can be tried the plan stands as the statements' words tell it, and says so. Errors: those of goUp; of the file.
Result<Answer> planUp(Ctl &ctl, const MigrateOptions &options, const PlanOptions &plan);

// Nothing where the plan file is of what stands now; else the answer that says what differs, with exit code 4. Sets what the run is held to, also once it has the runners' lock: `stand` outlives it.
Result<std::optional<Answer>> heldToPlan(Ctl &ctl, const std::string &path, Stand &stand, migrations::RunOptions &run);

} // namespace howdah::ctl
