// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stack/logview.h"

#include "ui/widgets/theme.h"

#include <QScrollBar>

namespace howdah::ui
{

LogView::LogView(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setMaximumBlockCount(maxLines);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFont(fixedFont());
    setAccessibleName(QStringLiteral("Log"));
    setPlaceholderText(QStringLiteral("The log's last lines"));
}

void LogView::setLog(const QByteArray &text)
{
    if (text == m_text)
        return;
    m_text = text;
    QScrollBar *bar = verticalScrollBar();
    const bool atEnd = isAtEnd();
    const int place = bar->value();
    setPlainText(QString::fromUtf8(text.trimmed()));
    bar->setValue(atEnd ? bar->maximum() : place);
}

bool LogView::isAtEnd() const
{
    return verticalScrollBar()->value() >= verticalScrollBar()->maximum();
}

void LogView::resizeEvent(QResizeEvent *event)
{
    const bool atEnd = isAtEnd();
    QPlainTextEdit::resizeEvent(event);
    if (atEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

} // namespace howdah::ui
