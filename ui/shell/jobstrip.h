// SPDX-License-Identifier: GPL-3.0-or-later
// The window's bottom line: what runs, how far, how long, Cancel; opened, the last ten results. A view of the JobModel.
#pragma once

#include <QTimer>
#include <QWidget>

class QToolButton;
class QVBoxLayout;

namespace howdah::session
{
class Job;
}

namespace howdah::ui
{

class JobModel;
class JobRow;
class PlainLabel;

class JobStrip : public QWidget
{
    Q_OBJECT
public:
    explicit JobStrip(JobModel *model, QWidget *parent = nullptr);
    bool isExpanded() const;
    void setExpanded(bool expanded);

signals:
    void expandedChanged(bool expanded);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void rebuild();
    session::Job *headJob() const; // the newest that runs, else the last result

    JobModel *m_model;
    QToolButton *m_toggle;
    JobRow *m_head;
    PlainLabel *m_count;
    QWidget *m_list;
    QVBoxLayout *m_listColumn;
    QVector<JobRow *> m_rows;
    QTimer m_tick; // elapsed time, only while something runs
};

} // namespace howdah::ui
