// SPDX-License-Identifier: GPL-3.0-or-later
// Step 5: the recovery tried in a container, with what every check found. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QProgressBar;
class QPushButton;

namespace howdah::ui
{

class StateWord;
class WizardChecks;

class WizardRehearse : public WizardPage
{
    Q_OBJECT
public:
    WizardRehearse(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("Does it work?"); }
    QString goOn() const override { return QStringLiteral("Compare it with live"); }
    bool mayGoOn() const override { return m_model->rehearsal() != nullptr; }
    void refresh() override;
    void showJudged(const Judged &judged) { m_judged = judged; }
    void showProgress(const ProgressStep &how);

private:
    void showCopy();

    std::optional<Judged> m_judged;
    StateWord *m_state;
    PlainLabel *m_words;
    QPushButton *m_begin;
    QPushButton *m_cancel;
    QProgressBar *m_bar;
    PlainLabel *m_step;
    WizardChecks *m_checks;
    QWidget *m_stands;
    PlainLabel *m_look;
    QString m_shown; // the copy whose checks are shown
};

} // namespace howdah::ui
