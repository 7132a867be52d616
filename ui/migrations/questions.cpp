// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/questions.h"

#include "ui/query/choosefile.h"
#include "ui/widgets/dialogs.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;

void askFolder(QWidget *parent, const QString &proposal, QObject *context, std::function<void(const QString &)> chosen)
{
    FileQuestion question;
    question.title = u"The folder of this project's migrations"_s;
    question.verb = u"Choose"_s;
    question.proposal = proposal;
    question.folder = true;
    chooseFile(parent, question, context, std::move(chosen));
}

static void askFor(QWidget *parent, const Question &question, QObject *context, std::function<void(const QString &)> given)
{
    ask(parent, question, context, [given = std::move(given)](const Answer &answer) {
        if (answer.accepted && !answer.text.trimmed().isEmpty())
            given(answer.text.trimmed());
    });
}

void askReason(QWidget *parent, const QString &name, QObject *context, std::function<void(const QString &)> given)
{
    Question question;
    question.title = u"Adopt the edit of %1"_s.arg(name);
    question.text = u"The file as it is now counts as what was run. Nothing is run; why it is right is kept in the ledger."_s;
    question.field = u"Why"_s;
    question.verb = u"Adopt the edit"_s;
    askFor(parent, question, context, std::move(given));
}

void askWaiver(QWidget *parent, const QString &rule, const QString &finding, QObject *context, std::function<void(const QString &)> given)
{
    Question question;
    question.title = u"Waive %1 here"_s.arg(rule);
    question.text = u"%1. It is written above the statement that this is known and why it does not matter there; without a reason a waiver does not hold."_s.arg(finding);
    question.field = u"Why"_s;
    question.verb = u"Write the waiver"_s;
    askFor(parent, question, context, std::move(given));
}

void askToSave(QWidget *parent, const QString &name, bool adrift, QObject *context, std::function<void(bool)> answered)
{
    Question question;
    question.title = adrift ? u"Save what you wrote as a new file?"_s : u"Save the migration?"_s;
    question.text = adrift ? u"%1 is not in the folder any more, or was applied by somebody else. What you wrote is not saved: it can become a migration of its own."_s.arg(name)
                           : u"%1 was changed and is not saved."_s.arg(name);
    question.verb = adrift ? u"Save as a new file"_s : u"Save it"_s;
    ask(parent, question, context, [answered = std::move(answered)](const Answer &answer) { answered(answer.accepted); });
}

} // namespace howdah::ui
