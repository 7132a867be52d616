// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/displaywriter.h"

#include "query/psqlcells.h"
#include "query/rowwriters.h"

#include <algorithm>

namespace howdah::query
{

namespace
{

constexpr qsizetype heldRows = 10'000; // from which the width of values is taken; what is wider later stands out

QByteArray counted(qint64 rows)
{
    return '(' + QByteArray::number(rows) + (rows == 1 ? " row)\n" : " rows)\n");
}

// \a: cells as they are, a separator between them.
class UnalignedWriter : public RowWriter
{
public:
    explicit UnalignedWriter(const Display &display)
        : m_separator(display.fieldSeparator.toUtf8()), m_null(display.null.toUtf8()), m_tuplesOnly(display.tuplesOnly),
          m_expanded(display.expanded == Display::Expanded::On), m_footer(display.footer)
    {
    }

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_names.clear();
        m_rows = 0;
        for (const pg::Column &column : columns)
            m_names.append(column.name.toUtf8());
        return m_tuplesOnly || m_expanded ? QByteArray() : m_names.join(m_separator) + '\n';
    }

    QByteArray rows(const pg::Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row, ++m_rows) {
            if (m_expanded && m_rows > 0)
                out += '\n';
            for (int i = 0; i < m_names.size(); ++i) {
                if (m_expanded)
                    out += m_names.at(i) + m_separator;
                else if (i > 0)
                    out += m_separator;
                out += rows.isNull(row, i) ? QByteArrayView(m_null) : rows.bytes(row, i);
                if (m_expanded)
                    out += '\n';
            }
            if (!m_expanded)
                out += '\n';
        }
        return out;
    }

    QByteArray end() override { return m_tuplesOnly || !m_footer || (m_expanded && m_rows > 0) ? QByteArray() : counted(m_rows); }

private:
    const QByteArray m_separator, m_null;
    const bool m_tuplesOnly, m_expanded, m_footer;
    QByteArrayList m_names;
    qint64 m_rows = 0;
};

// \pset format csv: unlike COPY's, it writes the empty string as nothing.
class PsqlCsvWriter : public RowWriter
{
public:
    explicit PsqlCsvWriter(const Display &display)
        : m_null(display.null.toUtf8()), m_tuplesOnly(display.tuplesOnly), m_expanded(display.expanded == Display::Expanded::On)
    {
    }

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_names.clear();
        for (const pg::Column &column : columns)
            m_names.append(field(column.name.toUtf8()));
        return m_tuplesOnly || m_expanded ? QByteArray() : m_names.join(',') + '\n';
    }

    QByteArray rows(const pg::Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            for (int i = 0; i < m_names.size(); ++i) {
                if (m_expanded)
                    out += m_names.at(i) + ',';
                else if (i > 0)
                    out += ',';
                out += field(rows.isNull(row, i) ? QByteArrayView(m_null) : rows.bytes(row, i));
                if (m_expanded)
                    out += '\n';
            }
            if (!m_expanded)
                out += '\n';
        }
        return out;
    }

    QByteArray end() override { return {}; }

private:
    static QByteArray field(QByteArrayView cell)
    {
        QByteArray text = cell.toByteArray();
        if (std::none_of(text.begin(), text.end(), [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }) && text != "\\.")
            return text;
        return '"' + text.replace('"', "\"\"") + '"';
    }

    const QByteArray m_null;
    const bool m_tuplesOnly, m_expanded;
    QByteArrayList m_names;
};

// \x: a line for each column, a heading for each row.
class ExpandedWriter : public RowWriter
{
public:
    explicit ExpandedWriter(const Display &display) : m_null(display.null.toUtf8()), m_tuplesOnly(display.tuplesOnly) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        const Utf8Locale locale;
        m_names.clear();
        m_held.clear();
        m_heldRows = m_rows = 0;
        m_nameWidth = m_valueWidth = 0;
        m_begun = m_goesOn = false;
        for (const pg::Column &column : columns) {
            m_names.push_back(linesOf(column.name.toUtf8()));
            m_nameWidth = std::max(m_nameWidth, widthOf(m_names.back()));
        }
        return {};
    }

    QByteArray rows(const pg::Rows &rows) override
    {
        const Utf8Locale locale;
        if (m_begun)
            return body(rows);
        for (qsizetype row = 0; row < rows.size(); ++row) {
            for (size_t i = 0; i < m_names.size(); ++i) {
                const Lines lines = cell(rows, row, int(i));
                m_valueWidth = std::max(m_valueWidth, widthOf(lines));
                m_goesOn = m_goesOn || lines.size() > 1;
            }
        }
        m_held.push_back(rows);
        m_heldRows += rows.size();
        return m_heldRows >= heldRows ? release() : QByteArray();
    }

    QByteArray end() override
    {
        const Utf8Locale locale;
        QByteArray out = m_begun ? QByteArray() : release();
        if (m_rows == 0 || m_names.empty())
            return m_tuplesOnly ? QByteArray() : QByteArray(counted(m_rows) + '\n');
        return out + '\n';
    }

