// SPDX-License-Identifier: GPL-3.0-or-later
// JSON: an array of objects, or an object a line. Numbers and documents keep the server's own text, to the last digit.
#include "base/json.h"
#include "query/cellkind.h"
#include "query/jsontext.h"
#include "query/rowwriters.h"

#include <QSet>

namespace howdah::query
{

using pg::Rows;

namespace
{

// A member's name twice in an object is lost by most readers: the second is told apart.
std::vector<QByteArray> distinctKeys(const std::vector<pg::Column> &columns)
{
    QSet<QString> taken;
    for (const pg::Column &column : columns)
        taken.insert(column.name);
    QSet<QString> used;
    std::vector<QByteArray> keys;
    for (const pg::Column &column : columns) {
        QString name = column.name;
        for (int i = 2; used.contains(name); ++i) {
            const QString next = column.name + QLatin1Char('_') + QString::number(i);
            if (!taken.contains(next) && !used.contains(next))
                name = next;
        }
        used.insert(name);
        QByteArray key;
        appendJsonString(key, name.toUtf8());
        keys.push_back(key + ':');
    }
    return keys;
}

class JsonWriter : public RowWriter
{
public:
    explicit JsonWriter(bool linewise) : m_linewise(linewise) {}

    QByteArray begin(const std::vector<pg::Column> &columns) override
    {
        m_keys = distinctKeys(columns);
        m_columns = columns;
        m_first = true;
        return m_linewise ? QByteArray() : QByteArray("[");
    }

    QByteArray rows(const Rows &rows) override
    {
        QByteArray out;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            if (!m_linewise)
                out += m_first ? "\n" : ",\n";
            m_first = false;
            out += '{';
            for (size_t i = 0; i < m_keys.size(); ++i) {
                if (i > 0)
                    out += ',';
                out += m_keys[i];
                if (rows.isNull(row, int(i)))
                    out += "null";
                else
                    addCell(out, rows.bytes(row, int(i)), m_columns[i].typeOid);
            }
            out += m_linewise ? "}\n" : "}";
        }
        return out;
    }

    QByteArray end() override
    {
        if (m_linewise)
            return {};
        return m_first ? QByteArray("]\n") : QByteArray("\n]\n");
    }

private:
    void addCell(QByteArray &out, QByteArrayView cell, quint32 type) const
    {
        const CellKind kind = cellKind(type);
        if (kind == CellKind::Boolean && (cell == "t" || cell == "f")) {
            out += cell == "t" ? "true" : "false";
        } else if (kind == CellKind::Json && !cell.isEmpty()) {
            const qsizetype from = out.size();
            out += escapedControls(cell.toByteArray());
            // A line break can stand between the parts of a document only, never inside of a string of it.
            for (qsizetype i = from; m_linewise && i < out.size(); ++i) {
                if (out[i] == '\n' || out[i] == '\r')
                    out[i] = ' ';
            }
        } else if (isNumber(type) && isJsonNumber(cell)) {
            out += cell;
        } else {
            appendJsonString(out, cell);
        }
    }

    const bool m_linewise;
    std::vector<QByteArray> m_keys;
    std::vector<pg::Column> m_columns;
    bool m_first = true;
};

} // namespace

std::unique_ptr<RowWriter> makeJsonWriter(bool linewise)
{
    return std::make_unique<JsonWriter>(linewise);
}

} // namespace howdah::query
