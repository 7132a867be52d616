// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/linkcore.h"
#include "pg/pgerror.h"

#include <algorithm>
#include <cstring>

namespace howdah::pg
{

void Harvest::takeColumns(const PGresult *result)
{
    if (begun)
        return;
    begun = true;
    const int columns = ::PQnfields(result);
    data->columns.reserve(size_t(columns));
    for (int column = 0; column < columns; ++column)
        data->columns.push_back({QString::fromUtf8(::PQfname(result, column)), ::PQftype(result, column)});
}

void Harvest::takeRows(const PGresult *result)
{
    const bool begins = !begun;
    takeColumns(result);
    if (begins && results)
        sink = results->rows(data->columns);
    const int columns = ::PQnfields(result);
    const int rows = ::PQntuples(result);
    rowsSeen += rows;
    if (results && !sink)
        return;
    for (int row = 0; row < rows; ++row) {
        // The row's bytes at once: an append for each cell costs more than all the rest of this.
        qsizetype bytes = 0;
        for (int column = 0; column < columns; ++column)
            bytes += ::PQgetlength(result, row, column);
        data->beginRow();
        const qsizetype begin = data->arena.size();
        data->arena.resize(begin + bytes);
        char *to = data->arena.data() + begin;
        quint32 end = 0;
        for (int column = 0; column < columns; ++column) {
            const auto length = quint32(::PQgetlength(result, row, column)); // 0 of NULL
            if (length != 0)
                std::memcpy(to + end, ::PQgetvalue(result, row, column), length);
            end += length;
            data->cellEnds.push_back(::PQgetisnull(result, row, column) ? end | Rows::Data::nullBit : end);
        }
    }
}

void Harvest::takeError(const PGresult *result)
{
    Error found = errorFromResult(result);
    if (!error || (error->sqlstate.isEmpty() && !found.sqlstate.isEmpty()))
        error = std::move(found);
}

bool Harvest::hasChunk(bool ended) const
{
    const auto rows = qsizetype(data->rowStarts.size());
    constexpr qsizetype chunkBytes = 1 << 20; // whichever comes first: a thousand rows may be a gigabyte
    return sink && !unwanted && (rows >= chunkRows || data->arena.size() >= chunkBytes || (ended && rows > 0));
}

bool Harvest::pushChunk()
{
    auto next = std::make_shared<Rows::Data>();
    next->columns = data->columns;
    next->commandTag = data->commandTag;
    next->arena.reserve(std::min(data->arena.size(), qsizetype(1) << 20));
    next->rowStarts.reserve(data->rowStarts.size());
    next->cellEnds.reserve(data->cellEnds.size());
    const std::shared_ptr<const Rows::Data> full = std::exchange(data, std::move(next));
    return sink->push(Rows(full));
}

void Harvest::endResult(const QByteArray &tag)
{
    data->commandTag = tag;
    if (!results)
        return;
    if (!unwanted)
        results->completed(tag);
    data = std::make_shared<Rows::Data>();
    data->commandTag = tag;
    sink = nullptr;
    begun = false;
    rowsSeen = 0;
}

} // namespace howdah::pg
