// SPDX-License-Identifier: GPL-3.0-or-later
// Indexes that are none, by HypoPG: the planner counts with them, in this session alone, and nothing is built, run or locked. Estimates only: there is no
// time, no buffer and no true size. On the link's thread; tryHypothetical() wants a link of its own, not by way of a pooler.
#pragma once

#include "trial/trial.h"

namespace howdah::trial
{

struct HypoPg {
    enum class State { Ready, NotInstalled, NotPermitted };
    State state = State::NotInstalled;
    QString schema;
    QString version;
    QString todo; // what would bring it; empty: it is ready
};
Result<HypoPg> readHypoPg(pg::Connection &connection, const CancelToken &cancel = {});

// Plans before and after. Errors: those of remediesOf() and explain(); Client/index_only for any other remedy, Client/pooler, Client/no_hypopg,
// Permission/no_hypopg. TrialRequest::role is taken by SET ROLE; runs and consent are not used: the statement is never run.
Result<Trial> tryHypothetical(pg::Connection &connection, const TrialRequest &request, const CancelToken &cancel = {});

} // namespace howdah::trial
