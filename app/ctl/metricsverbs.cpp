// SPDX-License-Identifier: GPL-3.0-or-later
// metrics sample
#include "ctl/ctl.h"
#include "ctl/timewords.h"
#include "metrics/rates.h"

#include "base/clock.h"
#include "base/units.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

constexpr qint64 periodMs = 1000;

static QString shown(const std::optional<double> &value, QString (*word)(double))
{
    return (value ? word(*value) : u"-"_s).rightJustified(11);
}

static QString lineOf(const metrics::Point &point)
{
    QString line = QDateTime::fromMSecsSinceEpoch(point.atMs).toString(u"HH:mm:ss"_s);
    line += shown(point.commits, units::count) + shown(point.rollbacks, units::count) + shown(point.bufferHit, units::ratio)
        + shown(point.walBytes, units::bytesPerSecond) + shown(point.connections, units::count) + shown(point.active, units::count)
        + shown(point.locksWaiting, units::count);
    return (point.event.isEmpty() ? line : QString(line + u"  "_s + point.event)) + u'\n';
}

static Result<Answer> sample(Ctl &ctl, int seconds)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    QJsonArray samples;
    QJsonArray points;
    QString text = u"time        commits/s  rollback/s buffer hit        WAL       sessions   active    waiting\n"_s;
    std::optional<metrics::Sample> last;
    const qint64 begin = Clock().monotonicMs();
    for (int i = 0; i < seconds; ++i) {
        if (!waitUntil(begin + i * periodMs, ctl.cancel()))
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled after %1 samples"_s.arg(i));
        const auto now = metrics::readSample(**connection, ctl.cancel());
        if (!now)
            return fail(now.error());
        const metrics::Point point = last ? metrics::pointBetween(*last, *now, periodMs) : metrics::firstPoint(*now);
        samples.append(now->toJson());
        QJsonObject json = point.toJson();
        json.insert("at_ms"_L1, point.atMs);
        points.append(json);
        text += lineOf(point);
        last = *now;
    }
    const QJsonObject absent = last ? last->toJson().value("absent"_L1).toObject() : QJsonObject();
    for (auto it = absent.begin(); it != absent.end(); ++it)
        text += u"%1: %2\n"_s.arg(it.key(), it.value().toString());
    return Answer{{{u"samples"_s, samples}, {u"points"_s, points}, {u"absent"_s, absent}}, text, ExitCode::Success};
}

void addMetricsVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *metrics = app.add_subcommand("metrics", "Counters and gauges of a server");
    metrics->require_subcommand(1);
    CLI::App *verb = metrics->add_subcommand("sample", "One sample a second, and what happened between each two");
    auto seconds = std::make_shared<int>(2);
    verb->add_option("--seconds", *seconds, "How many samples")->check(CLI::Range(1, 3600))->capture_default_str();
    verb->callback([&ctl, seconds] { ctl.choose([seconds](Ctl &c) { return sample(c, *seconds); }); });
}

} // namespace howdah::ctl
