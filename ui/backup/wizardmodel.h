// SPDX-License-Identifier: GPL-3.0-or-later
// What has been chosen and found in one recovery, and how far each step is: the wizard's whole memory. Nothing that a later step found is dropped when an
// earlier one is answered anew: it says of what it was, and counts again once that is chosen again. Values; pure, any thread.
#pragma once

#include "backup/rehearsal.h"
#include "backup/rescue.h"
#include "backup/swap.h"

#include <QMap>
#include <QSet>

namespace howdah::ui
{

enum class WizardStep { Intent, Moment, Preflight, Preview, Rehearse, Compare, Apply, Return, Report };
inline constexpr int wizardSteps = 9;
QString wizardTitle(WizardStep step); // "What happened"

enum class RecoveryIntent { Rescue, WholeCluster, LostServer, JustLook };
QString intentText(RecoveryIntent intent); // "Rows or a table are to come back"

class WizardModel
{
public:
    // Waits: what it needs is not there. Stale: it was done for another moment or copy. Blocked: it can't be, and says why. Skipped: not of this intent.
    enum class State { Waits, Open, Running, Done, Stale, Blocked, Failed, Skipped };

    RecoveryIntent intent = RecoveryIntent::Rescue;
    QString server;     // "orders on db1:5432": for people
    QString repository; // "volume howdah_archive"
    QString stack;      // ours, in Docker: its data can be swapped. Empty: a swap is a page to be followed

    void chooseIntent(RecoveryIntent chosen);
    void forgetTarget(); // nothing is chosen any more; what was judged and made stays
    void chooseTarget(const backup::PitrTarget &chosen, const QString &origin); // origin: "DELETE of 4,000 rows of public.orders"; may be empty
    void take(const backup::PitrTarget &of, const backup::Verdict &found, const QString &hindrance); // the pre-flight; hindrance: why it would be refused all the same
    void take(const backup::Rehearsal &made, const std::optional<backup::PitrTarget> &of);
    void take(const backup::Comparison &seen, const QString &rehearsal);
    void take(const backup::RescuePlan &planned);   // of the comparison that is there
    void take(const backup::RescueOutcome &done);
    void take(const backup::SwapPlan &planned);     // of the copy that is there
    void take(const backup::Swap &swap);            // as it is now: one that this window made, or that was found
    void forgetRescuePlan() { m_rescuePlan.reset(); } // what it was made of was chosen anew
    void dropped();                                 // the copy is gone: what it told stays
    void setSeen(WizardStep step) { m_seen.insert(int(step)); }
    void setReported(const QString &path) { m_report = path; }
    void begins(WizardStep step);                   // its work runs
    void ended(WizardStep step, const QString &failure = {}); // in words; empty: well, or given up
    bool isRunning() const { return m_running.has_value(); }

    const std::optional<backup::PitrTarget> &target() const { return m_target; }
    QString targetText() const; // "just before transaction 864"; empty: none
    const QString &origin() const { return m_origin; }
    const backup::Verdict *verdict() const;       // of the target that is chosen
    bool mayRehearse() const;                     // it can be reached, and nothing that was looked at stops it
    const QString &hindrance() const { return m_hindrance; } // of that verdict; empty: none
    const backup::Rehearsal *rehearsal() const;   // whatever it was of
    bool isRehearsalOfTarget() const;
    bool isDropped() const { return m_dropped || isSwapped(); } // it stands no more for being looked into
    bool isSwapped() const { return m_swap && m_rehearsal && m_swap->rehearsal == m_rehearsal->id; } // its volume is the stack's, in use or kept
    const backup::Comparison *comparison() const; // of the rehearsal that is there
    int comparisonNumber() const { return m_comparisonNumber; } // another one has another
    const backup::RescuePlan *rescuePlan() const { return m_rescuePlan ? &*m_rescuePlan : nullptr; }
    const backup::RescueOutcome *outcome() const { return m_outcome ? &*m_outcome : nullptr; }
    const QString &undo() const { return m_undo; } // of what was brought back
    bool isSwap() const { return intent == RecoveryIntent::WholeCluster && !stack.isEmpty(); }
    const backup::SwapPlan *swapPlan() const { return m_swapPlan ? &*m_swapPlan : nullptr; }
    const backup::Swap *swap() const { return m_swap ? &*m_swap : nullptr; }
    QString reported() const; // the rehearsal whose evidence it is; empty: none
    const QString &report() const { return m_report; }

    State state(WizardStep step) const;
    QString note(WizardStep step) const;   // one line: what came of it, or what it waits for
    bool mayEnter(WizardStep step) const { return state(step) != State::Waits && state(step) != State::Skipped; }
    std::optional<WizardStep> next(WizardStep from) const; // the one behind it that is of this intent
    std::optional<WizardStep> previous(WizardStep from) const;
    // For the right side.
    struct Chosen {
        QString name, value;
        QString exact = {}; // for a tooltip, where the value is rounded
        bool operator==(const Chosen &) const = default;
    };
    QVector<Chosen> chosen() const;
    QStringList willHappen() const;
    bool hasHappened() const; // what willHappen() tells is done

private:
    State rescueState() const;
    State swapState() const;
    State returnState() const;
    QString applyNote() const;
    QString returnNote() const;
    QStringList swapHappens() const;

    bool m_intentChosen = false, m_dropped = false;
    int m_comparisonNumber = 0;
    std::optional<backup::PitrTarget> m_target, m_judged, m_rehearsed;
    QString m_origin, m_hindrance, m_comparedWith, m_report, m_undo;
    std::optional<backup::Verdict> m_verdict;
    std::optional<backup::Rehearsal> m_rehearsal;
    std::optional<backup::Comparison> m_comparison;
    std::optional<backup::RescuePlan> m_rescuePlan;
    std::optional<backup::RescueOutcome> m_outcome;
    std::optional<backup::SwapPlan> m_swapPlan;
    std::optional<backup::Swap> m_swap;
    std::optional<WizardStep> m_running;
    QMap<WizardStep, QString> m_failures;
    QSet<int> m_seen;
};

} // namespace howdah::ui
