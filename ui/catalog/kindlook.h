// SPDX-License-Identifier: GPL-3.0-or-later
// What kinds of objects are to the tree: which have parts, which stand under one heading, their icons. Window's thread.
#pragma once

#include "catalog/objects.h"

#include <QIcon>

namespace howdah::ui
{

bool isRelation(catalog::ObjectKind kind);                      // has columns
catalog::ObjectKind groupOf(catalog::ObjectKind kind);          // partitioned and foreign tables stand with tables, procedures with functions
QString kindIconName(catalog::ObjectKind kind);
QIcon kindIcon(catalog::ObjectKind kind);
// As it is written in a statement, quoted where it needs to be: "Sales".orders, public.f(integer). `relation`: that a part belongs to.
QString qualifiedName(const catalog::Object &object, const catalog::Object *relation);

} // namespace howdah::ui
