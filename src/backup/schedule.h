// SPDX-License-Identifier: GPL-3.0-or-later
// When backups of a server are taken, verified, rehearsed and removed without being asked, and what of that is due at a moment. What was missed (a machine
// that slept) is done once, not as often as it was missed. An hour that a clock shows twice is its first, one that it never shows comes an hour later.
// Pure, any thread; kept in the store by schedulekeeping.h.
#pragma once

#include "backup/prune.h"

#include <QJsonObject>
#include <QMap>

#include <optional>

namespace howdah::backup
{

enum class ScheduledTask { Full, Incremental, Dump, Verify, Drill, Prune }; // in the order in which they are done
constexpr ScheduledTask scheduledTasks[] = {ScheduledTask::Full, ScheduledTask::Incremental, ScheduledTask::Dump, ScheduledTask::Verify, ScheduledTask::Drill, ScheduledTask::Prune};
QString taskName(ScheduledTask task); // "full", "incremental", …
QString taskTitle(ScheduledTask task); // "Full backup"

// How often. Minutes are of a clock on the wall of the schedule's zone, but for Hours: these are UTC's, so that none is twice or missing.
struct Rhythm {
    enum class Kind { Off, Hours, Days, Weekly };
    Kind kind = Kind::Off;
    int every = 1;   // of Hours 1 to 24, of Days 1 to 365
    int weekday = 7; // of Weekly: 1 Monday to 7 Sunday
    int minute = 0;  // of the day; of Hours: of the hour
    bool operator==(const Rhythm &) const = default;
    bool isOff() const { return kind == Kind::Off; }
    QString text() const; // "off", "every 6 hours", "daily 02:00", "every 7 days 04:00", "sun 02:00"
    qint64 periodMs() const; // 0: off
    static Result<Rhythm> parse(const QString &text); // Client/usage
};

struct Schedule {
    bool on = false;
    QByteArray zone = "UTC"; // an IANA name
    qint64 sinceMs = 0;      // Unix time: nothing before it was missed
    QMap<ScheduledTask, Rhythm> rhythms;
    Retention retention;     // of Prune
    bool pruneWal = false;   // and the WAL that no backup needs any more
    QString folder;          // where to, outside Docker; empty: the archive of the profile's stack
    QString archive;         // its WAL, where that is another folder
    bool compress = false;
    QString database;        // of Dump; empty: the profile's
    bool heartbeat = false;  // a transaction of its own each minute while nobody else commits: a moment can be reached only where a commit follows it

    Rhythm rhythm(ScheduledTask task) const { return rhythms.value(task); }
    QJsonObject toJson() const;
    static Result<Schedule> fromJson(const QJsonObject &json); // Client/bad_schedule
};
// Sunday 02:00 a full one, at 02:00 an incremental, verified on Wednesdays, rehearsed every 7 days, pruned to 14 days.
Schedule usualSchedule(const QByteArray &zone, qint64 nowMs);
// What is wrong with it, in words; empty: nothing.
QString scheduleProblem(const Schedule &schedule);

struct TaskRun {
    enum class Outcome { None, Good, Findings, Failed }; // None: it runs, or its program was ended
    qint64 startMs = 0; // Unix time; 0: never
    qint64 endMs = 0;
    Outcome outcome = Outcome::None;
    int failures = 0;   // one after the other, up to now
    QString words;
    QJsonObject toJson() const;
    static TaskRun fromJson(const QJsonObject &json); // what is not understood is a run that never was
};
using TaskRuns = QMap<ScheduledTask, TaskRun>; // the last of each

struct DueTask {
    ScheduledTask task = ScheduledTask::Full;
    qint64 slotMs = 0; // for which moment
    int missed = 0;    // moments before that one that nobody was there for
    bool again = false; // it failed, or was interrupted
};
// In their order. A full one takes the place of an incremental that is due with it. What failed is tried again after 15 minutes, then 30, up to 6 hours. A last run
// that lies further ahead than its rhythm is long is not believed: the clock was wrong then.
QVector<DueTask> dueTasks(const Schedule &schedule, const TaskRuns &runs, qint64 nowMs);
// When the next becomes due, of what is not due now; nullopt: never.
std::optional<qint64> nextMs(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs);
// For how long it has been due and not been done; 0: it is not.
qint64 overdueMs(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs);

} // namespace howdah::backup
