// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does with the backups that are shown: each asks what it needs, shows its plan, and runs as a job. Window's thread.
#pragma once

#include "ui/backup/backupflow.h"
#include "ui/backup/backupreading.h"

namespace howdah::ui
{

// What can be done now; of what can't be, why.
struct BackupCan {
    QString noTake, noVerify, noRestore, noPrune, noDrill, noSchedule; // empty: it can
};

class BackupActions : public QObject
{
    Q_OBJECT
public:
    BackupActions(const PaneContext &context, QWidget *window);

    void setChoice(const backup::StandChoice &choice);
    void setReading(const std::optional<BackupReading> &reading);
    void setChosen(const QString &id) { m_chosen = id; }
    BackupCan can() const;
    BackupFlow *flow() const { return m_flow; }

    void backUp();
    void verify();    // what is chosen, with what it builds on
    void verifyAll();
    void restoreDump();
    void prune();
    void drill();
    void schedule();

signals:
    void scheduled();
    void failed(const QString &what, const howdah::Error &error);

private:
    const backup::Backup *chosen() const;
    QString systemIdentifier() const;

    PaneContext m_context;
    QWidget *m_window;
    BackupFlow *m_flow;
    Worker m_reader;
    std::optional<BackupReading> m_reading;
    QString m_chosen;
    QString m_noPhysical; // why no base backup can be taken at all; empty: it can
};

} // namespace howdah::ui
