// SPDX-License-Identifier: GPL-3.0-or-later
// What came of a cancel. A value; any thread.
#pragma once

#include <QString>

namespace howdah::pg
{

struct CancelOutcome {
    enum class What {
        NothingRan,
        Cancelled,    // the statement ended by it (57014)
        HadFinished,  // it ended otherwise, before the cancel came to it: its result or its own error stands
        LinkLost,     // the link went meanwhile: what the statement had done is told with the link's loss
        NotConfirmed  // asked, and not heard of within the time
    };
    enum class Way { None, ControlLink, Libpq };

    What what = What::NothingRan;
    Way way = Way::None;
    bool inClear = false;    // libpq before 17 sends its cancel, which holds the backend's key, unencrypted
    bool seenEnded = false;  // pg_stat_activity, asked over the control link, shows that it no longer runs
    qint64 tookMs = 0;       // from the request to the confirmation
};
QString cancelText(const CancelOutcome &outcome); // "cancelled, seen ended in pg_stat_activity (12 ms)": for people

} // namespace howdah::pg
