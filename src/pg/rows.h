// SPDX-License-Identifier: GPL-3.0-or-later
// What a statement returned. Text format: cells are the server's own bytes, kept in one arena plus offsets, never a QVariant each.
// Immutable once made, implicitly shared, any thread.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QJsonValue>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace howdah::pg
{

struct Column {
    QString name;
    quint32 typeOid = 0;
};

class Rows
{
public:
    Rows();

    qsizetype size() const;
    bool isEmpty() const { return size() == 0; }
    const std::vector<Column> &columns() const;
    int columnIndex(QLatin1StringView name) const; // -1: none
    // "UPDATE 5"; affected() is the count the server named, -1 where it names none.
    QByteArray commandTag() const;
    qint64 affected() const;

    bool isNull(qsizetype row, int column) const;
    QByteArrayView bytes(qsizetype row, int column) const; // empty for NULL too
    QString text(qsizetype row, int column) const;         // UTF-8; invalid bytes become U+FFFD
    // nullopt: NULL or not of that form. NULL is never 0.
    std::optional<qint64> integer(qsizetype row, int column) const;
    std::optional<double> real(qsizetype row, int column) const;
    std::optional<bool> boolean(qsizetype row, int column) const; // 't' / 'f'
    QJsonValue json(qsizetype row, int column) const;      // of a json/jsonb cell; Null where NULL

    // By name, for one-row answers and for readable services.
    QString text(qsizetype row, QLatin1StringView column) const;
    std::optional<qint64> integer(qsizetype row, QLatin1StringView column) const;
    std::optional<double> real(qsizetype row, QLatin1StringView column) const;
    std::optional<bool> boolean(qsizetype row, QLatin1StringView column) const;

    struct Data; // made by Connection (rowsdata.h)
    explicit Rows(std::shared_ptr<const Data> data);
    const Data &data() const { return *m_data; }

private:
    std::shared_ptr<const Data> m_data;
};

} // namespace howdah::pg
