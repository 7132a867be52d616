// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palette.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr int paletteWidth = 560;
constexpr int shownRows = 12;
constexpr int rowHeight = 28;
constexpr int commandRole = Qt::UserRole;
constexpr int kindRole = Qt::UserRole + 1;
constexpr int shortcutRole = Qt::UserRole + 2;

class CommandDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {0, rowHeight}; }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &c = colors();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(c.selection);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(2, 1, -2, -1), space::inside, space::inside);
        }
        const QRect area = option.rect.adjusted(space::group, 0, -space::group, 0);
        const QString right = index.data(shortcutRole).toString();
        painter->setFont(smallFont());
        painter->setPen(c.muted);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, right.isEmpty() ? index.data(kindRole).toString() : right);
        painter->setFont(textFont());
        painter->setPen(c.text);
        const QString text = painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, area.width() - 90);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, text);
        painter->restore();
    }
};

} // namespace

int matchScore(const QString &text, const QString &typed)
{
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar wanted : typed) {
        if (wanted.isSpace())
            continue;
        qsizetype found = at;
        while (found < text.size() && text.at(found).toCaseFolded() != wanted.toCaseFolded())
            ++found;
        if (found == text.size())
            return -1;
        const bool wordBegins = found == 0 || !text.at(found - 1).isLetterOrNumber();
        score += 1 + (wordBegins ? 4 : 0) + (found == last + 1 ? 3 : 0);
        last = found;
        at = found + 1;
    }
    return score;
}

CommandPalette::CommandPalette(QWidget *window) : QFrame(window), m_line(new QLineEdit(this)), m_list(new QListWidget(this))
{
    setAccessibleName(QStringLiteral("Search or run"));
    m_line->setPlaceholderText(QStringLiteral("Search panes, servers and commands"));
    m_line->setAccessibleName(QStringLiteral("Search or run"));
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setStyleSheet(QStringLiteral("QListWidget { border: none; background: transparent; }"));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(QStringLiteral("Found"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::part, space::part, space::part, space::part);
    column->setSpacing(space::inside);
    column->addWidget(m_line);
    column->addWidget(m_list);
    m_line->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    hide();
}

void CommandPalette::open(const QVector<Command> &commands)
{
    m_commands = commands;
    if (QWidget *there = window()->focusWidget(); there && !isAncestorOf(there))
        m_before = there;
    m_line->clear();
    filter({});
    show();
    raise();
    m_line->setFocus();
}

QStringList CommandPalette::shown() const
{
    QStringList texts;
    for (int row = 0; row < m_list->count(); ++row)
        texts.append(m_list->item(row)->text());
    return texts;
}

void CommandPalette::filter(const QString &typed)
{
    QVector<std::pair<int, int>> found; // score, command
    for (int i = 0; i < int(m_commands.size()); ++i) {
        const int score = matchScore(m_commands.at(i).text, typed);
        if (score >= 0)
            found.append({score, i});
    }
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    m_list->clear();
    for (const auto &[score, i] : found) {
        const Command &command = m_commands.at(i);
        auto *item = new QListWidgetItem(units::oneLine(command.text), m_list);
        item->setData(commandRole, i);
        item->setData(kindRole, command.kind);
        item->setData(shortcutRole, command.shortcut);
    }
    m_list->setCurrentRow(0);
    const int width = qMin(paletteWidth, parentWidget()->width() - 2 * space::edge);
    const int rows = qBound(1, m_list->count(), shownRows);
    setGeometry((parentWidget()->width() - width) / 2, 56, width, m_line->sizeHint().height() + rowHeight * rows + 3 * space::part);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const auto run = m_commands.at(item->data(commandRole).toInt()).run;
    leave();
    // Outside this call: the command may end this window's parts.
    QTimer::singleShot(0, parentWidget(), run);
}

// The keys go back to where they went before: a command of a pane is for the part one was in.
void CommandPalette::leave()
{
    QWidget *const before = m_before && m_before->isVisible() ? m_before.data() : parentWidget();
    hide();
    before->setFocus();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut && !isAncestorOf(window()->focusWidget()))
        hide();
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return QFrame::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent *>(event)->key();
    if (event->type() == QEvent::ShortcutOverride) {
        if (key == Qt::Key_Escape)
            event->accept(); // the palette's, not the window's
        return key == Qt::Key_Escape;
    }
    switch (key) {
    case Qt::Key_Escape:
        leave();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: runCurrent(); return true;
    case Qt::Key_Down: m_list->setCurrentRow(qMin(m_list->currentRow() + 1, m_list->count() - 1)); return true;
    case Qt::Key_Up: m_list->setCurrentRow(qMax(m_list->currentRow() - 1, 0)); return true;
    default: return false;
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors().muted);
    painter.setBrush(colors().surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
}

} // namespace howdah::ui
