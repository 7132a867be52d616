// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/order.h"

#include "query/sortkey.h"
#include "query/sortruns.h"

#include <algorithm>
#include <limits>

namespace howdah::query
{

using pg::Rows;

namespace
{

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + 32) : c;
}

// A filter made ready for millions of cells.
class Match
{
public:
    explicit Match(const RowFilter &filter) : m_filter(filter), m_needle(filter.text.toUtf8())
    {
        m_ascii = std::all_of(m_needle.begin(), m_needle.end(), [](char c) { return uchar(c) < 0x80; });
        if (m_ascii && filter.kind == RowFilter::Kind::Contains)
            std::transform(m_needle.begin(), m_needle.end(), m_needle.begin(), lower);
    }

    bool operator()(const Rows &rows, qsizetype row) const
    {
        const bool null = rows.isNull(row, m_filter.column);
        switch (m_filter.kind) {
        case RowFilter::Kind::IsNull: return null;
        case RowFilter::Kind::IsNotNull: return !null;
        case RowFilter::Kind::Equals: return !null && rows.bytes(row, m_filter.column) == m_needle;
        case RowFilter::Kind::Contains: break;
        }
        if (null)
            return false;
        const QByteArrayView cell = rows.bytes(row, m_filter.column);
        if (!m_ascii)
            return QString::fromUtf8(cell).contains(m_filter.text, Qt::CaseInsensitive);
        return std::search(cell.begin(), cell.end(), m_needle.begin(), m_needle.end(), [](char a, char b) { return lower(a) == b; }) != cell.end();
    }

private:
    const RowFilter m_filter;
    QByteArray m_needle;
    bool m_ascii = false;
};

enum class Pass { Done, Again }; // again: a cell was not as its type says; its column is text from now on

class Ordering
{
public:
    Ordering(const ResultStore &store, const std::vector<SortColumn> &sort, const std::vector<RowFilter> &filters, qint64 keyBytes)
        : m_store(store), m_sort(sort), m_keyBytes(keyBytes)
    {
        for (const RowFilter &filter : filters)
            m_matches.emplace_back(filter);
        for (const SortColumn &by : sort)
            m_kinds.push_back(cellKind(store.columns()[size_t(by.column)].typeOid));
    }

    Result<Pass> pass(int chunks, qint64 ofRows, const CancelToken &cancel, RowOrder &order)
    {
        SortRuns runs(m_keyBytes);
        std::vector<quint32> nulls; // of a single sort column
        std::vector<quint32> plain; // where nothing is sorted
        QByteArray key;
        for (int chunk = 0; chunk < chunks; ++chunk) {
            if (cancel.isCancelled())
                return fail(Error{ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"), {}, {}, {}, {}, 0});
            const Result<Rows> loaded = m_store.load(chunk);
            if (!loaded)
                return fail(loaded.error());
            const Rows &rows = *loaded;
            const auto first = quint32(m_store.firstRow(chunk));
            for (qsizetype row = 0; row < rows.size() && qint64(first) + row < ofRows; ++row) {
                const auto number = quint32(first + quint64(row));
                if (!std::all_of(m_matches.begin(), m_matches.end(), [&](const Match &match) { return match(rows, row); }))
                    continue;
                if (m_sort.empty()) {
                    plain.push_back(number);
                } else if (m_sort.size() == 1 && rows.isNull(row, m_sort[0].column)) {
                    nulls.push_back(number);
                } else {
                    key.resize(0); // keeps its room
                    if (!makeKey(key, rows, row))
                        return Pass::Again;
                    if (const Done added = runs.add(key, number); !added)
                        return fail(added.error());
                }
            }
        }
        order.ofRows = ofRows;
        order.rows = std::move(plain);
        if (m_sort.empty())
            return Pass::Done;
        const bool nullsFirst = m_sort[0].nullsFirst;
        order.rows.reserve(size_t(runs.count()) + nulls.size());
        if (nullsFirst)
            order.rows = std::exchange(nulls, {});
        if (const Done merged = runs.finish(order.rows, cancel); !merged)
            return fail(merged.error());
        order.rows.insert(order.rows.end(), nulls.begin(), nulls.end());
        return Pass::Done;
    }

private:
    bool makeKey(QByteArray &key, const Rows &rows, qsizetype row)
    {
        for (size_t i = 0; i < m_sort.size(); ++i) {
            const SortColumn &by = m_sort[i];
            if (m_sort.size() > 1) {
                const bool null = rows.isNull(row, by.column);
                key += null ? (by.nullsFirst ? '\0' : '\2') : '\1';
                if (null)
                    continue;
            }
            const qsizetype from = key.size();
            if (!appendSortKey(key, m_kinds[i], rows.bytes(row, by.column))) {
                m_kinds[i] = CellKind::Text;
                return false;
            }
            for (qsizetype at = from; by.descending && at < key.size(); ++at)
                key[at] = char(~key[at]);
        }
        return true;
    }

    const ResultStore &m_store;
    const std::vector<SortColumn> m_sort;
    std::vector<Match> m_matches;
    std::vector<CellKind> m_kinds;
    const qint64 m_keyBytes;
};

} // namespace

std::optional<RowFilter> filterFromText(int column, const QString &text)
{
    const QString word = text.trimmed();
    if (word.isEmpty())
        return std::nullopt;
    if (text.startsWith(QLatin1Char('=')))
        return RowFilter{column, RowFilter::Kind::Equals, text.mid(1)};
    if (word.compare(QLatin1StringView("null"), Qt::CaseInsensitive) == 0 || word.compare(QLatin1StringView("is null"), Qt::CaseInsensitive) == 0)
        return RowFilter{column, RowFilter::Kind::IsNull, {}};
    if (word.compare(QLatin1StringView("not null"), Qt::CaseInsensitive) == 0 || word.compare(QLatin1StringView("is not null"), Qt::CaseInsensitive) == 0)
        return RowFilter{column, RowFilter::Kind::IsNotNull, {}};
    return RowFilter{column, RowFilter::Kind::Contains, text};
}

Result<std::shared_ptr<const RowOrder>> orderRows(const ResultStore &store, const std::vector<SortColumn> &sort, const std::vector<RowFilter> &filters,
                                                  const CancelToken &cancel, qint64 keyBytes)
{
    // The store may grow meanwhile: what is there now is ordered, whole chunks of it.
    const int chunks = store.chunkCount();
    const qint64 ofRows = store.firstRow(chunks); // where the next one begins
    if (ofRows > std::numeric_limits<quint32>::max())
        return fail(ErrorKind::Client, QStringLiteral("too_many_rows"), QStringLiteral("More rows than can be sorted here"), QStringLiteral("Sort on the server, with ORDER BY"));
    Ordering ordering(store, sort, filters, keyBytes);
    for (;;) {
        auto order = std::make_shared<RowOrder>();
        const Result<Pass> pass = ordering.pass(chunks, ofRows, cancel, *order);
        if (!pass)
            return fail(pass.error());
        if (*pass == Pass::Done)
            return std::shared_ptr<const RowOrder>(std::move(order));
    }
}

} // namespace howdah::query
