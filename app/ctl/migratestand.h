// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of `migrate` share: their options, the folder and the server as they stand, the answer of a run. The worker's thread.
#pragma once

#include "ctl/ctl.h"
#include "migrations/run.h"

#include <memory>
#include <string>
#include <vector>

namespace howdah::ctl
{

struct MigrateOptions {
    std::string folder;
    std::string role;
    std::string searchPath = "public";
    std::string confirm;
    std::string cluster;
    std::string target;   // named in targets.json; of `up`: several, by commas
    std::string database; // of the target; empty: whichever
    std::string plan;     // of `up`: a plan file that it is held to
    std::string lockTimeout = "3s";
    std::string statementTimeout = "0";
    int tries = 10;
    int waitSeconds = 60;
    bool outOfOrder = false;
    bool edited = false;
    bool check = false;
    // of single verbs
    std::string word;
    std::string to; // a version
    int count = 0;  // 0: not given
    std::string purpose;
    std::string reason;
    bool applied = false;
    bool notApplied = false;
    bool statementDone = false;
    bool statementNotDone = false;
    int limit = 50;
    std::vector<std::string> passed; // another tool's program: variables of our environment that it needs
};

QString folderOf(const MigrateOptions &options);
// Errors: Client/usage of what is no time.
Result<migrations::RunOptions> runOptionsOf(const MigrateOptions &options);
void tell(const migrations::Told &told); // on standard error, as it happens

struct Stand {
    Target target;
    std::unique_ptr<pg::Connection> connection;
    migrations::Folder folder;
    migrations::Ledger ledger;
    migrations::State state;
};

// Every verb's way to the server. Errors: Client/another_server where the named target is no longer what it was pinned as.
Result<std::unique_ptr<pg::Connection>> connectTo(Ctl &ctl, const MigrateOptions &options, Ctl::Link link);
// As the role and in the schema that a run would have.
Result<migrations::Ledger> ledgerOf(Ctl &ctl, pg::Connection &connection, const MigrateOptions &options);
Result<Stand> standOf(Ctl &ctl, const MigrateOptions &options, Ctl::Link link);
QString sumText(bool follows); // what followSum() said; nothing where it does
Result<Answer> answerOf(const Result<migrations::Run> &ran);

} // namespace howdah::ctl
