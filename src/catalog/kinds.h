// SPDX-License-Identifier: GPL-3.0-or-later
// The server's one-letter kinds as ObjectKind, for the catalog's own files. Any thread.
#pragma once

#include "catalog/objects.h"

#include <vector>

namespace howdah::catalog
{

ObjectKind relationKind(const QString &relkind);  // pg_class.relkind
ObjectKind functionKind(const QString &prokind);  // pg_proc.prokind
QByteArray oidArray(const std::vector<quint32> &oids); // "{1,2}": an oid[] parameter

} // namespace howdah::catalog
