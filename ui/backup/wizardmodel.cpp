// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardmodel.h"

#include "backup/moment.h"
#include "base/units.h"
#include "ui/backup/wizardtarget.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;
using State = WizardModel::State;

namespace
{

bool same(const std::optional<PitrTarget> &one, const std::optional<PitrTarget> &other)
{
    return one && other && targetWords(*one) == targetWords(*other);
}

QString secondText(qint64 us)
{
    constexpr qint64 second = 1'000'000;
    return momentText(us - (us % second + second) % second);
}

QString rowsText(qint64 rows)
{
    return rows == 1 ? u"1 row"_s : u"%1 rows"_s.arg(units::exact(double(rows)));
}

} // namespace

QString wizardTitle(WizardStep step)
{
    switch (step) {
    case WizardStep::Intent: return u"What happened"_s;
    case WizardStep::Moment: return u"Find the moment"_s;
    case WizardStep::Preflight: return u"Pre-flight"_s;
    case WizardStep::Preview: return u"Preview"_s;
    case WizardStep::Rehearse: return u"Rehearse"_s;
    case WizardStep::Compare: return u"Compare"_s;
    case WizardStep::Apply: return u"Apply"_s;
    case WizardStep::Return: return u"Return"_s;
    case WizardStep::Report: break;
    }
    return u"Report"_s;
}

QString intentText(RecoveryIntent intent)
{
    switch (intent) {
    case RecoveryIntent::Rescue: return u"Rows or a table were lost"_s;
    case RecoveryIntent::WholeCluster: return u"The whole cluster is to go back"_s;
    case RecoveryIntent::LostServer: return u"The server is lost"_s;
    case RecoveryIntent::JustLook: break;
    }
    return u"Only look at an earlier state"_s;
}

void WizardModel::chooseIntent(RecoveryIntent chosen)
{
    intent = chosen;
    m_intentChosen = true;
}

void WizardModel::chooseTarget(const PitrTarget &chosen, const QString &origin)
{
    m_target = chosen;
    m_origin = origin;
    m_intentChosen = true;
}

void WizardModel::forgetTarget()
{
    m_target.reset();
    m_origin.clear();
}

void WizardModel::take(const PitrTarget &of, const Verdict &found, const QString &hindrance)
{
    m_judged = of;
    m_verdict = found;
    m_hindrance = hindrance;
}

void WizardModel::take(const Rehearsal &made, const std::optional<PitrTarget> &of)
{
    m_rehearsal = made;
    m_rehearsed = of;
    m_dropped = false;
    m_rescuePlan.reset();
    m_outcome.reset();
    m_swapPlan.reset();
    if (m_swap && !m_swap->isUnfinished() && m_swap->rehearsal != made.id) // it is over, and found again among those that are kept
        m_swap.reset();
}

void WizardModel::take(const Comparison &seen, const QString &rehearsal)
{
    m_comparison = seen;
    m_comparedWith = rehearsal;
    ++m_comparisonNumber;
    m_rescuePlan.reset();
}

void WizardModel::take(const RescuePlan &planned)
{
    m_rescuePlan = planned;
    m_outcome.reset();
}

void WizardModel::take(const RescueOutcome &done)
{
    m_outcome = done;
    m_undo = m_rescuePlan ? m_rescuePlan->change.undo : QString();
}

void WizardModel::take(const SwapPlan &planned)
{
    m_swapPlan = planned;
}

void WizardModel::take(const Swap &swap)
{
    m_swap = swap;
    m_swapPlan.reset();
    m_intentChosen = true;
}

void WizardModel::dropped()
{
    m_dropped = true;
}

void WizardModel::begins(WizardStep step)
{
    m_running = step;
    m_failures.remove(step);
}

void WizardModel::ended(WizardStep step, const QString &failure)
{
    if (m_running == step)
        m_running.reset();
    if (failure.isEmpty())
        m_failures.remove(step);
    else
        m_failures.insert(step, failure);
}

QString WizardModel::targetText() const
{
    return m_target ? m_target->text() : QString();
}

const Verdict *WizardModel::verdict() const
{
    return m_verdict && same(m_judged, m_target) ? &*m_verdict : nullptr;
}

bool WizardModel::mayRehearse() const
{
    return verdict() && verdict()->isGood() && m_hindrance.isEmpty();
}

const Rehearsal *WizardModel::rehearsal() const
{
    return m_rehearsal ? &*m_rehearsal : nullptr;
}

bool WizardModel::isRehearsalOfTarget() const
{
    return m_rehearsal && (same(m_rehearsed, m_target) || (!m_rehearsed && !m_target)); // one that was taken up may not say of which it is
}

