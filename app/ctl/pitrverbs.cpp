// SPDX-License-Identifier: GPL-3.0-or-later
// backup window|gaps|drill; pitr find|plan|rehearse|restore|status|drop (compare and apply: pitrcompare.h)
#include "ctl/pitrverbs.h"

#include "backup/backupchange.h"
#include "backup/drillrun.h"
#include "backup/evidence.h"
#include "backup/labs.h"
#include "backup/moment.h"
#include "base/units.h"
#include "ctl/pgbackreststand.h"
#include "ctl/pitrcompare.h"
#include "ctl/pitrfind.h"
#include "ctl/pitrlab.h"
#include "ctl/pitrrestore.h"
#include "ctl/pitrstand.h"
#include "ctl/pitrreport.h"
#include "ctl/pitrswap.h"
#include "ctl/terminal.h"

#include <QDateTime>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct PitrOptions {
    BackupOptions backups;
    std::string archive;
    std::string moment, zone, lsn, xid, name;
    bool latest = false, exclusive = false;
    quint32 timeline = 0;
    std::string from;
    std::vector<std::string> probes;
    std::string probeDatabase = "postgres";
    std::string superuser = "postgres";
    bool planOnly = false;
    std::string keep; // as a lab of this name
    std::string data;
    FindOptions find;
};

QString islandText(const Island &island, const Inventory &inventory)
{
    Q_UNUSED(inventory)
    QString text = island.fromUs < island.toUs ? u"timeline %1: from %2 to %3"_s.arg(island.timeline).arg(momentText(island.fromUs), momentText(island.toUs))
                                               : u"timeline %1: %2 alone, the end of a backup with nothing committed behind it"_s.arg(island.timeline).arg(momentText(island.fromUs));
    text += u"  (from %1)\n"_s.arg(island.backups.join(u", "_s));
    if (!island.endsBecause.isEmpty())
        text += u"    ends there: %1\n"_s.arg(island.endsBecause);
    return text;
}

Result<Answer> window(Ctl &ctl, const PitrOptions &options)
{
    const auto stand = pitrStandOf(ctl, options.backups, options.archive);
    if (!stand)
        return fail(stand.error());
    QJsonArray islands, unusable;
    QString text;
    for (const Island &island : islandsOf(stand->inventory, stand->points)) {
        islands.append(island.toJson());
        text += islandText(island, stand->inventory);
    }
    for (const BackupPoint &point : stand->points) {
        if (point.usable)
            continue;
        unusable.append(QJsonObject{{u"id"_s, point.id}, {u"why"_s, point.why}});
        text += u"of no use: %1: %2\n"_s.arg(point.id, point.why);
    }
    if (islands.isEmpty())
        text += u"No moment can be reached from %1 and %2\n"_s.arg(stand->backups.place.repository->name(), stand->archive.where);
    for (const QString &problem : stand->inventory.problems)
        text += u"! %1\n"_s.arg(problem);
    // A stuck archiver leaves every line above as it was: how old the end is says more.
    qint64 newestUs = 0;
    for (const Island &island : islandsOf(stand->inventory, stand->points))
        newestUs = std::max(newestUs, island.toUs);
    const QJsonValue endAge = newestUs ? QJsonValue(std::max<qint64>(0, QDateTime::currentMSecsSinceEpoch() - newestUs / 1000)) : QJsonValue(QJsonValue::Null);
    if (newestUs)
        text += u"The newest that can be reached is %1 old; whether the server has committed since: howdahctl backup ready\n"_s.arg(units::duration(endAge.toInteger()));
    const auto drills = keptDrills(stand->inventory.systemIdentifier);
    if (!drills)
        return fail(drills.error());
    text += provenText(*drills, QDateTime::currentMSecsSinceEpoch()) + u'\n';
    return Answer{{{u"islands"_s, islands}, {u"end_age_ms"_s, endAge}, {u"unusable"_s, unusable}, {u"problems"_s, QJsonArray::fromStringList(stand->inventory.problems)}, {u"last_drill"_s, drills->isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(drills->constLast().toJson())}}, text, islands.isEmpty() ? ExitCode::Findings : ExitCode::Success};
}

