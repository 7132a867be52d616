// SPDX-License-Identifier: GPL-3.0-or-later
// Gathers what readiness.h judges: from the repository, the archive, the server, the drills and the schedule. What can't be had is unknown there, with the reason, and
// no error. Blocking; any thread but the window's.
#pragma once

#include "backup/archivewatch.h"
#include "backup/readiness.h"
#include "backup/stand.h"

namespace howdah::backup
{

// Whether anything but what is archived was committed, and how much WAL that is. `last`: the newest that can be reached; null: nothing.
// Errors: those of the link.
Result<ServerStanding> readStanding(pg::Connection &connection, const Island *last, const CancelToken &cancel = {});

// One line of the whole look, but for where the disks are: that is a line of its own.
ReadinessLine archiveLine(const ArchiveLook &look);

struct ReadinessSources {
    QString server;                // for people
    const PhysicalPlace *place = nullptr; // null: it could not be opened, as placeWhy says
    QString placeWhy;
    std::function<Result<Stand>(const PhysicalPlace &place, Catalogue catalogue)> readStand;
    pg::Connection *link = nullptr; // null: the server can't be asked, as linkWhy says
    QString linkWhy;
    ArchivePlaces places;
    std::optional<Schedule> schedule;
    TaskRuns runs;
    QString scheduleWhy;           // it can't be read
};
// Errors: Cancelled.
Result<ReadinessFacts> gatherReadiness(const ReadinessSources &sources, qint64 nowMs, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
