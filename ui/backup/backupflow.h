// SPDX-License-Identifier: GPL-3.0-or-later
// Does something with backups for a person: planned on a worker, the plan shown and confirmed, run as a job with its line in the journal. One at a time for a
// place. Window's thread.
#pragma once

#include "ui/backup/backupwork.h"
#include "ui/shell/pane.h"

#include <QPointer>

namespace howdah::ui
{

class BackupFlow : public QObject
{
    Q_OBJECT
public:
    using Plan = std::function<Result<PlannedWork>(const BackupWork &, const Progress &, const CancelToken &)>;

    BackupFlow(const PaneContext &context, QWidget *window);
    ~BackupFlow() override;

    void setChoice(const backup::StandChoice &choice);
    BackupWork work() const; // for what is planned and read elsewhere
    // `title`: what is being planned, for people: "The backup".
    void begin(const QString &title, Plan plan);
    void run(const PlannedWork &planned); // at once, without a question
    bool isBusy() const;     // something is planned or runs
    bool isPlanning() const { return !m_planning.isEmpty(); }
    QString busyWith() const; // "The backup is being planned", the job's title; empty: nothing
    void giveUp();            // what is being planned, else what runs

signals:
    void refused(const QString &what, const howdah::Error &error); // before anything was done
    void changed();                                                // what it is busy with
    void ended(howdah::session::Job *job);

private:
    QString target() const;

    PaneContext m_context;
    QWidget *m_window;
    Worker m_worker;
    CancelToken m_cancel;
    backup::StandChoice m_choice;
    QString m_planning;
    QPointer<session::Job> m_job;
};

} // namespace howdah::ui
