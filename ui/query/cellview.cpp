// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/cellview.h"

#include "ui/query/columnlayout.h"
#include "ui/query/gridheader.h"
#include "ui/widgets/theme.h"

#include <QKeyEvent>
#include <QScrollBar>
#include <QTimerEvent>

#include <algorithm>
#include <cmath>
#include <functional>

namespace howdah::ui
{

namespace
{
constexpr int sampleRows = 200;   // of which the widths are taken
constexpr int mostWidth = 360;    // of a column, until the user widens it
constexpr qsizetype sampleBytes = 80;
constexpr int dragScrollMs = 40;
} // namespace

CellView::CellView(ResultModel *model, QWidget *parent)
    : QAbstractItemView(parent), m_model(model), m_columns(new ColumnLayout(this)), m_header(new GridHeader(model, m_columns, this))
{
    setObjectName(QStringLiteral("resultCells"));
    setAccessibleName(QStringLiteral("Result"));
    setModel(model);
    setFont(figureFont(13));
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setAutoScroll(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // else the cells jump when the second page comes
    connect(m_columns, &ColumnLayout::changed, this, [this] {
        updateGeometries();
        viewport()->update();
    });
    connect(m_header, &GridHeader::heightChanged, this, &CellView::updateGeometries);
    connect(m_header, &GridHeader::fitRequested, this, &CellView::fitColumn);
    connect(model, &ResultModel::read, viewport(), qOverload<>(&QWidget::update));
    connect(&theme(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    reset();
}

int CellView::firstRow() const
{
    return verticalScrollBar()->value();
}

int CellView::visibleRows() const
{
    return std::max(1, viewport()->height() / space::row);
}

int CellView::horizontalOffset() const
{
    return horizontalScrollBar()->value();
}

int CellView::verticalOffset() const
{
    return firstRow() * space::row;
}

bool CellView::isIndexHidden(const QModelIndex &index) const
{
    return m_columns->isHidden(index.column());
}

QRect CellView::visualRect(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const int place = m_columns->placeOf(index.column());
    if (place < 0)
        return {};
    return {m_gutter + m_columns->leftOf(place, horizontalOffset()), (index.row() - firstRow()) * space::row, m_columns->width(index.column()), space::row};
}

QModelIndex CellView::indexAt(const QPoint &point) const
{
    const int row = point.y() < 0 ? -1 : firstRow() + point.y() / space::row;
    const int place = m_columns->placeAtX(point.x() - m_gutter, horizontalOffset());
    if (row < 0 || row >= m_model->rowCount() || place < 0)
        return {};
    return m_model->index(row, m_columns->columnAt(place));
}

QModelIndex CellView::nearest(const QPoint &point) const
{
    if (m_model->rowCount() == 0 || m_columns->placeCount() == 0)
        return {};
    const int row = std::clamp(firstRow() + (point.y() < 0 ? -1 : point.y() / space::row), 0, m_model->rowCount() - 1);
    const int x = point.x() - m_gutter;
    int place = m_columns->placeAtX(std::max(0, x), horizontalOffset());
    if (place < 0)
        place = m_columns->placeCount() - 1;
    return m_model->index(row, m_columns->columnAt(place));
}

void CellView::scrollTo(const QModelIndex &index, ScrollHint hint)
{
    const int place = index.isValid() ? m_columns->placeOf(index.column()) : -1;
    if (place < 0)
        return;
    const int rows = visibleRows();
    if (hint == PositionAtTop)
        verticalScrollBar()->setValue(index.row());
    else if (hint == PositionAtCenter)
        verticalScrollBar()->setValue(index.row() - rows / 2);
    else if (index.row() < firstRow())
        verticalScrollBar()->setValue(index.row());
    else if (index.row() >= firstRow() + rows)
        verticalScrollBar()->setValue(index.row() - rows + 1);
    if (place < m_columns->frozenCount())
        return;
    const int left = m_columns->leftOf(place, horizontalOffset()) - m_columns->frozenWidth();
    const int room = viewport()->width() - m_gutter - m_columns->frozenWidth();
    const int width = m_columns->width(index.column());
    if (left < 0 || width > room)
        horizontalScrollBar()->setValue(horizontalOffset() + left);
    else if (left + width > room)
        horizontalScrollBar()->setValue(horizontalOffset() + left + width - room);
}

QModelIndex CellView::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers)
{
    const int rows = m_model->rowCount();
    const int places = m_columns->placeCount();
    if (rows == 0 || places == 0)
        return {};
    const QModelIndex current = currentIndex();
    int row = current.isValid() ? std::min(current.row(), rows - 1) : 0;
    int place = current.isValid() ? std::max(0, m_columns->placeOf(current.column())) : 0;
    const bool far = modifiers & Qt::ControlModifier;
    if (current.isValid()) {
        switch (action) {
        case MoveUp: row = far ? 0 : row - 1; break;
        case MoveDown: row = far ? rows - 1 : row + 1; break;
        case MoveLeft:
        case MovePrevious: place = far ? 0 : place - 1; break;
        case MoveRight:
        case MoveNext: place = far ? places - 1 : place + 1; break;
        case MovePageUp: row -= visibleRows() - 1; break;
        case MovePageDown: row += visibleRows() - 1; break;
        case MoveHome:
            place = 0;
            row = far ? 0 : row;
            break;
        case MoveEnd:
            place = places - 1;
            row = far ? rows - 1 : row;
            break;
        }
    }
    return m_model->index(std::clamp(row, 0, rows - 1), m_columns->columnAt(std::clamp(place, 0, places - 1)));
}

void CellView::go(const QModelIndex &to, Qt::KeyboardModifiers modifiers)
{
    if (!to.isValid())
        return;
    m_wholeRows = false;
    select(to, modifiers & Qt::ShiftModifier, false);
    scrollTo(to);
}

// All cells between the anchor and `to`, in shown order: a block whose columns may lie apart in the model.
void CellView::select(const QModelIndex &to, bool extend, bool add)
{
    if (!extend || !m_anchor.isValid())
        m_anchor = to;
    const int top = std::min(m_anchor.row(), to.row());
    const int bottom = std::max(m_anchor.row(), to.row());
    int from = std::max(0, m_columns->placeOf(m_anchor.column()));
    int last = std::max(0, m_columns->placeOf(to.column()));
    if (from > last)
        std::swap(from, last);
    if (m_wholeRows) {
        from = 0;
        last = m_columns->placeCount() - 1;
    }
    QVector<int> columns;
    for (int place = from; place <= last; ++place)
        columns << m_columns->columnAt(place);
    std::sort(columns.begin(), columns.end());
    QItemSelection selection;
    for (qsizetype i = 0; i < columns.size();) {
        qsizetype j = i;
        while (j + 1 < columns.size() && columns[j + 1] == columns[j] + 1)
            ++j;
        selection.append(QItemSelectionRange(m_model->index(top, columns[i]), m_model->index(bottom, columns[j])));
        i = j + 1;
    }
    selectionModel()->setCurrentIndex(to, QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, add ? QItemSelectionModel::Select : QItemSelectionModel::ClearAndSelect);
}

void CellView::selectAll()
{
    if (m_model->rowCount() == 0 || m_columns->placeCount() == 0)
        return;
    const QModelIndex current = currentIndex();
    m_wholeRows = true;
    m_anchor = m_model->index(0, m_columns->columnAt(0));
    select(m_model->index(m_model->rowCount() - 1, m_columns->columnAt(m_columns->placeCount() - 1)), true, false);
    m_wholeRows = false;
    if (current.isValid())
        selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
}

qint64 CellView::Block::rowCount() const
{
    qint64 count = 0;
    for (const auto &[from, to] : rows)
        count += to - from + 1;
    return count;
}

CellView::Block CellView::selectedBlock() const
{
    const QItemSelection selection = selectionModel()->selection();
    QVector<int> edges; // where a band of rows with the same columns may begin or end
    for (const QItemSelectionRange &range : selection)
        edges << range.top() << range.bottom() + 1;
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());

    Block block;
    QVector<bool> all(m_model->columnCount(), false);
    QVector<QVector<bool>> bands;
    for (qsizetype i = 0; i + 1 < edges.size(); ++i) {
        QVector<bool> taken(m_model->columnCount(), false);
        for (const QItemSelectionRange &range : selection) {
            if (range.top() <= edges[i] && range.bottom() >= edges[i])
                std::fill(taken.begin() + range.left(), taken.begin() + range.right() + 1, true);
        }
        if (!taken.contains(true))
            continue;
        if (!block.rows.isEmpty() && block.rows.last().second + 1 == edges[i])
            block.rows.last().second = edges[i + 1] - 1;
        else
            block.rows << qMakePair(edges[i], edges[i + 1] - 1);
        std::transform(all.begin(), all.end(), taken.begin(), all.begin(), std::logical_or<>());
        bands << taken;
    }
    block.ragged = std::any_of(bands.begin(), bands.end(), [&](const QVector<bool> &band) { return band != all; });
    for (int place = 0; place < m_columns->placeCount(); ++place) {
        if (all.value(m_columns->columnAt(place)))
            block.columns << m_columns->columnAt(place);
    }
    return block;
}

void CellView::setEmptyText(const QString &text)
{
    if (std::exchange(m_emptyText, text) != text && m_model->rowCount() == 0)
        viewport()->update();
}

void CellView::setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags)
{
    const QRect area = rect.normalized();
    const QModelIndex from = nearest(area.topLeft());
    if (from.isValid())
        selectionModel()->select(QItemSelection(from, nearest(area.bottomRight())), flags);
}

QRegion CellView::visualRegionForSelection(const QItemSelection &selection) const
{
    return selection.isEmpty() ? QRegion() : QRegion(viewport()->rect());
}

void CellView::dataChanged(const QModelIndex &, const QModelIndex &, const QList<int> &)
{
    viewport()->update();
}

void CellView::rowsInserted(const QModelIndex &, int from, int)
{
    // Not the base's: it lays out everything anew. Rows come at the end alone.
    updateGutter();
    verticalScrollBar()->setRange(0, std::max(0, m_model->rowCount() - visibleRows()));
    if (from <= firstRow() + visibleRows())
        viewport()->update();
}

void CellView::reset()
{
    const int column = currentIndex().column();
    const int row = currentIndex().row();
    QAbstractItemView::reset();
    m_anchor = QPersistentModelIndex();
    if (m_columns->columnCount() != m_model->columnCount())
        m_columns->reset(m_model->columnCount(), 120);
    updateGutter();
    updateGeometries();
    // Another order is no reason to lose one's place.
    if (row >= 0 && row < m_model->rowCount() && column < m_model->columnCount())
        selectionModel()->setCurrentIndex(m_model->index(row, column), QItemSelectionModel::NoUpdate);
    viewport()->update();
}

void CellView::updateGutter()
{
    const QFontMetrics metrics(smallFont());
    const int width = metrics.horizontalAdvance(QString::number(std::max<qint64>(999, m_model->store() ? m_model->store()->rowCount() : 0))) + 2 * space::part;
    if (width == m_gutter)
        return;
    m_gutter = width;
    updateGeometries();
    viewport()->update();
}

void CellView::updateGeometries()
{
    const int height = m_header->wantedHeight();
    if (viewportMargins().top() != height)
        setViewportMargins(0, height, 0, 0);
    const QRect area = viewport()->geometry();
    m_header->setGeometry(area.left(), area.top() - height, area.width(), height);
    m_header->setScroll(m_gutter, horizontalOffset());
    verticalScrollBar()->setRange(0, std::max(0, m_model->rowCount() - visibleRows()));
    verticalScrollBar()->setPageStep(visibleRows());
    verticalScrollBar()->setSingleStep(1);
    horizontalScrollBar()->setRange(0, std::max(0, m_gutter + m_columns->totalWidth() - area.width()));
    horizontalScrollBar()->setPageStep(std::max(1, area.width() - m_gutter - m_columns->frozenWidth()));
    horizontalScrollBar()->setSingleStep(24);
    QAbstractItemView::updateGeometries();
}

void CellView::scrollContentsBy(int, int)
{
    m_header->setScroll(m_gutter, horizontalOffset());
    viewport()->update();
}

int CellView::contentWidthOf(int column) const
{
    int width = m_header->wantedWidth(column);
    const int rows = std::min(sampleRows, m_model->rowCount());
    for (int row = 0; row < rows; ++row) {
        const ResultModel::RowRef ref = m_model->rowRef(row);
        if (!ref.rows)
            continue;
        const QString text = ref.rows->isNull(ref.index, column) ? QStringLiteral("NULL") : ResultModel::shownText(*ref.rows, ref.index, column, sampleBytes);
        width = std::max(width, int(std::ceil(textWidth(text))) + 2 * space::part + 2);
    }
    return width;
}

void CellView::sizeColumns()
{
    QVector<int> widths;
    for (int column = 0; column < m_columns->columnCount(); ++column)
        widths << std::clamp(contentWidthOf(column), 48, mostWidth);
    m_columns->setWidths(widths);
}

void CellView::fitColumn(int column)
{
    m_columns->setWidth(column, std::min(contentWidthOf(column), std::max(mostWidth, viewport()->width() - m_gutter - m_columns->frozenWidth())));
}

void CellView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        emit copyRequested(false);
        return;
    }
    if (event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
        emit copyRequested(true);
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    static const QHash<int, CursorAction> actions{{Qt::Key_Up, MoveUp},         {Qt::Key_Down, MoveDown},         {Qt::Key_Left, MoveLeft}, {Qt::Key_Right, MoveRight},
                                                  {Qt::Key_PageUp, MovePageUp}, {Qt::Key_PageDown, MovePageDown}, {Qt::Key_Home, MoveHome}, {Qt::Key_End, MoveEnd}};
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (const auto action = actions.find(event->key()); action != actions.end() && !(modifiers & Qt::AltModifier)) {
        go(moveCursor(*action, modifiers), modifiers);
        event->accept();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_F2:
        if (modifiers == Qt::NoModifier && currentIndex().isValid()) {
            emit openRequested(currentIndex());
            return;
        }
        break;
    case Qt::Key_Space:
        if (modifiers == Qt::ShiftModifier && currentIndex().isValid()) { // as in spreadsheets: the row
            m_wholeRows = true;
            select(currentIndex(), true, false);
            m_wholeRows = false;
            return;
        }
        break;
    default: break;
    }
    event->ignore(); // the pane's keys
}

