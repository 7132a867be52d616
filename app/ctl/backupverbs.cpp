// SPDX-License-Identifier: GPL-3.0-or-later
// backup create|list|verify|prune
#include "ctl/backupstand.h"

#include "backup/backupchange.h"
#include "backup/lease.h"
#include "backup/nativeengine.h"
#include "backup/physicalverify.h"
#include "backup/prune.h"
#include "backup/prunewal.h"
#include "base/units.h"
#include "ctl/backuparchive.h"
#include "ctl/backuparchivecopy.h"
#include "ctl/pgbackreststand.h"
#include "ctl/pitrverbs.h"

#include <QDateTime>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString timeText(qint64 ms)
{
    return ms ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss'Z'"_s) : u"unknown"_s;
}

QString bytesText(qint64 bytes)
{
    return bytes < 0 ? u"unknown"_s : units::bytes(double(bytes));
}

QString standingText(const Backup &backup, const Catalogue &catalogue)
{
    if (backup.state != BackupState::Complete)
        return stateName(backup.state) + ": "_L1 + backup.stateWords;
    if (backup.kind == BackupKind::Incremental) {
        if (const auto chain = catalogue.chain(backup.id); !chain)
            return u"of no use: "_s + chain.error().message;
    }
    if (backup.verified.atMs == 0)
        return u"complete, never verified"_s;
    return backup.verified.good ? u"verified "_s + timeText(backup.verified.atMs) : u"BAD: "_s + backup.verified.words;
}

Result<Answer> createBackup(Ctl &ctl, const BackupOptions &options)
{
    auto stand = backupStandOf(ctl, options, true);
    if (!stand)
        return fail(std::move(stand.error()));
    const Repository &repository = *stand->place.repository;
    TakeOptions wanted;
    wanted.kind = options.incremental ? BackupKind::Incremental : BackupKind::Full;
    wanted.compress = options.compress;
    wanted.verify = options.verify;
    wanted.despitePageErrors = options.despitePageErrors;
    wanted.label = QString::fromStdString(options.label);
    const auto plan = planTake(*stand->place.source, repository, wanted, ctl.cancel());
    if (!plan && plan.error().reason == "being_written"_L1)
        return Answer{{{u"error"_s, plan.error().toJson()}}, plan.error().text(), ExitCode::LockedByAnother};
    if (!plan)
        return fail(plan.error());
    const session::ChangePlan change = takeChange(stand->place, stand->profile.environment, *plan);
    if (options.planOnly) {
        QString text = change.title + u'\n';
        for (const session::ChangeStep &step : change.steps)
            text += step.title + u'\n' + (step.text.isEmpty() ? QString() : "    "_L1 + QString::fromUtf8(step.text) + u'\n');
        text += u"needs %1%2, %3 free\n"_s.arg(plan->needIsCertain ? QString() : u"at most "_s, bytesText(plan->needBytes), bytesText(plan->freeBytes));
        for (const QString &note : plan->notes)
            text += u"note: "_s + note + u'\n';
        return Answer{{{u"id"_s, plan->id},
                       {u"kind"_s, kindName(wanted.kind)},
                       {u"parent"_s, plan->parent},
                       {u"tools"_s, repository.toolbox().where()},
                       {u"command"_s, tool::commandLine(plan->command)},
                       {u"repository"_s, repository.name()},
                       {u"need_bytes"_s, plan->needBytes},
                       {u"need_certain"_s, plan->needIsCertain},
                       {u"free_bytes"_s, plan->freeBytes},
                       {u"left"_s, QJsonArray::fromStringList(plan->left)},
                       {u"notes"_s, QJsonArray::fromStringList(plan->notes)}},
                      text, ExitCode::Success};
    }
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const auto backup = take(*stand->place.source, repository, *plan, ctl.progress(), ctl.cancel());
        if (!backup)
            return fail(backup.error());
        QString text = u"%1: %2, %3 files, %4, consistent from %5 (%6) on; %7\n"_s.arg(backup->id, bytesText(backup->bytes)).arg(backup->files)
                           .arg(backup->data, backup->stopLsn.text(), timeText(backup->stopMs), backup->verified.atMs ? u"verified"_s : u"not verified"_s);
        for (const QString &word : backup->errors)
            text += u"TAKEN WITH ERRORS: "_s + word + u'\n';
        for (const QString &note : plan->notes + backup->notes)
            text += u"note: "_s + note + u'\n';
        return Answer{backup->toJson(repository.name()), text, ExitCode::Success};
    });
}

