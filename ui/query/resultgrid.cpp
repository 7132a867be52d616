// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/resultgrid.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/query/columnlayout.h"
#include "ui/query/gridheader.h"
#include "ui/query/valueviewer.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr int filterRestMs = 200; // so long must the typing rest
constexpr int valueRestMs = 60;   // so long the cursor, before the viewer follows it

QString rowsText(qint64 rows)
{
    return units::exact(double(rows)) + (rows == 1 ? QStringLiteral(" row") : QStringLiteral(" rows"));
}
} // namespace

ResultGrid::ResultGrid(QWidget *parent)
    : QWidget(parent), m_model(new ResultModel(this)), m_cells(new CellView(m_model, this)), m_header(m_cells->header()), m_viewer(new ValueViewer(this)),
      m_split(new QSplitter(Qt::Horizontal, this)), m_note(new QWidget(this)), m_noteText(new PlainLabel({}, m_note)), m_status(new ElidedLabel({}, this, "small")),
      m_said(new ElidedLabel({}, this, "small")), m_filterButton(new QToolButton(this)), m_copyButton(new QToolButton(this)),
      m_exportButton(new QPushButton(QStringLiteral("Export result\u2026"), this)), m_cancelButton(new QPushButton(QStringLiteral("Cancel export"), this)),
      m_orderWorker(QStringLiteral("grid-order")), m_copyWorker(QStringLiteral("grid-copy"))
{
    m_note->setObjectName(QStringLiteral("gridNote"));
    m_note->setAutoFillBackground(true);
    m_noteText->setWordWrap(true);
    auto *note = new QHBoxLayout(m_note);
    note->setContentsMargins(space::part, space::inside, space::part, space::inside);
    note->addWidget(m_noteText);
    m_note->hide();
    const auto paintNote = [this] {
        QPalette palette = m_note->palette();
        palette.setColor(QPalette::Window, colors().warningFill);
        m_note->setPalette(palette);
    };
    connect(&theme(), &Theme::changed, this, paintNote);
    paintNote();

    m_split->addWidget(m_cells);
    m_split->addWidget(m_viewer);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    m_viewer->setMinimumWidth(280);
    m_viewer->hide();

    m_status->setObjectName(QStringLiteral("gridStatus"));
    m_said->setObjectName(QStringLiteral("gridSaid"));
    m_filterButton->setText(QStringLiteral("Filter"));
    m_filterButton->setCheckable(true);
    m_filterButton->setToolTip(QStringLiteral("Filter by column (Ctrl+Shift+F)"));
    m_copyButton->setText(QStringLiteral("Copy as\u2026"));
    m_copyButton->setPopupMode(QToolButton::InstantPopup);
    auto *copyMenu = new QMenu(m_copyButton);
    addCopyActions(copyMenu);
    m_copyButton->setMenu(copyMenu);
    for (QWidget *button : {static_cast<QWidget *>(m_filterButton), static_cast<QWidget *>(m_copyButton), static_cast<QWidget *>(m_exportButton),
                            static_cast<QWidget *>(m_cancelButton)}) {
        setLook(button, "flat");
        button->setFont(smallFont());
    }
    m_exportButton->setObjectName(QStringLiteral("exportResult"));
    m_cancelButton->setObjectName(QStringLiteral("cancelExport"));
    m_cancelButton->hide();
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(space::part, 0, space::inside, 0);
    foot->setSpacing(space::part);
    foot->addWidget(m_status, 3);
    foot->addWidget(m_said, 2);
    foot->addWidget(m_filterButton);
    foot->addWidget(m_copyButton);
    foot->addWidget(m_exportButton);
    foot->addWidget(m_cancelButton);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::inside);
    layout->addWidget(m_note);
    layout->addWidget(m_split, 1);
    layout->addLayout(foot);
    setFocusProxy(m_cells);

    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(filterRestMs);
    connect(&m_filterTimer, &QTimer::timeout, this, &ResultGrid::reorder);
    m_valueTimer.setSingleShot(true);
    m_valueTimer.setInterval(valueRestMs);
    connect(&m_valueTimer, &QTimer::timeout, this, [this] { showValueOf(m_cells->currentIndex()); });
    connect(m_model, &ResultModel::grown, this, [this] {
        const bool finished = m_model->store()->isFinished();
        if (!m_sized && (m_model->rowCount() > 0 || finished)) {
            m_sized = true;
            m_cells->sizeColumns();
        }
        if (finished && m_model->order() && !m_orderedAll && !m_ordering)
            reorder(); // it was of the rows that had come by then
        updateStatus();
    });
    connect(m_model, &ResultModel::read, this, &ResultGrid::updateStatus);
    connect(m_header, &GridHeader::sortRequested, this, &ResultGrid::sortClicked);
    connect(m_header, &GridHeader::filterChanged, this, [this] { m_filterTimer.start(); });
    connect(m_header, &GridHeader::leaveRequested, m_cells, [this] { m_cells->setFocus(Qt::OtherFocusReason); });
    connect(m_header, &GridHeader::menuRequested, this, [this](int column, const QPoint &global) { columnMenu(column)->popup(global); });
    connect(m_cells, &CellView::menuRequested, this, [this](const QModelIndex &index, const QPoint &global) { cellMenu(index)->popup(global); });
    connect(m_cells, &CellView::openRequested, this, &ResultGrid::openValue);
    connect(m_cells, &CellView::copyRequested, this, &ResultGrid::copy);
    connect(m_cells->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        if (!m_viewer->isHidden())
            m_valueTimer.start();
    });
    connect(m_cells->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ResultGrid::updateStatus);
    connect(m_viewer, &ValueViewer::closed, this, &ResultGrid::closeValue);
    connect(m_filterButton, &QToolButton::toggled, this, &ResultGrid::showFilters);
    connect(m_exportButton, &QPushButton::clicked, this, &ResultGrid::chooseExport);
    connect(m_cancelButton, &QPushButton::clicked, this, [this] { m_exportCancel.cancel(); });
    updateStatus();
}

