// SPDX-License-Identifier: GPL-3.0-or-later
// backup archive|receive
#include "ctl/backuparchive.h"

#include "backup/archivewatch.h"
#include "backup/receive.h"
#include "base/savefile.h"
#include "base/units.h"
#include "ctl/journalled.h"
#include "ctl/terminal.h"
#include "metrics/sampler.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>

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

struct ReceiveOptions {
    std::string unit, folder, role, slot = "howdah_receive", passFile, programs, user = "postgres", confirm;
};

Result<QString> makeSlot(Ctl &ctl, pg::Connection &link, const session::ChangePlan &change)
{
    Result<session::ChangeOutcome> outcome = session::ChangeOutcome();
    const Result<Done> kept = journalled(ctl, entryOf(change), [&]() -> JournalEnd {
        const session::JournalSeams none{[](const QString &, const QString &, const QString &, const QString &) { return Result<qint64>(0); }, [](qint64, const QString &, const QString &) {}};
        outcome = session::apply(link, change, none, ctl.cancel());
        if (!outcome)
            return {outcome.error().kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s, outcome.error().text()};
        return {outcome->outcomeUnknown ? u"unknown"_s : u"done"_s, outcome->message};
    });
    if (!kept)
        return fail(kept.error());
    if (!*kept)
        toErrors(printable(u"howdahctl: the journal has no end of this: %1\n"_s.arg(kept->error().text())));
    if (!outcome)
        return fail(outcome.error());
    if (outcome->outcomeUnknown)
        return fail(ErrorKind::Connection, u"outcome_unknown"_s, u"Whether the slot was made is not known: the link was lost"_s, u"Look into pg_replication_slots. %1"_s.arg(change.undo));
    return change.title + u": done\n"_s;
}

Result<Answer> receive(Ctl &ctl, const ReceiveOptions &options)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    const session::Profile &profile = target->profile;
    if (!profile.stack.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"The stack archives its WAL itself"_s, u"howdahctl backup archive tells how it does"_s);
    const QString file = QFileInfo(QString::fromStdString(options.unit)).absoluteFilePath();
    if (QFileInfo::exists(file))
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is there already"_s.arg(file));
    auto link = ctl.connect(Ctl::Link::Writer);
    if (!link)
        return fail(std::move(link.error()));
    auto prepared = ctl.prepared(profile.spec.role);
    if (prepared && prepared->via.isSet())
        return fail(ErrorKind::Client, u"not_supported"_s, u"WAL is not received through a tunnel of this program's: it would end with it"_s);
    ReceiveChoice choice;
    choice.spec = (*link)->spec();
    choice.serverName = profile.name.isEmpty() ? profile.spec.address() : u"%1 (%2)"_s.arg(profile.name, profile.spec.address());
    choice.role = QString::fromStdString(options.role);
    choice.slot = QString::fromStdString(options.slot);
    choice.folder = QString::fromStdString(options.folder);
    choice.passFile = QString::fromStdString(options.passFile);
    choice.programs = QString::fromStdString(options.programs);
    choice.user = QString::fromStdString(options.user);
    choice.environment = profile.environment;
    const auto plan = planReceive(**link, choice, ctl.cancel());
    if (!plan)
        return fail(plan.error());
    QString text;
    QJsonArray statements;
    for (const session::ChangeStep &step : plan->change.steps) {
        statements.append(QString::fromUtf8(step.text));
        text += u"-- %1; $1 = '%2'\n-- %3\n%4\n"_s.arg(step.title, choice.slot, step.blocks, QString::fromUtf8(step.text));
    }
    for (const QString &note : plan->notes)
        text += u"note: %1\n"_s.arg(note);
    QJsonObject json{{u"slot"_s, choice.slot}, {u"statements"_s, statements}, {u"unit"_s, plan->unit}, {u"notes"_s, QJsonArray::fromStringList(plan->notes)}, {u"file"_s, QJsonValue()}};
    if (!plan->change.steps.isEmpty() && QString::fromStdString(options.confirm) != choice.slot)
        return Answer{json, text + u"\n"_s + plan->unit + u"\nNothing was done. Say --confirm %1 to make the slot and write %2\n"_s.arg(choice.slot, file), ExitCode::Pending};
    // From the slot on the server holds WAL: it comes last, when nothing else can fail.
    if (Done written = saveFile(file, plan->unit.toUtf8(), 0644); !written)
        return fail(std::move(written.error()).during(u"write the unit; no slot was made"_s));
    json.insert(u"file"_s, file);
    text += u"%1 is written\n"_s.arg(file);
    if (!plan->change.steps.isEmpty()) {
        const auto made = makeSlot(ctl, **link, plan->change);
        if (!made) {
            Error error = made.error();
            if (error.reason != "outcome_unknown"_L1)
                error.hint = (error.hint.isEmpty() ? QString() : error.hint + u". "_s) + (QFile::remove(file) ? u"%1 was taken away again"_s : u"%1 stays: its slot is not there"_s).arg(file);
            return fail(std::move(error));
        }
        const QString held = u"WAL is held on the server from this moment, be it read or not: start the unit now. %1"_s.arg(plan->change.undo);
        json.insert(u"held"_s, held);
        text += *made + held + u'\n';
    }
    return Answer{json, text, ExitCode::Success};
}

} // namespace

void addArchiveVerbs(CLI::App *backup, Ctl &ctl)
{
    const auto options = std::make_shared<ArchiveOptions>();
    CLI::App *verb = backup->add_subcommand("archive", "Is the server's WAL being kept: what waits, slots, disks; exit 5 where something is wrong, 10 where not all may be seen");
    verb->fallthrough();
    verb->add_option("--to,--in", options->folder, "A folder outside Docker where backups are taken to");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return archive(c, *options); }); });

    const auto receiving = std::make_shared<ReceiveOptions>();
    CLI::App *unit = backup->add_subcommand("receive", "Writes a unit of systemd that always receives another server's WAL by pg_receivewal, and makes its slot; exit 9 until that is confirmed");
    unit->fallthrough();
    unit->add_option("--write-unit", receiving->unit, "The file, which is not there yet")->required();
    unit->add_option("--folder", receiving->folder, "Where the WAL goes, on the machine where the unit runs")->required();
    unit->add_option("--role", receiving->role, "With REPLICATION; without it the profile's");
    unit->add_option("--slot", receiving->slot, "Its name")->capture_default_str();
    unit->add_option("--passfile", receiving->passFile, "A pgpass file there; without it /etc/howdah/SLOT.pgpass");
    unit->add_option("--programs", receiving->programs, "The folder of pg_receivewal there; without it Debian's");
    unit->add_option("--user", receiving->user, "That it runs as")->capture_default_str();
    unit->add_option("--confirm", receiving->confirm, "The slot's name: it is made");
    unit->callback([&ctl, receiving] { ctl.choose([receiving](Ctl &c) { return receive(c, *receiving); }); });
}

} // namespace howdah::ctl
