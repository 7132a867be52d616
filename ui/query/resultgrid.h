// SPDX-License-Identifier: GPL-3.0-or-later
// A result as the user meets it: cells, sort and filters, a viewer for one value, copy and export, and one line that says how much there is and
// whether it is all. Nothing here asks the server anything. Window's thread; sorting, copying and exporting have workers.
#pragma once

#include "base/canceltoken.h"
#include "query/export.h"
#include "ui/query/cellview.h"

#include <QPointer>
#include <QWidget>

class QMenu;
class QPushButton;
class QSplitter;
class QToolButton;

namespace howdah::ui
{

class ElidedLabel;
class GridHeader;
class PlainLabel;
class ValueViewer;

class ResultGrid : public QWidget
{
    Q_OBJECT
public:
    explicit ResultGrid(QWidget *parent = nullptr);
    ~ResultGrid() override;

    // May have rows already and get more; null: nothing.
    void setStore(StorePtr store);
    const StorePtr &store() const { return m_model->store(); }
    // A band over the cells: "The policy p of orders filters what this role sees". Empty: none.
    void setNote(const QString &note);
    // For INSERT statements: the table the rows came from, quoted. Empty: not known.
    void setRelation(const QString &quoted) { m_relation = quoted; }

    CellView *cells() const { return m_cells; }
    ResultModel *model() const { return m_model; }
    QString statusText() const;
    bool isBusy() const { return m_ordering || m_copying || m_exporting; }

    void sortBy(const std::vector<query::SortColumn> &sort);
    const std::vector<query::SortColumn> &sorting() const { return m_sort; }
    void copySelection(query::Format format, bool header);
    // As shown: order, filters, columns. The file is whole or not there.
    void exportTo(const QString &path, query::Format format, bool forSpreadsheets = false);
    void showFilters(bool shown);

public slots:
    void openValue();
    void closeValue();
    void copy(bool withHeader);
    void chooseExport(); // asks for the file

signals:
    void statusChanged();
    void exported(const QString &path, bool done);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void updateStatus();
    void say(const QString &text); // of the last copy or export, beside the status
    void reorder();
    void sortClicked(int column, bool add);
    void showValueOf(const QModelIndex &index);
    QMenu *cellMenu(const QModelIndex &index);
    QMenu *columnMenu(int column);
    void addColumnActions(QMenu *menu, int column);
    void addCopyActions(QMenu *menu);
    query::Part shownPart() const;

    ResultModel *m_model;
    CellView *m_cells;
    GridHeader *m_header;
    ValueViewer *m_viewer;
    QSplitter *m_split;
    QWidget *m_note;
    PlainLabel *m_noteText;
    ElidedLabel *m_status;
    ElidedLabel *m_said;
    QToolButton *m_filterButton;
    QToolButton *m_copyButton;
    QPushButton *m_exportButton;
    QPushButton *m_cancelButton;

    QString m_relation;
    bool m_sized = false;
    std::vector<query::SortColumn> m_sort;
    QTimer m_filterTimer;
    QTimer m_valueTimer;
    bool m_ordering = false;
    bool m_copying = false;
    bool m_exporting = false;
    bool m_orderedAll = false;  // the order is of all rows, not of those that had come
    QString m_progress;
    CancelToken m_orderCancel;
    CancelToken m_copyCancel;
    CancelToken m_exportCancel;
    quint64 m_valueNumber = 0;
    Worker m_orderWorker;
    Worker m_copyWorker;
};

} // namespace howdah::ui
