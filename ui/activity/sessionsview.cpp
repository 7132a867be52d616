// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/sessionsview.h"

#include "ui/widgets/icon.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

SessionsView::SessionsView(QWidget *parent)
    : QWidget(parent), m_model(new KeyedModel(sessionColumns(), this)), m_view(new KeyedView(m_model, u"Sessions"_s)), m_word(new QLineEdit),
      m_grouping(new QComboBox), m_idle(new QCheckBox(u"Idle"_s)), m_servers(new QCheckBox(u"Server processes"_s)), m_note(new PlainLabel({}, nullptr, "muted"))
{
    m_view->setObjectName(u"sessions"_s);
    m_word->setPlaceholderText(u"Filter by any column"_s);
    m_word->setAccessibleName(m_word->placeholderText());
    m_word->setClearButtonEnabled(true);
    m_word->addAction(icon(u"search"_s), QLineEdit::LeadingPosition);
    m_grouping->setAccessibleName(u"Groups"_s);
    for (const Grouping grouping : {Grouping::None, Grouping::State, Grouping::Wait, Grouping::Database, Grouping::Role, Grouping::Application, Grouping::Client})
        m_grouping->addItem(groupingText(grouping), int(grouping));
    m_idle->setChecked(true);
    m_idle->setToolTip(u"Show sessions that do nothing"_s);
    m_servers->setToolTip(u"Show the server's own processes"_s);
    m_note->setFont(smallFont());
    m_note->setWordWrap(true);
    m_note->hide();

    auto *bar = new QHBoxLayout;
    bar->setSpacing(space::part);
    bar->addWidget(m_word, 1);
    bar->addWidget(m_grouping);
    bar->addWidget(m_idle);
    bar->addWidget(m_servers);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::part);
    column->addLayout(bar);
    column->addWidget(m_note);
    column->addWidget(m_view, 1);

    connect(m_word, &QLineEdit::textChanged, m_view, [this](const QString &word) { m_view->setWord(word.trimmed()); });
    connect(m_grouping, &QComboBox::currentIndexChanged, this, &SessionsView::again);
    connect(m_idle, &QCheckBox::toggled, this, &SessionsView::again);
    connect(m_servers, &QCheckBox::toggled, this, &SessionsView::again);
}

void SessionsView::show(const activity::LockTree &tree)
{
    m_tree = tree;
    again();
}

void SessionsView::again()
{
    const auto grouping = Grouping(m_grouping->currentData().toInt());
    m_model->setRows(sessionRows(m_tree, {grouping, m_idle->isChecked(), m_servers->isChecked()}));
}

void SessionsView::setNote(const QString &note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

} // namespace howdah::ui
