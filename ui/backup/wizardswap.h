// SPDX-License-Identifier: GPL-3.0-or-later
// Step 7 on a stack of ours, for a whole cluster: the exact steps planned, confirmed, done, with each line of the journal as it is written; one that was left
// midway gone on with or taken back. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace howdah::ui
{

class StateWord;
class WizardChecks;

class WizardSwap : public QWidget
{
    Q_OBJECT
public:
    WizardSwap(WizardModel *model, WizardFlow *flow);
    void refresh();
    void showProgress(const ProgressStep &how);

private:
    void confirmSwap();
    void confirmResume();
    void confirmBack();
    void showState(bool isRunning);

    WizardModel *const m_model;
    WizardFlow *const m_flow;
    StateWord *m_state;
    PlainLabel *m_words;
    QPushButton *m_plan;
    QPushButton *m_swap;
    QPushButton *m_resume;
    QPushButton *m_back;
    QPushButton *m_cancel;
    PlainLabel *m_limits; // what Cancel means, and where there is none
    QProgressBar *m_bar;
    PlainLabel *m_step;
    WizardChecks *m_steps;
    QPlainTextEdit *m_journal;
    QString m_shown;
};

} // namespace howdah::ui
