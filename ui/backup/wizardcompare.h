// SPDX-License-Identifier: GPL-3.0-or-later
// Step 6: live beside the copy: which tables differ and in which rows, the definitions, the sequences. Window's thread.
#pragma once

#include "ui/backup/wizardpage.h"

class QProgressBar;
class QPushButton;
class QSplitter;
class QTabWidget;

namespace howdah::ui
{

class KeyedModel;
class KeyedView;
class StateWord;

class WizardCompare : public WizardPage
{
    Q_OBJECT
public:
    WizardCompare(WizardModel *model, WizardFlow *flow);
    QString question() const override { return QStringLiteral("Is it what was lost?"); }
    QString goOn() const override;
    bool mayGoOn() const override { return m_model->intent != RecoveryIntent::Rescue || m_model->comparison(); }
    void refresh() override;
    void showProgress(const ProgressStep &how);

private:
    void showComparison();
    void showTable(const QString &key);

    StateWord *m_state;
    PlainLabel *m_words;
    QPushButton *m_begin;
    QPushButton *m_cancel;
    QPushButton *m_another;
    QProgressBar *m_bar;
    PlainLabel *m_step;
    QSplitter *m_split;
    KeyedModel *m_tableModel;
    KeyedView *m_tables;
    QTabWidget *m_tabs;
    PlainLabel *m_notes;
    KeyedModel *m_rowModel;
    KeyedView *m_rows;
    KeyedModel *m_otherModel;
    KeyedView *m_others;
    int m_shown = -1; // the comparison that is shown, by its number; 0: none
};

// What is shown of a row that differs: its key, and the values that differ.
QString exampleText(const backup::RowExample &example);

} // namespace howdah::ui
