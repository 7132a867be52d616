// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/planask.h"

#include "pg/identifiers.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/plan/parameterform.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

QPlainTextEdit *editor(const QString &name, const QString &placeholder)
{
    auto *text = new QPlainTextEdit;
    text->setFont(fixedFont());
    text->setTabChangesFocus(true);
    text->setAccessibleName(name);
    text->setPlaceholderText(placeholder);
    text->setMinimumHeight(72);
    return text;
}

PlainLabel *caption(const QString &text, QWidget *buddy)
{
    auto *label = new PlainLabel(text, nullptr, "muted");
    label->setFont(smallFont());
    label->setBuddy(buddy);
    return label;
}

} // namespace

PlanAsk::PlanAsk(bool mayAsk, QWidget *parent)
    : QWidget(parent), m_mayAsk(mayAsk), m_modes{new QPushButton(u"Pasted plan"_s), new QPushButton(u"Statement"_s)}, m_pages(new QStackedWidget),
      m_pasted(editor(u"A plan"_s,
                      u"Paste what EXPLAIN (ANALYZE, BUFFERS) printed: JSON or text, out of psql, a grid or a log. Nothing of it leaves this machine."_s)),
      m_text(editor(u"A statement"_s, u"A statement, as it was typed or as pg_stat_statements has it ($1, $2 …)"_s)),
      m_askServer(new QCheckBox(u"Ask this server about its tables"_s)), m_database(new QComboBox), m_searchPath(new QLineEdit),
      m_analyze(new QCheckBox(u"Run it (ANALYZE)"_s)), m_generic(new QCheckBox(u"For any values"_s)), m_parameters(new ParameterForm),
      m_reason(new PlainLabel({}, nullptr, "muted")), m_go(new QPushButton), m_cancel(new QPushButton(u"Cancel"_s))
{
    auto *modes = new QHBoxLayout;
    modes->setSpacing(space::inside);
    for (const Mode mode : {Pasted, Statement}) {
        m_modes[mode]->setCheckable(true);
        setLook(m_modes[mode], "flat");
        connect(m_modes[mode], &QPushButton::clicked, this, [this, mode] { setMode(mode); });
        modes->addWidget(m_modes[mode]);
    }
    modes->addStretch(1);
    if (!mayAsk)
        m_modes[Statement]->setToolTip(u"A plan can be asked for once a server is chosen"_s);
    m_pages->addWidget(pastedPage());
    m_pages->addWidget(statementPage());
    setLook(m_go, "primary");
    m_go->setToolTip(u"Ctrl+Enter"_s);
    m_cancel->setToolTip(u"Esc"_s);
    m_reason->setWordWrap(true);
    m_reason->hide();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addWidget(m_go);
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(modes);
    column->addWidget(m_pages, 1);
    column->addWidget(m_reason);
    column->addWidget(m_parameters);
    column->addLayout(buttons);

    const auto on = [this](const QKeySequence &keys, auto fn) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, fn);
    };
    on(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { go(); });
    on(QKeySequence(Qt::CTRL | Qt::Key_Enter), [this] { go(); });
    connect(m_go, &QPushButton::clicked, this, &PlanAsk::go);
    connect(m_cancel, &QPushButton::clicked, this, &PlanAsk::cancelWanted);
    connect(m_parameters, &ParameterForm::accepted, this, &PlanAsk::go);
    connect(m_pasted, &QPlainTextEdit::textChanged, this, &PlanAsk::updateButtons);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        const QString text = m_text->toPlainText();
        if (text == m_seenText)
            return; // other colours only: another theme
        m_seenText = text;
        if (!m_parameters->isEmpty() || m_reason->isVisible())
            showParameters({}, {}, false); // of another statement
        updateButtons();
    });
    connect(m_analyze, &QCheckBox::toggled, this, &PlanAsk::updateButtons);
    connect(m_generic, &QCheckBox::toggled, this, &PlanAsk::updateButtons);
    setMode(Pasted);
}

QWidget *PlanAsk::pastedPage()
{
    // What is pasted may be a megabyte on one line.
    m_pasted->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_pasted->setUndoRedoEnabled(false);
    m_askServer->setEnabled(m_mayAsk);
    m_askServer->setToolTip(u"Which indexes there are, and how old their statistics: only where the plan is of this server's database"_s);
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addWidget(m_pasted, 1);
    column->addWidget(m_askServer);
    return page;
}

