// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/heartbeat.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

Result<bool> heartbeat(pg::Connection &connection, qint64 quietMs, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"backup/standing"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"ask for the last commit"_s));
    const auto nowMs = rows->integer(0, "now_ms"_L1), lastUs = rows->integer(0, "last_commit_us"_L1);
    if (rows->boolean(0, "in_recovery"_L1).value_or(true))
        return false; // a standby commits nothing of its own
    if (nowMs && lastUs && *nowMs - *lastUs / 1000 < quietMs)
        return false;
    const auto beat = connection.runFile(u"backup/heartbeat"_s, {}, {}, cancel);
    return beat ? Result<bool>(true) : fail(Error(beat.error()).during(u"commit a heartbeat"_s));
}

} // namespace howdah::backup
