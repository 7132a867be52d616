// SPDX-License-Identifier: GPL-3.0-or-later
// A plan that is kept: what is to be run, where, and on which schema it was looked at; `up --plan` runs it only where all of that is still so. Files by
// blocking calls: not on the window's thread.
#pragma once

#include "catalog/snapshot.h"
#include "migrations/preview.h"

#include <QDateTime>

namespace howdah::migrations
{

struct PlanFile {
    struct Step {
        QString version;
        QString name;
        QString sha256; // of the file
    };
    QDateTime made;
    QString by;               // user@host
    QString systemIdentifier; // of the target's cluster
    QString database;
    QString serverVersion;
    QString searchPath;
    QString role;             // SET ROLE; empty: the session's own
    QVector<Step> steps;
    catalog::Snapshot snapshot; // of the target
    QJsonObject preview;      // Preview::toJson(); empty: none
    QString previewMissing;   // why; empty: it is there, or was not asked for

    QStringList versions() const;
    QJsonObject toJson() const;
};

// Of what is pending; the preview is the caller's to put in. Errors: Client/no_identity (a pooler or a role that may not ask which cluster it is).
Result<PlanFile> planFileOf(pg::Connection &target, const Folder &folder, const QStringList &versions, const RunOptions &options, const catalog::Snapshot &snapshot, const CancelToken &cancel = {});

// Whole or not at all. Errors: Io/exists (there is one, and not `over`), Io.
Done writePlan(const QString &path, const PlanFile &plan, bool over);
// Errors: Io/unreadable, Client/bad_plan.
Result<PlanFile> readPlan(const QString &path);

// What is not as it was planned, each a sentence: another cluster or database, files that were edited, other migrations pending, and every object of the
// schema that differs. Empty: it may run. Errors: those of the link.
Result<QStringList> planDiffers(const PlanFile &plan, pg::Connection &target, const Folder &folder, const QStringList &pending, const RunOptions &options, const CancelToken &cancel = {});

} // namespace howdah::migrations