const Comparison *WizardModel::comparison() const
{
    return m_comparison && m_rehearsal && m_comparedWith == m_rehearsal->id ? &*m_comparison : nullptr;
}

QString WizardModel::reported() const
{
    return m_rehearsal ? m_rehearsal->id : m_swap ? m_swap->rehearsal : QString();
}

State WizardModel::rescueState() const
{
    if (intent == RecoveryIntent::JustLook)
        return State::Skipped;
    if (isSwap())
        return swapState();
    if (intent != RecoveryIntent::Rescue)
        return m_rehearsal ? (m_seen.contains(int(WizardStep::Apply)) ? State::Done : State::Open) : State::Waits;
    if (m_outcome)
        return m_outcome->outcomeUnknown ? State::Failed : State::Done;
    if (!comparison() || isDropped())
        return State::Waits;
    if (!isRehearsalOfTarget())
        return State::Stale;
    return !m_rehearsal->isGood() || (m_rescuePlan && !m_rescuePlan->isGood()) ? State::Blocked : State::Open;
}

State WizardModel::swapState() const
{
    if (m_running == WizardStep::Return)
        return State::Waits;
    if (m_swap) {
        switch (m_swap->state) {
        case SwapState::Applied:
        case SwapState::Retired: return State::Done;
        case SwapState::RolledBack: return State::Open;
        case SwapState::Applying:
        case SwapState::RollingBack: break;
        }
        return State::Failed;
    }
    if (!m_rehearsal || isDropped())
        return State::Waits;
    if (!isRehearsalOfTarget())
        return State::Stale;
    return m_rehearsal->isGood() ? State::Open : State::Blocked;
}

State WizardModel::returnState() const
{
    if (isSwap() && m_running == WizardStep::Apply)
        return State::Waits;
    if (isSwap() && m_swap)
        return m_swap->state == SwapState::RolledBack || m_swap->state == SwapState::Retired ? State::Done : m_swap->isUnfinished() ? State::Failed : State::Open;
    if (m_dropped)
        return State::Done;
    return m_rehearsal ? State::Open : State::Waits;
}

State WizardModel::state(WizardStep step) const
{
    if (m_running == step)
        return State::Running;
    if (m_failures.contains(step))
        return State::Failed;
    switch (step) {
    case WizardStep::Intent: return m_intentChosen ? State::Done : State::Open;
    case WizardStep::Moment: return m_target ? State::Done : m_intentChosen ? State::Open : State::Waits;
    case WizardStep::Preflight:
        if (!m_target)
            return State::Waits;
        return verdict() ? (mayRehearse() ? State::Done : State::Blocked) : m_verdict ? State::Stale : State::Open;
    case WizardStep::Preview:
        if (!mayRehearse())
            return State::Waits;
        return m_seen.contains(int(step)) ? State::Done : State::Open;
    case WizardStep::Rehearse:
        if (m_rehearsal)
            return !isRehearsalOfTarget() ? State::Stale : m_rehearsal->isGood() ? State::Done : State::Failed;
        return mayRehearse() ? State::Open : State::Waits;
    case WizardStep::Compare:
        if (comparison())
            return isRehearsalOfTarget() ? State::Done : State::Stale;
        return m_rehearsal && !isDropped() ? State::Open : State::Waits;
    case WizardStep::Apply: return rescueState();
    case WizardStep::Return: return returnState();
    case WizardStep::Report: break;
    }
    return reported().isEmpty() ? State::Waits : m_report.isEmpty() ? State::Open : State::Done;
}