Result<Answer> gaps(Ctl &ctl, const PitrOptions &options)
{
    const auto stand = pitrStandOf(ctl, options.backups, options.archive);
    if (!stand)
        return fail(stand.error());
    QJsonArray all;
    QString text;
    for (const Gap &gap : gapsOf(stand->inventory)) {
        all.append(gap.toJson(stand->inventory.segmentSize));
        const quint64 size = stand->inventory.segmentSize;
        text += gap.history ? u"timeline %1: %2\n"_s.arg(gap.timeline).arg(gap.what)
            : gap.first == gap.last ? u"%1: %2\n"_s.arg(gap.first.name(size), gap.what)
                                    : u"%1 to %2, %3 segments: %4\n"_s.arg(gap.first.name(size), gap.last.name(size)).arg(gap.last.number - gap.first.number + 1).arg(gap.what);
    }
    for (const QString &problem : stand->inventory.problems)
        text += u"! %1\n"_s.arg(problem);
    text += u"%1 segments of %2 MB in %3%4\n"_s.arg(stand->inventory.segments.size()).arg(stand->inventory.segmentSize >> 20).arg(stand->archive.where, all.isEmpty() ? u": no hole, none damaged"_s : QString());
    return Answer{{{u"gaps"_s, all}, {u"segments"_s, stand->inventory.segments.size()}, {u"segment_mb"_s, qint64(stand->inventory.segmentSize >> 20)}, {u"problems"_s, QJsonArray::fromStringList(stand->inventory.problems)}}, text,
                  all.isEmpty() && stand->inventory.problems.isEmpty() ? ExitCode::Success : ExitCode::Findings};
}

Result<PitrTarget> targetOf(const PitrOptions &options)
{
    PitrTarget target;
    target.inclusive = !options.exclusive;
    if (options.timeline)
        target.timeline = options.timeline;
    const int kinds = int(!options.moment.empty()) + int(!options.lsn.empty()) + int(!options.xid.empty()) + int(!options.name.empty()) + int(options.latest);
    if (kinds != 1)
        return fail(ErrorKind::Client, u"usage"_s, u"One target is needed: --target MOMENT, --lsn, --xid, --name or --latest"_s);
    if (!options.moment.empty()) {
        target.kind = PitrTarget::Kind::Time;
        const QTimeZone zone(QByteArray::fromStdString(options.zone));
        if (!options.zone.empty() && !zone.isValid())
            return fail(ErrorKind::Client, u"usage"_s, u"There is no time zone %1"_s.arg(QString::fromStdString(options.zone)));
        const QString typed = QString::fromStdString(options.moment);
        const auto us = options.zone.empty() ? parseMoment(typed) : parseWallClock(typed, zone);
        if (!us)
            return fail(us.error());
        target.us = *us;
    } else if (!options.lsn.empty()) {
        const auto lsn = Lsn::parse(QString::fromStdString(options.lsn));
        if (!lsn)
            return fail(ErrorKind::Client, u"usage"_s, u"%1 is no place in WAL, such as 0/3000028"_s.arg(QString::fromStdString(options.lsn)));
        target.kind = PitrTarget::Kind::Lsn;
        target.lsn = *lsn;
    } else if (!options.xid.empty()) {
        bool is = false;
        target.kind = PitrTarget::Kind::Xid;
        target.xid = QString::fromStdString(options.xid).toUInt(&is);
        if (!is)
            return fail(ErrorKind::Client, u"usage"_s, u"%1 is no transaction's number"_s.arg(QString::fromStdString(options.xid)));
    } else if (!options.name.empty()) {
        target.kind = PitrTarget::Kind::Name;
        target.name = QString::fromStdString(options.name);
    }
    return target;
}

