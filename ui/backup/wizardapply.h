// SPDX-License-Identifier: GPL-3.0-or-later
// Step 7: rows are picked, what would be written is planned on the rows themselves, shown, confirmed and written in one transaction. For a whole cluster: the
// runbook. Window's thread.
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

class WizardApply : public WizardPage
{
    Q_OBJECT
public:
    WizardApply(WizardModel *model, WizardFlow *flow);
    QString question() const override;
    QString goOn() const override { return QStringLiteral("Go on to the return"); }
    bool mayGoOn() const override { return m_model->intent != RecoveryIntent::Rescue || m_model->outcome(); }
    void entered() override;
    void refresh() override;
    void showJudged(const Judged &judged);

private:
    QWidget *rescuePage();
    QWidget *runbookPage();
    void plan();
    void showPlan();
    void showRunbook();

    QStackedLayout *m_pages;
    WizardPicks *m_picks;
    QComboBox *m_conflict;
    QComboBox *m_triggers;
    QCheckBox *m_sequences;
    QPushButton *m_plan;
    QPushButton *m_bring;
    StateWord *m_state;
    PlainLabel *m_words;
    QPlainTextEdit *m_figures;
    PlainLabel *m_runbookWords;
    QPlainTextEdit *m_runbook;
    std::optional<Judged> m_judged;
    const backup::Comparison *m_shown = nullptr;
    qint64 m_shownTook = -1;
};

} // namespace howdah::ui
