// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a server could be brought back now, line by line, and how much would be lost and how long it would take: figures that were measured, not settings. What was
// never proven is red, as what has failed is; what could not be looked at is unknown and says why. Pure, any thread; readinessfacts.h gathers.
#pragma once

#include "backup/drill.h"
#include "backup/schedule.h"
#include "backup/window.h"

#include <QTimeZone>

namespace howdah::backup
{

enum class Light { Good, Warning, Red, Unknown };
QString lightName(Light light); // "good", "warning", "red", "unknown"

struct ReadinessLine {
    QString code;   // stable: "archive", "backup", "verified", "window", "rpo", "rto", "drill", "versions", "retention", "schedule", "place"
    QString title;  // "Last backup"
    Light light = Light::Unknown;
    QString value;  // short: "4 h 12 min old"; of what is not known "not known"
    QString words;  // one sentence: what it means, or why it is not known
    QString remedy; // a command of howdahctl's; empty: none
    QString exact = {}; // of moments that `value` and `words` have to the second; empty: there are none
    QJsonObject toJson() const;
};

// A server, asked now.
struct ServerStanding {
    QString version; // "18.6"
    int versionNum = 0;
    qint64 nowMs = 0; // Unix time by its clock
    Timeline timeline = 0; // 0: not known
    std::optional<bool> committedSince; // anything that has not reached the archive, by the numbers of transactions; nullopt: not known
    std::optional<qint64> unarchivedBytes; // of WAL
};

struct ReadinessFacts {
    qint64 nowMs = 0; // Unix time, of this machine
    QTimeZone zone = QTimeZone::utc(); // in which moments are told
    QString server;   // for people
    // As whoever watches the archive says it; unknown until somebody does.
    ReadinessLine archive{QStringLiteral("archive"), QStringLiteral("WAL archive"), Light::Unknown, QStringLiteral("not known"), QStringLiteral("nobody has looked at the archiver"), {}};
    std::optional<ServerStanding> standing;
    QString standingWhy;   // it was not asked
    std::optional<Catalogue> catalogue;
    QString systemIdentifier; // whose backups count; empty: all
    QString catalogueWhy;
    std::optional<QVector<Island>> islands;
    QVector<Gap> gaps;
    QStringList problems;  // of the archive, in words
    QString islandsWhy;
    std::optional<QVector<Drill>> drills; // oldest first
    QString drillsWhy;
    std::optional<Schedule> schedule; // nullopt: none was made
    TaskRuns runs;
    QString scheduleWhy;   // it can't be read; empty: nullopt means none
    std::optional<bool> oneDisk; // data, WAL's archive and backups lie on one
    QString toolsVersion;  // "18.6"; empty: not known
    std::optional<qint64> freeBytes; // where the backups lie
    quint64 segmentSize = quint64(16) << 20; // of WAL
};

// From when on a figure is no more good, and from when on it is red.
struct ReadinessLimits {
    qint64 backupWarnMs = 8 * 86'400'000LL, backupRedMs = 15 * 86'400'000LL;
    qint64 verifiedWarnMs = 8 * 86'400'000LL, verifiedRedMs = 31 * 86'400'000LL;
    qint64 drillWarnMs = 8 * 86'400'000LL, drillRedMs = 31 * 86'400'000LL;
    qint64 rpoWarnMs = 5 * 60'000LL, rpoRedMs = 60 * 60'000LL;
};

// From when on a proven restore is old. Where drills are scheduled: their rhythm and a day, and four of them; else as the limits have it.
struct DrillBounds {
    qint64 warnMs = 0, redMs = 0;
};
DrillBounds drillBounds(const std::optional<Schedule> &schedule, const ReadinessLimits &limits);

struct Readiness {
    QString server;
    qint64 atMs = 0;
    QVector<ReadinessLine> lines; // always all, in one order
    std::optional<qint64> rpoMs;  // what would be lost: the age of the last commit that can be brought back, 0 where none came after it
    std::optional<qint64> lastCommitUs; // that commit
    std::optional<qint64> rtoMs;  // what the last good drill took to copy and replay
    std::optional<qint64> provenMs; // when that was
    QVector<Island> islands;
    QVector<Gap> gaps;

    Light worst() const; // red before unknown before warning
    const ReadinessLine *line(const QString &code) const;
    QString headline() const; // "Not ready: no restore was ever proven"
    QJsonObject toJson(quint64 segmentSize) const;
};
Readiness readinessOf(const ReadinessFacts &facts, const ReadinessLimits &limits = {});

} // namespace howdah::backup
