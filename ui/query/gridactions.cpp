// SPDX-License-Identifier: GPL-3.0-or-later
// What a grid's menus offer: copy, export, sort, filter, and how the columns stand.
#include "ui/query/resultgrid.h"

#include "base/async.h"
#include "base/units.h"
#include "ui/query/columnlayout.h"
#include "ui/query/gridheader.h"
#include "ui/widgets/label.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QToolButton>

namespace howdah::ui
{

using query::Format;

namespace
{

constexpr qint64 clipboardBytes = 64 << 20;
constexpr qint64 progressEveryMs = 100;

struct FileFormat {
    Format format;
    const char *label;
    const char *suffix;
};
constexpr FileFormat fileFormats[] = {{Format::Csv, "CSV (*.csv)", "csv"},           {Format::Json, "JSON (*.json)", "json"},         {Format::Ndjson, "JSON lines (*.ndjson)", "ndjson"},
                                      {Format::Tsv, "Tab-separated (*.tsv)", "tsv"}, {Format::Markdown, "Markdown (*.md)", "md"},     {Format::Insert, "SQL INSERT statements (*.sql)", "sql"}};

QString rowsText(qint64 rows)
{
    return units::exact(double(rows)) + (rows == 1 ? QStringLiteral(" row") : QStringLiteral(" rows"));
}

} // namespace

query::Part ResultGrid::shownPart() const
{
    query::Part part;
    part.order = m_model->order();
    for (int place = 0; place < m_cells->columns()->placeCount(); ++place)
        part.columns.push_back(m_cells->columns()->columnAt(place));
    return part;
}

void ResultGrid::copy(bool withHeader)
{
    copySelection(Format::Tsv, withHeader);
}

void ResultGrid::copySelection(Format format, bool header)
{
    const StorePtr store = m_model->store();
    const CellView::Block block = m_cells->selectedBlock();
    if (!store || block.columns.isEmpty()) {
        say(QStringLiteral("Nothing is selected"));
        return;
    }
    if (block.ragged) {
        say(QStringLiteral("Not copied: the selected rows differ in their columns"));
        return;
    }
    query::Part part = shownPart();
    part.columns.assign(block.columns.begin(), block.columns.end());
    const qint64 rows = block.rowCount();
    if (block.rows.size() == 1) {
        part.firstRow = block.rows[0].first;
        part.lastRow = block.rows[0].second;
    } else {
        auto some = std::make_shared<query::RowOrder>();
        for (const auto &[from, to] : block.rows) {
            for (int row = from; row <= to; ++row)
                some->rows.push_back(quint32(m_model->storeRow(row)));
        }
        part.order = std::move(some);
    }
    // One cell by Ctrl+C is that cell's text and nothing beside.
    const bool single = format == Format::Tsv && !header && rows == 1 && block.columns.size() == 1;
    m_copyCancel.cancel();
    m_copyCancel = CancelToken();
    m_copying = true;
    if (rows > 10'000)
        say(QStringLiteral("Copying ") + rowsText(rows) + QStringLiteral("\u2026"));
    query::WriteOptions options;
    options.header = header;
    options.relation = m_relation;
    const auto future = m_copyWorker.run([store, part, format, options, single, cancel = m_copyCancel]() -> Result<QString> {
        if (single) {
            const qint64 row = part.order ? qint64(part.order->rows[size_t(part.firstRow)]) : part.firstRow;
            const int chunk = store->chunkOf(row);
            const Result<pg::Rows> loaded = store->load(chunk);
            if (!loaded)
                return fail(loaded.error());
            const QByteArrayView cell = loaded->bytes(qsizetype(row - store->firstRow(chunk)), part.columns[0]);
            if (cell.size() > clipboardBytes)
                return fail(ErrorKind::Client, QStringLiteral("too_large"), QStringLiteral("Too large for the clipboard: ") + units::bytes(double(cell.size())));
            return QString::fromUtf8(cell);
        }
        const Result<QByteArray> text = query::partAsText(*store, part, format, options, clipboardBytes, cancel);
        if (!text)
            return fail(text.error());
        return QString::fromUtf8(*text);
    });
    async::onFinished(future, this, [this, rows, columns = block.columns.size(), cancel = m_copyCancel](const Result<QString> &text) {
        if (cancel.isCancelled())
            return;
        m_copying = false;
        if (!text) {
            say(QStringLiteral("Not copied: ") + text.error().text());
            return;
        }
        QGuiApplication::clipboard()->setText(*text);
        say(rows * columns == 1 ? QStringLiteral("Copied one cell")
                                : QString(QStringLiteral("Copied ") + rowsText(rows) + QStringLiteral(" \u00d7 %1, ").arg(columns) + units::bytes(double(text->size()))));
    });
}

void ResultGrid::chooseExport()
{
    if (!m_model->store() || !m_model->store()->isFinished() || m_exporting)
        return;
    auto *dialog = new QFileDialog(this, QStringLiteral("Export result"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QStringList filters;
    for (const FileFormat &one : fileFormats)
        filters << QString::fromLatin1(one.label);
    filters.insert(1, QStringLiteral("CSV for spreadsheets, formulas kept from running (*.csv)"));
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("result.csv"));
    const auto formatOf = [](const QString &filter) {
        for (const FileFormat &one : fileFormats) {
            if (filter == QLatin1StringView(one.label))
                return one;
        }
        return fileFormats[0];
    };
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, formatOf](const QString &filter) { dialog->setDefaultSuffix(QString::fromLatin1(formatOf(filter).suffix)); });
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, formatOf, filters](const QString &path) {
        exportTo(path, formatOf(dialog->selectedNameFilter()).format, dialog->selectedNameFilter() == filters[1]);
    });
    dialog->open();
}

