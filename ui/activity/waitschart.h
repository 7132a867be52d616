// SPDX-License-Identifier: GPL-3.0-or-later
// Average active sessions over time, a line for each type of wait, on a card of its own. Shared by the overview and the activity pane: an interval
// picked on it is the window's. Window's thread; feed and queue outlive it.
#pragma once

#include "activity/waits.h"

#include <QFrame>

class QHBoxLayout;

namespace howdah::ui
{

class ElidedLabel;
class PlainLabel;
class RedrawQueue;
class TimeChart;
class WaitsFeed;

class WaitsChart : public QFrame
{
    Q_OBJECT
public:
    WaitsChart(WaitsFeed *feed, RedrawQueue *queue, QWidget *parent = nullptr);

    TimeChart *chart() const { return m_chart; }
    QHBoxLayout *head() const { return m_head; } // a pane may add a button to its end
    void advance();
    QString valuesAt(qint64 atMs) const; // "CPU 0.4, Lock 12"

signals:
    void intervalPicked(qint64 fromMs, qint64 toMs);

private:
    void append(const activity::WaitSample &sample);
    void fill();
    void showNow();

    WaitsFeed *m_feed;
    TimeChart *m_chart;
    QHBoxLayout *m_head;
    PlainLabel *m_now;
    ElidedLabel *m_note;
    QVector<bool> m_seen; // lines that have had a session: the others are not drawn
};

} // namespace howdah::ui
