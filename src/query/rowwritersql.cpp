// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as SQL to paste: INSERT statements and IN lists. A literal in quotes has no type of its own, so the column it meets gives it one: no
// casts, and every type the server can print.
#include "query/cellkind.h"
#include "query/rowwriters.h"

#include "pg/quote.h"

namespace howdah::query
{

using pg::Rows;

namespace
{

constexpr int rowsAStatement = 500;
constexpr qsizetype lineLength = 100;

bool isPlainNumber(QByteArrayView cell)
{
    for (const char c : cell) {
        if (!(c >= '0' && c <= '9') && c != '.' && c != 'e' && c != 'E' && c != '-' && c != '+')
            return false; // NaN, Infinity
    }
    return !cell.isEmpty();
}

void addLiteral(QByteArray &out, const Rows &rows, qsizetype row, int column, quint32 type)
{
    if (rows.isNull(row, column)) {
        out += "NULL";
        return;
    }
    const QByteArrayView cell = rows.bytes(row, column);
    if (isNumber(type) && isPlainNumber(cell)) {
        out += cell;
        return;
    }
    if (cellKind(type) == CellKind::Boolean && (cell == "t" || cell == "f")) {
        out += cell == "t" ? "true" : "false";
        return;
    }
    // As pg::quoteLiteral, but of bytes: read the same whatever standard_conforming_strings is where it is pasted.
    bool escaped = false;
    for (const char c : cell)
        escaped = escaped || c == '\\';
    out += escaped ? "E'" : "'";
    for (const char c : cell) {
        if (c == '\'' || c == '\\')
            out += c;
        out += c;
    }
    out += '\'';
}

class InsertWriter : public RowWriter
{
public:
    explicit InsertWriter(const QString &relation) : m_relation(relation.isEmpty() ? QByteArray("\"result\"") : relation.toUtf8()) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_columns = columns;
        m_open = 0;
        m_head = "INSERT INTO " + m_relation + " ("; // sql-ok: text for the clipboard or a file, never sent
        for (size_t i = 0; i < columns.size(); ++i) {
            // A name the server gave may be empty of letters ("?column?") but never unquotable; should one be, its text is not trusted.
            m_head += (i > 0 ? ", " : "") + pg::quoteIdentifier(columns[i].name).value_or("\"column" + QByteArray::number(int(i) + 1) + '"');
        }
        m_head += ") VALUES";
        if (columns.empty())
            m_head = "INSERT INTO " + m_relation + " DEFAULT VALUES"; // sql-ok: as above
        return {};
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            if (m_columns.empty()) {
                out += m_head + ";\n";
                continue;
            }
            out += m_open == 0 ? m_head + '\n' : QByteArray(",\n");
            out += "    (";
            for (size_t i = 0; i < m_columns.size(); ++i) {
                if (i > 0)
                    out += ", ";
                addLiteral(out, rows, row, int(i), m_columns[i].typeOid);
            }
            out += ')';
            if (++m_open == rowsAStatement)
                out += finishStatement();
        }
        return out;
    }

    QByteArray end() override { return m_open > 0 ? finishStatement() : QByteArray(); }

private:
    QByteArray finishStatement()
    {
        m_open = 0;
        return ";\n";
    }

    const QByteArray m_relation;
    QByteArray m_head;
    std::vector<pg::Column> m_columns;
    int m_open = 0; // rows in the statement that is being written
};

// (1, 2, 3); of several columns ((1, 'a'), (2, 'b')).
class InListWriter : public RowWriter
{
public:
    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_columns = columns;
        m_line = 1;
        m_any = false;
        return "(";
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            QByteArray item;
            for (size_t i = 0; i < m_columns.size(); ++i) {
                if (i > 0)
                    item += ", ";
                addLiteral(item, rows, row, int(i), m_columns[i].typeOid);
            }
            if (m_columns.size() > 1)
                item = '(' + item + ')';
            if (m_any) {
                const bool wrap = m_line + item.size() > lineLength;
                out += wrap ? ",\n " : ", ";
                m_line = wrap ? 1 : m_line + 2;
            }
            out += item;
            m_line += item.size();
            m_any = true;
        }
        return out;
    }

    QByteArray end() override { return m_any ? QByteArray(")\n") : QByteArray("NULL)\n"); } // an empty list is no SQL; this one matches nothing, too

private:
    std::vector<pg::Column> m_columns;
    qsizetype m_line = 0;
    bool m_any = false;
};

} // namespace

std::unique_ptr<RowWriter> makeInsertWriter(const QString &relation)
{
    return std::make_unique<InsertWriter>(relation);
}

std::unique_ptr<RowWriter> makeInListWriter()
{
    return std::make_unique<InListWriter>();
}

} // namespace howdah::query
