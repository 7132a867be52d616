// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/changeplandialog.h"

#include "base/units.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/session/environmentword.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/typedline.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBlock>
#include <QVBoxLayout>

namespace howdah::ui
{

using session::Demand;

namespace
{

constexpr QSize wanted(860, 560);
constexpr int leftWidth = 280;
constexpr qsizetype colouredChars = 100'000; // as in the catalog: more is laid out too slowly

QString unlockVerb()
{
    return QStringLiteral("Unlock this session");
}

QString rowsText(const session::ChangePlan &plan)
{
    if (!plan.rows)
        return QStringLiteral("not known");
    const QString figure = units::exact(double(*plan.rows));
    return plan.rowsEstimated ? QStringLiteral("about %1 (the server's estimate)").arg(figure) : figure;
}

QString dependantsText(const session::ChangePlan &plan)
{
    return plan.dependants ? units::exact(double(*plan.dependants)) : QStringLiteral("not known");
}

QString backupText(const session::ChangePlan &plan)
{
    if (plan.lastBackupMs)
        return units::duration(qMax<qint64>(0, QDateTime::currentMSecsSinceEpoch() - *plan.lastBackupMs)) + QStringLiteral(" ago");
    return plan.backupNote.isEmpty() ? QStringLiteral("not known") : QStringLiteral("not known: ") + plan.backupNote;
}

// What is known of the consequence, as the kind of thing has it.
QVector<session::ChangeFact> factsOf(const session::ChangePlan &plan)
{
    if (plan.subject != session::ChangeSubject::Database)
        return plan.facts;
    return {{QStringLiteral("Rows"), rowsText(plan)}, {QStringLiteral("Dependants"), dependantsText(plan)}, {QStringLiteral("Last backup"), backupText(plan)}};
}

// "orders on db1:5432, database orders, as admin"
QString placeText(const session::ChangePlan &plan)
{
    QString text = plan.server;
    if (!plan.database.isEmpty())
        text += QStringLiteral(", database ") + plan.database;
    if (!plan.role.isEmpty())
        text += QStringLiteral(", as ") + plan.role;
    return units::oneLine(text);
}

QString typedName(const session::ChangePlan &plan, const session::Guarding &guarding)
{
    switch (guarding.demand) {
    case Demand::Typed: return guarding.typeThis.isEmpty() ? plan.server : guarding.typeThis;
    case Demand::Refused: return plan.server;
    default: return {};
    }
}

bool isDangerous(const session::ChangePlan &plan, const session::Guarding &guarding)
{
    return guarding.demand != Demand::Nothing || !plan.hazards.isEmpty();
}

QString blocksText(const session::ChangeStep &step)
{
    if (step.isCommand && step.blocks.isEmpty())
        return {};
    return step.blocks.isEmpty() ? QStringLiteral("Blocks nothing") : QStringLiteral("Blocks: ") + units::oneLine(step.blocks);
}

} // namespace

ChangePlanDialog::ChangePlanDialog(const session::ChangePlan &plan, const session::Guarding &guarding, QWidget *parent)
    : QDialog(parent), m_plan(plan), m_guarding(guarding), m_steps(new QListWidget(this)), m_sql(new QPlainTextEdit(this)),
      m_verb(new QPushButton(guarding.demand == Demand::Refused ? unlockVerb() : plan.verb, this)),
      m_cancel(new QPushButton(QStringLiteral("Cancel"), this)), m_copy(new QPushButton(session::isOfCommands(plan) ? QStringLiteral("Copy commands") : QStringLiteral("Copy as SQL"), this))
{
    setWindowTitle(plan.title);
    setMinimumSize(620, 420);
    resize(wanted);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::group, space::edge, space::group);
    column->setSpacing(space::part);
    column->addWidget(place());
    auto *title = new PlainLabel(units::oneLine(plan.title), this, "title");
    title->setWordWrap(true);
    column->addWidget(title);
    if (!guarding.why.isEmpty()) {
        QString why = units::oneLine(guarding.why);
        why[0] = why.at(0).toUpper();
        auto *line = new PlainLabel(why, this);
        line->setWordWrap(true);
        column->addWidget(line);
    }
    auto *middle = new QHBoxLayout;
    middle->setSpacing(space::group);
    middle->addWidget(left());
    middle->addWidget(right(), 1);
    column->addLayout(middle, 1);
    m_steps->setCurrentRow(0);
    auto *undo = new QHBoxLayout;
    undo->setSpacing(space::part);
    undo->addWidget(new PlainLabel(QStringLiteral("Undo"), this, "muted"), 0, Qt::AlignTop);
    auto *undoText = new PlainLabel(plan.undo.isEmpty() ? QStringLiteral("There is none") : session::masked(plan.undo), this);
    undoText->setWordWrap(true);
    undoText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    undo->addWidget(undoText, 1);
    column->addLayout(undo);
    addConfirmation(column);
    addButtons(column);
}

