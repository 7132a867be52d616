// SPDX-License-Identifier: GPL-3.0-or-later
// A moment as a person types it and as the server is given it. One instant in UTC, in microseconds since 1970: what names no offset, an hour that came
// twice or never (a change of the clocks), or a time that the server would read in its own zone is not guessed but refused. Pure, any thread.
#pragma once

#include "base/result.h"

#include <QTimeZone>
#include <QVector>

namespace howdah::backup
{

// "2026-11-27 02:11:54.953201+00": for people, and as recovery_target_time takes it (it bars "Z" and abbreviations).
QString momentText(qint64 us);
QString momentText(qint64 us, const QTimeZone &zone); // with that zone's offset
// The same to the second, never later than it is: for the eye, where the exact one is at hand.
QString secondText(qint64 us, const QTimeZone &zone = QTimeZone::utc());
// "2026-11-27 02:11:54.95+01:00", a T or a blank between, Z for UTC; seconds and their parts may be left out. Errors: Client/no_offset (with what it would be
// in UTC), Client/bad_moment.
Result<qint64> parseMoment(const QString &text);
// Every instant at which a clock on the wall of that zone showed it, the earlier first: none in an hour that was left out, two in one that came twice. An offset in the
// text leaves one. Errors: Client/bad_moment.
Result<QVector<qint64>> instantsOf(const QString &text, const QTimeZone &zone);
// What a clock on the wall of that zone showed: "2026-10-25 02:30". Errors: Client/twice (both instants in the hint), Client/never, Client/bad_moment.
Result<qint64> parseWallClock(const QString &text, const QTimeZone &zone);

} // namespace howdah::backup