void ResultGrid::exportTo(const QString &path, Format format, bool forSpreadsheets)
{
    const StorePtr store = m_model->store();
    if (!store || m_exporting)
        return;
    m_exporting = true;
    m_exportCancel = CancelToken();
    query::WriteOptions options;
    options.relation = m_relation;
    options.forSpreadsheets = forSpreadsheets;
    say(QStringLiteral("Exporting\u2026"));
    updateStatus();
    // A few times a second, not for each piece.
    const auto last = std::make_shared<QElapsedTimer>();
    last->start();
    const QPointer<ResultGrid> self(this); // looked at on the window's thread alone
    const Progress progress = [self, last](const ProgressStep &step) {
        if (last->elapsed() < progressEveryMs)
            return;
        last->restart();
        QMetaObject::invokeMethod(QCoreApplication::instance(), [self, step] {
            if (self && self->m_exporting && step.total > 0)
                self->say(QStringLiteral("Exporting, %1 %").arg(step.done * 100 / step.total));
        }, Qt::QueuedConnection);
    };
    const auto future = m_copyWorker.run([path, store, part = shownPart(), format, options, cancel = m_exportCancel, progress] {
        return query::exportPart(path, *store, part, format, options, cancel, progress);
    });
    async::onFinished(future, this, [this, path, store](const Result<query::Exported> &done) {
        m_exporting = false;
        const QString name = QDir::toNativeSeparators(path);
        if (done) {
            QString text = QStringLiteral("Exported ") + rowsText(done->rows) + QStringLiteral(", ") + units::bytes(double(done->bytes)) + QStringLiteral(", to ") + name;
            if (const auto error = store->error())
                text += QStringLiteral("; the result itself is incomplete: ") + error->message;
            say(text);
        } else if (done.error().kind == ErrorKind::Cancelled) {
            say(QStringLiteral("Export cancelled; no file was written"));
        } else {
            say(QStringLiteral("Not exported: ") + done.error().text());
        }
        updateStatus();
        emit exported(path, done.has_value());
    });
}

void ResultGrid::addCopyActions(QMenu *menu)
{
    const auto add = [this, menu](const QString &text, Format format, bool header = true) {
        menu->addAction(text, this, [this, format, header] { copySelection(format, header); });
    };
    add(QStringLiteral("CSV"), Format::Csv);
    add(QStringLiteral("Tab-separated"), Format::Tsv);
    add(QStringLiteral("JSON"), Format::Json);
    add(QStringLiteral("Markdown"), Format::Markdown);
    add(QStringLiteral("SQL INSERT statements"), Format::Insert);
    add(QStringLiteral("IN list"), Format::InList);
    add(QStringLiteral("Text table"), Format::Table);
}