QWidget *ChangePlanDialog::place()
{
    auto *line = new QWidget(this);
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::part);
    row->addWidget(new EnvironmentWord(m_plan.environment, line));
    auto *text = new ElidedLabel(placeText(m_plan), line, nullptr, Qt::ElideMiddle);
    text->setFont(fixedFont());
    text->setAccessibleName(QStringLiteral("Where: ") + placeText(m_plan));
    row->addWidget(text, 1);
    return line;
}

QWidget *ChangePlanDialog::left()
{
    auto *side = new QWidget(this);
    side->setFixedWidth(leftWidth);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    for (qsizetype i = 0; i < m_plan.steps.size(); ++i) {
        const session::ChangeStep &step = m_plan.steps[i];
        QString text = units::oneLine(step.title);
        if (const QString blocks = blocksText(step); !blocks.isEmpty() && (!step.text.isEmpty() || !step.blocks.isEmpty())) // else it is a note
            text += QLatin1Char('\n') + blocks;
        if (m_plan.steps.size() > 1)
            text.prepend(QStringLiteral("%1. ").arg(i + 1));
        m_steps->addItem(text);
    }
    m_steps->setWordWrap(true);
    m_steps->setSpacing(space::inside);
    m_steps->setResizeMode(QListView::Adjust);
    m_steps->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_steps->setAccessibleName(QStringLiteral("Steps"));
    m_steps->setTabKeyNavigation(false);
    connect(m_steps, &QListWidget::currentRowChanged, this, &ChangePlanDialog::showStep);
    column->addWidget(m_steps, 1);

    auto *facts = new QFormLayout;
    facts->setHorizontalSpacing(space::part);
    facts->setVerticalSpacing(space::inside);
    facts->setLabelAlignment(Qt::AlignLeft);
    const auto add = [&](const QString &name, const QString &value) {
        auto *label = new PlainLabel(value, side);
        label->setWordWrap(true);
        label->setAccessibleName(name + QStringLiteral(": ") + value);
        facts->addRow(new PlainLabel(name, side, "muted"), label);
    };
    for (const session::ChangeFact &fact : factsOf(m_plan))
        add(fact.name, fact.value);
    column->addLayout(facts);
    return side;
}

QWidget *ChangePlanDialog::right()
{
    // One statement of the user's own stands as it was written; a plan of ours with its frame.
    QString text;
    if (m_plan.steps.size() == 1 && !m_plan.transactional && m_plan.steps.first().params.empty()) {
        text = session::masked(QString::fromUtf8(m_plan.steps.first().text));
        m_stepLines << 0;
    } else {
        text = session::planAsSql(m_plan);
        int line = 0;
        qsizetype at = 0;
        for (const session::ChangeStep &step : std::as_const(m_plan.steps)) {
            const QString comment = (session::isOfCommands(m_plan) ? QStringLiteral("# ") : QStringLiteral("-- ")) + units::oneLine(step.title) + QLatin1Char('\n');
            const qsizetype found = text.indexOf(comment, at);
            if (found >= 0) {
                line = int(QStringView(text).left(found).count(QLatin1Char('\n')));
                at = found + comment.size();
            }
            m_stepLines << line;
        }
    }
    m_sql->setPlainText(text);
    if (text.size() <= colouredChars && !session::isOfCommands(m_plan))
        new SqlHighlighter(m_sql->document());
    m_sql->setReadOnly(true);
    m_sql->setFont(fixedFont());
    m_sql->setLineWrapMode(session::isOfCommands(m_plan) ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap); // paths are long, and no line is an indented one
    m_sql->setTabChangesFocus(true);
    m_sql->setAccessibleName(QStringLiteral("What will run"));
    return m_sql;
}

