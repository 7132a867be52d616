// SPDX-License-Identifier: GPL-3.0-or-later
// A remedy before it is tried: where, the exact statements, the values it is measured with; then what the trial said. Never on the profile's server, but for
// HypoPG's estimate, which runs nothing. Closing it cancels what runs. Window's thread; what the context points to outlives it.
#pragma once

#include "trial/draft.h"
#include "ui/advise/trialflow.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace howdah::ui
{

class ErrorBar;
class ParameterForm;
class PlainLabel;
class TrialResult;

struct TrialAsked {
    QString title;     // "Missing index on shop.orders"
    QString statement; // that is to become faster
    bool isWhole = true; // its text, with its literals
    QString database;
    QString role;      // whose it is; empty: not known
    QStringList remedies;
    QString loggedValues; // of a run, as auto_explain's log tells them; empty: none are known
};

class TrialDialog : public QDialog
{
    Q_OBJECT
public:
    TrialDialog(const PaneContext &context, const TrialAsked &asked, QWidget *parent = nullptr);

    TrialFlow *flow() const { return m_flow; }
    QComboBox *where() const { return m_where; }
    ParameterForm *values() const { return m_values; }
    QSpinBox *runs() const { return m_runs; }
    QPlainTextEdit *script() const { return m_script; }
    QPushButton *tryButton() const { return m_try; }
    QPushButton *cancelButton() const { return m_cancel; }
    TrialResult *result() const { return m_result; }
    void reject() override;

signals:
    void draftWanted(const howdah::trial::Draft &draft);

private:
    QWidget *question();
    void setWays(const trial::Ways &ways);
    QString labName() const; // empty: HypoPG, or nothing is chosen
    bool byHypoPg() const;
    trial::TrialRequest request() const;
    void useLoggedValues();
    void showScript();
    void updateButtons();
    void setBusy(bool busy);
    void begin();
    void show(const trial::Trial &trial);
    void draft();

    PaneContext m_context;
    TrialAsked m_asked;
    bool m_writes = false; // as the statement's words tell
    bool m_closing = false;
    std::optional<trial::Trial> m_trial;
    TrialFlow *m_flow;
    QStackedWidget *m_pages;
    QComboBox *m_where;
    PlainLabel *m_noWay;
    QPushButton *m_copyRecipe;
    QPushButton *m_readAgain;
    QPlainTextEdit *m_script;
    ParameterForm *m_values;
    PlainLabel *m_valuesNote;
    QPushButton *m_useLogged;
    QSpinBox *m_runs;
    QSpinBox *m_limit;
    QCheckBox *m_consent;
    TrialResult *m_result;
    PlainLabel *m_progress;
    ErrorBar *m_error;
    QPushButton *m_draft;
    QPushButton *m_again;
    QPushButton *m_cancel;
    QPushButton *m_close;
    QPushButton *m_try;
};

} // namespace howdah::ui
