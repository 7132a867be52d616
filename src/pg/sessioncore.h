// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of a Session: its queue, its link, its back-off. Shared by the Session and the thread, which ends by itself when told.
#pragma once

#include "pg/session.h"
#include "pg/wait.h"

#include <deque>
#include <mutex>
#include <optional>

namespace howdah::pg
{

struct Session::Core {
    struct Task {
        std::function<void(Result<Connection *>)> run;
        CancelToken cancel;
    };

    Core(ConnectionSpec linkSpec, Secret linkPassword, Prepare linkPrepare, Purpose linkPurpose, Session *session);
    void loop(); // the thread's

    // From the owner's thread.
    void post(Task task);
    void open();
    void close();
    void quit();
    LinkStatus status() const;            // as the thread sees it: never NoAnswer
    std::shared_ptr<Connection> link() const;
    bool isBusy() const;                  // a task runs or waits
    std::vector<Task> takeCancelled();    // tasks that were cancelled before they began
    std::vector<Task> takeAll();
    std::optional<quint64> takeRunningCancelled(); // once, when the running task's token fired: the number of the statement it is at

    const ConnectionSpec spec;
    const Purpose purpose;

private:
    bool step(); // false: quit
    void idle(const Deadline &retry);
    void runTask(Task task);
    Done connect(const CancelToken &cancel, bool byHand);
    Result<std::shared_ptr<Connection>> openLink(const CancelToken &cancel, const CancelToken &closed);
    void connected(std::shared_ptr<Connection> opened);
    void lost(const Error &error, TransactionState in = TransactionState::Idle);
    void drop();    // with the lock held
    void publish(); // with the lock held
    void heard(Connection &link); // what it said beside results

    mutable std::mutex m_mutex;
    Session *m_session; // null once it is gone
    Secret m_password;
    const Prepare m_prepare; // null: the password is all there is
    std::deque<Task> m_tasks;
    bool m_busy = false;
    std::optional<CancelToken> m_running;
    bool m_opened = false; // open() was called
    bool m_wanted = false; // be connected, and again after a loss: opened, or a task connected
    bool m_closing = false;
    bool m_quit = false;
    CancelToken m_closed;  // stops a connect that is under way
    LinkStatus m_status;
    std::shared_ptr<Connection> m_link;
    int m_failures = 0;
    Deadline m_retry = Deadline::never();
    Deadline::Clock::time_point m_connectedAt{};
    WakeEvent m_wake;
};

} // namespace howdah::pg