QString WizardModel::note(WizardStep step) const
{
    const State now = state(step);
    if (now == State::Running)
        return u"under way"_s;
    if (m_failures.contains(step))
        return m_failures.value(step);
    switch (step) {
    case WizardStep::Intent: return m_intentChosen ? intentText(intent) : u"not answered yet"_s;
    case WizardStep::Moment: return m_target ? targetText() : u"no moment is chosen"_s;
    case WizardStep::Preflight:
        if (now == State::Stale)
            return u"of %1"_s.arg(m_judged->text());
        return now == State::Done ? u"can be reached"_s : now == State::Blocked ? (verdict()->isGood() ? u"a check stops it"_s : u"can't be reached"_s) : now == State::Open ? u"not looked at yet"_s : u"needs a moment"_s;
    case WizardStep::Preview: return now == State::Done ? u"seen"_s : now == State::Open ? u"commands and settings"_s : u"needs a good pre-flight"_s;
    case WizardStep::Rehearse: {
        if (!m_rehearsal)
            return now == State::Open ? u"not tried yet"_s : u"needs a good pre-flight"_s;
        if (now == State::Stale)
            return u"of %1"_s.arg(m_rehearsed ? m_rehearsed->text() : u"another moment"_s);
        const qsizetype bad = m_rehearsal->faults().size();
        return !m_rehearsal->isGood() && bad == 0 ? u"nothing of it could be told"_s : bad ? u"%1 of %2 checks failed"_s.arg(bad).arg(m_rehearsal->checks.size()) : u"good, in %1"_s.arg(units::duration(m_rehearsal->recoveryMs()));
    }
    case WizardStep::Compare: {
        if (!comparison())
            return isSwapped() ? u"the copy was swapped in"_s : m_dropped ? u"the copy is gone"_s : now == State::Open ? u"not compared yet"_s : u"needs a rehearsed copy"_s;
        const auto differ = std::count_if(m_comparison->tables.cbegin(), m_comparison->tables.cend(), [](const TableComparison &table) {
            return table.state == TableComparison::State::Different || table.state == TableComparison::State::OnlyLive || table.state == TableComparison::State::OnlyRehearsed; });
        switch (m_comparison->answer()) {
        case Comparison::Answer::Equal: return u"live and the copy are equal"_s;
        case Comparison::Answer::EqualAsFarAsCompared: return u"equal as far as it was compared"_s;
        case Comparison::Answer::Different: break;
        }
        return differ == 0 ? u"no table differs, but other things do"_s : differ == 1 ? u"1 table differs"_s : u"%1 tables differ"_s.arg(differ);
    }
    case WizardStep::Apply: return applyNote();
    case WizardStep::Return: return returnNote();
    case WizardStep::Report: break;
    }
    return !m_report.isEmpty() ? u"saved"_s : now == State::Open ? u"not saved yet"_s : u"needs a rehearsal"_s;
}

QString WizardModel::applyNote() const
{
    const State now = rescueState();
    if (now == State::Skipped)
        return u"nothing is written"_s;
    if (isSwap()) {
        if (m_running == WizardStep::Return)
            return u"waits for the way back"_s;
        if (!m_swap)
            return now == State::Waits ? u"needs a rehearsed copy"_s : now == State::Stale ? u"the copy is of another moment"_s : now == State::Blocked ? u"the rehearsal is not good"_s : m_swapPlan ? u"the swap is planned"_s : u"nothing planned yet"_s;
        switch (m_swap->state) {
        case SwapState::Applied: return u"the copy is the stack's data"_s;
        case SwapState::RolledBack: return u"taken back"_s;
        case SwapState::Retired: return u"closed"_s;
        case SwapState::Applying:
        case SwapState::RollingBack: break;
        }
        return u"unfinished"_s;
    }
    if (m_outcome) {
        qint64 rows = 0;
        for (const RescueOutcome::Table &table : m_outcome->tables)
            rows += table.inserted + table.overwritten;
        return m_outcome->outcomeUnknown ? u"outcome unknown"_s : u"%1 brought back"_s.arg(rowsText(rows));
    }
    if (intent != RecoveryIntent::Rescue || now == State::Stale)
        return intent != RecoveryIntent::Rescue ? u"by the runbook"_s : u"the copy is of another moment"_s;
    return now == State::Blocked ? m_rehearsal->isGood() ? u"can't be done so"_s : u"the rehearsal is not good"_s : m_rescuePlan ? u"%1 planned"_s.arg(rowsText(m_rescuePlan->rows())) : now == State::Open ? u"nothing planned yet"_s : u"needs a comparison"_s;
}

QString WizardModel::returnNote() const
{
    if (isSwap() && m_running == WizardStep::Apply)
        return u"waits for the swap"_s;
    if (isSwap() && m_swap) {
        switch (m_swap->state) {
        case SwapState::Applied: return u"the data of before is kept"_s;
        case SwapState::RolledBack: return u"back on the data of before"_s;
        case SwapState::Retired: return u"there is no way back"_s;
        case SwapState::Applying:
        case SwapState::RollingBack: break;
        }
        return u"unfinished"_s;
    }
    return m_dropped ? u"the copy is removed"_s : m_rehearsal ? u"the copy still stands"_s : u"nothing to take back"_s;
}

std::optional<WizardStep> WizardModel::next(WizardStep from) const
{
    for (int step = int(from) + 1; step < wizardSteps; ++step) {
        if (state(WizardStep(step)) != State::Skipped)
            return WizardStep(step);
    }
    return std::nullopt;
}

