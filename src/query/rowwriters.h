// SPDX-License-Identifier: GPL-3.0-or-later
// The writers behind RowWriter::make, a file for each family.
#pragma once

#include "query/rowwriter.h"

namespace howdah::query
{

std::unique_ptr<RowWriter> makeJsonWriter(bool linewise); // rowwriterjson.cpp
std::unique_ptr<RowWriter> makeInsertWriter(const QString &relation); // rowwritersql.cpp
std::unique_ptr<RowWriter> makeInListWriter();
std::unique_ptr<RowWriter> makeTableWriter(bool header, const QString &nullText, bool footer = true); // rowwritertable.cpp
std::unique_ptr<RowWriter> makeMarkdownWriter();

} // namespace howdah::query