void ChangePlanDialog::showStep(int number)
{
    if (number < 0 || number >= m_stepLines.size())
        return;
    QTextCursor cursor(m_sql->document()->findBlockByNumber(m_stepLines.at(number)));
    m_sql->setTextCursor(cursor);
    m_sql->centerCursor();
}

void ChangePlanDialog::addConfirmation(QVBoxLayout *column)
{
    const QString name = typedName(m_plan, m_guarding);
    if (name.isEmpty())
        return;
    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    const QString text = QStringLiteral("Type %1 to go on").arg(units::oneLine(name));
    auto *label = new PlainLabel(text, this);
    m_typed = new TypedLine(units::oneLine(name), this);
    m_typed->setAccessibleName(text);
    m_typed->setFont(fixedFont());
    label->setBuddy(m_typed);
    row->addWidget(label);
    row->addWidget(m_typed, 1);
    column->addLayout(row);
}

void ChangePlanDialog::addButtons(QVBoxLayout *column)
{
    const bool dangerous = isDangerous(m_plan, m_guarding);
    setLook(m_verb, dangerous ? "danger" : "primary");
    setLook(m_copy, "flat");
    for (QPushButton *button : {m_verb, m_cancel, m_copy})
        button->setAutoDefault(false);
    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    if (dangerous) { // apart, on the other side
        row->addWidget(m_verb);
        row->addStretch();
        row->addWidget(m_copy);
        row->addWidget(m_cancel);
        m_cancel->setDefault(true);
    } else {
        row->addWidget(m_copy);
        row->addStretch();
        row->addWidget(m_cancel);
        row->addWidget(m_verb);
        m_verb->setDefault(true);
    }
    column->addSpacing(space::inside);
    column->addLayout(row);
    connect(m_verb, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(session::planAsSql(m_plan)); });
    if (m_typed) {
        m_verb->setEnabled(false);
        connect(m_typed, &TypedLine::matched, m_verb, &QWidget::setEnabled);
        m_typed->setFocus();
        setTabOrder(m_typed, m_verb);
    } else {
        (dangerous ? m_cancel : m_verb)->setFocus();
    }
}

void askChange(QWidget *parent, const session::ChangePlan &plan, const session::Guarding &guarding, QObject *context,
               std::function<void(bool accepted)> answered)
{
    if (qApp->findChild<DialogAnswers *>(QString(), Qt::FindDirectChildrenOnly)) {
        Question question;
        question.title = plan.title;
        QStringList lines{placeText(plan), guarding.why};
        for (const session::ChangeFact &fact : factsOf(plan))
            lines << fact.name + QStringLiteral(": ") + fact.value;
        question.text = (lines << QStringLiteral("Undo: ") + plan.undo).join(QLatin1Char('\n'));
        question.detail = session::planAsSql(plan);
        question.verb = guarding.demand == Demand::Refused ? unlockVerb() : plan.verb;
        question.dangerous = isDangerous(plan, guarding);
        question.typedName = units::oneLine(typedName(plan, guarding));
        return ask(parent, question, context, [answered = std::move(answered)](const Answer &answer) { answered(answer.accepted); });
    }
    auto *dialog = new ChangePlanDialog(plan, guarding, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QDialog::finished, context,
                     [answered = std::move(answered)](int result) { answered(result == QDialog::Accepted); });
    dialog->open();
}

void askChange(QWidget *parent, const session::ChangePlan &plan, QObject *context, std::function<void(bool accepted)> answered)
{
    askChange(parent, plan, session::guardFor(plan), context, std::move(answered));
}

} // namespace howdah::ui
