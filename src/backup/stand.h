// SPDX-License-Identifier: GPL-3.0-or-later
// What stands of a server's backups, for the window and howdahctl alike: which repository a profile and a folder mean, by which way, and what its backups and
// its archive of WAL hold. Blocking; any thread but the window's; the seams are called on that thread and may wait for the main loop (the keychain).
#pragma once

#include "backup/physicalplace.h"
#include "backup/rehearsal.h"
#include "pg/connection.h"
#include "pg/prepare.h"
#include "session/profile.h"

#include <functional>

namespace howdah::backup
{

struct StandChoice {
    session::Profile profile; // empty: no server, a folder alone
    QString folder;           // outside Docker; empty: the archive of the profile's stack
    QString archive;          // the folder of its WAL, where that is another one
    bool readAgain = false;   // the archive, whatever is remembered of it

    bool ofStack() const { return folder.isEmpty() && !profile.stack.isEmpty(); }
};

// How the server is got to; not called where nobody asks the server.
struct StandSeams {
    std::function<Result<Secret>(const store::SecretKey &)> readSecret;
    std::function<Result<std::unique_ptr<pg::Connection>>()> connect;      // as the profile's own role
    std::function<Result<pg::Prepared>(const QString &role)> prepared;     // after connect()
};

// `ofServer`: a backup is to be taken, so the server is needed too. Errors: Client/no_place where the profile has no stack and no folder is named,
// Client/not_supported (a tunnel), Tool/not_running, those of physicalplace.h.
Result<PhysicalPlace> openPlace(const StandChoice &choice, bool ofServer, const StandSeams &seams, const Progress &progress = {}, const CancelToken &cancel = {});

// One database to be dumped, or to be restored into.
struct DumpStand {
    std::unique_ptr<pg::Connection> link; // as that role, in that database; null where the tools alone can get in
    PhysicalPlace place;
};
// `role` empty: of the stack howdah_backup, which reads past row security, else the profile's own. `database` empty: the profile's.
// Errors: Client/no_place, those of connecting, those of logicalway.h.
Result<DumpStand> openDumpStand(const StandChoice &choice, const QString &role, const QString &database, const StandSeams &seams, const Progress &progress = {},
                                const CancelToken &cancel = {});
// To restore: by the socket of the stack's own container as a superuser, else as openDumpStand.
Result<DumpStand> openRestoreStand(const StandChoice &choice, const QString &role, const StandSeams &seams, const Progress &progress = {}, const CancelToken &cancel = {});

// What the window and the verdict stand on. `archive` reads by the place's toolbox, which outlives it.
struct Stand {
    Catalogue catalogue;
    ArchiveAccess archive;
    Inventory inventory;
    QVector<BackupPoint> points;
    QString stack; // whose data a rehearsed copy may take the place of; empty: nobody's
    // How a container of the image sees the same.
    QString image;
    int major = 18;
    QVector<Place> places;
    QString archivePath;
    std::optional<RehearsalEngine> engine; // another one than ours
    std::shared_ptr<void> keeps;           // what `archive` asks then
};
// `readAgain` of the choice: every segment is read, and held against what is remembered of it. Errors: Client/no_backup where nothing says whose WAL it is;
// those of reading it.
Result<Stand> readStand(const StandChoice &choice, const PhysicalPlace &place, const Progress &progress = {}, const CancelToken &cancel = {});
// The same of a catalogue that was read.
Result<Stand> readStand(const StandChoice &choice, const PhysicalPlace &place, Catalogue catalogue, const Progress &progress = {}, const CancelToken &cancel = {});

// Of a good verdict; probes, database and superuser are the caller's.
RehearsalChoice rehearsalChoiceOf(const Stand &stand, const PhysicalPlace &place, const Verdict &verdict);

// Whose backups may be pruned: of the server where it can be asked, else of the newest full one. What is of other clusters is never touched.
struct Cluster {
    QString identifier;
    quint32 segmentSize = 0; // 0: nobody said
};
Result<Cluster> clusterOf(const PhysicalPlace &place, const Catalogue &catalogue, const CancelToken &cancel = {});

} // namespace howdah::backup
