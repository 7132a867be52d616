// SPDX-License-Identifier: GPL-3.0-or-later
// The server's own counting of the statement that a run is at, where it has one: each second, from the monitoring link. Window's thread.
#pragma once

#include "ui/shell/pane.h"

#include <QTimer>

namespace howdah::ui
{

class RunProgress : public QObject
{
    Q_OBJECT
public:
    RunProgress(pg::Session *monitor, QObject *parent);
    void start(std::function<int()> backendPid); // of whom; 0: not known yet
    void stop() { m_tick.stop(); }

signals:
    void seen(const QString &text, double share); // empty: nothing is counted; share < 0: no total

private:
    void read();

    pg::Session *m_monitor;
    std::function<int()> m_pid;
    QTimer m_tick;
    bool m_reads = false;
};

} // namespace howdah::ui
