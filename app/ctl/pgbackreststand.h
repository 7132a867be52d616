// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of `backup window` and `pitr` read where --pgbackrest names another tool's repository, and the verb that shows what stanzas there are. The worker's thread.
#pragma once

#include "ctl/pitrstand.h"

#include <CLI/CLI.hpp>

namespace howdah::ctl
{

// Errors: Client/usage where --stanza is needed; those of the engine; Client/no_backup.
Result<PitrStand> pgBackRestStandOf(Ctl &ctl, const BackupOptions &options);
// --pgbackrest, --stanza, --pgbackrest-repo
void addPgBackRestOptions(CLI::App *verb, BackupOptions *options);
void addPgBackRestVerbs(CLI::App *backup, Ctl &ctl); // backup stanzas

} // namespace howdah::ctl
