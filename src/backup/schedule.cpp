// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/schedule.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 minuteMs = 60'000;
constexpr qint64 hourMs = 60 * minuteMs;
constexpr qint64 dayMs = 24 * hourMs;
constexpr const char *weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

qint64 lastStart(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs)
{
    const qint64 period = schedule.rhythm(task).periodMs();
    const auto believed = [&](const TaskRun &run) { return run.startMs > nowMs + period ? 0 : run.startMs; };
    qint64 last = believed(runs.value(task));
    // A good full one holds what an incremental would.
    if (const TaskRun full = runs.value(ScheduledTask::Full); task == ScheduledTask::Incremental && full.outcome == TaskRun::Outcome::Good)
        last = std::max(last, believed(full));
    return last;
}

// When the clocks of the zone show it: the first time that they do; of an hour that they leave out as long behind its begin as it would have been.
qint64 instantOf(const QDate &date, int minute, const QTimeZone &zone)
{
    const qint64 naive = QDateTime(date, QTime(minute / 60, minute % 60), Qt::UTC).toMSecsSinceEpoch();
    const auto offsetAt = [&zone](qint64 ms) { return qint64(zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC))) * 1000; };
    const qint64 before = offsetAt(naive - dayMs), behind = offsetAt(naive + dayMs);
    const bool isBefore = offsetAt(naive - before) == before, isBehind = offsetAt(naive - behind) == behind;
    if (isBefore && isBehind)
        return std::min(naive - before, naive - behind);
    return isBehind ? naive - behind : naive - before;
}

// The last moment of the rhythm that is not after nowMs. `last`: of Days, which count from the last run.
qint64 slotUpTo(const Rhythm &rhythm, const QTimeZone &zone, qint64 nowMs)
{
    if (rhythm.kind == Rhythm::Kind::Hours) {
        const qint64 period = rhythm.periodMs(), offset = rhythm.minute * minuteMs;
        return (nowMs - offset) / period * period + offset;
    }
    // Two days back: an offset is less than one.
    for (QDate date = QDateTime::fromMSecsSinceEpoch(nowMs, zone).date().addDays(1);; date = date.addDays(-1)) {
        if (rhythm.kind == Rhythm::Kind::Weekly && date.dayOfWeek() != rhythm.weekday)
            continue;
        if (const qint64 at = instantOf(date, rhythm.minute, zone); at <= nowMs)
            return at;
    }
}

qint64 slotAfter(const Rhythm &rhythm, const QTimeZone &zone, qint64 nowMs)
{
    if (rhythm.kind == Rhythm::Kind::Hours)
        return slotUpTo(rhythm, zone, nowMs) + rhythm.periodMs();
    for (QDate date = QDateTime::fromMSecsSinceEpoch(nowMs, zone).date().addDays(-1);; date = date.addDays(1)) {
        if (rhythm.kind == Rhythm::Kind::Weekly && date.dayOfWeek() != rhythm.weekday)
            continue;
        if (const qint64 at = instantOf(date, rhythm.minute, zone); at > nowMs)
            return at;
    }
}

QTimeZone zoneOf(const Schedule &schedule)
{
    const QTimeZone zone(schedule.zone);
    return zone.isValid() ? zone : QTimeZone::utc();
}

// The first moment at which it becomes due, of a task that last began then; not before the schedule was made.
qint64 firstSlot(const Schedule &schedule, ScheduledTask task, qint64 last)
{
    const Rhythm rhythm = schedule.rhythm(task);
    const QTimeZone zone = zoneOf(schedule);
    if (last < schedule.sinceMs)
        last = 0;
    if (rhythm.kind != Rhythm::Kind::Days || last == 0)
        return slotAfter(rhythm, zone, std::max(last, schedule.sinceMs));
    // So many days behind the day for which it was done, which is not always that of its begin: just past midnight it was yesterday's.
    const QDate of = QDateTime::fromMSecsSinceEpoch(slotUpTo(rhythm, zone, last), zone).date();
    return instantOf(of.addDays(rhythm.every), rhythm.minute, zone);
}

qint64 waitMs(int failures)
{
    return std::min<qint64>(6 * hourMs, 15 * minuteMs << std::clamp(failures - 1, 0, 10));
}

