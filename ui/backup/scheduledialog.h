// SPDX-License-Identifier: GPL-3.0-or-later
// When a server's backups are taken, verified, rehearsed and removed without being asked: what is set, what is due and when, how the last one ended. It is done by
// `howdahctl watch`, not by this window. Window's thread.
#pragma once

#include "backup/schedule.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace howdah::ui
{

class PlainLabel;

struct ScheduleFacts {
    backup::Schedule schedule;
    bool isKept = false; // else it is a proposal
    backup::TaskRuns runs;
    qint64 nowMs = 0;
    QString place;      // where to, for people
};

class ScheduleDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ScheduleDialog(const ScheduleFacts &facts, QWidget *parent = nullptr);
    backup::Schedule schedule() const;
    QCheckBox *onBox() const { return m_on; }
    QLineEdit *rhythmField(backup::ScheduledTask task) const { return m_rhythms.value(task); }
    PlainLabel *nextLabel(backup::ScheduledTask task) const { return m_next.value(task); }
    QPushButton *keepButton() const { return m_keep; }

private:
    void check();
    QString nextText(backup::ScheduledTask task, const backup::Schedule &schedule) const;

    ScheduleFacts m_facts;
    QCheckBox *m_on;
    QMap<backup::ScheduledTask, QLineEdit *> m_rhythms;
    QMap<backup::ScheduledTask, PlainLabel *> m_next;
    QSpinBox *m_fulls;
    QSpinBox *m_days;
    QCheckBox *m_wal;
    QCheckBox *m_compress;
    QCheckBox *m_heartbeat;
    QLineEdit *m_zone;
    QLineEdit *m_database;
    PlainLabel *m_problem;
    QPushButton *m_keep;
};

// "done 3 h ago", "FAILED 2 h ago, 3 times: …", "never".
QString runText(const backup::TaskRun &run, qint64 nowMs);

} // namespace howdah::ui
