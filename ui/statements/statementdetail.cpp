// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementdetail.h"

#include "plan/withoutliterals.h"
#include "ui/catalog/sqlhighlighter.h"
#include "ui/statements/periodtext.h"
#include "ui/statements/statementfigures.h"
#include "ui/statements/statementrows.h"
#include "ui/statements/statementruns.h"
#include "ui/statements/statementwaits.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Key;
using statements::TopList;
using statements::Total;

namespace
{

constexpr qsizetype mostShown = statements::storedTextLimit; // of a list that is not from the store too

} // namespace

StatementDetail::StatementDetail(QWidget *parent)
    : QFrame(parent), m_title(new ElidedLabel({}, nullptr, "title")), m_who(new PlainLabel({}, nullptr, "muted")), m_text(new QPlainTextEdit),
      m_copy(new QPushButton(u"Copy statement"_s)), m_plan(new QPushButton(u"Plan"_s)), m_pages(new QTabWidget),
      m_figures(new StatementFigures), m_waits(new StatementWaits), m_runs(new StatementRuns)
{
    setProperty("card", true);
    setAccessibleName(u"The statement"_s);
    auto *close = new QPushButton;
    close->setIcon(icon(u"close"_s));
    close->setToolTip(u"Close the panel (Esc)"_s);
    close->setAccessibleName(u"Close the panel"_s);
    setLook(close, "icon");
    setLook(m_copy, "flat");
    setLook(m_plan, "flat");
    m_plan->setToolTip(u"Ask for its plan, in the pane Plans"_s);
    m_who->setWordWrap(true);
    m_text->setReadOnly(true);
    m_text->setFont(fixedFont());
    m_text->setAccessibleName(u"Text of the statement"_s);
    m_text->setPlaceholderText(u"The server had dropped its text when it was asked for"_s);
    m_text->setTabChangesFocus(true);
    m_text->setMinimumHeight(64);
    new SqlHighlighter(m_text->document());
    m_pages->setDocumentMode(true);
    m_pages->setAccessibleName(u"What is known of the statement"_s);
    m_pages->setUsesScrollButtons(true);
    addPage(u"Figures"_s, m_figures);
    addPage(u"Waits"_s, m_waits);
    addPage(u"Run by"_s, m_runs);

    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_title, 1);
    head->addWidget(m_plan);
    head->addWidget(m_copy);
    head->addWidget(close);
    auto *split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->setHandleWidth(space::part);
    split->addWidget(m_text);
    split->addWidget(m_pages);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 3);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::group, space::part, space::group, space::group);
    column->setSpacing(space::part);
    column->addLayout(head);
    column->addWidget(m_who);
    column->addWidget(split, 1);
    setMinimumWidth(372);

    connect(close, &QPushButton::clicked, this, &StatementDetail::closed);
    connect(m_waits, &StatementWaits::allWanted, this, &StatementDetail::waitsWanted);
    connect(m_runs, &StatementRuns::keyWanted, this, &StatementDetail::keyWanted);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_statement + (m_length > m_statement.size() ? u"\n-- … %1 characters in all"_s.arg(m_length) : QString()));
    });
    connect(m_plan, &QPushButton::clicked, this, [this] { emit planWanted(m_chosen); });
    showNothing();
}

void StatementDetail::addPage(const QString &title, QWidget *page)
{
    m_pages->addTab(page, title);
}

void StatementDetail::setPage(QWidget *page)
{
    m_pages->setCurrentWidget(page);
}

StatementLoad *StatementDetail::load() const
{
    return m_figures->load();
}

void StatementDetail::showNothing()
{
    const bool was = m_key.has_value();
    m_key.reset();
    m_statement.clear();
    m_title->setText(u"No statement is selected"_s);
    m_who->clear();
    m_text->clear();
    m_figures->load()->clear();
    m_waits->clear();
    m_copy->setEnabled(false);
    m_plan->setEnabled(false);
    if (was)
        emit statementLeft();
}

// What is shown of it is bounded, and so is what the list keeps.
void StatementDetail::showText(const std::optional<statements::Text> &text)
{
    m_statement = text ? text->text.left(mostShown) : QString();
    m_length = text ? text->length : 0;
    m_copy->setEnabled(!m_statement.isEmpty());
    QString shown = shownText(m_statement);
    if (text && text->length > m_statement.size())
        shown += u"\n… %1 characters in all"_s.arg(text->length);
    m_text->setPlainText(shown);
}

void StatementDetail::show(const TopList &list, const Key &key)
{
    const bool another = !m_key || !(*m_key == key);
    if (another) {
        m_key = key;
        m_figures->load()->clear();
        m_waits->clear();
        showText({});
    }
    m_title->setText(u"Query id %1"_s.arg(key.queryId));
    m_who->setText(whoText(list.names, key));
    m_runs->show(list, key);
    const auto total = std::find_if(list.totals.cbegin(), list.totals.cend(), [&key](const Total &one) { return one.key == key; });
    const bool ran = total != list.totals.cend();
    bool textCame = false;
    if (ran) {
        m_figures->show(list, *total);
        textCame = total->text && total->text->text.left(mostShown) != m_statement;
        if (textCame)
            showText(total->text); // else what is selected in it would be lost each minute
    } else {
        m_figures->showNone(mayHaveRun(list, key)); // its text stays to be read
    }
    if (another || textCame) {
        const bool whole = !ran || !total->text || total->text->length <= m_statement.size();
        m_chosen = {key, m_statement, whole && !plan::isMasked(m_statement), list.names.databases.value(key.databaseId), list.names.roles.value(key.roleId)};
        m_plan->setEnabled(!m_statement.isEmpty() && m_chosen.isWhole); // of a part of a text there is no plan
        emit statementShown(m_chosen);
    }
}

void StatementDetail::setWaits(const activity::WaitAverages &averages, bool mayReadAll)
{
    m_waits->show(averages, mayReadAll);
}

} // namespace howdah::ui
