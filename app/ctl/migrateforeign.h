// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of `migrate` where the folder is another tool's project. The worker's thread.
#pragma once

#include "ctl/migratestand.h"

#include <optional>

namespace howdah::ctl
{

// Nothing: the folder is dbmate's, or nobody's, and the verb is ours. By the files alone; the database is asked by the verb.
std::optional<Result<Answer>> foreignAnswer(Ctl &ctl, const MigrateOptions &options, const QString &verb);
// After ours has found no files of its own: what a database without files here has of other tools. Nothing: nothing.
std::optional<Result<Answer>> foreignTables(Ctl &ctl, const MigrateOptions &options, const QString &verb, const Error &ours);

} // namespace howdah::ctl
