// SPDX-License-Identifier: GPL-3.0-or-later
// What the overview and the desktop are told of a server's drills: how old the last proven restore is, whether that is older than wanted, whether the newest drill
// failed. That none was ever proven, that it is not known and that one is so many days old are three things, and only a fresh one with no failure behind it is good.
// Pure, any thread.
#pragma once

#include "backup/readiness.h"

namespace howdah::backup
{

struct ProofFacts {
    qint64 nowMs = 0;                            // Unix time
    std::optional<QVector<Drill>> drills;        // of the cluster, oldest first; nullopt: not known
    QString why;                                 // then
    std::optional<Schedule> schedule;
    TaskRun run;                                 // the schedule's last drill: one that ended before it knew of which cluster is kept nowhere else
};

struct Proof {
    enum class State { NotKnown, Never, Proven };
    State state = State::NotKnown;
    Light light = Light::Unknown;
    QString text;                       // "last proven restore is 12 days old", "no restore was ever proven here"
    std::optional<qint64> provenMs;     // Unix time of the last good drill
    std::optional<qint64> failedAtMs;   // of the newest drill, where that failed
    QString failure;                    // its words
    bool isWanted = false;              // drills are made here or scheduled: then none is a finding, and not somebody else's business
    std::optional<qint64> lateSinceMs;  // older than the schedule wants since then
};
Proof proofOf(const ProofFacts &facts);
QString daysText(qint64 ms); // "12 days", "1 day", "3 h 10 min"

// What the desktop was told of a server, so that each event is told once, by whoever sees it first: a window or a watch.
struct ProofTold {
    qint64 failedAtMs = 0;
    qint64 lateSinceMs = 0;
    QString systemIdentifier; // as it was last seen, for when the server can't be asked; empty: never
    bool operator==(const ProofTold &) const = default;
    QJsonObject toJson() const;
    static ProofTold fromJson(const QJsonObject &json); // what is not understood was told of nothing
};
struct ProofNotice {
    QString title; // "The drill of shop failed"
    QString body;
};
// What is new since `told`, which it brings up to date; nullopt: nothing.
std::optional<ProofNotice> noticeOf(const Proof &proof, const QString &server, qint64 nowMs, ProofTold &told);

} // namespace howdah::backup
