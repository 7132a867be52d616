// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between what asks and who answers: a dialog for people, a DialogAnswers for tests. Never a nested loop: the answer arrives by
// call, on the window's thread, and not at all once `context` is gone.
#pragma once

#include "base/secret.h"

#include <QObject>
#include <QString>
#include <QVector>

#include <functional>

class QWidget;

namespace howdah::ui
{

struct Question {
    QString title;    // "Destroy the stack howdah"
    QString text;     // what will happen, with figures
    QString detail;   // exact commands or SQL, in the fixed font; empty: none
    QString verb;     // the button: a verb and an object
    bool dangerous = false; // stands apart and is not the default
    QString typedName;      // must be typed to enable the button; empty: not asked
    QString field;          // a line to fill in, with this label; empty: none
    bool fieldIsSecret = false;
    QString choice;         // a check box; empty: none
    bool choiceDefault = false;
};

struct Answer {
    bool accepted = false;
    QString text;   // of field, unless secret
    Secret secret;  // of a secret field
    bool choice = false;
};

void ask(QWidget *parent, const Question &question, QObject *context, std::function<void(const Answer &)> answered);

// While one lives below the application object, questions go to it and no dialog is shown.
class DialogAnswers : public QObject
{
    Q_OBJECT
public:
    DialogAnswers(QObject *application, std::function<Answer(const Question &)> answer);
    QVector<Question> asked;
    std::function<Answer(const Question &)> answer;
};

} // namespace howdah::ui
