// SPDX-License-Identifier: GPL-3.0-or-later
// From "something was deleted" to a rehearsed, compared and applied recovery: steps down the left, the question in the middle, on the right what has been
// chosen and what will happen. Fills the place that it is given; left() tells that somebody wants away from it, and nothing is lost by that: it is hidden, not
// ended. Window's thread.
#pragma once

#include "ui/backup/wizardflow.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace howdah::ui
{

class ErrorBar;
class PlainLabel;
class WizardApply;
class WizardCompare;
class WizardIntent;
class WizardMoment;
class WizardPage;
class WizardPreflight;
class WizardPreview;
class WizardRehearse;
class WizardReturn;
class WizardSteps;
class WizardSummary;

class RecoveryWizard : public QWidget
{
    Q_OBJECT
public:
    RecoveryWizard(const PaneContext &context, const backup::StandChoice &choice, QWidget *parent = nullptr);

    const WizardModel &model() const { return m_model; }
    WizardStep step() const { return m_step; }
    bool isBusy() const { return m_flow->isBusy(); }
    const backup::StandChoice &choice() const { return m_flow->choice(); }
    void readAgain(); // the backups and the archive
    void chooseMoment(qint64 us, backup::Timeline timeline); // as it was picked on the pane's strip
    void go(WizardStep step); // where it may be entered
    void takeUp(const backup::Swap &swap); // that somebody left midway, or that can be gone back from
    QVector<Command> commands();

signals:
    void left();
    void changed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *banner();
    void addPages();
    void connectFlow();
    void refresh();
    void take(const Judged &judged);
    void remove(const QString &rehearsal);
    WizardPage *page() const;

    PaneContext m_context;
    WizardFlow *m_flow;
    WizardModel m_model;
    WizardStep m_step = WizardStep::Intent;
    bool m_refreshing = false;
    WizardStep m_failedStep = WizardStep::Moment;
    QString m_removing; // the copy that is being removed

    PlainLabel *m_where;
    PlainLabel *m_question;
    ErrorBar *m_error;
    WizardSteps *m_steps;
    WizardSummary *m_summary;
    QStackedWidget *m_pages;
    QPushButton *m_back;
    QPushButton *m_next;
    PlainLabel *m_work; // what runs, of steps that have no place of their own for it
    QPushButton *m_stop;
    WizardIntent *m_intent;
    WizardMoment *m_moment;
    WizardPreflight *m_preflight;
    WizardPreview *m_preview;
    WizardRehearse *m_rehearse;
    WizardCompare *m_compare;
    WizardApply *m_apply;
    WizardReturn *m_return;
    bool m_errorStays = false; // past the reading that follows at once
};

} // namespace howdah::ui
