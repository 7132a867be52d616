// SPDX-License-Identifier: GPL-3.0-or-later
// The cells of a result. A view of its own, since QTableView's header holds 8 bytes a row and walks them all whenever rows come (20 ms at 20
// million): here a row costs nothing until it is painted. Rows all have one height; the scroll bar counts rows. Window's thread.
#pragma once

#include "ui/query/resultmodel.h"

#include <QAbstractItemView>

#include <memory>

namespace howdah::ui
{

class ColumnLayout;
class GridHeader;

class CellView : public QAbstractItemView
{
    Q_OBJECT
public:
    explicit CellView(ResultModel *model, QWidget *parent = nullptr);

    ColumnLayout *columns() const { return m_columns; }
    GridHeader *header() const { return m_header; }
    int firstRow() const;
    int visibleRows() const; // that fit as a whole
    int gutterWidth() const { return m_gutter; }

    // From the rows that are there, capped; once, since then they are the user's.
    void sizeColumns();
    void fitColumn(int column);
    // The selection: runs of rows from..to, from top to bottom, and columns in shown order. Nothing is selected where both are empty.
    struct Block {
        QVector<QPair<int, int>> rows;
        QVector<int> columns;
        bool ragged = false; // not every one of these rows has every one of these columns
        qint64 rowCount() const;
    };
    Block selectedBlock() const;
    // Said in the middle where there are no cells.
    void setEmptyText(const QString &text);

    QRect visualRect(const QModelIndex &index) const override;
    void scrollTo(const QModelIndex &index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint &point) const override;
    void selectAll() override;
    void keyboardSearch(const QString &) override {} // would ask the model for every row

signals:
    void openRequested(const QModelIndex &index); // Enter, F2, a double click
    void copyRequested(bool withHeader);
    void menuRequested(const QModelIndex &index, const QPoint &global);

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    int horizontalOffset() const override;
    int verticalOffset() const override;
    bool isIndexHidden(const QModelIndex &index) const override;
    void setSelection(const QRect &rect, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection &selection) const override;
    void updateGeometries() override;
    void dataChanged(const QModelIndex &from, const QModelIndex &to, const QList<int> &roles) override;
    void rowsInserted(const QModelIndex &parent, int from, int to) override;
    void reset() override;
    void scrollContentsBy(int dx, int dy) override;
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    struct Fonts;
    struct Brushes;
    const Fonts &fonts() const;
    qreal textWidth(const QString &text) const;
    void paintRow(QPainter &painter, const Brushes &look, int row, int y, const QItemSelection &selection);
    void paintCells(QPainter &painter, const Brushes &look, const ResultModel::RowRef &ref, int row, int y, int fromPlace, int toPlace, const QItemSelection &selection);
    void paintCell(QPainter &painter, const Brushes &look, const ResultModel::RowRef &ref, int column, const QRect &rect);
    QModelIndex nearest(const QPoint &point) const; // inside of the cells, whatever the point
    void go(const QModelIndex &to, Qt::KeyboardModifiers modifiers);
    void select(const QModelIndex &to, bool extend, bool add);
    int contentWidthOf(int column) const;
    void updateGutter();

    ResultModel *m_model;
    ColumnLayout *m_columns;
    GridHeader *m_header;
    QPersistentModelIndex m_anchor; // where the selection began
    bool m_wholeRows = false;       // it began on the row numbers
    bool m_dragging = false;
    int m_scrollTimer = 0;
    int m_gutter = 0;
    QString m_emptyText;
    mutable std::shared_ptr<const Fonts> m_fonts;
};

} // namespace howdah::ui
