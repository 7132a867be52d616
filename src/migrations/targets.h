// SPDX-License-Identifier: GPL-3.0-or-later
// Where a project's migrations are run: names for servers, in the order in which they are to come, each pinned to the cluster that was meant when it was
// named, so that an address that leads elsewhere by now is refused. One file beside the folder, "targets.json", without any secret: it belongs into git.
// Blocking reads of a small file.
#pragma once

#include "base/result.h"

#include <QString>
#include <QVector>

namespace howdah::migrations
{

struct NamedTarget {
    QString name;
    QString profile;    // the saved server
    QString cluster;    // its system identifier
    QString database;   // of the profile, as it was when it was pinned
    QString role;       // SET ROLE; empty: the session's own
    QString searchPath; // empty: "public"
};

QString targetsFile(const QString &folder); // its path
// Errors: Client/bad_targets with what is wrong in it, Io. No file: none.
Result<QVector<NamedTarget>> readTargets(const QString &folder);
// One is added, or takes the place of the one with its name.
Done pinTarget(const QString &folder, const NamedTarget &target);
// Errors: Client/no_such_target, which names those there are.
Result<NamedTarget> findTarget(const QString &folder, const QString &name);

} // namespace howdah::migrations
