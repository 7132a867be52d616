// SPDX-License-Identifier: GPL-3.0-or-later
// How CellView paints: only what is seen, a row's part of the result taken once, text decoded and cut to the cell's width.
#include "query/cellkind.h"
#include "ui/query/cellfont.h"
#include "ui/query/cellview.h"
#include "ui/query/columnlayout.h"
#include "ui/widgets/theme.h"

#include <QPaintEvent>
#include <QPainter>

namespace howdah::ui
{

struct CellView::Fonts {
    CellFont text, null, number;
};

struct CellView::Brushes {
    const Fonts &font;
    Colors color;
};

const CellView::Fonts &CellView::fonts() const
{
    if (!m_fonts || m_fonts->text.font() != font()) {
        QFont null = font();
        null.setItalic(true);
        m_fonts = std::make_shared<const Fonts>(Fonts{CellFont(font()), CellFont(null), CellFont(smallFont())});
    }
    return *m_fonts;
}

qreal CellView::textWidth(const QString &text) const
{
    return fonts().text.width(text);
}

void CellView::paintEvent(QPaintEvent *)
{
    const Brushes look{fonts(), colors()};
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.fillRect(viewport()->rect(), look.color.surface);
    const QItemSelection selection = selectionModel()->selection();
    const int last = std::min(m_model->rowCount() - 1, firstRow() + visibleRows());
    for (int row = firstRow(); row <= last; ++row)
        paintRow(painter, look, row, (row - firstRow()) * space::row, selection);
    painter.setClipping(false);
    painter.setPen(look.color.border);
    if (m_columns->frozenCount() > 0) {
        const int x = m_gutter + m_columns->frozenWidth() - 1;
        painter.fillRect(x, 0, 2, viewport()->height(), look.color.muted);
    }
    painter.drawLine(m_gutter - 1, 0, m_gutter - 1, viewport()->height());
    if (m_model->rowCount() == 0) {
        painter.setFont(textFont());
        painter.setPen(look.color.muted);
        painter.drawText(viewport()->rect().adjusted(m_gutter + space::group, space::group, -space::group, 0), int(Qt::AlignHCenter | Qt::AlignTop) | Qt::TextWordWrap, m_emptyText);
    }
    m_model->loadWanted();
    if (m_model->rowCount() > 0 && m_model->store())
        m_model->store()->seen();
}

void CellView::paintRow(QPainter &painter, const Brushes &look, int row, int y, const QItemSelection &selection)
{
    const ResultModel::RowRef ref = m_model->rowRef(row);
    const int width = viewport()->width();
    const int frozenEnd = m_gutter + m_columns->frozenWidth();
    painter.setClipRect(frozenEnd, y, width - frozenEnd, space::row);
    paintCells(painter, look, ref, row, y, m_columns->frozenCount(), m_columns->placeCount(), selection);
    painter.setClipRect(m_gutter, y, frozenEnd - m_gutter, space::row);
    paintCells(painter, look, ref, row, y, 0, m_columns->frozenCount(), selection);
    painter.setClipRect(0, y, width, space::row);
    painter.fillRect(0, y, m_gutter, space::row, look.color.window);
    painter.setPen(look.color.muted);
    look.font.number.draw(painter, QRect(0, y, m_gutter - space::part, space::row), true, QString::number(m_model->storeRow(row) + 1));
    painter.setPen(look.color.grid);
    painter.drawLine(0, y + space::row - 1, std::min(width, m_gutter + m_columns->totalWidth() - horizontalOffset()), y + space::row - 1);
}

void CellView::paintCells(QPainter &painter, const Brushes &look, const ResultModel::RowRef &ref, int row, int y, int fromPlace, int toPlace,
                          const QItemSelection &selection)
{
    const int right = viewport()->width();
    const int left = m_gutter + (fromPlace > 0 ? m_columns->frozenWidth() : 0);
    for (int place = fromPlace; place < toPlace; ++place) {
        const int column = m_columns->columnAt(place);
        const QRect rect(m_gutter + m_columns->leftOf(place, horizontalOffset()), y, m_columns->width(column), space::row);
        if (rect.right() < left)
            continue;
        if (rect.left() >= right)
            break;
        bool selected = false;
        for (const QItemSelectionRange &range : selection)
            selected = selected || (row >= range.top() && row <= range.bottom() && column >= range.left() && column <= range.right());
        if (selected)
            painter.fillRect(rect, look.color.selection);
        paintCell(painter, look, ref, column, rect);
        painter.setPen(look.color.grid);
        painter.drawLine(rect.topRight(), rect.bottomRight());
        const QModelIndex current = currentIndex();
        if (current.row() == row && current.column() == column && (hasFocus() || viewport()->hasFocus())) {
            painter.setPen(look.color.accent);
            painter.drawRect(rect.adjusted(0, 0, -2, -2));
        }
    }
}

void CellView::paintCell(QPainter &painter, const Brushes &look, const ResultModel::RowRef &ref, int column, const QRect &rect)
{
    const QRect inner = rect.adjusted(space::part, 0, -space::part, 0);
    const bool null = ref.rows && ref.rows->isNull(ref.index, column);
    QString text;
    if (!ref.rows)
        text = ref.failed ? QStringLiteral("can't be read back") : QString(QChar(0x2026));
    else if (null)
        text = QStringLiteral("NULL");
    else // no letter is narrower than three pixels: more bytes than that can't be seen
        text = ResultModel::shownText(*ref.rows, ref.index, column, std::max(16, inner.width()));
    if (text.isEmpty())
        return;
    painter.setPen(ref.rows && !null ? look.color.text : look.color.muted);
    const CellFont &used = null ? look.font.null : look.font.text;
    used.draw(painter, inner, ref.rows && query::isRightAligned(m_model->column(column).typeOid), text);
}

} // namespace howdah::ui
