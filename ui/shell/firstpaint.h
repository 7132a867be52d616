// SPDX-License-Identifier: GPL-3.0-or-later
// When the window's first frame was out and when its loop first had nothing to do, in milliseconds since the program's exec. Window's thread.
#pragma once

#include <QObject>
#include <QWidget>

namespace howdah::ui
{

class FirstPaint : public QObject
{
    Q_OBJECT
public:
    explicit FirstPaint(QWidget *window);
    double firstPaintMs() const { return m_firstPaintMs; } // 0: not yet
    double idleMs() const { return m_idleMs; }

signals:
    void painted();
    void idle();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void customEvent(QEvent *event) override;

private:
    double m_firstPaintMs = 0;
    double m_idleMs = 0;
};

// Milliseconds since exec: from HOWDAH_EXEC_NS (CLOCK_MONOTONIC, set by whoever started us), else from the kernel's start time (10 ms steps).
double msSinceExec();

} // namespace howdah::ui
