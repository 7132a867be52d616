// SPDX-License-Identifier: GPL-3.0-or-later
// A rehearsal that is kept under a name, to try things on: migrations, indexes, statements. It has the cluster's own rows, sizes and planner's statistics, and
// where the backup kept the server's configuration the planner's settings too; it has no network, archives nothing and runs no worker of an extension. What
// the server counts by itself (pg_stat_*) began anew with it. Blocking; any thread but the window's.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

struct Lab {
    QString name;
    Rehearsal rehearsal;  // its id, and by spec() the way in: rehearsal.socketFolder, as rehearsal.superuser
    bool running = false;
};

bool isLabName(const QString &name); // a letter, then up to 31 letters, digits, "-" and "_": never a path's or a command's part that means something else

// By name; rehearsals without one are none.
Result<QVector<Lab>> labs(const CancelToken &cancel = {});
// Errors: Client/no_such_lab, those of labs().
Result<Lab> findLab(const QString &name, const CancelToken &cancel = {});
// That a name is one and free: asked before the copy is made, which takes long. Errors: Client/bad_lab_name, Client/lab_taken.
Done checkNewLab(const QString &name, const CancelToken &cancel = {});
// Gives it to a rehearsal that stands. Errors: those of checkNewLab, Client/no_such_rehearsal.
Result<Lab> keepAsLab(const QString &rehearsalId, const QString &name, const CancelToken &cancel = {});
// That something is done to it which may stay; kept with it, each once. Before it is done. Errors: those of findLab, Io.
Done noteChanged(const QString &name, const QStringList &changes, const CancelToken &cancel = {});
// That these did not stay after all. Errors: likewise.
Done noteTakenBack(const QString &name, const QStringList &changes, const CancelToken &cancel = {});
Done dropLab(const QString &name, const CancelToken &cancel = {});

// Of a postgresql.conf the lines that plans depend on, the last of each name, as RehearsalChoice::settings takes them. What it includes is not read. Pure.
QByteArray plannerSettings(const QByteArray &conf);

} // namespace howdah::backup
