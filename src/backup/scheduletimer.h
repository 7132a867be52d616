// SPDX-License-Identifier: GPL-3.0-or-later
// A schedule as systemd runs it: a service of the user's that does what is due, and a timer that wakes it at the schedule's moments and once an hour for what failed or
// waited. No secret is in them: passwords come from the keychain, as always. Text is pure; writing blocks.
#pragma once

#include "backup/schedule.h"

namespace howdah::backup
{

struct TimerUnits {
    QString name;     // "howdah-backup-local"
    QByteArray service, timer;
};
// `program`: howdahctl's path. `environment`: what of it has to be the same, as XDG_DATA_HOME; "NAME=value" each.
TimerUnits timerUnits(const Schedule &schedule, const QString &profile, const QString &program, const QStringList &environment);

// <folder>/<name>.service and .timer, mode 0644. The two commands that switch it on.
// Errors: Io.
Result<QStringList> writeTimer(const TimerUnits &units, const QString &folder);

} // namespace howdah::backup
