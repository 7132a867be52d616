// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what a pane of the activity shows, while it is shown: sessions and progress each second, the lock table when somebody new waits, either as
// often as 5 ms of the server's time a second allow, the horizon each half minute where it is looked at. Window's thread; the session outlives it.
#pragma once

#include "activity/horizon.h"
#include "activity/locktree.h"
#include "activity/progress.h"
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
    void readNow();                  // all of it, locks too; where a reading is under way, again after it
    bool isPaused() const { return m_paused; }

signals:
    void treeRead(const howdah::activity::LockTree &tree);
    void tasksRead(const howdah::activity::Tasks &tasks);
    void horizonRead(const howdah::activity::Horizon &horizon);
    void failed(const howdah::Error &error);
    void horizonFailed(const howdah::Error &error);

private:
    struct Reading {
        activity::Sessions sessions;
        std::optional<activity::Locks> locks; // where somebody waits and it is new
        activity::LockTree tree;
        std::optional<activity::Tasks> tasks;
        std::optional<Error> failed; // a part of it: the sessions are there all the same
        qint64 failedMs = 0;         // so long it took until it failed
    };
    void tick();
    void read();
    void take(const Result<Reading> &reading);
    void readHorizon();
    void updateTimer();

    pg::Session *m_session;
    const Clock *m_clock;
    QTimer m_timer;
    activity::Sessions m_sessions;          // the last reading
    std::optional<activity::Locks> m_locks; // of those that wait now; nullopt: nobody does, or they are to be read anew
    activity::Sessions m_locksOf;           // the reading that they belong to
    bool m_shown = false;
    bool m_paused = false;
    bool m_horizonWanted = false;
    bool m_inFlight = false;
    bool m_horizonInFlight = false;
    bool m_again = false;        // readNow() while one was in flight: what that brings may be older than what is asked about
    bool m_horizonAgain = false;
    qint64 m_sessionsAtMs = 0; // monotonic: when they are worth reading again
    qint64 m_locksAtMs = 0;
    qint64 m_horizonAtMs = 0;
};

} // namespace howdah::ui
