// SPDX-License-Identifier: GPL-3.0-or-later
#include "statementload.h"

#include <QByteArrayList>
#include <QStringBuilder>

namespace howdah::bench
{

namespace
{

constexpr int kColumns = 120;
constexpr int kFewest = 12; // columns of a statement
constexpr int kLengths = 97;
constexpr int kAlways = 300;
constexpr int kOften = 1500; // with those that always run

QByteArray column(int number)
{
    return "customer_attribute_" + QByteArray::number(number % kColumns).rightJustified(3, '0');
}

} // namespace

quint64 mixed(quint64 a, quint64 b)
{
    quint64 x = a * 0x9e3779b97f4a7c15ULL + b * 0xbf58476d1ce4e5b9ULL + 0x94d049bb133111ebULL;
    for (int i = 0; i < 2; ++i)
        x = (x ^ (x >> 31)) * 0xd6e8feb86659fd93ULL;
    return x ^ (x >> 32);
}

QByteArray statementTable()
{
    QByteArray columns;
    for (int i = 0; i < kColumns; ++i)
        columns += ", " + column(i) + " integer NOT NULL DEFAULT " + QByteArray::number(i);
    return "CREATE TABLE public.orders (id integer PRIMARY KEY, touched integer NOT NULL DEFAULT 0" + columns + ");\n"
           "INSERT INTO public.orders (id) SELECT i FROM pg_catalog.generate_series(1, 1000) AS i;\n";
}

QByteArray statementText(int i)
{
    QByteArrayList columns; // how many and from which on: no two statements have both in common
    for (int n = kFewest + i % kLengths, at = i / kLengths; columns.size() < n; ++at)
        columns << "o." + column(at);
    const QByteArray id = QByteArray::number(1 + i % 1000), all = columns.join(", ");
    if (i % 10 == 9)
        return "UPDATE public.orders AS o SET touched = o.touched + 1 WHERE o.id = " + id + " RETURNING " + all;
    return "SELECT " + all + " FROM public.orders AS o WHERE o.id = " + id;
}

bool runsIn(int i, qint64 minute)
{
    return i < kAlways || mixed(quint64(i), quint64(minute)) % (i < kOften ? 5 : 60) == 0;
}

} // namespace howdah::bench
