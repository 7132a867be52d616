// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/backuparchive.h"

#include "backup/archivewatch.h"
#include "base/units.h"
#include "metrics/sampler.h"

#include <QDateTime>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct ArchiveOptions {
    std::string folder;
};

constexpr qint64 week = qint64(7) * 86'400'000;
constexpr qint64 longestPeriodMs = 120'000; // old samples are thinned to one a minute

// Where the console has sampled this server.
std::optional<WalRate> measuredRate(Ctl &ctl, const session::Profile &profile)
{
    if (profile.id.isEmpty())
        return {};
    const auto store = ctl.store();
    if (!store)
        return {};
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto points = metrics::readPoints(**store, profile.id + "/overview"_L1, now - week, now);
    if (!points)
        return {};
    QVector<std::pair<qint64, std::optional<double>>> rates;
    for (const metrics::Point &point : *points)
        rates.append({point.atMs, point.walBytes});
    return walRateOf(rates, longestPeriodMs);
}

QString findingsText(const QVector<ArchiveFinding> &findings)
{
    QString text;
    for (const ArchiveFinding &one : findings)
        text += severityName(one.severity) + u": "_s + one.what + u'\n' + (one.toDo.isEmpty() ? QString() : u"    "_s + one.toDo + u'\n');
    return text;
}

QString factsText(const ArchiveFacts &facts)
{
    QString text = u"archive_mode %1, %2\n"_s.arg(facts.mode, !facts.library.isEmpty() ? u"archive_library "_s + facts.library : facts.command.isEmpty() ? u"no archive_command"_s : u"archive_command "_s + units::oneLine(facts.command));
    const qint64 age = facts.lastArchivedMs ? facts.nowMs - *facts.lastArchivedMs : 0;
    text += facts.lastArchivedMs ? u"last archived %1, %2 ago"_s.arg(facts.lastArchived, units::duration(age)) : u"nothing was archived since its statistics began"_s;
    text += u"; written now %1\n"_s.arg(facts.current.isEmpty() ? u"unknown"_s : facts.current);
    text += facts.ready ? u"%1 wait"_s.arg(*facts.ready) : u"what waits is unknown"_s;
    text += facts.walFilesBytes ? u", pg_wal holds %1\n"_s.arg(units::bytes(double(*facts.walFilesBytes))) : u"\n"_s;
    for (const SlotFacts &slot : facts.replicationSlots)
        text += u"slot %1: %2, %3, holds %4\n"_s.arg(units::oneLine(slot.name), slot.walStatus.isEmpty() ? u"no WAL yet"_s : slot.walStatus, slot.active ? u"read by "_s + (slot.application.isEmpty() ? u"somebody"_s : slot.application) : u"read by nobody"_s,
                                                                slot.retainedBytes ? units::bytes(double(*slot.retainedBytes)) : u"nothing"_s);
    if (facts.rate)
        text += u"%1 of WAL, %2, over %3\n"_s.arg(units::bytesPerSecond(facts.rate->bytesPerSecond), facts.rate->source, units::duration(facts.rate->overMs));
    for (const DiskFacts &one : facts.disks) {
        const auto days = facts.daysUntilFull(one.part);
        text += one.unknown.isEmpty() ? u"%1: %2 of %3 free at %4%5\n"_s.arg(partName(one.part), one.freeBytes ? units::bytes(double(*one.freeBytes)) : u"unknown"_s, one.totalBytes ? units::bytes(double(*one.totalBytes)) : u"unknown"_s, one.path,
                                                                             days ? u", were all WAL to stay there full in %1 days"_s.arg(*days, 0, 'f', 1) : QString())
                                      : u"%1: unknown, %2\n"_s.arg(partName(one.part), one.unknown);
    }
    return text;
}

ExitCode exitOf(const QVector<ArchiveFinding> &findings)
{
    using Severity = ArchiveFinding::Severity;
    const auto has = [&](Severity severity) { return std::any_of(findings.cbegin(), findings.cend(), [severity](const ArchiveFinding &one) { return one.severity == severity; }); };
    if (has(Severity::Critical) || has(Severity::Warning))
        return ExitCode::Findings;
    return has(Severity::Unknown) ? ExitCode::NotPermitted : ExitCode::Success; // nothing found, but not everything was seen
}

Result<Answer> archive(Ctl &ctl, const ArchiveOptions &options)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    auto link = ctl.connect(Ctl::Link::Monitor);
    if (!link) {
        // Of a stack that a full disk has stopped the log tells it.
        ArchiveLook look;
        if (!target->profile.stack.isEmpty())
            look.findings = whyItIsDown(target->profile.stack, ctl.cancel());
        if (look.findings.isEmpty())
            return fail(std::move(link.error()));
        QJsonObject json = look.toJson();
        json.insert(u"unreachable"_s, link.error().text());
        return Answer{json, u"The server can't be reached: %1\n"_s.arg(link.error().text()) + findingsText(look.findings), ExitCode::Findings};
    }
    ArchivePlaces places;
    places.stack = target->profile.stack;
    places.backupFolder = QString::fromStdString(options.folder);
    places.rate = measuredRate(ctl, target->profile);
    const auto look = lookAtArchive(**link, places, ctl.cancel());
    if (!look)
        return fail(look.error());
    return Answer{look->toJson(), factsText(*look->facts) + findingsText(look->findings), exitOf(look->findings)};
}

} // namespace

void addArchiveVerbs(CLI::App *backup, Ctl &ctl)
{
    const auto options = std::make_shared<ArchiveOptions>();
    CLI::App *verb = backup->add_subcommand("archive", "Is the server's WAL being kept: what waits, slots, disks; exit 5 where something is wrong, 10 where not all may be seen");
    verb->fallthrough();
    verb->add_option("--to,--in", options->folder, "A folder outside Docker where backups are taken to");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return archive(c, *options); }); });
}

} // namespace howdah::ctl