ResultGrid::~ResultGrid()
{
    m_orderCancel.cancel();
    m_copyCancel.cancel();
    m_exportCancel.cancel();
}

void ResultGrid::setStore(StorePtr store)
{
    m_orderCancel.cancel();
    m_copyCancel.cancel();
    m_ordering = false;
    m_orderedAll = false;
    m_sized = false;
    m_sort.clear();
    m_filterTimer.stop();
    m_header->reset();
    closeValue();
    say({});
    m_cells->columns()->reset(store ? int(store->columns().size()) : 0, 120);
    m_model->setStore(std::move(store));
    updateStatus();
}

void ResultGrid::setNote(const QString &note)
{
    m_noteText->setText(note);
    m_note->setVisible(!note.isEmpty());
}

QString ResultGrid::statusText() const
{
    return m_status->fullText();
}

void ResultGrid::say(const QString &text)
{
    m_said->setText(text);
    emit statusChanged();
}

void ResultGrid::updateStatus()
{
    const StorePtr &store = m_model->store();
    m_copyButton->setEnabled(store != nullptr);
    m_filterButton->setEnabled(store != nullptr);
    m_exportButton->setVisible(!m_exporting);
    m_cancelButton->setVisible(m_exporting);
    const bool whole = store && store->isFinished();
    m_exportButton->setEnabled(whole);
    m_exportButton->setToolTip(tooltipText(store && !whole ? QStringLiteral("When all rows are here") : QStringLiteral("To a file: CSV, JSON and others")));
    m_cells->setEmptyText(!store ? QString() : store->rowCount() > 0 ? QStringLiteral("No row matches the filters") : !whole ? QStringLiteral("Waiting for rows\u2026")
                          : store->error() ? QStringLiteral("No row came before it ended") : QStringLiteral("No rows"));
    if (!store) {
        m_status->setText({});
        return;
    }
    const qint64 rows = store->rowCount();
    QString text = rowsText(rows) + QStringLiteral(", ") + units::bytes(double(store->bytes()));
    if (const qint64 spilled = store->spilledBytes(); spilled > 0)
        text += QStringLiteral(" (") + units::bytes(double(spilled)) + QStringLiteral(" on disk)");
    if (rows > ResultModel::mostRows)
        text += QStringLiteral(", the first ") + units::exact(ResultModel::mostRows) + QStringLiteral(" shown");
    if (!whole)
        text += QStringLiteral(", still reading\u2026");
    else if (const auto error = store->error())
        text += QStringLiteral("; incomplete: ") + units::oneLine(error->text());
    if (m_ordering)
        text += QStringLiteral("; sorting and filtering\u2026");
    else if (const OrderPtr &order = m_model->order()) {
        if (qint64(order->rows.size()) < order->ofRows)
            text += QStringLiteral("; ") + units::exact(double(order->rows.size())) + QStringLiteral(" of them match");
        if (order->ofRows < rows)
            text += QStringLiteral("; the order is of the first ") + units::exact(double(order->ofRows));
    }
    if (const auto &error = m_model->loadError())
        text += QStringLiteral("; ") + error->message;
    if (const int hidden = m_cells->columns()->hiddenCount(); hidden > 0)
        text += QStringLiteral("; %1 hidden").arg(hidden) + (hidden == 1 ? QStringLiteral(" column") : QStringLiteral(" columns"));
    const CellView::Block block = m_cells->selectedBlock();
    if (block.rowCount() * block.columns.size() > 1 && !block.ragged)
        text += QStringLiteral("; selected: ") + rowsText(block.rowCount()) + QStringLiteral(" \u00d7 %1").arg(block.columns.size());
    m_status->setText(text);
    emit statusChanged();
}

