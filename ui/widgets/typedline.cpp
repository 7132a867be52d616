// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/typedline.h"

#include <QKeyEvent>
#include <QMouseEvent>

namespace howdah::ui
{

TypedLine::TypedLine(const QString &expected, QWidget *parent) : QLineEdit(parent), m_expected(expected)
{
    setAcceptDrops(false);
    setContextMenuPolicy(Qt::NoContextMenu); // it would offer Paste
    setPlaceholderText(QStringLiteral("typed, not pasted"));
    connect(this, &QLineEdit::textChanged, this, [this] { emit matched(matches()); });
}

void TypedLine::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Paste))
        return;
    QLineEdit::keyPressEvent(event);
}

void TypedLine::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::MiddleButton) // X11's other way to paste
        return;
    QLineEdit::mouseReleaseEvent(event);
}

} // namespace howdah::ui
