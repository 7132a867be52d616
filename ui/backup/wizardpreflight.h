// SPDX-License-Identifier: GPL-3.0-or-later
// Step 3: what the server would make of it, told from the WAL before anything starts. What can't be had is refused in words, with what can. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPushButton;

namespace howdah::ui
{

class StateWord;
class WizardChecks;

class WizardPreflight : public WizardPage
{
    Q_OBJECT
public:
    WizardPreflight(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("Can it be reached?"); }
    QString goOn() const override { return QStringLiteral("Show what will be done"); }
    bool mayGoOn() const override { return m_model->verdict() && m_model->verdict()->isGood(); }
    void entered() override;
    void refresh() override;
    void showJudged(const Judged &judged);

private:
    StateWord *m_state;
    PlainLabel *m_words;
    WizardChecks *m_checks;
    PlainLabel *m_remains;
    QPushButton *m_again;
    QStringList m_of; // the target whose findings are shown
};

} // namespace howdah::ui
