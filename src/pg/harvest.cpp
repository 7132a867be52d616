// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/linkcore.h"
#include "pg/pgerror.h"

namespace howdah::pg
{

void Harvest::takeColumns(const PGresult *result)
{
    if (!data->columns.empty())
        return;
    const int columns = ::PQnfields(result);
    data->columns.reserve(size_t(columns));
    for (int column = 0; column < columns; ++column)
        data->columns.push_back({QString::fromUtf8(::PQfname(result, column)), ::PQftype(result, column)});
}

void Harvest::takeRows(const PGresult *result)
{
    takeColumns(result);
    const int columns = ::PQnfields(result);
    const int rows = ::PQntuples(result);
    rowsSeen += rows;
    for (int row = 0; row < rows; ++row) {
        data->beginRow();
        for (int column = 0; column < columns; ++column) {
            if (::PQgetisnull(result, row, column))
                data->addNull();
            else
                data->addCell(QByteArrayView(::PQgetvalue(result, row, column), ::PQgetlength(result, row, column)));
        }
    }
}

void Harvest::takeError(const PGresult *result)
{
    Error found = errorFromResult(result);
    if (!error || (error->sqlstate.isEmpty() && !found.sqlstate.isEmpty()))
        error = std::move(found);
}

bool Harvest::pushChunk()
{
    auto next = std::make_shared<Rows::Data>();
    next->columns = data->columns;
    const std::shared_ptr<const Rows::Data> full = std::exchange(data, std::move(next));
    return sink->push(Rows(full));
}

} // namespace howdah::pg
