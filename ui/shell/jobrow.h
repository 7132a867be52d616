// SPDX-License-Identifier: GPL-3.0-or-later
// One line of the strip of jobs: a job's state, title, step or result, bar, time, and Cancel or Copy. Window's thread.
#pragma once

#include "session/job.h"

#include <QPointer>
#include <QWidget>

class QProgressBar;
class QPushButton;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;
class StateWord;

class JobRow : public QWidget
{
    Q_OBJECT
public:
    explicit JobRow(QWidget *parent = nullptr);
    void setJob(session::Job *job); // null: empty
    void refresh();                 // progress and elapsed time

private:
    QPointer<session::Job> m_job;
    StateWord *m_state;
    PlainLabel *m_title;
    ElidedLabel *m_text;
    QProgressBar *m_bar;
    PlainLabel *m_time;
    QPushButton *m_button;
};

} // namespace howdah::ui
