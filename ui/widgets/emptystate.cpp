// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{

constexpr int textWidth = 520;

// By stretches, not by an alignment: an aligned item is never asked for its height at its width, and the last line would be cut.
QLayout *centred(QWidget *widget)
{
    auto *row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(widget);
    row->addStretch();
    return row;
}

} // namespace

EmptyState::EmptyState(const QString &line, const QString &button, const QString &why, QWidget *parent)
    : QWidget(parent), m_line(new PlainLabel(line, this)), m_button(new QPushButton(this)), m_second(new QPushButton(this))
{
    m_line->setWordWrap(true);
    m_line->setAlignment(Qt::AlignHCenter);
    m_line->setFixedWidth(textWidth); // a label that wraps knows its height only at a given width
    setLook(m_button, "primary");
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::part);
    buttons->addStretch();
    buttons->addWidget(m_button);
    buttons->addWidget(m_second);
    buttons->addStretch();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::edge, space::edge, space::edge, space::edge);
    column->setSpacing(space::group);
    column->addStretch(2);
    column->addLayout(centred(m_line));
    column->addLayout(buttons);
    if (!why.isEmpty()) {
        auto *link = new QPushButton(QStringLiteral("Why?"), this);
        setLook(link, "link");
        link->setAccessibleName(QStringLiteral("Why is there nothing here"));
        auto *text = new PlainLabel(why, this, "muted");
        text->setWordWrap(true);
        text->setAlignment(Qt::AlignHCenter);
        text->setFixedWidth(textWidth);
        text->hide();
        column->addWidget(link, 0, Qt::AlignHCenter);
        column->addLayout(centred(text));
        connect(link, &QPushButton::clicked, text, [text] { text->setVisible(text->isHidden()); });
    }
    column->addStretch(3);
    setButton(button);
    setSecondButton({});
    connect(m_button, &QPushButton::clicked, this, &EmptyState::clicked);
    connect(m_second, &QPushButton::clicked, this, &EmptyState::secondClicked);
}

void EmptyState::setLine(const QString &line)
{
    m_line->setText(line);
}

void EmptyState::setButton(const QString &text)
{
    m_button->setText(text);
    m_button->setVisible(!text.isEmpty());
}

void EmptyState::setSecondButton(const QString &text)
{
    m_second->setText(text);
    m_second->setVisible(!text.isEmpty());
}

} // namespace howdah::ui
