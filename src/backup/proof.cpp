// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/proof.h"

#include "base/units.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static constexpr qint64 dayMs = 86'400'000;

QString daysText(qint64 ms)
{
    const qint64 days = ms / dayMs;
    return days < 1 ? units::duration(std::max<qint64>(0, ms)) : days == 1 ? u"1 day"_s : u"%1 days"_s.arg(days);
}

static bool isScheduled(const std::optional<Schedule> &schedule)
{
    return schedule && schedule->on && !schedule->rhythm(ScheduledTask::Drill).isOff();
}

Proof proofOf(const ProofFacts &facts)
{
    Proof proof;
    const bool scheduled = isScheduled(facts.schedule);
    const DrillBounds bounds = drillBounds(facts.schedule, {});
    if (facts.drills) {
        const auto good = std::find_if(facts.drills->crbegin(), facts.drills->crend(), [](const Drill &drill) { return drill.good; });
        if (good != facts.drills->crend())
            proof.provenMs = good->atMs;
        proof.state = proof.provenMs ? Proof::State::Proven : Proof::State::Never;
    }
    proof.isWanted = scheduled || (facts.drills && !facts.drills->isEmpty());
    // From the proof on, or from when the schedule was switched on: what it was not there for it did not miss.
    const std::optional<qint64> fromMs = proof.provenMs ? proof.provenMs : scheduled && facts.drills ? std::optional(facts.schedule->sinceMs) : std::nullopt;
    if (scheduled && fromMs && facts.nowMs - *fromMs > bounds.warnMs)
        proof.lateSinceMs = *fromMs + bounds.warnMs;

    const Drill *newest = facts.drills && !facts.drills->isEmpty() ? &facts.drills->constLast() : nullptr;
    const bool runFailed = facts.run.outcome == TaskRun::Outcome::Failed || facts.run.outcome == TaskRun::Outcome::Findings;
    if (newest && !newest->good) {
        proof.failedAtMs = newest->atMs;
        proof.failure = newest->words;
    }
    if (runFailed && (!newest || newest->atMs < facts.run.startMs)) {
        proof.failedAtMs = facts.run.endMs;
        proof.failure = facts.run.words;
    }

    switch (proof.state) {
    case Proof::State::NotKnown:
        proof.text = u"whether a restore was ever proven is not known: %1"_s.arg(facts.why.isEmpty() ? u"it was not looked at"_s : facts.why);
        break;
    case Proof::State::Never:
        proof.text = u"no restore was ever proven here"_s;
        proof.light = proof.isWanted ? Light::Red : Light::Warning;
        break;
    case Proof::State::Proven: {
        const qint64 age = facts.nowMs - *proof.provenMs;
        proof.text = u"last proven restore is %1 old"_s.arg(daysText(age));
        const auto good = std::find_if(facts.drills->crbegin(), facts.drills->crend(), [](const Drill &drill) { return drill.good; });
        if (const QString old = provenAge(*good); !old.isEmpty())
            proof.text += u" ("_s + old + u')';
        proof.light = age > bounds.redMs ? Light::Red : age > bounds.warnMs ? Light::Warning : Light::Good;
    }
    }
    if (proof.failedAtMs) {
        proof.light = Light::Red;
        proof.text += u"; the newest drill failed %1 ago: %2"_s.arg(daysText(facts.nowMs - *proof.failedAtMs), proof.failure.isEmpty() ? u"it does not say why"_s : proof.failure);
    }
    return proof;
}

QJsonObject ProofTold::toJson() const
{
    return {{u"failed_at_ms"_s, failedAtMs}, {u"late_since_ms"_s, lateSinceMs}, {u"system_identifier"_s, systemIdentifier}};
}

ProofTold ProofTold::fromJson(const QJsonObject &json)
{
    return {json.value("failed_at_ms"_L1).toInteger(), json.value("late_since_ms"_L1).toInteger(), json.value("system_identifier"_L1).toString()};
}

std::optional<ProofNotice> noticeOf(const Proof &proof, const QString &server, qint64 nowMs, ProofTold &told)
{
    const bool failed = proof.failedAtMs && *proof.failedAtMs > told.failedAtMs;
    const bool late = proof.lateSinceMs && *proof.lateSinceMs > told.lateSinceMs;
    if (failed)
        told.failedAtMs = *proof.failedAtMs;
    if (late)
        told.lateSinceMs = *proof.lateSinceMs;
    const QString age = proof.state == Proof::State::Proven ? u"Last proven restore is %1 old."_s.arg(daysText(nowMs - *proof.provenMs))
        : proof.state == Proof::State::Never                ? u"No restore was ever proven here."_s
                                                            : u"When one was last proven is not known."_s;
    if (failed)
        return ProofNotice{u"The drill of %1 failed"_s.arg(server), (proof.failure.isEmpty() ? u"It does not say why"_s : proof.failure) + u". "_s + age};
    if (late && proof.state == Proof::State::Proven)
        return ProofNotice{u"Last proven restore of %1 is %2 old"_s.arg(server, daysText(nowMs - *proof.provenMs)), u"That is older than its schedule wants. Whether its backups bring it back is not proven since: howdahctl backup drill"_s};
    if (late)
        return ProofNotice{u"No restore of %1 was ever proven here"_s.arg(server), u"Its schedule wants drills, and none has led to its end: howdahctl backup drill"_s};
    return std::nullopt;
}

} // namespace howdah::backup