private:
    Lines cell(const pg::Rows &rows, qsizetype row, int column) const
    {
        return linesOf(rows.isNull(row, column) ? QByteArrayView(m_null) : rows.bytes(row, column));
    }

    QByteArray release()
    {
        m_begun = true;
        // psql makes room for the heading, and a column of its own for the sign of a line that goes on.
        const int heading = 12 + int(QByteArray::number(m_heldRows).size());
        m_valueWidth = std::max(m_valueWidth, heading - m_nameWidth - (m_goesOn ? 4 : 3));
        QByteArray out;
        for (const pg::Rows &rows : m_held)
            out += body(rows);
        m_held.clear();
        return out;
    }

    // "-[ RECORD 1 ]-+---": the cross where the values' bar stands, if the words leave room for it.
    QByteArray heading() const
    {
        QByteArray line = "-[ RECORD " + QByteArray::number(m_rows) + " ]";
        const qsizetype bar = m_nameWidth + 1;
        while (line.size() < bar)
            line += '-';
        if (line.size() == bar)
            line += '+';
        while (line.size() < bar + 2 + m_valueWidth)
            line += '-';
        return line + '\n';
    }

    QByteArray body(const pg::Rows &rows)
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            ++m_rows;
            if (m_names.empty())
                continue;
            if (!m_tuplesOnly)
                out += heading();
            else if (m_rows > 1)
                out += '\n';
            for (size_t i = 0; i < m_names.size(); ++i) {
                const Lines value = cell(rows, row, int(i));
                const size_t lines = std::max(m_names[i].size(), value.size());
                for (size_t n = 0; n < lines; ++n) {
                    const bool named = n < m_names[i].size();
                    out += named ? m_names[i][n].text : QByteArray();
                    out.append(m_nameWidth - (named ? m_names[i][n].width : 0), ' ');
                    out += n + 1 < m_names[i].size() ? '+' : ' ';
                    out += '|';
                    if (n < value.size()) {
                        out += ' ' + value[n].text;
                        if (n + 1 < value.size()) {
                            out.append(std::max(0, m_valueWidth - value[n].width), ' ');
                            out += '+';
                        }
                    }
                    out += '\n';
                }
            }
        }
        return out;
    }

    const QByteArray m_null;
    const bool m_tuplesOnly;
    std::vector<Lines> m_names;
    std::vector<pg::Rows> m_held;
    qint64 m_heldRows = 0, m_rows = 0;
    int m_nameWidth = 0, m_valueWidth = 0;
    bool m_begun = false;
    bool m_goesOn = false; // a value has more than one line
};

// \x auto: a table that fits the screen, else its expanded form. Holds the first rows to know.
class AutoWriter : public RowWriter
{
public:
    AutoWriter(const Display &display, int screen)
        : m_screen(screen), m_table(makeTableWriter(!display.tuplesOnly, display.null, display.footer)), m_expanded(std::make_unique<ExpandedWriter>(display))
    {
    }

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_use = nullptr;
        m_table->begin(columns);
        m_expanded->begin(columns);
        return {};
    }

    QByteArray rows(const pg::Rows &rows) override
    {
        if (m_use)
            return m_use->rows(rows);
        // Both hold the first rows; the table's own width decides once it lets go of them.
        const QByteArray table = m_table->rows(rows);
        const QByteArray expanded = m_expanded->rows(rows);
        if (table.isEmpty() && expanded.isEmpty())
            return {};
        return decide(table, expanded);
    }

    QByteArray end() override
    {
        if (m_use)
            return m_use->end();
        const QByteArray table = m_table->end(), expanded = m_expanded->end();
        return fits(table) ? table : expanded;
    }

private:
    bool fits(const QByteArray &table) const { return table.indexOf('\n') <= m_screen; }
    QByteArray decide(const QByteArray &table, const QByteArray &expanded)
    {
        m_use = fits(table) ? m_table.get() : m_expanded.get();
        return m_use == m_table.get() ? table : expanded;
    }

    const int m_screen;
    std::unique_ptr<RowWriter> m_table, m_expanded;
    RowWriter *m_use = nullptr;
};

} // namespace

std::unique_ptr<RowWriter> makeDisplayWriter(const Display &display, int columnsOfScreen)
{
    if (display.csv)
        return std::make_unique<PsqlCsvWriter>(display);
    if (!display.aligned)
        return std::make_unique<UnalignedWriter>(display);
    if (display.expanded == Display::Expanded::On)
        return std::make_unique<ExpandedWriter>(display);
    if (display.expanded == Display::Expanded::Auto && columnsOfScreen > 0)
        return std::make_unique<AutoWriter>(display, columnsOfScreen);
    return makeTableWriter(!display.tuplesOnly, display.null, display.footer);
}

} // namespace howdah::query