Result<Answer> listBackups(Ctl &ctl, const BackupOptions &options)
{
    auto stand = backupStandOf(ctl, options, false);
    if (!stand)
        return fail(std::move(stand.error()));
    const Repository &repository = *stand->place.repository;
    const auto catalogue = NativeEngine(repository, stand->place.archive).list(ctl.cancel());
    if (!catalogue)
        return fail(catalogue.error());
    const auto free = repository.freeBytes(ctl.cancel());
    QJsonArray backups;
    QString text;
    for (const Backup &backup : catalogue->backups) {
        QJsonObject json = backup.toJson(repository.name());
        if (backup.state == BackupState::Complete && backup.kind != BackupKind::Dump)
            json.insert(u"chain_whole"_s, bool(catalogue->chain(backup.id)));
        backups.append(json);
        const QString moment = backup.kind == BackupKind::Dump ? u"as of "_s + timeText(backup.startMs)
                                                               : u"until "_s + (backup.stopLsn.isNone() ? u"unknown"_s : u"%1 (%2)"_s.arg(backup.stopLsn.text(), timeText(backup.stopMs)));
        text += u"%1  %2  PostgreSQL %3  %4  %5\n"_s.arg(backup.id.leftJustified(26), bytesText(backup.bytes).rightJustified(9), backup.serverVersion.isEmpty() ? u"?"_s : backup.serverVersion,
                                                              moment, standingText(backup, *catalogue));
        for (const QString &word : backup.errors)
            text += "    taken with errors: "_L1 + word + u'\n';
    }
    if (catalogue->backups.isEmpty())
        text = u"There is no backup in %1\n"_s.arg(repository.name());
    text += u"%1, %2 free\n"_s.arg(repository.name(), free ? bytesText(*free) : u"unknown"_s);
    return Answer{{{u"repository"_s, repository.name()}, {u"backups"_s, backups}, {u"free_bytes"_s, free ? QJsonValue(*free) : QJsonValue()}}, text, ExitCode::Success};
}

Result<Answer> verifyBackups(Ctl &ctl, const BackupOptions &options)
{
    auto stand = backupStandOf(ctl, options, false);
    if (!stand)
        return fail(std::move(stand.error()));
    const Repository &repository = *stand->place.repository;
    const auto catalogue = repository.list(ctl.cancel());
    if (!catalogue)
        return fail(catalogue.error());
    QStringList ids;
    if (!options.id.empty()) {
        // Where the chain is broken, what there is of it is looked at all the same.
        const QString id = QString::fromStdString(options.id);
        const auto chain = catalogue->chain(id);
        if (!chain && chain.error().reason == "no_such_backup"_L1)
            return fail(chain.error());
        for (const Backup *link : chain.value_or(QVector<const Backup *>()))
            ids << link->id;
        if (!chain)
            ids << id;
    } else {
        for (const Backup &backup : catalogue->backups) {
            if (backup.state != BackupState::BeingWritten && backup.state != BackupState::Left)
                ids << backup.id;
        }
    }
    const auto lease = Lease::take(repository, u"a verification"_s, ctl.cancel());
    if (!lease)
        return fail(lease.error());
    const auto verdicts = verifyEach(repository, *catalogue, ids, ctl.progress(), ctl.cancel());
    if (!verdicts)
        return fail(verdicts.error());
    QJsonArray links;
    QString text;
    bool good = true;
    for (const LinkVerdict &link : *verdicts) {
        QString words = link.verdict.words;
        bool whole = link.verdict.good;
        if (const auto chain = catalogue->chain(link.id); !chain && whole) {
            whole = false;
            words = chain.error().message;
        }
        good = good && whole;
        links.append(QJsonObject{{u"id"_s, link.id}, {u"good"_s, whole}, {u"words"_s, words}, {u"kept"_s, link.kept}});
        text += u"%1  %2: %3\n"_s.arg(link.id.leftJustified(26), whole ? u"good"_s : u"BAD"_s, words);
    }
    if (verdicts->isEmpty())
        text = u"There is no backup to be verified in %1\n"_s.arg(repository.name());
    return Answer{{{u"repository"_s, repository.name()}, {u"good"_s, good}, {u"backups"_s, links}}, text, good ? ExitCode::Success : ExitCode::Findings};
}

