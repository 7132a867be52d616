// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/starts.h"

#include <algorithm>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
constexpr qint64 forgottenAfterMs = 3'600'000; // a row not seen for so long

QString keyOf(const Series &series, const SeriesPoint &point)
{
    QString key = series.name;
    for (const Attribute &attribute : point.attributes)
        key += u'\n' + attributeName(attribute.key) + u'=' + attribute.value;
    return key;
}

bool fell(const metrics::Number &from, const metrics::Number &to)
{
    const auto *was = std::get_if<qint64>(&from);
    const auto *is = std::get_if<qint64>(&to);
    if (was && is)
        return *is < *was; // exact
    const auto real = [](auto v) { return double(v); };
    return std::visit(real, to) < std::visit(real, from);
}

// Which server, and since which reset. A standby made of a copy has the same resets, so that after a restart nobody knows which it is; and
// a row without a reset can't tell a crash, which moves the WAL's (facts 3 and 4).
QString epochOf(const metrics::Sample &sample, const SeriesPoint &point)
{
    const metrics::ServerIdentity &who = sample.identity;
    return who.systemIdentifier + u'/' + QString::number(who.postmasterStart, 'f', 6) + u'/'
        + (point.reset.isEmpty() ? QString(u"wal "_s + sample.resets.value(u"wal"_s)) : point.reset);
}
} // namespace

void Starts::mark(QVector<Series> &series, const metrics::Sample &sample)
{
    struct Counted {
        QString key;
        SeriesPoint *point;
    };
    QHash<QString, QVector<Counted>> rows;
    for (Series &one : series) {
        if (one.kind != SeriesKind::Counter)
            continue;
        for (SeriesPoint &point : one.points)
            rows[point.row].append({keyOf(one, point), &point});
    }
    for (auto it = rows.begin(); it != rows.end(); ++it) {
        Row &row = m_rows[it.key()];
        const QString epoch = epochOf(sample, *it->first().point);
        const bool otherEpoch = !row.epoch.isEmpty() && row.epoch != epoch;
        const bool anyFell = std::any_of(it->cbegin(), it->cend(), [&](const Counted &counted) {
            const auto last = row.last.constFind(counted.key);
            return last != row.last.cend() && fell(last->value, counted.point->value);
        });
        const bool restarted = row.postmasterStart != sample.identity.postmasterStart;
        for (const Counted &counted : *it) {
            SeriesPoint &point = *counted.point;
            const qint64 told = anyFell ? point.resetMs : point.startMs;
            const auto last = row.last.constFind(counted.key);
            if (last == row.last.cend())
                point.startMs = told > 0 ? told : point.atMs;
            else if (!otherEpoch && !anyFell)
                point.startMs = last->startMs;
            else if (told > last->atMs)
                point.startMs = told;
            else // it fell on the same server: zeroed since the last point. Else what it counts began nobody knows when
                point.startMs = anyFell && !restarted ? last->atMs + 1 : point.atMs;
            point.startMs = std::min(point.startMs, point.atMs);
            row.last.insert(counted.key, {point.value, point.atMs, point.startMs});
        }
        row.epoch = epoch;
        row.postmasterStart = sample.identity.postmasterStart;
        row.atMs = sample.atMs;
    }
    m_rows.removeIf([&](QHash<QString, Row>::iterator row) { return row->atMs < sample.atMs - forgottenAfterMs; });
}

} // namespace howdah::health
