// SPDX-License-Identifier: GPL-3.0-or-later
// migrate new --from-diff, migrate drift: what compares a database with what the migrations make. The worker's thread.
#pragma once

#include "ctl/migratesandbox.h"

namespace howdah::ctl
{

struct DiffOptions {
    std::string from;                 // a URL, a profile, a file of SQL; empty: the connection that the options name
    std::vector<std::string> renames; // "t.a=t.b"
    bool drops = false;               // what looks like a rename is a drop and a new one
};

// Exit code 5 where something is left to be done by hand.
Result<Answer> newFromDiff(Ctl &ctl, const MigrateOptions &options, const DiffOptions &diff, const SandboxOptions &sandbox);
// Exit code 4 where they differ.
Result<Answer> drift(Ctl &ctl, const MigrateOptions &options, const SandboxOptions &sandbox);

} // namespace howdah::ctl
