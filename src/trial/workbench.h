// SPDX-License-Identifier: GPL-3.0-or-later
// A link on which a trial works: where it looks for names, as whom the statement is measured, what remedies made and how that is dropped. For this room
// alone. On the link's thread; the link outlives it.
#pragma once

#include "trial/trial.h"

namespace howdah::trial
{

class Workbench
{
public:
    Workbench(pg::Connection &connection, const TrialRequest &request) : m_connection(connection), m_request(request) {}

    // Gives back what claim() took.
    ~Workbench();
    Workbench(const Workbench &) = delete;
    Workbench &operator=(const Workbench &) = delete;

    // That no other trial works here meanwhile: it would take our indexes for its own. Errors: Client/busy.
    Done claim(const CancelToken &cancel);
    // Where names are looked for, from here on: as given, or as this role has it in this database.
    Done enter(const CancelToken &cancel);
    // As the role, then as ourselves again.
    Result<Measured> measure(const explain::Request &request, const QString &step, const Progress &progress, const CancelToken &cancel);
    // What it made is in *run also where it failed: a CONCURRENTLY leaves an invalid index.
    Done run(RemedyRun *run, const CancelToken &cancel);
    // Not to be cancelled. What could not be taken back is told; `run` says so too.
    Done putBack(RemedyRun *run);

private:
    Result<QStringList> objects(const CancelToken &cancel);
    Done readMade(const QStringList &known, bool ran, RemedyRun *run);
    Done become(const QString &role);

    pg::Connection &m_connection;
    const TrialRequest &m_request;
    bool m_claimed = false;
};

// Which of what was made the plan uses.
void tellUsed(QVector<RemedyRun> &remedies, const plan::Plan &plan);

} // namespace howdah::trial
