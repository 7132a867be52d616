// SPDX-License-Identifier: GPL-3.0-or-later
// Step 8: how what was done is taken back, and the copy removed once nobody needs it. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPushButton;

namespace howdah::ui
{

class WizardReturn : public WizardPage
{
    Q_OBJECT
public:
    WizardReturn(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("Is anything to be taken back?"); }
    QString goOn() const override { return QStringLiteral("Go on to the report"); }
    void refresh() override;

signals:
    void removeWanted(const QString &rehearsal);

private:
    PlainLabel *m_undo;
    PlainLabel *m_copy;
    QPushButton *m_remove;
};

} // namespace howdah::ui
