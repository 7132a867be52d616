// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as text for a file, the clipboard or a terminal. NULL and the empty string stay apart in every format; the server's own bytes otherwise.
// Incremental: begin, rows…, end, so that nothing is held. Any thread.
#pragma once

#include "pg/rows.h"

#include <memory>

namespace howdah::query
{

enum class Format { Csv, Tsv, Json, Ndjson, Markdown, Insert, InList, Table };
QString formatName(Format format); // "csv", "tsv", "json", "ndjson", "markdown", "insert", "in", "table"
std::optional<Format> formatFromName(const QString &name);

struct WriteOptions {
    bool header = true;
    bool forSpreadsheets = false; // Csv, Tsv: a ' before what a spreadsheet would run
    QString relation{};           // Insert: quoted already
    QString nullText = QStringLiteral("(null)"); // Table: as psql's \pset null
};

class RowWriter
{
public:
    static std::unique_ptr<RowWriter> make(Format format, const WriteOptions &options = {});
    virtual ~RowWriter() = default;
    // Table alone holds rows back: its widths come from the first ten thousand (or 4 MB), and what is wider later stands out.
    virtual QByteArray begin(const std::vector<pg::Column> &columns) = 0;
    virtual QByteArray rows(const pg::Rows &rows) = 0;
    virtual QByteArray end() = 0;
};

} // namespace howdah::query
