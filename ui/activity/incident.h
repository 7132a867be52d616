// SPDX-License-Identifier: GPL-3.0-or-later
// The incident's file: kept by one key, opened again. Kept beside the user's documents, named by server and time; never over another. Window's thread.
#pragma once

#include "activity/snapshot.h"
#include "ui/shell/pane.h"

namespace howdah::ui
{

// A job in the strip of jobs, whose result names the file.
session::Job *keepIncident(const PaneContext &context, Worker &worker, pg::Session *session, const QVector<activity::WaitSample> &waits);
QString incidentFolder();

// The parts of a file that have no page of their own, as text: settings that differ, the top statements, the tail of the log.
QString restOf(const activity::Snapshot &snapshot);

} // namespace howdah::ui
