// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a grid: names, sort marks, a field to filter by over each column. A click sorts, a drag moves, a drag of an edge widens, a double
// click there fits. Frozen columns stand still. Child of the CellView. Window's thread.
#pragma once

#include "query/order.h"

#include <QHash>
#include <QWidget>

class QLineEdit;

namespace howdah::ui
{

class ColumnLayout;
class ResultModel;

class GridHeader : public QWidget
{
    Q_OBJECT
public:
    GridHeader(ResultModel *model, ColumnLayout *columns, QWidget *parent);

    int wantedHeight() const;
    int wantedWidth(int column) const; // of its name with a sort mark
    void setScroll(int gutter, int scrolled);
    void setSort(const std::vector<query::SortColumn> &sort); // what is shown
    void setFiltersShown(bool shown);
    bool filtersShown() const { return m_filtersShown; }
    QString filterText(int column) const { return m_filters.value(column); }
    void setFilterText(int column, const QString &text); // empty: none
    void clearFilters();
    void reset(); // another result: no sort, no filter, no field
    void editFilter(int column); // shows the fields and puts the cursor there
    QRect sectionRect(int column) const; // empty: not shown

signals:
    void sortRequested(int column, bool add); // add: beside the columns sorted by already
    void fitRequested(int column);
    void menuRequested(int column, const QPoint &global);
    void filterChanged(int column, const QString &text); // as typed
    void leaveRequested();    // from a filter's field to the cells
    void heightChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    void paintSection(QPainter &painter, int place);
    int columnAtX(int x) const;
    int edgeAtX(int x) const; // the column whose right edge is there; -1: none
    QString sortMark(int column) const;
    void placeFields();
    QLineEdit *makeField(int column);

    ResultModel *m_model;
    ColumnLayout *m_columns;
    int m_gutter = 0;
    int m_scrolled = 0;
    std::vector<query::SortColumn> m_sort;
    bool m_filtersShown = false;
    QHash<int, QString> m_filters;
    QHash<int, QLineEdit *> m_fields; // made for the columns that were seen
    int m_hovered = -1;

    enum class Press { None, Section, Edge, Move };
    Press m_press = Press::None;
    int m_pressed = -1; // column
    int m_pressX = 0;
    int m_startWidth = 0;
    int m_dropPlace = -1;
};

} // namespace howdah::ui
