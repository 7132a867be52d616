// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what a pane of the activity shows, while it is shown: sessions and progress each second, blockers and locks as often as they are worth 5 ms
// a second of the server's time, the horizon each half minute where it is looked at. Window's thread; the session outlives it.
#pragma once

#include "activity/horizon.h"
#include "activity/locktree.h"
#include "activity/progress.h"
#include "base/canceltoken.h"
#include "base/clock.h"
#include "pg/session.h"

#include <QObject>
#include <QTimer>

namespace howdah::ui
{

class ActivitySource : public QObject
{
    Q_OBJECT
public:
    ActivitySource(pg::Session *session, const Clock *clock, QObject *parent = nullptr);

    void setShown(bool shown);       // nothing is asked while it is not
    void setPaused(bool paused);     // what stands stays
    void setHorizonWanted(bool wanted);
    void readNow();                  // all of it, locks too
    bool isPaused() const { return m_paused; }
    double serverMsPerSecond() const { return m_cost; } // of the last readings, as seen from here

signals:
    void treeRead(const howdah::activity::LockTree &tree);
    void tasksRead(const howdah::activity::Tasks &tasks);
    void horizonRead(const howdah::activity::Horizon &horizon);
    void failed(const howdah::Error &error);
    void horizonFailed(const howdah::Error &error);

private:
    struct Reading {
        activity::Sessions sessions;
        bool whole = false;
        std::optional<activity::Locks> locks; // where somebody waits
        activity::Tasks tasks;
    };
    void tick();
    void read(bool whole);
    void take(const Result<Reading> &reading);
    void readHorizon();
    void updateTimer();

    pg::Session *m_session;
    const Clock *m_clock;
    QTimer m_timer;
    activity::Sessions m_whole; // the last reading with blockers
    activity::Locks m_locks;    // and its locks
    CancelToken m_cancel;
    bool m_shown = false;
    bool m_paused = false;
    bool m_horizonWanted = false;
    bool m_inFlight = false;
    bool m_horizonInFlight = false;
    qint64 m_wholeAtMs = 0;   // monotonic: when blockers and locks are worth reading again
    qint64 m_horizonAtMs = 0;
    double m_cost = 0;
    double m_plainCost = 0; // of the last reading without blockers
};

} // namespace howdah::ui
