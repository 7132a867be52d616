// SPDX-License-Identifier: GPL-3.0-or-later
// Where `migrate plan --preview-locks` and `migrate roundtrip` try things: the options, and the sandbox they lead to. The worker's thread.
#pragma once

#include "ctl/migratestand.h"
#include "migrations/scratch.h"
#include "stack/sandbox.h"

namespace howdah::ctl
{

struct SandboxOptions {
    std::string url;           // --sandbox: a URL, or "lab:NAME"; empty: one is made
    bool mayBeTarget = false;
    std::string base;          // a script that stands before the first migration
    int serverMajor = 18;      // where no target says it
};
void addSandboxOptions(CLI::App *verb, const std::shared_ptr<SandboxOptions> &options);

std::optional<QString> labOf(const SandboxOptions &options); // the lab's name; nullopt: it is none

// `target`: null where nothing is compared with one. Errors: those of openSandbox, parseUrl, findLab.
Result<stack::Sandbox> sandboxFor(Ctl &ctl, const SandboxOptions &options, const pg::Connection *target);
// The script of --base; empty: none was given. Errors: Io.
Result<QByteArray> baseScript(const SandboxOptions &options);

} // namespace howdah::ctl
