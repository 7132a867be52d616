// SPDX-License-Identifier: GPL-3.0-or-later
// The overview open for so many seconds on a real server: what a sample costs there, whether memory grows, whether the window stalls. The peer
// is psql asking the same statement as often; both costs are the server's own count (pg_stat_statements: planning and execution).
#include "bench.h"
#include "benchserver.h"
#include "child.h"
#include "process.h"

#include "metrics/sampler.h"
#include "ui/metrics/overviewpane.h"
#include "ui/shell/stallmeter.h"
#include "ui/widgets/timerange.h"

#include <QTemporaryDir>
#include <QTimer>

namespace howdah::bench
{

QJsonObject overviewChild(const QStringList &arguments)
{
    const Target target = readTarget(arguments.value(0));
    const int seconds = arguments.value(1).toInt();
    store::StoreWorker store(arguments.value(2));
    const Clock clock;
    ui::TimeRange range;

    ui::PaneContext context;
    context.profile.id = QStringLiteral("bench");
    context.profile.spec = target.spec;
    pg::Session monitor(context.profile.monitorSpec(), target.password, pg::Session::Purpose::Monitor);
    metrics::Sampler sampler(&monitor, &store, QStringLiteral("bench/overview"));
    context.monitor = &monitor;
    context.sampler = &sampler;
    context.store = &store;
    context.range = &range;
    context.clock = &clock;
    int samples = 0;
    QObject::connect(&sampler, &metrics::Sampler::sampled, &sampler, [&] { ++samples; });

    monitor.open();
    sampler.start();
    const std::unique_ptr<ui::Pane> pane(ui::makeOverviewPane(context, nullptr));
    pane->resize(1510, 940);
    pane->show();
    pane->activated();
    ui::StallMeter stalls{QString()};
    if (!turnUntil(20'000, [&] { return samples > 0; }))
        return {{QStringLiteral("error"), QStringLiteral("no sample within 20 s")}};
    stalls.start();
    // A fifth of the time is for what settles once (fonts, caches, the first history): minute 2 of 10.
    turnUntil(seconds * 200, [] { return false; });
    const double settledMb = selfRssMb();
    turnUntil(seconds * 800, [] { return false; });
    // Figures of a window that stood still would be the best of all.
    if (samples < seconds * 9 / 10 || !pane->isSettled())
        return {{QStringLiteral("error"), QStringLiteral("only %1 samples in %2 s").arg(samples).arg(seconds)}};
    const QJsonObject report = stalls.report();
    const QJsonObject result{{QStringLiteral("samples"), samples},
                             {QStringLiteral("rss_growth_mb"), selfRssMb() - settledMb},
                             {QStringLiteral("peak_rss_mb"), selfPeakRssMb()},
                             {QStringLiteral("stall_p999_ms"), report.value(QStringLiteral("p999_ms"))},
                             {QStringLiteral("stall_max_ms"), report.value(QStringLiteral("max_ms"))}};
    sampler.stop();
    store.drain(5000);
    return result;
}

Result<QJsonObject> runOverview(const Options &options)
{
    const int seconds = options.seconds > 0 ? options.seconds : 60;
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start();
    if (!server)
        return fail(server.error());
    const auto screen = XServer::start();
    if (!screen)
        return fail(screen.error());
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target.json"));
    if (const Done written = writeTarget(target, (*server)->target(QStringLiteral("bench_monitor"))); !written)
        return fail(written.error());

    Result<QJsonObject> own = child((*screen)->display(), QStringLiteral("overview"),
                                    {target, QString::number(seconds), folder.filePath(QStringLiteral("store.sqlite"))}, seconds * 1000 + 60'000);
    if (!own)
        return own;
    const Result<pg::Statement> sample = pg::sqlFile(QStringLiteral("metrics/sample"), 180000);
    if (!sample)
        return fail(sample.error());
    for (int i = 0; i < kPairs * 4; ++i) {
        if (const Done asked = (*server)->psql(*psql, QStringLiteral("bench_peer"), sample->text + ";\n"); !asked)
            return fail(asked.error());
    }
    const Result<double> us = (*server)->meanServerMs(QStringLiteral("bench_monitor"));
    const Result<double> peer = us ? (*server)->meanServerMs(QStringLiteral("bench_peer")) : us;
    if (!peer)
        return fail(peer.error());
    own->insert(QStringLiteral("us"), *us);
    own->insert(QStringLiteral("peer"), *peer);
    own->insert(QStringLiteral("ratio"), *us / *peer);
    own->insert(QStringLiteral("server_ms"), *us);
    own->insert(QStringLiteral("seconds"), seconds);
    own->insert(QStringLiteral("unit"), QStringLiteral("ms of the server's time a sample, planning included; peer: psql asking the same"));
    return own;
}

} // namespace howdah::bench