void CellView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton)
        return;
    const QPoint at = event->position().toPoint();
    const bool gutter = at.x() < m_gutter;
    const QModelIndex index = gutter ? nearest(at) : indexAt(at);
    if (!index.isValid() || at.y() / space::row + firstRow() >= m_model->rowCount()) {
        if (event->button() == Qt::LeftButton)
            clearSelection();
        return;
    }
    if (event->button() == Qt::RightButton) {
        if (!selectionModel()->isSelected(index)) {
            m_wholeRows = gutter;
            select(index, false, false);
        }
        return;
    }
    m_wholeRows = gutter;
    m_dragging = true;
    select(index, event->modifiers() & Qt::ShiftModifier, event->modifiers() & Qt::ControlModifier);
}

void CellView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_dragging)
        return;
    const QPoint at = event->position().toPoint();
    select(nearest(at), true, event->modifiers() & Qt::ControlModifier);
    if (viewport()->rect().contains(at))
        killTimer(std::exchange(m_scrollTimer, 0));
    else if (m_scrollTimer == 0)
        m_scrollTimer = startTimer(dragScrollMs);
}

void CellView::mouseReleaseEvent(QMouseEvent *)
{
    m_dragging = false;
    if (m_scrollTimer != 0)
        killTimer(std::exchange(m_scrollTimer, 0));
}