Result<WalPlan> walOf(Ctl &ctl, const BackupStand &stand, const Catalogue &catalogue, const Cluster &cluster, const QStringList &going)
{
    if (stand.place.archive.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"There is no WAL archive in %1"_s.arg(stand.place.repository->name()));
    const auto files = archivedFiles(*stand.place.toolbox, stand.place.archive, ctl.cancel());
    if (!files)
        return fail(files.error());
    return planWal(catalogue, cluster.identifier, going, *files, cluster.segmentSize);
}

Result<Answer> pruneBackups(Ctl &ctl, const BackupOptions &options)
{
    auto stand = backupStandOf(ctl, options, false);
    if (!stand)
        return fail(std::move(stand.error()));
    const Repository &repository = *stand->place.repository;
    const auto catalogue = repository.list(ctl.cancel());
    if (!catalogue)
        return fail(catalogue.error());
    const auto cluster = clusterOf(stand->place, *catalogue, ctl.cancel());
    if (!cluster)
        return fail(cluster.error());
    const Retention retention{options.keep, options.days, {}};
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto plan = planPrune(*catalogue, cluster->identifier, retention, now);
    if (!plan)
        return fail(plan.error());
    QJsonArray items;
    QString text;
    for (const PruneItem &item : plan->items) {
        items.append(QJsonObject{{u"id"_s, item.backup.id}, {u"goes"_s, item.goes}, {u"why"_s, item.why}, {u"bytes"_s, item.backup.bytes < 0 ? QJsonValue() : QJsonValue(item.backup.bytes)}});
        text += u"%1  %2  %3  %4\n"_s.arg(item.goes ? u"goes"_s : u"stays"_s, -5).arg(item.backup.id.leftJustified(26), bytesText(item.backup.bytes).rightJustified(9), item.why);
    }
    QJsonObject json{{u"repository"_s, repository.name()}, {u"backups"_s, items}, {u"bytes"_s, plan->bytes}, {u"bytes_certain"_s, plan->bytesAreCertain}, {u"removed"_s, QJsonArray()}};
    WalPlan wal;
    if (options.wal) {
        auto planned = walOf(ctl, *stand, *catalogue, *cluster, plan->going());
        if (!planned)
            return fail(std::move(planned.error()));
        wal = *std::move(planned);
        json.insert(u"wal"_s, QJsonObject{{u"files"_s, wal.goes.size()}, {u"bytes"_s, wal.bytes}, {u"first_kept"_s, wal.firstKept}, {u"needed_by"_s, wal.neededBy}});
        text += u"WAL: %1 files (%2) before %3, which %4 needs; backups in other folders may need them\n"_s.arg(wal.goes.size()).arg(bytesText(wal.bytes), wal.firstKept, wal.neededBy);
    }
    if (plan->going().isEmpty() && wal.goes.isEmpty())
        return Answer{json, text + "Nothing is to be removed\n"_L1, ExitCode::Success};
    // In production by the server's name, so that it is no word too many in a shell's history.
    const bool production = stand->profile.environment == session::Environment::Production;
    const bool said = options.confirmed && (!production || QString::fromStdString(options.confirm) == stand->profile.name);
    if (!said) {
        text += u"Nothing was removed. Say --confirm%1 to remove what goes: %2%3\n"_s.arg(production ? u' ' + stand->profile.name : QString(), bytesText(plan->bytes), plan->bytesAreCertain ? QString() : u" at least"_s);
        return Answer{json, text, ExitCode::Pending};
    }
    const session::ChangePlan change = pruneChange(stand->place, stand->profile.environment, *plan, wal);
    return changeInJournal(ctl, change, [&]() -> Result<Answer> {
        const auto report = prune(repository, *plan, cluster->identifier, retention, now, ctl.progress(), ctl.cancel());
        if (!report)
            return fail(report.error());
        json.insert(u"removed"_s, QJsonArray::fromStringList(report->removed));
        json.insert(u"not_removed"_s, QJsonArray::fromStringList(report->kept));
        // Only once what needed it is gone, and all of it.
        if (report->kept.isEmpty()) {
            if (Done removed = removeWal(*stand->place.toolbox, stand->place.archive, wal, ctl.cancel()); !removed)
                return fail(std::move(removed.error()));
        }
        QString told = text + u"Removed: %1\n"_s.arg(report->removed.join(u", "_s));
        for (const QString &kept : report->kept)
            told += u"Not removed: %1\n"_s.arg(kept);
        return Answer{json, told, report->kept.isEmpty() ? ExitCode::Success : ExitCode::Failed};
    });
}

} // namespace