QString verdictText(const Verdict &verdict, const PitrTarget &target)
{
    if (!verdict.isGood())
        return u"No: %1\n"_s.arg(verdict.message);
    QString text = u"%1 can be reached, from backup %2 on timeline %3\n"_s.arg(target.text(), verdict.backup).arg(verdict.timeline);
    if (verdict.lastCommitUs)
        text += u"the last transaction that is kept was committed at %1 (%2)\n"_s.arg(momentText(*verdict.lastCommitUs), verdict.lastCommit.text());
    text += verdict.lost ? u"%1 transactions in the archive that were committed behind it are not kept\n"_s.arg(verdict.lost) : u"no transaction in the archive is left out\n"_s;
    text += u"what the server has not archived yet is not in it, and not counted\n"_s;
    for (const QString &warning : verdict.warnings)
        text += u"! %1\n"_s.arg(warning);
    for (const QString &setting : verdict.settings)
        text += u"    %1\n"_s.arg(setting);
    return text;
}

Result<std::pair<PitrStand, Verdict>> judged(Ctl &ctl, const PitrOptions &options, const PitrTarget &target)
{
    auto stand = pitrStandOf(ctl, options.backups, options.archive);
    if (!stand)
        return fail(std::move(stand.error()));
    auto verdict = verdictOf(stand->archive, stand->inventory, stand->points, target, QString::fromStdString(options.from), ctl.cancel());
    if (!verdict)
        return fail(std::move(verdict.error()));
    return std::pair(*std::move(stand), *std::move(verdict));
}

Result<Answer> plan(Ctl &ctl, const PitrOptions &options)
{
    const auto target = targetOf(options);
    if (!target)
        return fail(target.error());
    const auto found = judged(ctl, options, *target);
    if (!found)
        return fail(found.error());
    QJsonObject json = found->second.toJson();
    json.insert(u"target"_s, target->text());
    return Answer{json, verdictText(found->second, *target), found->second.isGood() ? ExitCode::Success : ExitCode::Findings};
}

QString rehearsalText(const Rehearsal &rehearsal)
{
    QString text = u"%1%2: %3\n"_s.arg(rehearsal.lab.isEmpty() ? QString() : u"the lab %1, "_s.arg(rehearsal.lab), rehearsal.id, rehearsal.isGood() ? u"good"_s : u"NOT GOOD"_s);
    for (const RehearsalCheck &check : rehearsal.before) {
        if (check.good != true)
            text += u"  ?     before it, %1: %2\n"_s.arg(check.name, check.words);
    }
    for (const RehearsalCheck &check : rehearsal.checks)
        text += u"  %1  %2: %3\n"_s.arg(!check.good ? u"?   "_s : *check.good ? u"good"_s : u"BAD "_s, check.name, check.words);
    text += u"  a recovery takes %1: %2 to copy, %3 to replay\n"_s.arg(units::duration(rehearsal.recoveryMs()), units::duration(rehearsal.copyMs), units::duration(rehearsal.replayMs));
    text += u"  it stays: psql \"host=%1 user=%2 dbname=…\" looks into it, `howdahctl pitr drop %3` removes it\n"_s.arg(rehearsal.socketFolder, rehearsal.superuser, rehearsal.id);
    return text;
}

RehearsalChoice rehearsalOf(const PitrOptions &options, const PitrStand &stand, const Verdict &verdict)
{
    RehearsalChoice choice = rehearsalChoiceOf(stand, stand.backups.place, verdict);
    choice.superuser = QString::fromStdString(options.superuser);
    choice.database = QString::fromStdString(options.probeDatabase);
    for (const std::string &probe : options.probes)
        choice.probes << QString::fromStdString(probe);
    return choice;
}

