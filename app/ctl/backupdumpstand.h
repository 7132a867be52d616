// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of logical backups share: which dumps are meant, and how the server is reached. The worker's thread.
#pragma once

#include "backup/logicalrestore.h"
#include "ctl/backupstand.h"

#include <string>
#include <vector>

namespace howdah::ctl
{

struct DumpVerbOptions {
    std::string folder;   // --to, --in; empty: the archive of the profile's stack
    std::string word;     // an id, or a path
    std::string database; // --database, --into; empty: the profile's
    std::string role;     // empty: of a stack howdah_backup to dump and postgres to restore, else the profile's
    std::string becomes;
    std::string label;
    std::string format = "custom";
    std::string compress;
    std::string confirm;
    std::vector<std::string> only, exclude;
    int jobs = 1;
    bool statistics = false;
    bool schemaOnly = false;
    bool globals = true;
    bool readThrough = true; // of dump; of contents and restore: the files are looked at
    bool planOnly = false;
    bool create = false;
    bool clean = false;
    bool noOwner = false;
    bool noPrivileges = false;
};

QStringList wordsOf(const std::vector<std::string> &words);

// The server of the options, as a role of it, with tools that reach the dumps' place and the server.
struct DumpStand : backup::DumpStand {
    session::Profile profile;
};
Result<DumpStand> dumpStandOf(Ctl &ctl, const DumpVerbOptions &options);
Result<DumpStand> restoreStandOf(Ctl &ctl, const DumpVerbOptions &options);

// Of a dump by its path: the folder that is to be shown to the tools, and the id where it is a backup of ours.
struct DumpPath {
    QString folder;
    QString path;
    QString id;
};
std::optional<DumpPath> dumpPathOf(const QString &word); // nullopt: an id
Result<backup::DumpSource> openWanted(Ctl &ctl, const DumpVerbOptions &options, const backup::PhysicalPlace &place);

Result<Answer> restoreDump(Ctl &ctl, const DumpVerbOptions &options); // backupdumprestore.cpp

} // namespace howdah::ctl
