// SPDX-License-Identifier: GPL-3.0-or-later
// From exec to the first painted frame and an idle loop, as Howdah itself reports it; the peer's time runs from exec to its main window
// being mapped, which flatters the peer: it has not painted then.
#include "bench.h"
#include "process.h"
#include "visiblewindow.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QThread>

namespace howdah::bench
{

namespace
{
struct Start {
    double ms = 0;
    double firstPaintMs = 0;
    double rssMb = 0;
    double stallP999Ms = 0;
    double stallMaxMs = 0;
};

QJsonObject readReport(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

void end(QProcess &process)
{
    process.terminate();
    if (!process.waitForFinished(5000)) {
        process.kill();
        process.waitForFinished();
    }
}

Result<Start> startHowdah(const QString &display, const QTemporaryDir &folder)
{
    const QString report = folder.filePath(QStringLiteral("first-paint.json"));
    const QString stalls = folder.filePath(QStringLiteral("stalls.json"));
    QFile::remove(report);
    QFile::remove(stalls);
    QProcess process;
    QProcessEnvironment environment = environmentOn(display);
    environment.insert(QStringLiteral("HOWDAH_EXEC_NS"), QString::number(monotonicNs()));
    process.setProcessEnvironment(environment);
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(QCoreApplication::applicationDirPath() + QStringLiteral("/howdah"), {QStringLiteral("--first-paint-report"), report, QStringLiteral("--stall-report"), stalls});
    QElapsedTimer waited;
    waited.start();
    while (!QFile::exists(report) && waited.elapsed() < 20'000 && process.state() != QProcess::NotRunning)
        process.waitForFinished(5);
    const QJsonObject times = readReport(report);
    if (times.isEmpty()) {
        end(process);
        return fail(ErrorKind::Client, QStringLiteral("no_first_paint"), QStringLiteral("howdah reported no first paint within 20 s"));
    }
    Start start;
    start.ms = times.value(QStringLiteral("idle_ms")).toDouble();
    start.firstPaintMs = times.value(QStringLiteral("first_paint_ms")).toDouble();
    process.waitForFinished(2000); // what it loads right after the first paint counts as memory too
    start.rssMb = peakRssMb(process.processId());
    const QJsonObject stallReport = readReport(stalls);
    start.stallP999Ms = stallReport.value(QStringLiteral("p999_ms")).toDouble();
    start.stallMaxMs = stallReport.value(QStringLiteral("max_ms")).toDouble();
    end(process);
    return start;
}

Result<Start> startPeer(const QString &display, const QString &program)
{
    VisibleWindow window(display);
    if (!window.isConnected())
        return fail(ErrorKind::Tool, QStringLiteral("no_display"), QStringLiteral("The X server of the run is gone"));
    QProcess process;
    process.setProcessEnvironment(environmentOn(display));
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    QElapsedTimer time;
    time.start();
    process.start(program, QStringList());
    while (!window.seen() && time.elapsed() < 60'000)
        QThread::usleep(500);
    Start start;
    start.ms = double(time.nsecsElapsed()) / 1e6;
    const bool seen = window.seen();
    start.rssMb = peakRssMb(process.processId());
    end(process);
    while (window.seen() && time.elapsed() < 90'000) // the next start must meet an empty screen
        QThread::msleep(5);
    if (!seen)
        return fail(ErrorKind::Tool, QStringLiteral("peer_failed"), QStringLiteral("pgModeler showed no window within 60 s"));
    return start;
}
} // namespace

Result<QJsonObject> runStart(const Options &)
{
    const Result<QString> peer = peerProgram(QStringLiteral("pgmodeler"));
    if (!peer)
        return fail(peer.error());
    const auto screen = XServer::start();
    if (!screen)
        return fail(screen.error());
    const QString display = (*screen)->display();
    const QTemporaryDir folder;
    QVector<double> us, them, firstPaint, ratios;
    double rss = 0, peerRss = 0, stallP999 = 0, stallMax = 0;
    for (int pair = 0; pair <= kPairs; ++pair) {
        const Result<Start> own = startHowdah(display, folder);
        const Result<Start> other = own ? startPeer(display, *peer) : Result<Start>(fail(own.error()));
        if (!own || !other)
            return fail(own ? other.error() : own.error());
        if (pair == 0)
            continue; // both read from disk once before they are compared
        us << own->ms;
        firstPaint << own->firstPaintMs;
        them << other->ms;
        ratios << own->ms / other->ms;
        rss = std::max(rss, own->rssMb);
        stallP999 = std::max(stallP999, own->stallP999Ms);
        stallMax = std::max(stallMax, own->stallMaxMs);
        peerRss = std::max(peerRss, other->rssMb);
    }
    return QJsonObject{{QStringLiteral("us"), median(us)},
                       {QStringLiteral("peer"), median(them)},
                       {QStringLiteral("ratio"), median(ratios)},
                       {QStringLiteral("first_paint_ms"), median(firstPaint)},
                       {QStringLiteral("peak_rss_mb"), rss},
                       {QStringLiteral("peer_rss_mb"), peerRss},
                       {QStringLiteral("stall_p999_ms"), stallP999},
                       {QStringLiteral("stall_max_ms"), stallMax},
                       {QStringLiteral("unit"), QStringLiteral("ms from exec; us: first paint and an idle loop; peer: pgModeler's window mapped")}};
}

} // namespace howdah::bench