// What the planner stood on there: the copy is to choose the plans that production chooses. Without the configuration it is PostgreSQL's own.
QByteArray labSettings(Ctl &ctl, const PitrStand &stand, const QString &backup)
{
    const Backup *from = stand.catalogue.find(backup);
    const auto conf = from && !from->ofStack ? stand.backups.place.repository->read(from->folder + u"/config/postgresql.conf"_s, 1 << 20, ctl.cancel()) : Result<QByteArray>();
    return conf ? plannerSettings(*conf) : QByteArray();
}

Result<Answer> rehearseVerb(Ctl &ctl, const PitrOptions &options)
{
    const auto target = targetOf(options);
    if (!target)
        return fail(target.error());
    const QString lab = QString::fromStdString(options.keep);
    if (Done free = lab.isEmpty() ? Done() : checkNewLab(lab, ctl.cancel()); !free)
        return fail(std::move(free.error()));
    const auto found = judged(ctl, options, *target);
    if (!found)
        return fail(found.error());
    const auto &[stand, verdict] = *found;
    if (!verdict.isGood())
        return Answer{verdict.toJson(), verdictText(verdict, *target), ExitCode::Findings};
    RehearsalChoice choice = rehearsalOf(options, stand, verdict);
    if (!lab.isEmpty())
        choice.settings = labSettings(ctl, stand, verdict.backup);
    const auto plan = planRehearsal(choice, QDateTime::currentMSecsSinceEpoch());
    if (!plan)
        return fail(plan.error());
    if (options.planOnly)
        return Answer{{{u"id"_s, plan->id}, {u"verdict"_s, verdict.toJson()}, {u"plan"_s, plan->text()}}, verdictText(verdict, *target) + plan->text(), ExitCode::Success};
    const session::ChangePlan change = rehearsalChange(stand.backups.place, stand.backups.profile.environment, u"Rehearse the recovery to %1 as %2"_s.arg(target->text(), plan->id), *plan);
    Evidence evidence = evidenceOf(stand, stand.backups.place, target->text(), verdict, plan->id, QDateTime::currentMSecsSinceEpoch());
    return changeInJournal(ctl, change, [&, plan = *plan]() -> Result<Answer> {
        auto rehearsal = rehearse(plan, ctl.progress(), ctl.cancel());
        conclude(evidence, rehearsal);
        if (Done kept = keepEvidence(evidence); !kept)
            toErrors(printable(u"howdahctl: no evidence is kept of this: %1\n"_s.arg(kept.error().text())));
        if (!rehearsal)
            return fail(rehearsal.error());
        if (!lab.isEmpty()) {
            auto kept = keepAsLab(rehearsal->id, lab, ctl.cancel());
            if (!kept)
                return fail(std::move(kept.error()));
            *rehearsal = kept->rehearsal;
        }
        return Answer{rehearsal->toJson(), rehearsalText(*rehearsal), rehearsal->isGood() ? ExitCode::Success : ExitCode::Findings};
    });
}

Result<Answer> restoreVerb(Ctl &ctl, const PitrOptions &options)
{
    const auto target = targetOf(options);
    if (!target)
        return fail(target.error());
    const auto found = judged(ctl, options, *target);
    if (!found)
        return fail(found.error());
    const auto &[stand, verdict] = *found;
    if (!verdict.isGood())
        return Answer{verdict.toJson(), verdictText(verdict, *target), ExitCode::Findings};
    return restoreIntoFolder(ctl, stand, verdict, *target, QString::fromStdString(options.data), options.planOnly);
}

