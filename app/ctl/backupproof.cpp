// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backupproof.h"

#include "backup/schedulekeeping.h"
#include "base/clock.h"
#include "store/desktopnote.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

// A server is seldom another one, and a link that fails takes its time.
static constexpr qint64 askEachMs = 60 * 60'000, againMs = 5 * 60'000;

QString ProofTeller::identifierOf(const session::Profile &profile, Seen &seen)
{
    const qint64 now = Clock().monotonicMs();
    if (seen.askNextMs && now < seen.askNextMs)
        return {};
    seen.askNextMs = now + againMs;
    m_ctl.useProfile(profile.name);
    const auto link = m_ctl.connect(Ctl::Link::Monitor);
    if (!link || !(*link)->readIdentity(m_ctl.cancel()))
        return {};
    seen.askNextMs = now + askEachMs;
    return (*link)->identity().systemIdentifier;
}

QString ProofTeller::look(const session::Profile &profile, const Schedule &schedule, const TaskRun &drill, qint64 nowMs)
{
    const auto store = m_ctl.store();
    const auto before = store ? keptTold(**store, profile.id) : Result<ProofTold>(fail(store.error()));
    if (!before)
        return {};
    Seen &seen = m_seen[profile.id];
    ProofTold told = *before;
    if (const QString identifier = identifierOf(profile, seen); !identifier.isEmpty())
        told.systemIdentifier = identifier;
    ProofFacts facts;
    facts.nowMs = nowMs;
    facts.schedule = schedule;
    facts.run = drill;
    if (!told.systemIdentifier.isEmpty()) {
        if (auto drills = keptDrills(told.systemIdentifier))
            facts.drills = *std::move(drills);
    }
    const ProofTold seenOnly{before->failedAtMs, before->lateSinceMs, told.systemIdentifier};
    const auto notice = noticeOf(proofOf(facts), profile.name, nowMs, told);
    const Done shown = notice ? store::showDesktopNote({notice->title, notice->body, true}) : Done();
    // What no desktop took stays to be told, by whoever has one; here it is said once all the same.
    const ProofTold &kept = shown ? told : seenOnly;
    if (kept != *before)
        std::ignore = keepTold(**store, profile.id, kept);
    if (!notice)
        return {};
    const QString line = notice->title + u": "_s + notice->body;
    if (std::exchange(seen.told, line) == line)
        return {};
    return shown ? line : line + u" (no desktop was told: %1)"_s.arg(shown.error().message);
}

} // namespace howdah::ctl
