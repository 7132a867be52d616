// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/ranking.h"

#include <algorithm>

namespace howdah::statements
{

using namespace Qt::StringLiterals;

namespace
{

constexpr OrderFacts orders[] = {
    {"total", "Total time", Unit::Nanoseconds},
    {"mean", "Mean time", Unit::Nanoseconds},
    {"calls", "Calls", Unit::Count},
    {"rows", "Rows", Unit::Count},
    {"read", "Blocks read", Unit::Blocks},
    {"dirtied", "Blocks dirtied", Unit::Blocks},
    {"temp", "Temporary blocks", Unit::Blocks},
    {"wal", "WAL", Unit::Bytes},
    {"io", "I/O time", Unit::Nanoseconds},
    {"plan", "Planning time", Unit::Nanoseconds},
    {"jit", "JIT time", Unit::Nanoseconds},
    {"shortfall", "Workers not launched", Unit::Count},
};

// What an order's figure is the sum of; those of a second kind are taken away.
struct Parts {
    QVector<Measure> plus;
    QVector<Measure> minus;
};

Parts partsOf(Order order)
{
    switch (order) {
    case Order::Total:
    case Order::Mean: return {{Measure::ExecTime}, {}};
    case Order::Calls: return {{Measure::Calls}, {}};
    case Order::Rows: return {{Measure::Rows}, {}};
    case Order::Read: return {{Measure::SharedRead}, {}};
    case Order::Dirtied: return {{Measure::SharedDirtied}, {}};
    case Order::Temp: return {{Measure::TempRead, Measure::TempWritten}, {}};
    case Order::Wal: return {{Measure::WalBytes}, {}};
    case Order::Io:
        return {{Measure::ReadTime, Measure::WriteTime, Measure::TempReadTime, Measure::TempWriteTime, Measure::LocalReadTime, Measure::LocalWriteTime}, {}};
    case Order::Plan: return {{Measure::PlanTime}, {}};
    case Order::Jit: return {{Measure::JitTime}, {}};
    case Order::Shortfall: return {{Measure::WorkersWanted}, {Measure::WorkersLaunched}};
    }
    return {};
}

// Of the I/O times older extensions have fewer: the first part must be known.
bool isKnown(const Parts &parts, Measures known)
{
    return (known & bitOf(parts.plus.constFirst())) != 0;
}

template<typename Value>
double sumOf(const Parts &parts, Value value)
{
    double sum = 0;
    for (const Measure measure : parts.plus)
        sum += double(value(measure));
    for (const Measure measure : parts.minus)
        sum -= double(value(measure));
    return sum;
}

} // namespace

const OrderFacts &factsOf(Order order)
{
    return orders[size_t(order)];
}

std::optional<Order> orderFromName(QStringView name)
{
    for (size_t i = 0; i < std::size(orders); ++i) {
        if (name == QLatin1StringView(orders[i].name))
            return Order(i);
    }
    return std::nullopt;
}

QStringList orderNames()
{
    QStringList names;
    for (const OrderFacts &facts : orders)
        names << QString::fromLatin1(facts.name);
    return names;
}

std::optional<double> figureOf(Order order, const Counters &counters, Measures known)
{
    const Parts parts = partsOf(order);
    const qint64 calls = counters[Measure::Calls];
    if (!isKnown(parts, known) || (order == Order::Mean && calls == 0))
        return std::nullopt;
    const double sum = sumOf(parts, [&](Measure measure) { return counters[measure]; });
    return order == Order::Mean ? sum / double(calls) : sum;
}

std::optional<double> shareOf(Order order, const Total &total, const TopList &list)
{
    const Parts parts = partsOf(order);
    if (order == Order::Mean || !isKnown(parts, list.gaps.known) || (!total.key.toplevel && factsOf(parts.plus.constFirst()).inclusive))
        return std::nullopt;
    const double all = sumOf(parts, [&](Measure measure) { return list.sum(measure); });
    return all > 0 ? std::optional(sumOf(parts, [&](Measure measure) { return total.counters[measure]; }) / all) : std::nullopt;
}

double othersOf(Order order, const TopList &list)
{
    const Parts parts = partsOf(order);
    const bool inclusive = factsOf(parts.plus.constFirst()).inclusive;
    return sumOf(parts, [&](Measure measure) { return list.others.counters[measure] + (inclusive ? 0 : list.nestedOthers.counters[measure]); });
}

bool passes(const Filter &filter, const Total &total, const Names &names)
{
    return (filter.own || !total.own) && (filter.database.isEmpty() || names.databases.value(total.key.databaseId) == filter.database)
        && (filter.role.isEmpty() || names.roles.value(total.key.roleId) == filter.role)
        && (filter.text.isEmpty() || (total.text && total.text->text.contains(filter.text, Qt::CaseInsensitive)));
}

QVector<Total> ranked(const TopList &list, Order order, const Filter &filter)
{
    QVector<std::pair<double, const Total *>> found;
    for (const Total &total : list.totals) {
        const auto figure = figureOf(order, total.counters, list.gaps.known);
        if (figure && *figure > 0 && passes(filter, total, list.names))
            found.append({*figure, &total});
    }
    std::sort(found.begin(), found.end(),
              [](const auto &a, const auto &b) { return a.first != b.first ? a.first > b.first : a.second->key.queryId < b.second->key.queryId; });
    QVector<Total> totals;
    for (const auto &one : std::as_const(found))
        totals.append(*one.second);
    return totals;
}

QString keyText(const Key &key)
{
    return u"%1/%2/%3%4"_s.arg(QString::number(key.roleId), QString::number(key.databaseId), QString::number(key.queryId),
                               key.toplevel ? QString() : u"/nested"_s);
}

std::optional<Key> keyFromText(const QString &text)
{
    const QStringList parts = text.split(u'/');
    if (parts.size() < 3 || parts.size() > 4 || (parts.size() == 4 && parts.at(3) != "nested"_L1))
        return std::nullopt;
    bool role = false, database = false, query = false;
    const Key key{parts.at(0).toUInt(&role), parts.at(1).toUInt(&database), parts.at(2).toLongLong(&query), parts.size() == 3, 0};
    return role && database && query ? std::optional(key) : std::nullopt;
}

Comparison compare(const TopList &before, const TopList &after, qint64 minCalls, const Filter &filter)
{
    QHash<Key, const Total *> earlier;
    for (const Total &total : before.totals)
        earlier.insert(total.key, &total);
    Comparison found;
    for (const Total &total : after.totals) {
        if (!passes(filter, total, after.names))
            continue;
        const qint64 calls = total.counters[Measure::Calls];
        const Total *was = earlier.value(total.key);
        if (!was) {
            const bool isNew = total.firstMs > before.toMs;
            if (!isNew && (total.key.toplevel ? before.others : before.nestedOthers).statements > 0)
                ++found.notToldApart;
            else
                found.fresh.append({total, isNew});
            continue;
        }
        const qint64 callsBefore = was->counters[Measure::Calls];
        if (calls == 0 || callsBefore == 0 || calls < minCalls || callsBefore < minCalls) {
            ++found.tooFewCalls;
            continue;
        }
        const double meanBefore = double(was->counters[Measure::ExecTime]) / double(callsBefore);
        const double added = double(total.counters[Measure::ExecTime]) - meanBefore * double(calls);
        if (added != 0)
            (added > 0 ? found.slower : found.faster).append({total, was->counters, added});
    }
    std::sort(found.slower.begin(), found.slower.end(), [](const Slower &a, const Slower &b) { return a.addedNs > b.addedNs; });
    std::sort(found.faster.begin(), found.faster.end(), [](const Slower &a, const Slower &b) { return a.addedNs < b.addedNs; });
    std::sort(found.fresh.begin(), found.fresh.end(),
              [](const Fresh &a, const Fresh &b) { return a.total.counters[Measure::ExecTime] > b.total.counters[Measure::ExecTime]; });
    return found;
}

} // namespace howdah::statements