void addBackupVerbs(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<BackupOptions>();
    auto *backup = app.add_subcommand("backup", "Base backups and dumps: taken, listed, verified, pruned, restored");
    backup->require_subcommand(1);
    const auto verb = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const BackupOptions &)) {
        auto *command = backup->add_subcommand(name, what);
        command->fallthrough();
        command->add_option("--to,--in", options->folder, "A folder outside Docker; without it the archive of the profile's stack");
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return command;
    };
    auto *create = verb("create", "Takes one by pg_basebackup, verifies it, and only then gives it its name", createBackup);
    create->add_flag("--incremental", options->incremental, "On the last full one: what has changed since; PostgreSQL 18.6 and later");
    create->add_flag("--compress", options->compress, "As tar files under zstd: smaller, and unpacked before a rehearsal");
    create->add_option("--label", options->label, "Kept in it")->check([](const std::string &text) { return text.find_first_of("\n\r") == std::string::npos && text.size() <= 1000 ? std::string() : std::string("one line of at most 1000 bytes"); });
    create->add_flag("!--no-verify", options->verify, "Names it before it is verified");
    create->add_flag("--despite-page-errors", options->despitePageErrors, "Pages whose checksums are wrong are copied as they are, and the backup says so");
    create->add_flag("--plan", options->planOnly, "Only says what would be done");
    verb("list", "What there is, whatever its state", listBackups);
    auto *verify = verb("verify", "Every file against its manifest, every link of a chain, dumps read through; what is bad is exit code 5", verifyBackups);
    verify->add_option("id", options->id, "This one and what it builds on; without it all");
    auto *prune = verb("prune", "Shows what would go, and with --confirm removes it; exit code 9 while it waits for that", pruneBackups);
    prune->add_option("--keep", options->keep, "So many full ones, with what builds on them")->check(CLI::Range(1, 10'000));
    prune->add_option("--days", options->days, "Every moment of so many days stays reachable")->check(CLI::Range(1, 36'500));
    prune->add_flag("--wal", options->wal, "And the WAL that no backup here needs any more; not where backups lie in other folders too");
    auto *confirm = prune->add_option("--confirm", options->confirm, "Does it; in production with the profile's name");
    confirm->expected(0, 1);
    addWindowVerbs(backup, ctl);
    addArchiveVerbs(backup, ctl);
    addArchiveCopyVerb(backup, ctl);
    addPgBackRestVerbs(backup, ctl);
    prune->parse_complete_callback([options, confirm] { options->confirmed = confirm->count() > 0; });
}

} // namespace howdah::ctl
