// SPDX-License-Identifier: GPL-3.0-or-later
// Cancel a statement or end a backend: what it would cost, as a ChangePlan, and the run whose result the server confirms.
// Services on the link's thread.
#pragma once

#include "activity/sessions.h"
#include "session/changeplan.h"

namespace howdah::activity
{

enum class End { Cancel, Terminate };

// So long the server is given to do it.
constexpr int endWaitMs = 10'000;

struct EndTarget {
    int pid = 0;
    QString backendStart; // the server's text: a number that was given away again is not taken for it
    QString queryStart;   // likewise: the statement that is meant, and not the one after it
    std::optional<qint64> begunUs; // the same as Unix time by the server's clock
    std::optional<qint64> queryBegunUs;
    bool permitted = true; // false: state, statement and transaction are not to be seen by this role
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

// `own`: the backends of the links that this console stands on. Errors: Client/must_not_end (the server's own processes, a vacuum that prevents
// wraparound, one of `own`), Permission/may_not_signal with the GRANT that would permit it, Client/nothing_runs (Cancel of an idle session).
Result<session::ChangePlan> planEnd(End how, const EndTarget &target, const session::Profile &profile, const QVector<int> &own = {});

// Whether what was shown (a reading at `atMs` by the server's clock) is what stands there now; what may not be seen is not compared.
// Errors: Client/another.
Done isTheOneShown(End how, const EndTarget &target, const Backend &shown, qint64 atMs);

struct Ended {
    bool confirmed = false; // the backend is gone, or its statement is, as the server says; never of a statement that may not be seen
    QString message;        // "Backend 4711 ended; its transaction of 12 min 4 s was rolled back"
};
// Runs the one step of the plan and looks until it is so, at most endWaitMs. Errors: Client/no_such_backend, Client/statement_over (it ended before it
// could be cancelled; what the backend runs now is left alone), Permission/may_not_signal. Once it was asked there is no error any more: what is not seen
// to the end, for a link that was lost or a cancel of ours, is not confirmed and says why.
Result<Ended> end(pg::Connection &connection, End how, const EndTarget &target, const CancelToken &cancel = {});

} // namespace howdah::activity
