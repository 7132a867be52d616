// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/dialogs.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typedline.h"

#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int shownDetailLines = 8;

class QuestionDialog : public QDialog
{
public:
    QuestionDialog(const Question &question, QWidget *parent) : QDialog(parent), m_question(question)
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setWindowTitle(question.title);
        setMinimumWidth(460);
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins(space::edge, space::edge, space::edge, space::group);
        column->setSpacing(space::part);
        auto *title = new PlainLabel(question.title, this, "title");
        title->setWordWrap(true);
        column->addWidget(title);
        auto *text = new PlainLabel(question.text, this);
        text->setWordWrap(true);
        column->addWidget(text);
        if (!question.detail.isEmpty()) {
            auto *detail = new QPlainTextEdit(question.detail, this);
            detail->setReadOnly(true);
            detail->setFont(fixedFont());
            detail->setAccessibleName(QStringLiteral("What will run"));
            detail->setTabChangesFocus(true);
            const int lines = qBound(1, int(question.detail.count(QLatin1Char('\n'))) + 1, shownDetailLines);
            detail->setFixedHeight(QFontMetrics(fixedFont()).lineSpacing() * lines + 20);
            column->addWidget(detail);
        }
        if (!question.typedName.isEmpty())
            m_typed = addLine(column, QStringLiteral("Type %1 to go on").arg(question.typedName), new TypedLine(question.typedName, this));
        if (!question.field.isEmpty())
            m_field = addLine(column, question.field, new QLineEdit(this));
        if (m_field && question.fieldIsSecret)
            m_field->setEchoMode(QLineEdit::Password);
        if (!question.choice.isEmpty()) {
            m_choice = new QCheckBox(question.choice, this);
            m_choice->setChecked(question.choiceDefault);
            column->addWidget(m_choice);
        }
        addButtons(column);
        if (QLineEdit *first = m_typed ? static_cast<QLineEdit *>(m_typed) : m_field)
            first->setFocus();
    }

    Answer answer() const
    {
        Answer answer;
        answer.accepted = true;
        answer.choice = m_choice && m_choice->isChecked();
        if (m_field && m_question.fieldIsSecret)
            answer.secret = Secret(m_field->text().toUtf8());
        else if (m_field)
            answer.text = m_field->text();
        else if (m_typed)
            answer.text = m_typed->text();
        return answer;
    }

private:
    template<typename Line>
    Line *addLine(QVBoxLayout *column, const QString &label, Line *line)
    {
        column->addSpacing(space::inside);
        auto *name = new PlainLabel(label, this, "muted");
        line->setAccessibleName(label);
        name->setBuddy(line);
        column->addWidget(name);
        column->addWidget(line);
        return line;
    }

    void addButtons(QVBoxLayout *column)
    {
        auto *go = new QPushButton(m_question.verb, this);
        auto *cancel = new QPushButton(QStringLiteral("Cancel"), this);
        setLook(go, m_question.dangerous ? "danger" : "primary");
        auto *row = new QHBoxLayout;
        row->setSpacing(space::part);
        // What destroys stands apart, on the other side.
        if (m_question.dangerous) {
            row->addWidget(go);
            row->addStretch();
            row->addWidget(cancel);
        } else {
            row->addStretch();
            row->addWidget(cancel);
            row->addWidget(go);
        }
        column->addSpacing(space::part);
        column->addLayout(row);
        (m_question.dangerous ? cancel : go)->setDefault(true);
        go->setAutoDefault(!m_question.dangerous);
        connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
        connect(go, &QPushButton::clicked, this, &QDialog::accept);
        if (m_typed) {
            go->setEnabled(false);
            connect(m_typed, &TypedLine::matched, go, &QWidget::setEnabled);
        } else if (m_field) {
            go->setEnabled(false);
            connect(m_field, &QLineEdit::textChanged, go, [go](const QString &typed) { go->setEnabled(!typed.isEmpty()); });
        }
    }

    Question m_question;
    TypedLine *m_typed = nullptr;
    QLineEdit *m_field = nullptr;
    QCheckBox *m_choice = nullptr;
};

} // namespace

DialogAnswers::DialogAnswers(QObject *application, std::function<Answer(const Question &)> fn) : QObject(application), answer(std::move(fn)) {}

void ask(QWidget *parent, const Question &question, QObject *context, std::function<void(const Answer &)> answered)
{
    if (auto *answers = qApp->findChild<DialogAnswers *>(QString(), Qt::FindDirectChildrenOnly)) {
        answers->asked.append(question);
        Answer answer = answers->answer(question);
        // As a dialog does: a wrong name never gets through, and the answer comes later, not inside the call.
        if (!question.typedName.isEmpty() && answer.text != question.typedName)
            answer.accepted = false;
        QTimer::singleShot(0, context, [answered = std::move(answered), answer] { answered(answer); });
        return;
    }
    auto *dialog = new QuestionDialog(question, parent);
    QObject::connect(dialog, &QDialog::finished, context, [dialog, answered = std::move(answered)](int result) {
        answered(result == QDialog::Accepted ? dialog->answer() : Answer());
    });
    dialog->open();
}

} // namespace howdah::ui