void CellView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_scrollTimer) {
        QAbstractItemView::timerEvent(event);
        return;
    }
    // The drag left the cells: they follow, the faster the farther.
    const QPoint at = viewport()->mapFromGlobal(QCursor::pos());
    const QRect area = viewport()->rect();
    const int down = at.y() < 0 ? at.y() : std::max(0, at.y() - area.height());
    const int right = at.x() < 0 ? at.x() : std::max(0, at.x() - area.width());
    verticalScrollBar()->setValue(verticalScrollBar()->value() + down / 8);
    horizontalScrollBar()->setValue(horizontalOffset() + right / 2);
    select(nearest(at), true, false);
}

void CellView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QModelIndex index = indexAt(event->position().toPoint());
    if (index.isValid() && event->button() == Qt::LeftButton && event->position().x() >= m_gutter)
        emit openRequested(index);
}

void CellView::contextMenuEvent(QContextMenuEvent *event)
{
    QPoint global = event->globalPos();
    QModelIndex index = event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
    if (event->reason() != QContextMenuEvent::Mouse && index.isValid()) {
        scrollTo(index);
        global = viewport()->mapToGlobal(visualRect(index).bottomLeft());
    }
    emit menuRequested(index, global);
}

bool CellView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Resize)
        updateGeometries();
    return QAbstractItemView::viewportEvent(event);
}

} // namespace howdah::ui
