// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/emptystate.h"

#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace howdah::ui
{

EmptyState::EmptyState(const QString &line, const QString &button, const QString &why, QWidget *parent)
    : QWidget(parent), m_line(new PlainLabel(line, this)), m_button(new QPushButton(this)), m_second(new QPushButton(this))
{
    m_line->setWordWrap(true);
    m_line->setAlignment(Qt::AlignHCenter);
    m_line->setMinimumWidth(320);
    m_line->setMaximumWidth(560);
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
    column->addWidget(m_line, 0, Qt::AlignHCenter);
    column->addLayout(buttons);
    if (!why.isEmpty()) {
        auto *link = new QPushButton(QStringLiteral("Why?"), this);
        setLook(link, "link");
        link->setAccessibleName(QStringLiteral("Why is there nothing here"));
        auto *text = new PlainLabel(why, this, "muted");
        text->setWordWrap(true);
        text->setAlignment(Qt::AlignHCenter);
        text->setMinimumWidth(320);
        text->setMaximumWidth(560);
        text->hide();
        column->addWidget(link, 0, Qt::AlignHCenter);
        column->addWidget(text, 0, Qt::AlignHCenter);
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
