// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/rowwriter.h"
#include "query/rowwriters.h"

#include <array>

namespace howdah::query
{

using pg::Rows;

namespace
{

constexpr std::array<std::pair<Format, const char *>, 8> names{{{Format::Csv, "csv"}, {Format::Tsv, "tsv"}, {Format::Json, "json"}, {Format::Ndjson, "ndjson"},
                                                                {Format::Markdown, "markdown"}, {Format::Insert, "insert"}, {Format::InList, "in"}, {Format::Table, "table"}}};

// A spreadsheet runs what begins with these, numbers apart: CWE-1236.
bool looksLikeFormula(QByteArrayView cell)
{
    if (cell.isEmpty())
        return false;
    switch (cell[0]) {
    case '=': case '@': case '\t': case '\r': case '\n': return true;
    case '+': case '-': break;
    default: return false;
    }
    for (const char c : cell.sliced(1)) {
        if (!(c >= '0' && c <= '9') && c != '.' && c != 'e' && c != 'E' && c != '-' && c != '+')
            return true;
    }
    return cell.size() == 1;
}

// RFC 4180 as COPY … CSV writes it: NULL is nothing, the empty string "".
class CsvWriter : public RowWriter
{
public:
    explicit CsvWriter(bool guard, bool header) : m_guard(guard), m_header(header) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_columns = int(columns.size());
        QByteArray out;
        if (!m_header)
            return out;
        for (int i = 0; i < m_columns; ++i) {
            if (i > 0)
                out += ',';
            add(out, columns[size_t(i)].name.toUtf8());
        }
        return out + '\n';
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            for (int i = 0; i < m_columns; ++i) {
                if (i > 0)
                    out += ',';
                if (!rows.isNull(row, i))
                    add(out, rows.bytes(row, i));
            }
            out += '\n';
        }
        return out;
    }

    QByteArray end() override { return {}; }

private:
    void add(QByteArray &out, QByteArrayView cell) const
    {
        const bool guarded = m_guard && looksLikeFormula(cell);
        bool quoted = cell.isEmpty() || (m_columns == 1 && cell == "\\."); // COPY would take that for the end
        for (const char c : cell)
            quoted = quoted || c == ',' || c == '"' || c == '\n' || c == '\r';
        if (!quoted) {
            if (guarded)
                out += '\'';
            out += cell;
            return;
        }
        out += '"';
        if (guarded)
            out += '\'';
        for (const char c : cell) {
            if (c == '"')
                out += '"';
            out += c;
        }
        out += '"';
    }

    const bool m_guard;
    const bool m_header;
    int m_columns = 0;
};

// COPY's text format: \N is NULL, a backslash before what would end a cell.
class TsvWriter : public RowWriter
{
public:
    explicit TsvWriter(bool guard, bool header) : m_guard(guard), m_header(header) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_columns = int(columns.size());
        QByteArray out;
        if (!m_header)
            return out;
        for (int i = 0; i < m_columns; ++i) {
            if (i > 0)
                out += '\t';
            add(out, columns[size_t(i)].name.toUtf8());
        }
        return out + '\n';
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            for (int i = 0; i < m_columns; ++i) {
                if (i > 0)
                    out += '\t';
                if (rows.isNull(row, i))
                    out += "\\N";
                else
                    add(out, rows.bytes(row, i));
            }
            out += '\n';
        }
        return out;
    }

    QByteArray end() override { return {}; }

private:
    void add(QByteArray &out, QByteArrayView cell) const
    {
        if (m_guard && looksLikeFormula(cell))
            out += '\'';
        for (const char c : cell) {
            switch (c) {
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\v': out += "\\v"; break;
            default: out += c;
            }
        }
    }

    const bool m_guard;
    const bool m_header;
    int m_columns = 0;
};

} // namespace

QString formatName(Format format)
{
    for (const auto &[value, name] : names) {
        if (value == format)
            return QString::fromLatin1(name);
    }
    return {};
}

std::optional<Format> formatFromName(const QString &name)
{
    for (const auto &[value, known] : names) {
        if (name == QLatin1StringView(known))
            return value;
    }
    return std::nullopt;
}

std::unique_ptr<RowWriter> RowWriter::make(Format format, const WriteOptions &options)
{
    switch (format) {
    case Format::Csv: break;
    case Format::Tsv: return std::make_unique<TsvWriter>(options.forSpreadsheets, options.header);
    case Format::Json: return makeJsonWriter(false);
    case Format::Ndjson: return makeJsonWriter(true);
    case Format::Markdown: return makeMarkdownWriter();
    case Format::Insert: return makeInsertWriter(options.relation);
    case Format::InList: return makeInListWriter();
    case Format::Table: return makeTableWriter(options.header, options.nullText);
    }
    return std::make_unique<CsvWriter>(options.forSpreadsheets, options.header);
}

} // namespace howdah::query
