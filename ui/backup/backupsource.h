// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a place's backups again when somebody asks, after a job, and each minute while the pane is shown. Window's thread; the reading is not.
#pragma once

#include "ui/backup/backupreading.h"
#include "ui/shell/pane.h"

#include <QTimer>

namespace howdah::ui
{

class BackupSource : public QObject
{
    Q_OBJECT
public:
    BackupSource(const PaneContext &context, QObject *parent);
    ~BackupSource() override;

    void setChoice(const backup::StandChoice &choice); // and reads
    const backup::StandChoice &choice() const { return m_choice; }
    bool hasPlace() const { return !m_choice.folder.isEmpty() || !m_choice.profile.stack.isEmpty(); }
    void setShown(bool shown);
    void readNow(); // one that runs is ended by the next change of place alone; else it is read once more behind it

signals:
    void began();
    void listed(const howdah::ui::BackupReading &reading); // the archive is still being read
    void progressed(const howdah::ProgressStep &step);
    void read(const howdah::ui::BackupReading &reading);
    void failed(const howdah::Error &error);

private:
    void begin();
    void readWith(BackupQuestion question, quint64 number);

    PaneContext m_context;
    Worker m_worker;
    CancelToken m_cancel;
    backup::StandChoice m_choice;
    QTimer m_timer;
    quint64 m_number = 0;
    bool m_reading = false;
    bool m_again = false;
};

} // namespace howdah::ui
