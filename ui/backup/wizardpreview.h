// SPDX-License-Identifier: GPL-3.0-or-later
// Step 4: exactly what will be done, and what will be left out. Nothing of it has been done. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPlainTextEdit;

namespace howdah::ui
{

class WizardPreview : public WizardPage
{
    Q_OBJECT
public:
    WizardPreview(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("What will be done, and what is left out?"); }
    QString goOn() const override { return QStringLiteral("Go on to the rehearsal"); }
    void entered() override;
    void refresh() override {}
    void showJudged(const Judged &judged);
    QString commandLine() const { return m_command; } // howdahctl's

private:
    PlainLabel *m_lost;
    PlainLabel *m_places;
    QPlainTextEdit *m_text;
    QString m_command;
};

} // namespace howdah::ui
