// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/rowwriter.h"

namespace howdah::query
{

QString formatName(Format format)
{
    switch (format) {
    case Format::Csv: break;
    case Format::Tsv: return QStringLiteral("tsv");
    case Format::Json: return QStringLiteral("json");
    case Format::Ndjson: return QStringLiteral("ndjson");
    case Format::Markdown: return QStringLiteral("markdown");
    case Format::Insert: return QStringLiteral("insert");
    case Format::InList: return QStringLiteral("in");
    case Format::Table: return QStringLiteral("table");
    }
    return QStringLiteral("csv");
}

} // namespace howdah::query
