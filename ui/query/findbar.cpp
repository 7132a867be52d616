// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/findbar.h"

#include "ui/query/editor.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

QPushButton *button(const QString &text, QWidget *parent)
{
    auto *made = new QPushButton(text, parent);
    setLook(made, "flat");
    return made;
}

} // namespace

FindBar::FindBar(SqlEditor *editor, QWidget *parent)
    : QWidget(parent), m_editor(editor), m_word(new QLineEdit(this)), m_with(new QLineEdit(this)), m_replaceRow(new QWidget(this)),
      m_case(new QCheckBox(QStringLiteral("Case"), this)), m_whole(new QCheckBox(QStringLiteral("Whole word"), this)),
      m_pattern(new QCheckBox(QStringLiteral("Pattern"), this)), m_said(new PlainLabel({}, this, "small"))
{
    m_word->setPlaceholderText(QStringLiteral("Find"));
    m_word->setAccessibleName(QStringLiteral("Find"));
    m_with->setPlaceholderText(QStringLiteral("Replace with"));
    m_with->setAccessibleName(QStringLiteral("Replace with"));
    m_pattern->setToolTip(QStringLiteral("A regular expression"));
    auto *close = new QPushButton(this);
    close->setIcon(icon(QStringLiteral("close")));
    close->setAccessibleName(QStringLiteral("Close find"));
    setLook(close, "flat");
    auto *previous = button(QStringLiteral("Previous"), this);
    auto *next = button(QStringLiteral("Next"), this);
    previous->setToolTip(QStringLiteral("Shift+F3"));
    next->setToolTip(QStringLiteral("F3"));

    auto *row = new QHBoxLayout;
    row->setSpacing(space::part);
    row->addWidget(m_word, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{previous, next, m_case, m_whole, m_pattern})
        row->addWidget(widget);
    row->addWidget(m_said);
    row->addStretch(1);
    row->addWidget(close);
    auto *one = button(QStringLiteral("Replace"), this);
    auto *all = button(QStringLiteral("Replace all"), this);
    auto *second = new QHBoxLayout(m_replaceRow);
    second->setContentsMargins(0, 0, 0, 0);
    second->setSpacing(space::part);
    second->addWidget(m_with, 1);
    second->addWidget(one);
    second->addWidget(all);
    second->addStretch(2);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::part, space::inside, space::part, space::inside);
    column->setSpacing(space::inside);
    column->addLayout(row);
    column->addWidget(m_replaceRow);
    hide();

    connect(m_word, &QLineEdit::textEdited, this, [this] { find(true, true); });
    connect(m_word, &QLineEdit::returnPressed, this, [this] { findNext(true); });
    connect(m_with, &QLineEdit::returnPressed, this, &FindBar::replaceOne);
    connect(previous, &QPushButton::clicked, this, [this] { findNext(false); });
    connect(next, &QPushButton::clicked, this, [this] { findNext(true); });
    connect(one, &QPushButton::clicked, this, &FindBar::replaceOne);
    connect(all, &QPushButton::clicked, this, &FindBar::replaceAll);
    connect(close, &QPushButton::clicked, this, &FindBar::leave);
}

void FindBar::open(bool withReplace)
{
    const QString selected = m_editor->selectedText();
    if (!selected.isEmpty() && !selected.contains(QLatin1Char('\n')))
        m_word->setText(selected);
    m_replaceRow->setVisible(withReplace);
    m_said->clear();
    show();
    m_word->setFocus();
    m_word->selectAll();
}

void FindBar::leave()
{
    hide();
    m_editor->setFocus();
}

void FindBar::findNext(bool forward)
{
    if (m_word->text().isEmpty())
        return open(false);
    find(forward);
}

bool FindBar::find(bool forward, bool fromStart)
{
    if (m_word->text().isEmpty()) {
        say({});
        return false;
    }
    int line = -1;
    int column = -1;
    const SqlEditor::Range selected = m_editor->selection();
    // While typing, what is found already may just have grown; backwards, the search begins before it.
    if (fromStart || !forward)
        m_editor->lineIndexFromPosition(int(selected.begin), &line, &column);
    const bool found = m_editor->findFirst(m_word->text(), m_pattern->isChecked(), m_case->isChecked(), m_whole->isChecked(), true, forward, line,
                                           column);
    say(found ? QString() : QStringLiteral("Not found"));
    return found;
}

void FindBar::replaceOne()
{
    const QString selected = m_editor->selectedText();
    const Qt::CaseSensitivity sense = m_case->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    // Only what was found is replaced: another selection is first looked for.
    if (m_pattern->isChecked() ? m_editor->hasSelectedText() : selected.compare(m_word->text(), sense) == 0) {
        find(true, true);
        m_editor->replace(m_with->text());
    }
    find(true);
}

void FindBar::replaceAll()
{
    if (m_word->text().isEmpty())
        return;
    int count = 0;
    m_editor->beginUndoAction();
    bool found = m_editor->findFirst(m_word->text(), m_pattern->isChecked(), m_case->isChecked(), m_whole->isChecked(), false, true, 0, 0);
    while (found && m_editor->hasSelectedText()) {
        m_editor->replace(m_with->text());
        ++count;
        found = m_editor->findNext();
    }
    m_editor->endUndoAction();
    say(QStringLiteral("%1 replaced").arg(count));
}

void FindBar::say(const QString &text)
{
    m_said->setText(text);
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        return leave();
    QWidget::keyPressEvent(event);
}

} // namespace howdah::ui
