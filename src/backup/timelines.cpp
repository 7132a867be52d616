// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/timelines.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

Result<QVector<Ancestor>> parseHistory(Timeline of, const QByteArray &text)
{
    QVector<Ancestor> ancestors;
    int number = 0;
    for (const QByteArray &raw : text.split('\n')) {
        ++number;
        const QString line = QString::fromUtf8(raw).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const QStringList fields = line.split(u'\t');
        bool isNumber = false;
        const Timeline timeline = fields.constFirst().toUInt(&isNumber);
        const auto left = Lsn::parse(fields.value(1).trimmed());
        const bool inOrder = ancestors.isEmpty() || (timeline > ancestors.constLast().timeline && left >= ancestors.constLast().left);
        if (!isNumber || timeline == 0 || timeline >= of || !left || !inOrder)
            return fail(ErrorKind::Client, u"bad_history"_s, u"Line %1 of the history of timeline %2 is none: %3"_s.arg(number).arg(of).arg(line.left(100)));
        ancestors.append({timeline, *left, fields.mid(2).join(u'\t')});
    }
    return ancestors;
}

std::optional<QVector<Stretch>> Timelines::wayTo(Timeline timeline) const
{
    if (timeline != 1 && !histories.contains(timeline))
        return std::nullopt;
    QVector<Stretch> way;
    Lsn begin;
    for (const Ancestor &one : histories.value(timeline)) {
        way.append({one.timeline, begin, one.left});
        begin = one.left;
    }
    way.append({timeline, begin, {}});
    return way;
}

QVector<Timeline> Timelines::holding(const QVector<Stretch> &way, quint64 number, quint64 segmentSize)
{
    QVector<Timeline> timelines;
    for (auto one = way.crbegin(); one != way.crend(); ++one) {
        const bool begun = one->begin.value / segmentSize <= number;
        const bool over = !one->end.isNone() && (one->end.value - 1) / segmentSize < number;
        if (begun && !over)
            timelines << one->timeline;
    }
    return timelines;
}

bool Timelines::isOnWay(const QVector<Stretch> &way, Timeline timeline, Lsn at)
{
    return std::any_of(way.cbegin(), way.cend(), [&](const Stretch &one) {
        return one.timeline == timeline && at >= one.begin && (one.end.isNone() || at < one.end);
    });
}

} // namespace howdah::backup
