// SPDX-License-Identifier: GPL-3.0-or-later
// Step 9: the evidence that was kept from the rehearsal on, as it will be read later, and written where it is wanted. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPlainTextEdit;
class QPushButton;

namespace howdah::ui
{

class WizardReport : public WizardPage
{
    Q_OBJECT
public:
    WizardReport(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("What is to be kept of it?"); }
    QString goOn() const override { return QStringLiteral("Close"); }
    void entered() override;
    void refresh() override;

private:
    void save();

    PlainLabel *m_words;
    QPlainTextEdit *m_text;
    QPushButton *m_save;
};

} // namespace howdah::ui
