// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/rehearsalrecord.h"

#include <QDateTime>
#include <QRandomGenerator>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

// Exit code 1 says "not in the archive" to the server, and an end of WAL: nothing else may. Above 125 it stops, and no recovery ends too early because a
// disk had a bad moment. A segment of another size is as good as none: the server reads ahead, and would end at it before it reaches a target in front of it.
QByteArray restoreScriptOf(const QString &archive, quint64 segmentSize)
{
    return u"#!/bin/sh\n"
           "from='%1'/$1\n"
           "for try in 1 2 3 4 5; do\n"
           "  [ -r '%1' ] && [ -x '%1' ] || { sleep 1; continue; }\n"
           "  if [ -e \"$from\" ]; then cp -- \"$from\" \"$2\"\n"
           "  elif [ -e \"$from.gz\" ]; then gzip -dc -- \"$from.gz\" > \"$2\"\n"
           "  elif [ -e \"$from.zst\" ]; then zstd -dcq -- \"$from.zst\" > \"$2\"\n"
           "  else exit 1; fi && case $1 in\n"
           "    *.*) exit 0 ;;\n"
           "    *) [ \"$(stat -c %s -- \"$2\")\" = %2 ] && exit 0; rm -f -- \"$2\"; exit 1 ;;\n"
           "  esac\n"
           "  sleep 1\n"
           "done\n"
           "echo \"the archive can't be read: $1\" >&2\n"
           "exit 126\n"_s.replace(u"%1"_s, QString(archive).replace(u'\'', u"'\\''"_s)).replace(u"%2"_s, QString::number(segmentSize)).toUtf8();
}

QStringList targetSettingsOf(const RehearsalChoice &choice)
{
    QStringList settings;
    for (const char *name : {"recovery_target", "recovery_target_lsn", "recovery_target_name", "recovery_target_time", "recovery_target_xid"}) {
        const auto is = [&](const QString &one) { return one.startsWith(QLatin1StringView(name) + " = "_L1); };
        if (std::none_of(choice.verdict.settings.cbegin(), choice.verdict.settings.cend(), is))
            settings << QLatin1StringView(name) + " = ''"_L1;
    }
    return settings + choice.verdict.settings + settingsOf(choice.floors);
}

Result<RehearsalPlan> planRehearsal(const RehearsalChoice &choice, qint64 nowMs)
{
    if (!choice.verdict.isGood())
        return fail(ErrorKind::Client, u"not_reachable"_s, choice.verdict.message);
    RehearsalPlan plan;
    plan.id = u"rehearsal-"_s + QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s) + u"-%1"_s.arg(QRandomGenerator::system()->generate(), 8, 16, QChar(u'0')); // two timers of one second are two
    plan.choice = choice;
    plan.restoreScript = choice.engine ? choice.engine->restoreScript : restoreScriptOf(choice.archive, choice.segmentSize);
    QStringList settings{
        u"config_file=/rehearsal/postgresql.conf"_s, // empty, as its postgresql.auto.conf is: nothing of the cluster's own files counts but what stands here
        u"hba_file=/rehearsal/pg_hba.conf"_s,
        u"ident_file=/rehearsal/pg_ident.conf"_s,
        u"listen_addresses="_s,
        u"unix_socket_directories=/rehearsal-socket"_s,
        u"cluster_name="_s + plan.id,
        // It has the production's system identifier, and nothing else would tell them apart.
        u"archive_mode=off"_s,
        u"primary_conninfo="_s,
        u"primary_slot_name="_s,
        u"max_logical_replication_workers=0"_s,
        u"shared_preload_libraries="_s, // no scheduler, no worker of anybody's
        u"ssl=off"_s,
        u"logging_collector=off"_s,
        u"log_destination=stderr"_s,
        u"autovacuum=off"_s,
        u"summarize_wal=off"_s,
        u"hot_standby=on"_s,
        u"restore_command=sh /rehearsal/restore.sh \"%f\" \"%p\""_s,
        u"recovery_target_action=promote"_s,
    };
    if (choice.major >= 17)
        settings << u"event_triggers=off"_s; // what is audited or refused by them is production's business
    for (const QString &setting : targetSettingsOf(choice)) {
        QString value = setting.section(u" = "_s, 1);
        if (value.startsWith(u'\'') && value.endsWith(u'\''))
            value = value.sliced(1, value.size() - 2).replace(u"''"_s, u"'"_s).replace(u"\\\\"_s, u"\\"_s);
        settings << setting.section(u" = "_s, 0, 0) + u'=' + value;
    }
    plan.server = {u"postgres"_s, u"-D"_s, dataFolder(choice.major)};
    for (const QString &setting : std::as_const(settings))
        plan.server << u"-c"_s << setting;
    return plan;
}

QString RehearsalPlan::text() const
{
    tool::Command command;
    command.program = server.constFirst();
    command.arguments = server.mid(1);
    QString text = u"# A volume of its own, %1; %2 and the archive %3 are shown for reading only; no network\n"_s.arg(id, choice.repository, choice.archive);
    const QString aside = u"; its postgresql.auto.conf is put aside, and where its pg_control asks for more than is said below, it gets that"_s;
    text += choice.engine ? u"# %2 restores backup %1 to %3 and compares every file's checksum; a recovery.signal is put there%4\n"_s.arg(choice.verdict.backup, choice.engine->name, dataFolder(choice.major), aside)
                          : u"# Every link of backup %1 is verified, then copied (or combined) to %2, and a recovery.signal put there%3\n"_s.arg(choice.verdict.backup, dataFolder(choice.major), aside);
    text += tool::commandLine(command) + u'\n';
    text += u"# /rehearsal/restore.sh:\n"_s + QString::fromUtf8(restoreScript);
    text += u"# Once it is promoted: pg_amcheck --all --heapallindexed, a stop, pg_checksums --check, a start%1\n"_s.arg(choice.probes.isEmpty() ? QString() : u", %1 probes"_s.arg(choice.probes.size()));
    return text;
}

} // namespace howdah::backup
