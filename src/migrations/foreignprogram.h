// SPDX-License-Identifier: GPL-3.0-or-later
// How another tool's own program is called for a project: its arguments, and the environment in which it finds the database that we are connected to. The
// password goes into a file of 0600 that lasts as long as the call (PGPASSFILE), never into an argument. Internal to src/migrations; any thread but the window's.
#pragma once

#include "migrations/foreign.h"
#include "migrations/foreignrun.h"
#include "tool/process.h"

#include <QTemporaryDir>

#include <memory>

namespace howdah::migrations
{

struct ForeignCall {
    tool::Command command;
    std::unique_ptr<QTemporaryDir> secrets; // removed with it
};
// Errors: Tool/not_found, Client/pooler, Io, Tls (caFileOf).
Result<ForeignCall> foreignCall(const ForeignProject &project, const ForeignAccess &access, const QStringList &arguments);

} // namespace howdah::migrations
