// SPDX-License-Identifier: GPL-3.0-or-later
// The cancel of one link: where it stands, and libpq's own way to ask for it on a thread of its own. Shared by the link, whoever asks, and
// that thread, which outlives both when the server does not answer. Any thread.
#pragma once

#include "pg/libpq.h"
#include "pg/wait.h"

#include <memory>
#include <mutex>

namespace howdah::pg
{

class Canceller : public std::enable_shared_from_this<Canceller>
{
public:
    explicit Canceller(PGconn *connection); // on the connection's thread; holds a copy of what a cancel needs
    ~Canceller();
    Canceller(const Canceller &) = delete;
    Canceller &operator=(const Canceller &) = delete;

    // A statement begins; what was asked for the last one is forgotten.
    void beginStatement();
    void endStatement(CancelProgress::End how);

    // Asked, by either way; false where nothing runs, another statement than that of this number, or a cancel is on its way already.
    bool noteAsked(quint64 statement = whatRuns);
    void noteAnswered(bool delivered);
    void send(quint64 statement = whatRuns); // noteAsked(), then libpq's cancel on a thread

    struct State {
        bool running = false;   // a statement
        bool asked = false;     // for this statement
        bool inFlight = false;  // asked, and its round trip not ended
        bool delivered = false; // the server took it
        Deadline::Clock::time_point when{}; // of the last of these
    };
    State state() const;
    CancelProgress progress() const;
    const WakeEvent &changed() const { return m_changed; } // set when a cancel is asked for or answered

private:
    bool sendBlocking();

    mutable std::mutex m_mutex;
    State m_state;
    CancelProgress m_progress;
    WakeEvent m_changed;
    PGcancel *m_plain = nullptr; // libpq 15, 16: a second connection in clear text
    void *m_encrypted = nullptr; // 17+: PGcancelConn
};

} // namespace howdah::pg
