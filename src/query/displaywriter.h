// SPDX-License-Identifier: GPL-3.0-or-later
// Rows for a terminal as a script asked for them: psql's aligned table, its expanded form, its unaligned one. Any thread.
#pragma once

#include "query/run.h"
#include "query/rowwriter.h"

namespace howdah::query
{

// `columnsOfScreen`: what \x auto compares a table's width with; 0: no terminal, never expanded by itself.
std::unique_ptr<RowWriter> makeDisplayWriter(const Display &display, int columnsOfScreen = 0);

} // namespace howdah::query