std::optional<DueTask> dueOf(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs)
{
    const Rhythm rhythm = schedule.rhythm(task);
    if (!schedule.on || rhythm.isOff())
        return std::nullopt;
    const qint64 last = lastStart(schedule, runs, task, nowMs);
    DueTask due{task, 0, 0, false};
    if (const qint64 first = firstSlot(schedule, task, last); first <= nowMs) {
        due.slotMs = slotUpTo(rhythm, zoneOf(schedule), nowMs);
        due.missed = int(std::min<qint64>((due.slotMs - first + rhythm.periodMs() / 2) / rhythm.periodMs(), 100'000));
        return due;
    }
    const TaskRun run = runs.value(task);
    const bool ended = run.outcome == TaskRun::Outcome::Good || run.outcome == TaskRun::Outcome::Findings;
    if (run.startMs == 0 || run.startMs < schedule.sinceMs || run.startMs != last || ended)
        return std::nullopt;
    if (nowMs < std::max(run.startMs, run.endMs) + waitMs(run.failures))
        return std::nullopt;
    due.slotMs = slotUpTo(rhythm, zoneOf(schedule), nowMs);
    due.again = true;
    return due;
}

} // namespace

QString taskName(ScheduledTask task)
{
    switch (task) {
    case ScheduledTask::Full: return u"full"_s;
    case ScheduledTask::Incremental: return u"incremental"_s;
    case ScheduledTask::Dump: return u"dump"_s;
    case ScheduledTask::Verify: return u"verify"_s;
    case ScheduledTask::Drill: return u"drill"_s;
    case ScheduledTask::Prune: return u"prune"_s;
    }
    return {};
}

QString taskTitle(ScheduledTask task)
{
    switch (task) {
    case ScheduledTask::Full: return u"Full backup"_s;
    case ScheduledTask::Incremental: return u"Incremental backup"_s;
    case ScheduledTask::Dump: return u"Dump"_s;
    case ScheduledTask::Verify: return u"Verification"_s;
    case ScheduledTask::Drill: return u"Drill"_s;
    case ScheduledTask::Prune: return u"Removal of what is too old"_s;
    }
    return {};
}

QString Rhythm::text() const
{
    const QString clock = u"%1:%2"_s.arg(minute / 60, 2, 10, QLatin1Char('0')).arg(minute % 60, 2, 10, QLatin1Char('0'));
    switch (kind) {
    case Kind::Off: return u"off"_s;
    case Kind::Hours: return (every == 1 ? u"every hour"_s : u"every %1 hours"_s.arg(every)) + (minute ? u" :%1"_s.arg(minute, 2, 10, QLatin1Char('0')) : QString());
    case Kind::Days: return (every == 1 ? u"daily "_s : u"every %1 days "_s.arg(every)) + clock;
    case Kind::Weekly: return QString::fromLatin1(weekdays[std::clamp(weekday, 1, 7) - 1]) + u' ' + clock;
    }
    return {};
}

qint64 Rhythm::periodMs() const
{
    switch (kind) {
    case Kind::Off: return 0;
    case Kind::Hours: return every * hourMs;
    case Kind::Days: return every * dayMs;
    case Kind::Weekly: return 7 * dayMs;
    }
    return 0;
}

Result<Rhythm> Rhythm::parse(const QString &text)
{
    static const QRegularExpression form(u"\\A(?:(off)|(?:every (?:(\\d{1,2}) )?hours?(?: :(\\d\\d))?)|(?:(?:(daily)|every (\\d{1,3}) days?|(mon|tue|wed|thu|fri|sat|sun)[a-z]*) (\\d\\d?):(\\d\\d)))\\z"_s);
    const auto match = form.match(text.simplified().toLower());
    Rhythm rhythm;
    bool good = match.hasMatch();
    if (good && match.capturedLength(1) == 0) {
        if (match.capturedLength(7) == 0) {
            rhythm.kind = Kind::Hours;
            rhythm.every = match.capturedLength(2) ? match.capturedView(2).toInt() : 1;
            rhythm.minute = match.capturedView(3).toInt();
            good = rhythm.every >= 1 && rhythm.every <= 24 && rhythm.minute < 60;
        } else {
            const int hour = match.capturedView(7).toInt(), minute = match.capturedView(8).toInt();
            good = hour < 24 && minute < 60;
            rhythm.minute = hour * 60 + minute;
            if (match.capturedLength(6)) {
                rhythm.kind = Kind::Weekly;
                for (int day = 0; day < 7; ++day)
                    rhythm.weekday = match.capturedView(6) == QLatin1StringView(weekdays[day]) ? day + 1 : rhythm.weekday;
            } else {
                rhythm.kind = Kind::Days;
                rhythm.every = match.capturedLength(4) ? 1 : match.capturedView(5).toInt();
                good = good && rhythm.every >= 1 && rhythm.every <= 365;
            }
        }
    }
    if (!good)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no rhythm"_s.arg(text.isEmpty() ? u"Nothing"_s : text.left(60)), u"As in \"sun 02:00\", \"daily 02:00\", \"every 7 days 04:00\", \"every 6 hours\" or \"off\""_s);
    return rhythm;
}