void ResultGrid::sortClicked(int column, bool add)
{
    std::vector<query::SortColumn> sort = m_sort;
    const auto found = std::find_if(sort.begin(), sort.end(), [column](const auto &by) { return by.column == column; });
    const query::SortColumn ascending{column, false, false}, descending{column, true, true};
    if (found == sort.end()) {
        if (!add)
            sort.clear();
        sort.push_back(ascending);
    } else if (!found->descending) {
        *found = descending;
        if (!add)
            sort = {descending};
    } else {
        sort.erase(found);
        if (!add)
            sort.clear();
    }
    sortBy(sort);
}

void ResultGrid::sortBy(const std::vector<query::SortColumn> &sort)
{
    m_sort = sort;
    m_header->setSort(sort);
    reorder();
}

void ResultGrid::reorder()
{
    const StorePtr store = m_model->store();
    if (!store)
        return;
    m_orderCancel.cancel();
    m_orderCancel = CancelToken();
    m_filterTimer.stop();
    std::vector<query::RowFilter> filters;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        if (const auto filter = query::filterFromText(column, m_header->filterText(column)))
            filters.push_back(*filter);
    }
    if (m_sort.empty() && filters.empty()) {
        m_ordering = false;
        if (m_model->order())
            m_model->setOrder(nullptr);
        updateStatus();
        return;
    }
    m_ordering = true;
    updateStatus();
    const bool finished = store->isFinished();
    const auto future = m_orderWorker.run([store, sort = m_sort, filters, cancel = m_orderCancel] { return query::orderRows(*store, sort, filters, cancel); });
    async::onFinished(future, this, [this, store, finished, cancel = m_orderCancel](const Result<OrderPtr> &order) {
        if (cancel.isCancelled() || store != m_model->store())
            return; // another took its place
        m_ordering = false;
        if (order) {
            m_orderedAll = finished;
            m_model->setOrder(*order);
            if (!finished && store->isFinished())
                reorder(); // the rest came meanwhile
        } else {
            say(QStringLiteral("Not sorted: ") + order.error().text());
        }
        updateStatus();
    });
}

void ResultGrid::showFilters(bool shown)
{
    m_filterButton->setChecked(shown);
    if (shown) {
        const int column = m_cells->currentIndex().isValid() ? m_cells->currentIndex().column() : m_cells->columns()->columnAt(0);
        if (column >= 0)
            m_header->editFilter(column);
        return;
    }
    m_header->setFiltersShown(false); // what is not seen does not filter
    m_header->clearFilters();
    m_cells->setFocus(Qt::OtherFocusReason);
}

void ResultGrid::openValue()
{
    const QModelIndex index = m_cells->currentIndex();
    if (!index.isValid())
        return;
    if (m_viewer->isHidden()) {
        m_viewer->show();
        m_split->setSizes({m_split->width() * 3 / 5, m_split->width() * 2 / 5});
        m_cells->scrollTo(index);
    }
    showValueOf(index);
}

void ResultGrid::closeValue()
{
    ++m_valueNumber;
    m_valueTimer.stop();
    if (m_viewer->isHidden())
        return;
    m_viewer->hide();
    m_cells->setFocus(Qt::OtherFocusReason);
}

// The whole value, from the store: what the model keeps may be cut.
void ResultGrid::showValueOf(const QModelIndex &index)
{
    const StorePtr store = m_model->store();
    if (!store || !index.isValid())
        return;
    const quint64 number = ++m_valueNumber;
    Value head;
    head.column = m_model->column(index.column()).name;
    head.typeOid = m_model->column(index.column()).typeOid;
    const qint64 row = m_model->storeRow(index.row());
    head.row = QStringLiteral("row ") + units::exact(double(row + 1));
    const auto future = m_copyWorker.run([store, row, column = index.column(), head]() -> Result<Value> {
        const int chunk = store->chunkOf(row);
        const Result<pg::Rows> rows = store->load(chunk);
        if (!rows)
            return fail(rows.error());
        Value value = head;
        const auto at = qsizetype(row - store->firstRow(chunk));
        value.null = rows->isNull(at, column);
        value.bytes = rows->bytes(at, column).toByteArray();
        return value;
    });
    async::onFinished(future, this, [this, number](const Result<Value> &value) {
        if (number != m_valueNumber)
            return;
        if (value)
            m_viewer->showValue(*value);
        else
            m_viewer->showFailure(value.error().text());
    });
}

void ResultGrid::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !m_viewer->isHidden()) {
        closeValue();
        return;
    }
    if (event->key() == Qt::Key_F && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
        showFilters(!m_header->filtersShown());
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace howdah::ui
