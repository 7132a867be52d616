// SPDX-License-Identifier: GPL-3.0-or-later
// Tables for people: psql's aligned form, byte for byte, and Markdown.
#include "query/cellkind.h"
#include "query/psqlcells.h"
#include "query/rowwriters.h"

#include <algorithm>

namespace howdah::query
{

using pg::Rows;

namespace
{

constexpr qsizetype heldRows = 10'000; // from which the widths are taken
constexpr qint64 heldBytes = 4 << 20;

class TableWriter : public RowWriter
{
public:
    TableWriter(bool header, const QString &nullText, bool footer) : m_header(header), m_footer(header && footer), m_null(nullText.toUtf8()) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        const Utf8Locale locale;
        m_columns = columns;
        m_widths.clear();
        m_heads.clear();
        m_held.clear();
        m_heldRows = m_heldBytes = m_rows = 0;
        m_begun = false;
        for (const pg::Column &column : columns) {
            m_heads.push_back(linesOf(column.name.toUtf8()));
            m_widths.push_back(widthOf(m_heads.back()));
        }
        return {};
    }

    QByteArray rows(const Rows &rows) override
    {
        const Utf8Locale locale;
        m_rows += rows.size();
        if (m_begun)
            return body(rows);
        m_held.push_back(rows);
        m_heldRows += rows.size();
        for (qsizetype row = 0; row < rows.size(); ++row) {
            for (int i = 0; i < int(m_columns.size()); ++i) {
                m_heldBytes += rows.bytes(row, i).size();
                m_widths[size_t(i)] = std::max(m_widths[size_t(i)], widthOf(cellLines(rows, row, i)));
            }
        }
        return m_heldRows >= heldRows || m_heldBytes >= heldBytes ? release() : QByteArray();
    }

    QByteArray end() override
    {
        const Utf8Locale locale;
        QByteArray out = m_begun ? QByteArray() : release();
        if (m_footer)
            out += '(' + QByteArray::number(m_rows) + (m_rows == 1 ? " row)\n" : " rows)\n");
        return out + '\n';
    }

private:
    Lines cellLines(const Rows &rows, qsizetype row, int column) const { return linesOf(rows.isNull(row, column) ? QByteArrayView(m_null) : rows.bytes(row, column)); }

    QByteArray release()
    {
        m_begun = true;
        QByteArray out = m_header ? head() : QByteArray();
        for (const Rows &rows : m_held)
            out += body(rows);
        m_held.clear();
        return out;
    }

    QByteArray head() const
    {
        QByteArray out;
        if (m_columns.empty())
            return "--\n";
        const size_t last = m_columns.size() - 1;
        size_t lines = 1;
        for (const Lines &name : m_heads)
            lines = std::max(lines, name.size());
        for (size_t n = 0; n < lines; ++n) {
            for (size_t i = 0; i <= last; ++i) {
                out += ' ';
                const bool there = n < m_heads[i].size();
                const int space = m_widths[i] - (there ? m_heads[i][n].width : 0);
                out.append(there ? space / 2 : space, ' ');
                if (there) {
                    out += m_heads[i][n].text;
                    out.append((space + 1) / 2, ' ');
                }
                out += n + 1 < m_heads[i].size() ? '+' : ' ';
                if (i < last)
                    out += '|';
            }
            out += '\n';
        }
        for (size_t i = 0; i <= last; ++i) {
            out.append(m_widths[i] + 2, '-');
            if (i < last)
                out += '+';
        }
        return out + '\n';
    }

    QByteArray body(const Rows &rows) const
    {
        QByteArray out;
        std::vector<Lines> cells(m_columns.size());
        for (qsizetype row = 0; row < rows.size() && !cells.empty(); ++row) {
            size_t lines = 1;
            for (size_t i = 0; i < cells.size(); ++i) {
                cells[i] = cellLines(rows, row, int(i));
                lines = std::max(lines, cells[i].size());
            }
            for (size_t n = 0; n < lines; ++n)
                addLine(out, cells, n);
        }
        return out;
    }

    void addLine(QByteArray &out, const std::vector<Lines> &cells, size_t n) const
    {
        for (size_t i = 0; i < cells.size(); ++i) {
            const bool isLast = i + 1 == cells.size();
            const bool there = n < cells[i].size();
            const bool goesOn = n + 1 < cells[i].size();
            const int space = std::max(0, m_widths[i] - (there ? cells[i][n].width : 0));
            out += ' ';
            if (!there) {
                out.append(isLast ? 0 : space, ' ');
            } else if (isRightAligned(m_columns[i].typeOid)) {
                out.append(space, ' ');
                out += cells[i][n].text;
            } else {
                out += cells[i][n].text;
                out.append(isLast && !goesOn ? 0 : space, ' ');
            }
            if (goesOn)
                out += '+';
            else if (!isLast)
                out += ' ';
            if (!isLast)
                out += '|';
        }
        out += '\n';
    }

    const bool m_header;
    const bool m_footer;
    const QByteArray m_null;
    std::vector<pg::Column> m_columns;
    std::vector<Lines> m_heads;
    std::vector<int> m_widths;
    std::vector<Rows> m_held;
    qsizetype m_heldRows = 0;
    qint64 m_heldBytes = 0;
    qint64 m_rows = 0;
    bool m_begun = false;
};

// GitHub's tables. NULL in italics; what would be read as markup has a backslash before it.
class MarkdownWriter : public RowWriter
{
public:
    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_columns = columns;
        QByteArray head = "|", rule = "|";
        for (const pg::Column &column : columns) {
            head += ' ';
            add(head, column.name.toUtf8());
            head += " |";
            rule += isRightAligned(column.typeOid) ? " ---: |" : " --- |";
        }
        return head + '\n' + rule + '\n';
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            out += '|';
            for (int i = 0; i < int(m_columns.size()); ++i) {
                out += ' ';
                if (rows.isNull(row, i))
                    out += "*NULL*";
                else
                    add(out, rows.bytes(row, i));
                out += " |";
            }
            out += '\n';
        }
        return out;
    }

    QByteArray end() override { return {}; }

private:
    static void add(QByteArray &out, QByteArrayView cell)
    {
        for (const char c : cell) {
            switch (c) {
            case '\n': out += "<br>"; break;
            case '\r': break;
            case '<': out += "&lt;"; break;
            case '&': out += "&amp;"; break;
            case '\\': case '|': case '*': case '_': case '`': case '[': case ']': case '~':
                out += '\\';
                [[fallthrough]];
            default: out += c;
            }
        }
    }

    std::vector<pg::Column> m_columns;
};

} // namespace

std::unique_ptr<RowWriter> makeTableWriter(bool header, const QString &nullText, bool footer)
{
    return std::make_unique<TableWriter>(header, nullText, footer);
}

std::unique_ptr<RowWriter> makeMarkdownWriter()
{
    return std::make_unique<MarkdownWriter>();
}

} // namespace howdah::query
