// SPDX-License-Identifier: GPL-3.0-or-later
// The one time range of every pane that has time: the last so many milliseconds, following now, or a fixed interval. Owned by the window,
// handed to panes. All times are Unix milliseconds. Window's thread.
#pragma once

#include <QObject>
#include <QString>
#include <QVector>

namespace howdah::ui
{

class TimeRange : public QObject
{
    Q_OBJECT
public:
    struct Interval {
        qint64 fromMs = 0;
        qint64 toMs = 0;
        qint64 spanMs() const { return toMs - fromMs; }
    };

    using QObject::QObject;

    bool isFollowing() const { return m_fixed.toMs == 0; } // else a fixed interval
    bool isPaused() const { return m_pausedAtMs != 0; }
    qint64 spanMs() const { return isFollowing() ? m_spanMs : m_fixed.spanMs(); }
    Interval at(qint64 nowMs) const; // what to show now; stands still while paused

    void setLast(qint64 spanMs);
    void setInterval(qint64 fromMs, qint64 toMs); // as picked on a chart; under a second is ignored
    void setPaused(bool paused, qint64 nowMs);
    QString text() const; // "last 1 h", "14:02:10 to 14:07:30"

    struct Choice {
        qint64 spanMs;
        QString text; // "1 h"
    };
    static QVector<Choice> choices(); // 5 min to 7 d

signals:
    void changed();

private:
    qint64 m_spanMs = 5 * 60'000;
    Interval m_fixed;
    qint64 m_pausedAtMs = 0;
};

} // namespace howdah::ui
