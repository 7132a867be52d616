// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the recovery's services for the wizard, each off the window's thread: the backups and the archive on a thread of its own, live on a link of its own,
// what takes long or writes as a job with its line in the journal. One task at a time, but for reading. Window's thread.
#pragma once

#include "backup/evidence.h"
#include "backup/swap.h"
#include "ui/backup/wizardfacts.h"
#include "ui/backup/wizardmodel.h"
#include "ui/shell/pane.h"

#include <QPointer>

namespace howdah::ui
{

class WizardFlow : public QObject
{
    Q_OBJECT
public:
    WizardFlow(const PaneContext &context, const backup::StandChoice &choice, QObject *parent);
    ~WizardFlow() override; // cancels what runs; does not wait

    const PaneContext &context() const { return m_context; }
    const backup::StandChoice &choice() const { return m_choice; }
    const std::optional<WizardFacts> &facts() const { return m_facts; }
    bool isBusy() const { return m_busy; }
    QString database() const; // of live

    void read();                                      // the backups, the archive, and the copies that stand
    void find(const FindWanted &wanted);
    void judge(const backup::PitrTarget &target);
    void rehearse(const backup::RehearsalPlan &plan, const backup::PitrTarget &target);
    void compare(const backup::Rehearsal &copy);
    void planRescue(const backup::Rehearsal &copy, backup::RescueChoice choice);
    void rescue(const backup::Rehearsal &copy, const backup::RescuePlan &plan);
    void drop(const QString &rehearsal);
    void readEvidence(const QString &rehearsal);      // what is kept of it
    void writeReport(const QString &rehearsal, const QString &file); // JSON where it is named so, else for people
    void saveText(const QString &file, const QString &text);
    // Of a stack of ours: the copy takes the place of its data. A line of the journal is told as soon as it is written.
    void readSwaps();                                 // whether it is one, and what was swapped there; beside whatever runs
    void planSwap(const QString &rehearsal);
    void applySwap(const backup::SwapPlan &plan);
    void resumeSwap(const backup::Swap &swap);
    void rollbackSwap(const backup::Swap &swap);
    void retireSwap(const backup::Swap &swap);
    // Of another server: the same steps as a page. Nothing is run.
    void makeRunbook(const backup::Rehearsal &copy);
    void cancel();

signals:
    void began(howdah::ui::WizardStep step);
    void progressed(howdah::ui::WizardStep step, const howdah::ProgressStep &how);
    void failed(howdah::ui::WizardStep step, const QString &what, const howdah::Error &error);
    void readDone(const QVector<howdah::backup::Standing> &standing);
    void found(const howdah::ui::Found &found);
    void judged(const howdah::ui::Judged &judged);
    void rehearsed(const howdah::backup::Rehearsal &copy, const howdah::backup::PitrTarget &target);
    void compared(const howdah::backup::Comparison &comparison, const QString &rehearsal);
    void rescuePlanned(const howdah::backup::RescuePlan &plan);
    void evidenceRead(const howdah::backup::Evidence &evidence);
    void reportWritten(const QString &file);
    void rescued(const howdah::backup::RescueOutcome &outcome);
    void droppedCopy(const QString &rehearsal);
    void swapsRead(const QString &stack, const QVector<howdah::backup::Swap> &swaps); // oldest first; no stack: not one of ours in Docker
    void swapPlanned(const howdah::backup::SwapPlan &plan);
    void swapWritten(const howdah::backup::Swap &swap);
    void swapEnded(const howdah::backup::Swap &swap); // it, or the way back, came to its end
    void runbookMade(const QString &page);

private:
    struct Held; // the place and what was read of it: of the worker's thread alone
    struct Seen;

    bool begin(WizardStep step);
    void end(WizardStep step, const QString &what, const Error &error);
    Progress progressOf(WizardStep step);
    std::function<void(const backup::Swap &)> lineSink(); // for another thread
    void forgetPlace(); // the container it was read through is another one by now
    void runSwap(WizardStep step, const session::ChangePlan &change, const QString &what, const backup::Swap &swap, bool mayBeCancelled,
                 std::function<Result<backup::Swap>(const backup::SwapOptions &, const Progress &, const CancelToken &)> service);
    void beginRehearsal(const backup::RehearsalPlan &plan, const backup::PitrTarget &target, const backup::Evidence &evidence);
    pg::Session *live();
    void changes(const FindWanted &wanted, const QVector<backup::RelationFile> &only, quint32 database);
    void nameLost(std::shared_ptr<Seen> seen);
    template<typename T> void runOnBoth(WizardStep step, const QString &title, const QString &what, const backup::Rehearsal &copy,
                                        std::function<Result<T>(pg::Connection &, pg::Connection &, const Progress &, const CancelToken &)> service, std::function<Result<QString>(const T &)> words,
                                        std::function<void(const T &)> then, const session::ChangePlan *change = nullptr);

    PaneContext m_context;
    const backup::StandChoice m_choice;
    std::optional<WizardFacts> m_facts;
    std::shared_ptr<Held> m_held;
    std::shared_ptr<QObject> m_relay; // brings progress to this thread; outlives this object where a task does
    Worker m_worker, m_copies;
    QPointer<pg::Session> m_live;
    QPointer<session::Job> m_job;
    CancelToken m_cancel;
    bool m_busy = false;
    bool m_bySuperuser = false; // the rescue that was planned last: of a stack whose role lacks the rights
};

} // namespace howdah::ui