std::optional<WizardStep> WizardModel::previous(WizardStep from) const
{
    for (int step = int(from) - 1; step >= 0; --step) {
        if (state(WizardStep(step)) != State::Skipped)
            return WizardStep(step);
    }
    return std::nullopt;
}

QVector<WizardModel::Chosen> WizardModel::chosen() const
{
    QVector<Chosen> all;
    if (m_intentChosen)
        all.append({u"Intent"_s, intentText(intent)});
    if (!repository.isEmpty())
        all.append({u"Backups"_s, repository});
    if (m_target) {
        all.append({u"Moment"_s, targetText()});
        if (!m_origin.isEmpty())
            all.append({u"It was"_s, m_origin});
    }
    if (const Verdict *found = verdict(); found && found->isGood()) {
        all.append({u"Begins from"_s, found->backup});
        all.append({u"Timeline"_s, QString::number(found->timeline)});
        if (found->lastCommitUs)
            all.append({u"Last kept commit"_s, secondText(*found->lastCommitUs), momentText(*found->lastCommitUs)});
        all.append({u"Commits left out"_s, u"%1 in the archive"_s.arg(units::exact(double(found->lost))), u"%1 in the archive; what the server has not archived yet is not counted"_s.arg(found->lost)});
    }
    if (m_rehearsal) {
        all.append({u"Copy"_s, m_dropped ? m_rehearsal->id + u", removed"_s : isSwapped() ? m_rehearsal->id + u", swapped in"_s : m_rehearsal->id});
        if (!isRehearsalOfTarget() && m_rehearsed)
            all.append({u"It is of"_s, m_rehearsed->text()});
    }
    if (isSwap() && m_swap)
        all.append({u"Swap"_s, m_swap->id});
    if (m_rescuePlan && intent == RecoveryIntent::Rescue)
        all.append({u"To bring back"_s, rowsText(m_rescuePlan->rows())});
    return all;
}

QStringList WizardModel::swapHappens() const
{
    switch (m_swap->state) {
    case SwapState::Applied: return {u"The stack runs on %1, timeline %2"_s.arg(m_swap->newVolume).arg(m_swap->newTimeline), u"%1 is kept until you remove it"_s.arg(m_swap->oldVolume)};
    case SwapState::RolledBack: return {u"The stack runs on %1, timeline %2, as before"_s.arg(m_swap->oldVolume).arg(m_swap->oldTimeline), u"%1 is kept until you remove it"_s.arg(m_swap->newVolume)};
    case SwapState::Retired: return {u"The swap is closed: what was not in use is removed"_s};
    case SwapState::Applying:
    case SwapState::RollingBack: break;
    }
    return {u"The swap is gone on with, or taken back; nobody is to start the stack meanwhile"_s};
}

bool WizardModel::hasHappened() const
{
    return isSwap() ? m_swap && !m_swap->isUnfinished() : intent == RecoveryIntent::Rescue && m_outcome;
}

QStringList WizardModel::willHappen() const
{
    QStringList all;
    if (!m_intentChosen)
        return all;
    if (hasHappened() && intent == RecoveryIntent::Rescue)
        return {m_outcome->message};
    if (isSwap() && m_swap)
        return swapHappens();
    const bool copied = m_rehearsal && !isDropped();
    if (!copied)
        all << u"A copy is brought to the moment in a container without a network; backups and archive are read, production is not touched"_s;
    if (!comparison() || !copied)
        all << u"Live is read and compared with the copy, in one snapshot each"_s;
    switch (intent) {
    case RecoveryIntent::Rescue:
        all << (m_rescuePlan && m_rescuePlan->isGood() ? u"%1 are written to %2 in one transaction, read again before COMMIT"_s.arg(rowsText(m_rescuePlan->rows()), m_rescuePlan->change.server)
                                                       : u"The rows that you pick are written to %1 in one transaction; it stays up"_s.arg(server));
        break;
    case RecoveryIntent::WholeCluster:
        if (isSwap()) {
            all << u"Everybody is shut out of %1 while the copy takes its data's place; then everything of after the moment is gone from it"_s.arg(server) << u"Its data of before is kept until you remove it, and can be gone back to"_s;
            return all;
        }
        [[fallthrough]];
    case RecoveryIntent::LostServer: all << u"The recovery itself follows the runbook; nothing is written from here"_s; break;
    case RecoveryIntent::JustLook: all << u"Nothing is written to %1"_s.arg(server); break;
    }
    if (copied)
        all << u"The copy stays until you remove it"_s;
    return all;
}

} // namespace howdah::ui
