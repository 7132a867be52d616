// SPDX-License-Identifier: GPL-3.0-or-later
// Step 7: rows are picked, what would be written is planned on the rows themselves, shown, confirmed and written in one transaction. For a whole cluster a
// swap, where it is a stack of ours; else the runbook of the same steps. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QCheckBox;
class QComboBox;
class QPlainTextEdit;
class QPushButton;
class QStackedLayout;

namespace howdah::ui
{

class StateWord;
class WizardPicks;
class WizardSwap;

class WizardApply : public WizardPage
{
    Q_OBJECT
public:
    WizardApply(WizardModel *model, WizardFlow *flow);
    QString question() const override;
    QString goOn() const override { return QStringLiteral("Go on to the return"); }
    bool mayGoOn() const override { return m_model->isSwap() ? m_model->swap() && m_model->mayEnter(WizardStep::Return) : m_model->intent != RecoveryIntent::Rescue || m_model->outcome(); }
    void entered() override;
    void refresh() override;
    void showProgress(const ProgressStep &how);

private:
    QWidget *rescuePage();
    QWidget *runbookPage();
    void plan();
    void showPlan();
    void showRunbook();
    QString lostServerPage(const backup::Rehearsal &copy) const;

    QStackedLayout *m_pages;
    WizardPicks *m_picks;
    QComboBox *m_conflict;
    int m_conflictBefore = 0;
    QComboBox *m_triggers;
    QCheckBox *m_sequences;
    QPushButton *m_plan;
    QPushButton *m_bring;
    StateWord *m_state;
    PlainLabel *m_words;
    QPlainTextEdit *m_figures;
    WizardSwap *m_swap;
    PlainLabel *m_runbookWords;
    QPlainTextEdit *m_runbook;
    QString m_page, m_pageOf; // the runbook of a server that is not ours, and the copy that it is of
    int m_shown = -1; // the comparison that is shown, by its number; 0: none
};

} // namespace howdah::ui