// The newest that can be had, rehearsed and dropped again: what came of it is kept, good or not.
Result<Answer> drillVerb(Ctl &ctl, const PitrOptions &options)
{
    const auto stand = pitrStandOf(ctl, options.backups, options.archive);
    if (!stand)
        return fail(stand.error());
    DrillOptions wanted;
    wanted.database = QString::fromStdString(options.probeDatabase);
    for (const std::string &probe : options.probes)
        wanted.probes << QString::fromStdString(probe);
    const auto outcome = runDrill(*stand, stand->backups.place, wanted, QDateTime::currentMSecsSinceEpoch(), ctl.progress(), ctl.cancel());
    if (!outcome)
        return fail(outcome.error());
    const Drill &drill = outcome->drill;
    QString text = drill.good ? u"Proven: backup %1 leads to the last commit (%2) in %3\n"_s.arg(drill.backup, drill.lastCommitUs ? momentText(*drill.lastCommitUs) : u"unknown"_s, units::duration(drill.recoveryMs.value_or(0)))
                              : u"NOT PROVEN: %1\n"_s.arg(drill.words);
    if (!outcome->stays.isEmpty())
        text += u"%1 stays, to be looked at\n"_s.arg(outcome->stays);
    return Answer{drill.toJson(), text, drill.good ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> statusVerb(Ctl &ctl, const PitrOptions &)
{
    const auto standing = standingRehearsals(ctl.cancel());
    if (!standing)
        return fail(standing.error());
    QJsonArray all;
    QString text;
    for (const Standing &one : *standing) {
        QJsonObject json = one.rehearsal ? one.rehearsal->toJson() : QJsonObject{{u"id"_s, one.id}};
        json.insert(u"running"_s, one.running);
        json.insert(u"finished"_s, one.rehearsal.has_value());
        all.append(json);
        text += one.rehearsal ? rehearsalText(*one.rehearsal) : u"%1: not a finished rehearsal of yours; where a program of yours was ended in the midst of it, `howdahctl pitr drop %1` removes it\n"_s.arg(one.id);
    }
    QJsonObject json{{u"rehearsals"_s, all}};
    if (all.isEmpty())
        text = u"No rehearsal stands\n"_s;
    if (Done added = addSwaps(json, text); !added)
        return fail(std::move(added.error()));
    return Answer{json, text, ExitCode::Success};
}

Result<Answer> dropVerb(Ctl &ctl, const PitrOptions &options)
{
    const QString id = QString::fromStdString(options.backups.id);
    if (Done dropped = dropRehearsal(id, ctl.cancel()); !dropped)
        return fail(std::move(dropped.error()));
    return Answer{{{u"dropped"_s, id}}, u"%1 is gone: its container, its volume, its record\n"_s.arg(id), ExitCode::Success};
}

Result<Answer> findVerb(Ctl &ctl, const PitrOptions &options)
{
    const auto stand = pitrStandOf(ctl, options.backups, options.archive);
    return stand ? findTransactions(ctl, *stand, options.find) : Result<Answer>(fail(stand.error()));
}

using Verb = Result<Answer> (*)(Ctl &, const PitrOptions &);

CLI::App *add(CLI::App *under, Ctl &ctl, const std::shared_ptr<PitrOptions> &options, const char *name, const char *what, Verb action)
{
    CLI::App *one = under->add_subcommand(name, what);
    one->fallthrough();
    one->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
    return one;
}

void addOwnPlace(CLI::App *verb, const std::shared_ptr<PitrOptions> &options)
{
    verb->add_option("--in", options->backups.folder, "A folder outside Docker with the backups; without it the archive of the profile's stack");
    verb->add_option("--archive", options->archive, "The folder with its WAL, where that is another one");
}

// Of the verbs that know another tool's backups as well.
void addPlace(CLI::App *verb, const std::shared_ptr<PitrOptions> &options)
{
    addOwnPlace(verb, options);
    addPgBackRestOptions(verb, &options->backups);
}

} // namespace

void addWindowVerbs(CLI::App *backup, Ctl &ctl)
{
    const auto options = std::make_shared<PitrOptions>();
    addPlace(add(backup, ctl, options, "window", "To which moments the cluster can be brought back; exit 5 where to none", window), options);
    CLI::App *drill = add(backup, ctl, options, "drill", "Rehearse the newest that can be had and keep what came of it; exit 5 where it is not proven", drillVerb);
    addPlace(drill, options);
    drill->add_option("--probe", options->probes, "SQL that is to answer one true");
    drill->add_option("--probe-database", options->probeDatabase, "Where")->capture_default_str();
    CLI::App *holes = add(backup, ctl, options, "gaps", "Which WAL is missing or damaged; exit 5 where some is", gaps);
    addPlace(holes, options);
    holes->add_flag("--again", options->backups.readAgain, "Read every segment, and not only what is new: a disk that rots changes no file's time");
}

void addPitrVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *pitr = app.add_subcommand("pitr", "Back to a moment: told beforehand, rehearsed in a container, compared");
    pitr->require_subcommand(1);
    const auto options = std::make_shared<PitrOptions>();
    const auto towards = [&](CLI::App *verb, auto addTheirPlace) {
        addTheirPlace(verb, options);
        verb->add_option("--target", options->moment, "A moment with its offset: \"2026-11-27 14:02:13+01\"");
        verb->add_option("--zone", options->zone, "Of a moment without an offset: Europe/Berlin");
        verb->add_option("--lsn", options->lsn, "A place in WAL");
        verb->add_option("--xid", options->xid, "A transaction's number");
        verb->add_option("--name", options->name, "A restore point");
        verb->add_flag("--latest", options->latest, "The last commit that can be had");
        verb->add_flag("--exclusive", options->exclusive, "Just before it, and not with it");
        verb->add_option("--timeline", options->timeline, "Of which branch; without it the newest");
        verb->add_option("--from", options->from, "This backup; without it the newest that serves");
        return verb;
    };
    towards(add(pitr, ctl, options, "plan", "What the server would make of it, told before anything starts; exit 5 where it can't be had", plan), addPlace);
    CLI::App *rehearsal = towards(add(pitr, ctl, options, "rehearse", "Do it in a container without a network and look at what came of it; exit 5 where that is not good", rehearseVerb), addPlace);
    rehearsal->add_option("--probe", options->probes, "SQL that is to answer one true");
    rehearsal->add_option("--probe-database", options->probeDatabase, "Where")->capture_default_str();
    rehearsal->add_option("--superuser", options->superuser, "Of the cluster")->capture_default_str();
    rehearsal->add_flag("--plan", options->planOnly, "Only say what would be done");
    rehearsal->add_option("--keep", options->keep, "As a lab of this name: see pitr lab");
    CLI::App *create = towards(add(addLabVerbs(pitr, ctl), ctl, options, "create", "Rehearse, and keep it under this name", rehearseVerb), addPlace);
    create->add_option("lab", options->keep, "Its name")->required();
    create->add_option("--superuser", options->superuser, "Of the cluster")->capture_default_str();
    CLI::App *restore = towards(add(pitr, ctl, options, "restore", "A new folder from which a server goes there by itself, for one that is lost: data, WAL and a page that says how; exit 5 where it can't be had", restoreVerb), addOwnPlace);
    restore->add_option("--data", options->data, "The folder to be made")->required();
    restore->add_flag("--plan", options->planOnly, "Only say what would be done");
    CLI::App *find = add(pitr, ctl, options, "find", "Which transaction it was: who took most rows away, from the WAL itself", findVerb);
    addPlace(find, options);
    find->add_option("--since", options->find.from, "From this moment on");
    find->add_option("--until", options->find.to, "Up to this moment");
    find->add_option("--table", options->find.tables, "Only what was done to it: schema.table");
    find->add_option("--timeline", options->find.timeline, "Of which branch; without it the newest");
    find->add_option("--most", options->find.most, "So many")->check(CLI::Range(1, 10'000))->capture_default_str();
    addCompareVerbs(pitr, ctl);
    add(pitr, ctl, options, "status", "The rehearsals that stand, and the swaps there is a way back from", statusVerb);
    add(pitr, ctl, options, "drop", "Remove one", dropVerb)->add_option("id", options->backups.id, "Which")->required();
    addSwapVerbs(pitr, ctl);
    addReportVerb(pitr, ctl);
}

} // namespace howdah::ctl