QMenu *ResultGrid::cellMenu(const QModelIndex &index)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("cellMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (index.isValid()) {
        menu->addAction(QStringLiteral("Open value"), QKeySequence(Qt::Key_F2), this, [this, at = QPersistentModelIndex(index)] {
            if (at.isValid())
                m_cells->selectionModel()->setCurrentIndex(at, QItemSelectionModel::NoUpdate);
            openValue();
        });
        menu->addSeparator();
    }
    menu->addAction(QStringLiteral("Copy"), QKeySequence::Copy, this, [this] { copy(false); });
    menu->addAction(QStringLiteral("Copy with headers"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this, [this] { copy(true); });
    addCopyActions(menu->addMenu(QStringLiteral("Copy as")));
    menu->addAction(QStringLiteral("Select all"), QKeySequence::SelectAll, m_cells, &CellView::selectAll);
    if (index.isValid()) {
        menu->addSeparator();
        const ResultModel::RowRef ref = m_model->rowRef(index.row());
        if (ref.rows) {
            const bool null = ref.rows->isNull(ref.index, index.column());
            const QByteArrayView cell = ref.rows->bytes(ref.index, index.column());
            const QString filter = null ? QStringLiteral("null") : QString(QLatin1Char('=') + QString::fromUtf8(cell));
            // A field holds one line; a long value is not compared by its beginning.
            QAction *only = menu->addAction(QStringLiteral("Show only rows with this value"), this, [this, column = index.column(), filter] {
                m_header->setFiltersShown(true);
                m_filterButton->setChecked(true);
                m_header->setFilterText(column, filter);
            });
            only->setEnabled(cell.size() <= 200 && !filter.contains(QLatin1Char('\n')) && !filter.contains(QLatin1Char('\r')));
        }
        addColumnActions(menu, index.column());
    }
    return menu;
}

QMenu *ResultGrid::columnMenu(int column)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addColumnActions(menu, column);
    return menu;
}

void ResultGrid::addColumnActions(QMenu *menu, int column)
{
    ColumnLayout *columns = m_cells->columns();
    menu->addAction(QStringLiteral("Filter this column"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), this, [this, column] {
        m_filterButton->setChecked(true);
        m_header->editFilter(column);
    });
    menu->addSeparator();
    menu->addAction(QStringLiteral("Sort ascending"), this, [this, column] { sortBy({{column, false, false}}); });
    menu->addAction(QStringLiteral("Sort descending"), this, [this, column] { sortBy({{column, true, true}}); });
    menu->addAction(QStringLiteral("As the server sent them"), this, [this] { sortBy({}); })->setEnabled(!m_sort.empty());
    menu->addSeparator();
    const int place = columns->placeOf(column);
    menu->addAction(QStringLiteral("Move column left"), this, [columns, place] { columns->move(place, place - 1); })->setEnabled(place > 0 && place != columns->frozenCount());
    menu->addAction(QStringLiteral("Move column right"), this, [columns, place] { columns->move(place, place + 1); })
        ->setEnabled(place + 1 < columns->placeCount() && place + 1 != columns->frozenCount());
    menu->addAction(QStringLiteral("Fit column to its content"), m_cells, [this, column] { m_cells->fitColumn(column); });
    const bool frozen = columns->isFrozen(column);
    menu->addAction(frozen ? QStringLiteral("Unfreeze column") : QStringLiteral("Freeze column"), this, [columns, column, frozen] { columns->setFrozen(column, !frozen); });
    menu->addAction(QStringLiteral("Hide column"), this, [this, columns, column] {
        columns->setHidden(column, true);
        updateStatus();
    })->setEnabled(columns->placeCount() > 1);
    if (columns->hiddenCount() == 0)
        return;
    QMenu *hidden = menu->addMenu(QStringLiteral("Show column"));
    for (int other = 0; other < columns->columnCount(); ++other) {
        if (!columns->isHidden(other))
            continue;
        QString name = units::oneLine(m_model->column(other).name);
        hidden->addAction(name.replace(QLatin1Char('&'), QStringLiteral("&&")), this, [this, columns, other] {
            columns->setHidden(other, false);
            updateStatus();
        });
    }
    menu->addAction(QStringLiteral("Show all columns"), this, [this, columns] {
        columns->showAll();
        updateStatus();
    });
}

} // namespace howdah::ui