QWidget *PlanAsk::statementPage()
{
    new SqlHighlighter(m_text->document());
    m_database->setEditable(true);
    m_database->setAccessibleName(u"Database of the statement"_s);
    m_database->setMinimumContentsLength(8);
    m_database->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_searchPath->setPlaceholderText(u"as this role has it"_s);
    m_searchPath->setAccessibleName(u"Schemas in which names are looked for"_s);
    m_searchPath->setToolTip(u"Neither is recorded with a statement: app, public"_s);
    m_analyze->setToolTip(u"Within 30 s, in a transaction that is rolled back. Where it writes, what is not rolled back is said first"_s);
    m_generic->setToolTip(u"The generic plan, though values are given"_s);
    m_generic->hide(); // until there are parameters
    auto *where = new QGridLayout;
    where->setHorizontalSpacing(space::part);
    where->setVerticalSpacing(space::inside);
    where->setColumnStretch(1, 1);
    where->addWidget(caption(u"Database"_s, m_database), 0, 0);
    where->addWidget(m_database, 0, 1);
    where->addWidget(caption(u"search_path"_s, m_searchPath), 1, 0);
    where->addWidget(m_searchPath, 1, 1);
    auto *how = new QHBoxLayout;
    how->setSpacing(space::part);
    how->addWidget(m_analyze);
    how->addWidget(m_generic);
    how->addStretch(1);
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::inside);
    column->addWidget(m_text, 1);
    column->addLayout(where);
    column->addLayout(how);
    return page;
}

void PlanAsk::setMode(Mode mode)
{
    m_mode = mode;
    for (const Mode one : {Pasted, Statement})
        m_modes[one]->setChecked(one == mode);
    m_pages->setCurrentIndex(mode);
    m_parameters->setVisible(mode == Statement && !m_parameters->isEmpty());
    m_reason->setVisible(mode == Statement && !m_reason->text().isEmpty());
    updateButtons();
}

void PlanAsk::setStatementOnly()
{
    for (QPushButton *button : m_modes)
        button->hide();
    m_text->setReadOnly(true);
    setMode(Statement);
}

void PlanAsk::setStatement(const QString &text, const QString &database, const QStringList &searchPath)
{
    m_seenText.clear();
    m_text->setPlainText(text);
    if (!database.isEmpty())
        m_database->setCurrentText(database);
    m_searchPath->setText(searchPath.join(u", "_s));
}

QString PlanAsk::statement() const
{
    return m_text->toPlainText();
}

QString PlanAsk::database() const
{
    return m_database->currentText().trimmed();
}

void PlanAsk::setDatabases(const QStringList &names)
{
    const QString current = m_database->currentText();
    m_database->clear();
    m_database->addItems(names);
    m_database->setCurrentText(current.isEmpty() ? names.value(0) : current);
}

void PlanAsk::setBusy(bool busy)
{
    m_busy = busy;
    updateButtons();
}

void PlanAsk::updateButtons()
{
    const bool has = m_mode == Pasted ? !m_pasted->document()->isEmpty() : !m_text->document()->isEmpty() && m_mayAsk;
    m_go->setText(m_mode == Pasted ? u"Show plan"_s : m_analyze->isChecked() ? u"Run for its plan"_s : u"Ask for its plan"_s);
    m_go->setEnabled(has && !m_busy);
    m_cancel->setEnabled(m_busy);
    // What is run is run with values: there it is not a choice.
    m_generic->setEnabled(!m_analyze->isChecked());
    m_parameters->setEnabled(m_analyze->isChecked() || !m_generic->isChecked());
}

void PlanAsk::showParameters(const QVector<explain::Parameter> &parameters, const QString &reason, bool wanted)
{
    m_parameters->setParameters(parameters);
    m_parameters->setVisible(!m_parameters->isEmpty() && m_mode == Statement);
    m_generic->setVisible(!m_parameters->isEmpty());
    const QString words = !reason.isEmpty()      ? reason
                          : parameters.isEmpty() ? QString()
                                                 : u"With values the plan is the one for these; what is left alone is not given, and never NULL by itself."_s;
    m_reason->setText(words);
    setRole(m_reason, wanted ? "warning" : "muted");
    m_reason->setVisible(!words.isEmpty() && m_mode == Statement);
    if (wanted)
        m_parameters->focusFirst();
}

explain::Request PlanAsk::request() const
{
    explain::Request request;
    request.text = m_text->toPlainText();
    if (const QStringList schemas = pg::identifiersOf(m_searchPath->text(), u','); !schemas.isEmpty())
        request.searchPath = schemas;
    const bool generic = m_generic->isChecked() && !m_generic->isHidden() && !m_analyze->isChecked();
    if (!generic)
        request.values = m_parameters->values();
    request.planFor = generic ? explain::PlanFor::Any : explain::PlanFor::WhatIsGiven;
    request.mode = m_analyze->isChecked() ? explain::Mode::Analyze : explain::Mode::Plan;
    request.options.wal = m_analyze->isChecked();
    return request;
}

void PlanAsk::go()
{
    if (!m_go->isEnabled())
        return;
    if (m_mode == Pasted)
        emit readWanted(m_pasted->toPlainText(), m_askServer->isChecked());
    else
        emit explainWanted(request());
}

} // namespace howdah::ui
