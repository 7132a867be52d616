// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of relations as rows of sql/catalog, each for many relations at once: the tree asks for one, catalogJson for a schema's.
#pragma once

#include "catalog/objects.h"

#include <vector>

namespace howdah::catalog
{

struct PartRows {
    pg::Rows columns, indexes, constraints, triggers, policies;
};
Result<PartRows> readParts(pg::Connection &connection, const std::vector<quint32> &relations, const CancelToken &cancel);

QString columnDetail(const pg::Rows &columns, qsizetype row);
QString indexDetail(const pg::Rows &indexes, qsizetype row);

} // namespace howdah::catalog