Schedule usualSchedule(const QByteArray &zone, qint64 nowMs)
{
    Schedule schedule;
    schedule.on = true;
    schedule.zone = zone;
    schedule.sinceMs = nowMs;
    schedule.rhythms = {{ScheduledTask::Full, {Rhythm::Kind::Weekly, 1, 7, 120}},
                        {ScheduledTask::Incremental, {Rhythm::Kind::Days, 1, 7, 120}},
                        {ScheduledTask::Verify, {Rhythm::Kind::Weekly, 1, 3, 240}},
                        {ScheduledTask::Drill, {Rhythm::Kind::Days, 7, 7, 300}},
                        {ScheduledTask::Prune, {Rhythm::Kind::Days, 1, 7, 360}}};
    schedule.retention.days = 14;
    return schedule;
}

QString scheduleProblem(const Schedule &schedule)
{
    if (!QTimeZone(schedule.zone).isValid())
        return u"there is no time zone %1"_s.arg(QString::fromUtf8(schedule.zone));
    if (!schedule.rhythm(ScheduledTask::Prune).isOff() && schedule.retention.fulls <= 0 && schedule.retention.days <= 0)
        return u"what is to be kept is not said: so many full ones, or so many days"_s;
    if (schedule.rhythm(ScheduledTask::Full).isOff() && !schedule.rhythm(ScheduledTask::Incremental).isOff())
        return u"incremental backups alone make a chain without an end: a full one has to come from time to time"_s;
    if (schedule.pruneWal && schedule.rhythm(ScheduledTask::Prune).isOff())
        return u"WAL is removed with backups, and these are never removed"_s;
    const bool any = std::any_of(schedule.rhythms.cbegin(), schedule.rhythms.cend(), [](const Rhythm &rhythm) { return !rhythm.isOff(); });
    return schedule.on && !any ? u"nothing is in it"_s : QString();
}

QVector<DueTask> dueTasks(const Schedule &schedule, const TaskRuns &runs, qint64 nowMs)
{
    QVector<DueTask> due;
    for (const ScheduledTask task : scheduledTasks) {
        if (const auto one = dueOf(schedule, runs, task, nowMs))
            due.append(*one);
    }
    if (!due.isEmpty() && due.constFirst().task == ScheduledTask::Full)
        due.removeIf([](const DueTask &one) { return one.task == ScheduledTask::Incremental; });
    return due;
}

std::optional<qint64> nextMs(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs)
{
    const Rhythm rhythm = schedule.rhythm(task);
    if (!schedule.on || rhythm.isOff())
        return std::nullopt;
    const qint64 last = lastStart(schedule, runs, task, nowMs);
    const qint64 first = firstSlot(schedule, task, last);
    return first > nowMs ? first : slotAfter(rhythm, zoneOf(schedule), nowMs);
}

qint64 overdueMs(const Schedule &schedule, const TaskRuns &runs, ScheduledTask task, qint64 nowMs)
{
    if (!schedule.on || schedule.rhythm(task).isOff())
        return 0;
    return std::max<qint64>(0, nowMs - firstSlot(schedule, task, lastStart(schedule, runs, task, nowMs)));
}

} // namespace howdah::backup
