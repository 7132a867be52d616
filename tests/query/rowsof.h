// SPDX-License-Identifier: GPL-3.0-or-later
// Rows made by hand, as a server would send them.
#pragma once

#include "pg/rowsdata.h"

#include <initializer_list>

namespace howdah::test
{

using Cell = std::optional<QByteArray>; // nullopt: NULL

inline pg::Rows rowsOf(const std::vector<pg::Column> &columns, const std::vector<std::vector<Cell>> &rows)
{
    auto data = std::make_shared<pg::Rows::Data>();
    data->columns = columns;
    for (const auto &row : rows) {
        data->beginRow();
        for (const Cell &cell : row) {
            if (cell)
                data->addCell(*cell);
            else
                data->addNull();
        }
    }
    return pg::Rows(std::move(data));
}

} // namespace howdah::test
