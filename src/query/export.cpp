// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/export.h"

#include "base/partfile.h"
#include "pg/rowsdata.h"
#include "query/hazards.h"

#include <algorithm>
#include <numeric>

namespace howdah::query
{

using pg::Rows;

namespace
{

constexpr qsizetype pieceRows = 500; // of what is formatted at once
constexpr qsizetype pieceBytes = 1 << 20;

Error cancelled()
{
    return Error{ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"), {}, {}, {}, {}, 0};
}

void tell(const Progress &progress, const QString &step, qint64 done, qint64 total, const QString &unit)
{
    if (progress)
        progress({step, {}, done, total, unit});
}

// Collects rows, of these columns alone, until a piece of them is to be written.
class Picker
{
public:
    Picker(const std::vector<pg::Column> &all, std::vector<int> columns) : m_picked(std::move(columns))
    {
        if (m_picked.empty()) {
            m_picked.resize(all.size());
            std::iota(m_picked.begin(), m_picked.end(), 0);
        }
        for (const int column : m_picked)
            m_columns.push_back(all[size_t(column)]);
        restart();
    }

    const std::vector<pg::Column> &columns() const { return m_columns; }

    void add(const Rows &rows, qsizetype row)
    {
        m_data->beginRow();
        for (const int column : m_picked) {
            if (rows.isNull(row, column))
                m_data->addNull();
            else
                m_data->addCell(rows.bytes(row, column));
        }
    }

    bool isFull() const { return qsizetype(m_data->rowStarts.size()) >= pieceRows || m_data->arena.size() >= pieceBytes; }

    Rows take()
    {
        Rows rows(std::move(m_data));
        restart();
        return rows;
    }

private:
    void restart()
    {
        m_data = std::make_shared<Rows::Data>();
        m_data->columns = m_columns;
    }

    std::vector<int> m_picked;
    std::vector<pg::Column> m_columns;
    std::shared_ptr<Rows::Data> m_data;
};

// The parts of the store that rows lie in, the last few of them kept: an order jumps.
class Reader
{
public:
    explicit Reader(const ResultStore &store) : m_store(store) {}

    struct At {
        Rows rows;
        qsizetype index = 0;
    };
    Result<At> row(qint64 row)
    {
        const auto near = std::find_if(m_kept.begin(), m_kept.end(), [row](const Kept &kept) { return row >= kept.firstRow && row < kept.firstRow + kept.rows.size(); });
        if (near != m_kept.end())
            return At{near->rows, qsizetype(row - near->firstRow)};
        const int chunk = m_store.chunkOf(row);
        const Result<Rows> loaded = m_store.load(chunk);
        if (!loaded)
            return fail(loaded.error());
        const qint64 first = m_store.firstRow(chunk);
        const Kept kept{first, *loaded};
        if (m_kept.size() < mostKept)
            m_kept.push_back(kept);
        else
            m_kept[m_next++ % mostKept] = kept;
        return At{*loaded, qsizetype(row - first)};
    }

private:
    struct Kept {
        qint64 firstRow = 0;
        Rows rows;
    };
    static constexpr size_t mostKept = 16;

    const ResultStore &m_store;
    std::vector<Kept> m_kept;
    size_t m_next = 0;
};

// A user's one statement, whose output goes to a file and is not held.
class FileSink : public pg::ResultSink, public pg::RowSink
{
public:
    FileSink(PartFile &file, RowWriter &writer, const CancelToken &cancel, const Progress &progress)
        : m_file(file), m_writer(writer), m_cancel(cancel), m_progress(progress) {}

    RowSink *rows(const std::vector<pg::Column> &columns) override
    {
        take(m_writer.begin(columns));
        m_begun = true;
        return this;
    }
    bool push(const Rows &chunk) override
    {
        m_rows += chunk.size();
        return take(m_writer.rows(chunk));
    }
    void completed(const QByteArray &commandTag) override
    {
        if (m_begun)
            take(m_writer.end());
        else
            m_rows = commandTag.mid(commandTag.lastIndexOf(' ') + 1).toLongLong(); // "COPY 5"
    }
    void notice(const pg::Notice &) override {}
    Result<QByteArray> copyIn() override { return fail(ErrorKind::Client, QStringLiteral("not_a_query"), QStringLiteral("This statement returns no rows")); }
    bool copyOut(QByteArrayView bytes) override
    {
        m_copied = true;
        return take(bytes);
    }

    bool hasResult() const { return m_begun || m_copied || m_rows > 0; }
    const Done &written() const { return m_written; }
    qint64 rowCount() const { return m_rows; }

private:
    bool take(QByteArrayView bytes)
    {
        if (m_written)
            m_written = m_file.write(bytes);
        tell(m_progress, QStringLiteral("Write the rows"), m_file.bytes(), 0, QStringLiteral("B"));
        return m_written && !m_cancel.isCancelled();
    }

    PartFile &m_file;
    RowWriter &m_writer;
    const CancelToken &m_cancel;
    const Progress &m_progress;
    Done m_written;
    bool m_begun = false;
    bool m_copied = false;
    qint64 m_rows = 0;
};

// Row security off while a copy is made: within a transaction, so that it holds behind a pooler too and can't outlive the copy. A link of ours
// has it off as it is (conninfo.cpp).
class AllRows
{
public:
    explicit AllRows(pg::Connection &connection)
        : m_link(connection), m_needed(connection.spec().userSession || connection.spec().pooler) {}

    Done begin(const CancelToken &cancel)
    {
        if (!m_needed)
            return {};
        m_own = m_link.transactionState() == pg::TransactionState::Idle;
        if (m_own) {
            if (Done begun = m_link.command("BEGIN"); !begun)
                return begun;
        }
        const auto set = m_link.runFile(QStringLiteral("session/row_security"), {QByteArrayLiteral("off")}, {}, cancel);
        if (!set) {
            end(false);
            return fail(set.error());
        }
        m_before = set->text(0, 0).toUtf8();
        return {};
    }

    // A transaction that was open stays so, as it was; after an error it is the user's to roll back, which restores the setting too.
    Done end(bool succeeded)
    {
        if (!m_needed || !m_link.isAlive())
            return {};
        if (m_own)
            return m_link.command(succeeded ? "COMMIT" : "ROLLBACK");
        if (m_link.transactionState() != pg::TransactionState::Open)
            return {};
        if (const auto restored = m_link.runFile(QStringLiteral("session/row_security"), {m_before}); !restored)
            return fail(restored.error());
        return {};
    }

private:
    pg::Connection &m_link;
    const bool m_needed;
    bool m_own = false;
    QByteArray m_before;
};

} // namespace

Result<qint64> writePart(const ResultStore &store, const Part &part, RowWriter &writer, const std::function<Done(QByteArrayView)> &take,
                         const CancelToken &cancel, const Progress &progress)
{
    const qint64 there = part.order ? qint64(part.order->rows.size()) : store.rowCount();
    const qint64 last = part.lastRow < 0 ? there - 1 : std::min(part.lastRow, there - 1);
    const qint64 total = std::max<qint64>(0, last - part.firstRow + 1);
    Picker picker(store.columns(), part.columns);
    Reader reader(store);
    if (Done taken = take(writer.begin(picker.columns())); !taken)
        return fail(taken.error());
    for (qint64 row = part.firstRow; row <= last; ++row) {
        const auto at = reader.row(part.order ? qint64(part.order->rows[size_t(row)]) : row);
        if (!at)
            return fail(at.error());
        picker.add(at->rows, at->index);
        if (!picker.isFull() && row < last)
            continue;
        if (cancel.isCancelled())
            return fail(cancelled());
        if (Done taken = take(writer.rows(picker.take())); !taken)
            return fail(taken.error());
        tell(progress, QStringLiteral("Write the rows"), row - part.firstRow + 1, total, QStringLiteral("rows"));
    }
    if (Done taken = take(writer.end()); !taken)
        return fail(taken.error());
    return total;
}

Result<QByteArray> partAsText(const ResultStore &store, const Part &part, Format format, const WriteOptions &options, qint64 mostBytes, const CancelToken &cancel)
{
    QByteArray text;
    const auto writer = RowWriter::make(format, options);
    const auto written = writePart(store, part, *writer, [&](QByteArrayView bytes) -> Done {
        if (text.size() + bytes.size() > mostBytes)
            return fail(ErrorKind::Client, QStringLiteral("too_large"), QStringLiteral("More than %1 MB, too large for the clipboard").arg(mostBytes >> 20),
                        QStringLiteral("Export it to a file"));
        text += bytes;
        return {};
    }, cancel);
    if (!written)
        return fail(written.error());
    return text;
}

Result<Exported> exportPart(const QString &path, const ResultStore &store, const Part &part, Format format, const WriteOptions &options,
                            const CancelToken &cancel, const Progress &progress)
{
    const auto file = PartFile::open(path);
    if (!file)
        return fail(file.error());
    const auto writer = RowWriter::make(format, options);
    const Result<qint64> rows = writePart(store, part, *writer, [&](QByteArrayView bytes) { return (*file)->write(bytes); }, cancel, progress);
    if (!rows)
        return fail(rows.error());
    if (const Done done = (*file)->commit(); !done)
        return fail(done.error());
    return Exported{*rows, (*file)->bytes()};
}

Result<Exported> exportQuery(const QString &path, pg::Connection &connection, const QByteArray &query, const pg::Params &params, Format format,
                             const WriteOptions &options, const CancelToken &cancel, const Progress &progress)
{
    const auto file = PartFile::open(path);
    if (!file)
        return fail(file.error());
    const auto writer = RowWriter::make(format, options);
    FileSink sink(**file, *writer, cancel, progress);
    // COPY takes no parameters, no SHOW or EXPLAIN, and knows nothing of spreadsheets. The bracket on a line of its own: the query may end in a comment.
    const bool byCopy = natureOf(query).kind == Nature::Kind::Select && params.empty() && !options.forSpreadsheets && (format == Format::Csv || format == Format::Tsv);
    const QByteArray how = format == Format::Csv ? QByteArrayLiteral("csv") : QByteArrayLiteral("text");
    const QByteArray before = "COPY (";
    const pg::Statement statement{byCopy ? before + query + "\n) TO STDOUT (FORMAT " + how + ", HEADER " + (options.header ? "true)" : "false)") : query, {}};
    AllRows allRows(connection);
    if (Done begun = allRows.begin(cancel); !begun)
        return fail(std::move(begun.error()));
    const Done ran = connection.execute(statement, params, sink, {}, cancel);
    const Done ended = allRows.end(ran && sink.written() && !cancel.isCancelled());
    if (!sink.written())
        return fail(sink.written().error()); // the disk's: the statement was then only stopped
    if (!ran) {
        Error error = ran.error();
        if (byCopy && error.position > 0)
            error.position = qMax(0, error.position - int(before.size())); // told of the query, not of what stands around it
        return fail(std::move(error));
    }
    if (cancel.isCancelled())
        return fail(cancelled());
    if (!ended)
        return fail(ended.error());
    if (!sink.hasResult() && !byCopy)
        return fail(ErrorKind::Client, QStringLiteral("not_a_query"), QStringLiteral("This statement returns no rows, so there is nothing to export"));
    if (const Done done = (*file)->commit(); !done)
        return fail(done.error());
    return Exported{sink.rowCount(), (*file)->bytes()};
}

} // namespace howdah::query
