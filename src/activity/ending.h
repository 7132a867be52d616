// SPDX-License-Identifier: GPL-3.0-or-later
// Cancel a statement or end a backend: what it would cost, as a ChangePlan, and the run whose result the server confirms.
// Services on the link's thread.
#pragma once

#include "session/changeplan.h"

namespace howdah::activity
{

enum class End { Cancel, Terminate };

struct EndTarget {
    int pid = 0;
    QString backendStart; // the server's text: a number that was given away again is not taken for it
    QString type;
    QString database;
    QString role;
    QString application;
    QString client;
    QString state;
    QString query;
    std::optional<qint64> transactionMs;
    bool writes = false;  // its transaction has changed something that a roll-back takes back
    std::optional<qint64> xidAge;
    bool superuser = false;
    std::optional<bool> maySignal;
    bool wraparound = false;
};

// Errors: Client/no_such_backend.
Result<EndTarget> readEndTarget(pg::Connection &connection, int pid, const CancelToken &cancel = {});

// Errors: Client/must_not_end (the server's own processes, a vacuum that prevents wraparound, the console's own links), Permission/may_not_signal
// with the GRANT that would permit it, Client/nothing_runs (Cancel of an idle session).
Result<session::ChangePlan> planEnd(End how, const EndTarget &target, const session::Profile &profile);

struct Ended {
    bool confirmed = false; // the backend is gone, or its statement is, as the server says
    QString message;        // "Backend 4711 ended; its transaction of 12 min 4 s was rolled back"
};
// Runs the one step of the plan and looks until it is so, at most `waitMs`. Errors: Client/no_such_backend, Permission/may_not_signal.
Result<Ended> end(pg::Connection &connection, End how, const EndTarget &target, int waitMs, const CancelToken &cancel = {});

} // namespace howdah::activity
