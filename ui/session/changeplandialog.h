// SPDX-License-Identifier: GPL-3.0-or-later
// A change before it is made, the same everywhere: where, what each step blocks, the exact SQL, what is known of the consequence, the undo.
// Confirmed as the profile's environment demands; the button that destroys stands apart, is not the default, and wakes when the name is
// typed. Through the seam of ui/widgets/dialogs.h, so that tests answer. Window's thread.
#pragma once

#include "session/changeplan.h"

#include <QDialog>

#include <functional>

class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace howdah::ui
{

class TypedLine;

class ChangePlanDialog : public QDialog
{
    Q_OBJECT
public:
    ChangePlanDialog(const session::ChangePlan &plan, const session::Guarding &guarding, QWidget *parent = nullptr);

    QPushButton *verb() const { return m_verb; }
    QPushButton *cancel() const { return m_cancel; }
    QPushButton *copy() const { return m_copy; }
    TypedLine *typed() const { return m_typed; } // null where nothing has to be typed
    QListWidget *steps() const { return m_steps; }
    QPlainTextEdit *sql() const { return m_sql; }

private:
    QWidget *place();
    QWidget *left();
    QWidget *right();
    void addConfirmation(QVBoxLayout *column);
    void addButtons(QVBoxLayout *column);
    void showStep(int number);

    session::ChangePlan m_plan;
    session::Guarding m_guarding;
    QVector<int> m_stepLines; // where each step's text begins in m_sql
    QListWidget *m_steps;
    QPlainTextEdit *m_sql;
    QPushButton *m_verb;
    QPushButton *m_cancel;
    QPushButton *m_copy;
    TypedLine *m_typed = nullptr;
};

// Shows the plan and asks; the answer arrives later by call, not at all once context is gone. Where the session is read-only by its profile
// (Demand::Refused) what is asked is to unlock it, by typing the server's name: accepted then means that, and not the change.
void askChange(QWidget *parent, const session::ChangePlan &plan, const session::Guarding &guarding, QObject *context,
               std::function<void(bool accepted)> answered);
void askChange(QWidget *parent, const session::ChangePlan &plan, QObject *context, std::function<void(bool accepted)> answered);

} // namespace howdah::ui
