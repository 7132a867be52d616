// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/rowsdata.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <charconv>
#include <limits>

namespace howdah::pg
{

Rows::Rows() : m_data(std::make_shared<Data>()) {}
Rows::Rows(std::shared_ptr<const Data> data) : m_data(std::move(data)) {}

qsizetype Rows::size() const
{
    return qsizetype(m_data->rowStarts.size());
}

const std::vector<Column> &Rows::columns() const
{
    return m_data->columns;
}

int Rows::columnIndex(QLatin1StringView name) const
{
    for (size_t i = 0; i < m_data->columns.size(); ++i) {
        if (m_data->columns[i].name == name)
            return int(i);
    }
    return -1;
}

QByteArray Rows::commandTag() const
{
    return m_data->commandTag;
}

qint64 Rows::affected() const
{
    // "INSERT 0 5", "UPDATE 5", "SELECT 3": the count is the last word.
    bool ok = false;
    const qint64 count = m_data->commandTag.mid(m_data->commandTag.lastIndexOf(' ') + 1).toLongLong(&ok);
    return ok ? count : -1;
}

// The index of the cell, -1 outside of the table: a missing column reads as NULL, never as another one's value.
static qsizetype cellIndex(const Rows::Data &data, qsizetype row, int column)
{
    const auto columns = qsizetype(data.columns.size());
    if (row < 0 || row >= qsizetype(data.rowStarts.size()) || column < 0 || column >= columns)
        return -1;
    return row * columns + column;
}

bool Rows::isNull(qsizetype row, int column) const
{
    const auto cell = cellIndex(*m_data, row, column);
    return cell < 0 || (m_data->cellEnds[size_t(cell)] & Data::nullBit);
}

QByteArrayView Rows::bytes(qsizetype row, int column) const
{
    const auto cell = cellIndex(*m_data, row, column);
    if (cell < 0)
        return {};
    const quint32 begin = column == 0 ? 0 : m_data->cellEnds[size_t(cell) - 1] & ~Data::nullBit;
    const quint32 end = m_data->cellEnds[size_t(cell)] & ~Data::nullBit;
    return QByteArrayView(m_data->arena.constData() + m_data->rowStarts[size_t(row)] + begin, qsizetype(end - begin));
}

QString Rows::text(qsizetype row, int column) const
{
    return QString::fromUtf8(bytes(row, column));
}

template<typename Number>
static std::optional<Number> number(QByteArrayView bytes)
{
    Number value{};
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
    if (bytes.isEmpty() || error != std::errc() || end != bytes.data() + bytes.size())
        return std::nullopt;
    return value;
}

std::optional<qint64> Rows::integer(qsizetype row, int column) const
{
    return isNull(row, column) ? std::nullopt : number<qint64>(bytes(row, column));
}

std::optional<double> Rows::real(qsizetype row, int column) const
{
    if (isNull(row, column))
        return std::nullopt;
    const QByteArrayView cell = bytes(row, column);
    // The server's own words for what is no number.
    if (cell == "NaN")
        return std::numeric_limits<double>::quiet_NaN();
    if (cell == "Infinity")
        return std::numeric_limits<double>::infinity();
    if (cell == "-Infinity")
        return -std::numeric_limits<double>::infinity();
    return number<double>(cell);
}

std::optional<bool> Rows::boolean(qsizetype row, int column) const
{
    if (isNull(row, column))
        return std::nullopt;
    const QByteArrayView cell = bytes(row, column);
    if (cell == "t" || cell == "f")
        return cell == "t";
    return std::nullopt;
}

QJsonValue Rows::json(qsizetype row, int column) const
{
    if (isNull(row, column))
        return QJsonValue::Null;
    // A document may be a scalar, which QJsonDocument refuses: read it as the one element of an array.
    const auto document = QJsonDocument::fromJson('[' + bytes(row, column).toByteArray() + ']');
    return document.array().size() == 1 ? document.array().at(0) : QJsonValue(QJsonValue::Undefined);
}

QString Rows::text(qsizetype row, QLatin1StringView column) const
{
    return text(row, columnIndex(column));
}

std::optional<qint64> Rows::integer(qsizetype row, QLatin1StringView column) const
{
    return integer(row, columnIndex(column));
}

std::optional<double> Rows::real(qsizetype row, QLatin1StringView column) const
{
    return real(row, columnIndex(column));
}

std::optional<bool> Rows::boolean(qsizetype row, QLatin1StringView column) const
{
    return boolean(row, columnIndex(column));
}

} // namespace howdah::pg
