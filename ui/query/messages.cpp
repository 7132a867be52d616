// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/messages.h"

#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTextBlock>

namespace howdah::ui
{

namespace
{

constexpr int keptMessages = 2000;
constexpr qsizetype longestText = 64 * 1024;

class Place : public QTextBlockUserData
{
public:
    Place(qsizetype at, int errorMark) : offset(at), mark(errorMark) {}
    qsizetype offset;
    int mark;
};

const Place *placeOf(const QTextCursor &at)
{
    return static_cast<const Place *>(at.block().userData());
}

QColor colorOf(Message::Kind kind)
{
    const Colors &c = colors();
    switch (kind) {
    case Message::Kind::Error: return c.critical;
    case Message::Kind::Warning: return c.warning;
    case Message::Kind::Done: return c.text;
    case Message::Kind::Info: return c.text;
    case Message::Kind::Notice: break;
    }
    return c.muted;
}

} // namespace

MessagesView::MessagesView(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setFont(fixedFont());
    setAccessibleName(QStringLiteral("Messages"));
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setPlaceholderText(QStringLiteral("What the server says appears here: command tags, notices, errors and times.\n"
                                      "Ctrl+Enter runs the statement at the cursor, Ctrl+Shift+Enter the whole text."));
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setStyleSheet(QStringLiteral("QPlainTextEdit { border: none; border-radius: 0; }"));
    viewport()->setMouseTracking(true);
    connect(&theme(), &Theme::changed, this, &MessagesView::redraw);
}

void MessagesView::add(const Message &message)
{
    m_errors += message.kind == Message::Kind::Error;
    m_all.append(message);
    if (m_all.back().atMs == 0)
        m_all.back().atMs = QDateTime::currentMSecsSinceEpoch();
    if (m_all.back().text.size() > longestText)
        m_all.back().text = m_all.constLast().text.left(longestText) + QStringLiteral("\n… cut: %1 more characters").arg(message.text.size() - longestText);
    if (m_all.size() > keptMessages + keptMessages / 4) {
        m_dropped += m_all.size() - keptMessages;
        m_all.remove(0, m_all.size() - keptMessages);
        return redraw();
    }
    append(m_all.constLast());
}

void MessagesView::clearAll()
{
    m_all.clear();
    m_errors = 0;
    m_dropped = 0;
    clear();
}

void MessagesView::redraw()
{
    clear();
    if (m_dropped > 0) {
        Message gone;
        gone.kind = Message::Kind::Notice;
        gone.atMs = m_all.isEmpty() ? 0 : m_all.constFirst().atMs;
        gone.text = QStringLiteral("%1 earlier messages are gone; the last %2 are kept").arg(m_dropped).arg(keptMessages);
        append(gone);
    }
    for (const Message &message : std::as_const(m_all))
        append(message);
}

void MessagesView::append(const Message &message)
{
    QTextCursor end(document());
    end.movePosition(QTextCursor::End);
    QTextCharFormat muted;
    muted.setForeground(colors().muted);
    QTextCharFormat ink;
    ink.setForeground(colorOf(message.kind));
    if (message.kind == Message::Kind::Error)
        ink.setFontWeight(QFont::DemiBold);
    const QString time = QDateTime::fromMSecsSinceEpoch(message.atMs).toString(QStringLiteral("HH:mm:ss"));
    const QString where = message.line > 0 ? QStringLiteral("line %1").arg(message.line) : QString();
    bool first = true;
    for (const QString &line : message.text.split(QLatin1Char('\n'))) {
        if (!document()->isEmpty())
            end.insertBlock();
        end.insertText(first ? QStringLiteral("%1  %2  ").arg(time, where.leftJustified(9)) : QString(21, QLatin1Char(' ')), muted);
        QString shown = line;
        end.insertText(shown.remove(QLatin1Char('\r')), ink);
        if (message.offset >= 0)
            end.block().setUserData(new Place(message.offset, message.mark));
        first = false;
    }
    moveCursor(QTextCursor::End);
    moveCursor(QTextCursor::StartOfLine);
}

bool MessagesView::goTo(const QTextCursor &at)
{
    const Place *place = placeOf(at);
    if (place)
        emit placeWanted(place->offset, place->mark);
    return place;
}

void MessagesView::mouseReleaseEvent(QMouseEvent *event)
{
    QPlainTextEdit::mouseReleaseEvent(event);
    if (event->button() == Qt::LeftButton && !textCursor().hasSelection())
        goTo(cursorForPosition(event->pos()));
}

void MessagesView::mouseMoveEvent(QMouseEvent *event)
{
    QPlainTextEdit::mouseMoveEvent(event);
    viewport()->setCursor(placeOf(cursorForPosition(event->pos())) ? Qt::PointingHandCursor : Qt::IBeamCursor);
}

void MessagesView::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier && goTo(textCursor()))
        return;
    QPlainTextEdit::keyPressEvent(event);
}

} // namespace howdah::ui
