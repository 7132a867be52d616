// SPDX-License-Identifier: GPL-3.0-or-later
// Step 8: how what was done is taken back: of rows how, of a swap by one button; and what was put aside removed, confirmed on its own. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace howdah::ui
{

class StateWord;

class WizardReturn : public WizardPage
{
    Q_OBJECT
public:
    WizardReturn(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("Is anything to be taken back?"); }
    QString goOn() const override { return QStringLiteral("Go on to the report"); }
    void refresh() override;
    void showProgress(const ProgressStep &how);

signals:
    void removeWanted(const QString &rehearsal);

private:
    QWidget *rowsPart();
    QWidget *swapPart();
    void refreshSwap();
    void confirm(bool isRemoval);

    QWidget *m_rows = nullptr;
    PlainLabel *m_undo = nullptr;
    QWidget *m_copyPart = nullptr;
    PlainLabel *m_copy = nullptr;
    QPushButton *m_remove = nullptr;
    QWidget *m_swap = nullptr;
    StateWord *m_state = nullptr;
    PlainLabel *m_words = nullptr;
    QPushButton *m_back = nullptr;
    PlainLabel *m_limits = nullptr;
    QProgressBar *m_bar = nullptr;
    PlainLabel *m_step = nullptr;
    QWidget *m_keptPart = nullptr;
    PlainLabel *m_kept = nullptr;
    QPushButton *m_retire = nullptr;
    QPlainTextEdit *m_journal = nullptr;
};

} // namespace howdah::ui
