// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swaprunbook.h"

#include "backup/moment.h"
#include "base/units.h"
#include "pg/statement.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// One word for a POSIX shell.
QString word(QString text)
{
    return u'\'' + text.replace(u'\'', u"'\\''"_s) + u'\'';
}

QString indented(const QString &text)
{
    QString all;
    for (const QString &line : text.trimmed().split(u'\n'))
        all += u"       %1\n"_s.arg(line);
    return all;
}

// A statement of ours for psql, as it stands in its file, without the header.
Result<QString> statementOf(const QString &file)
{
    const auto statement = pg::sqlFile(file, 180000);
    if (!statement)
        return fail(statement.error());
    QStringList lines;
    for (const QString &line : QString::fromUtf8(statement->text).split(u'\n')) {
        if (!line.startsWith(u"-- "))
            lines << line;
    }
    return indented(lines.join(u'\n').trimmed() + u';');
}

QString seen(const QString &text)
{
    return text.isEmpty() ? u"(not permitted to this role)"_s : units::oneLine(text);
}

QString rebuilt(const SwapFacts &facts)
{
    QString text = u"10. Rebuild what followed the old branch. None of it follows the new one by itself.\n\n"_s;
    text += facts.standbys.isEmpty() ? u"    Receivers of WAL that are connected now: none. One that is away now is not seen here.\n"_s : u"    Receivers of WAL (standbys, pg_receivewal):\n"_s;
    for (const SwapFacts::Standby &one : facts.standbys)
        text += u"    - %1 at %2, as %3, %4%5: pg_rewind where it is ahead of the target, else a new pg_basebackup\n"_s.arg(seen(one.application), seen(one.address), seen(one.role), seen(one.state),
                                                                                                                  one.slot.isEmpty() ? QString() : u", by the slot "_s + units::oneLine(one.slot));
    text += facts.slotList.isEmpty() ? u"    Replication slots: none.\n"_s : u"    Replication slots (a recovered copy has none of them):\n"_s;
    for (const SwapFacts::Slot &one : facts.slotList) {
        text += one.type == "logical"_L1 ? u"    - %1, logical, in the database %2%3: its subscriber has changes that the copy never had. Make it anew and copy the subscriber's tables again:\n"_s.arg(
                                               units::oneLine(one.name), units::oneLine(one.database), one.active ? u", in use"_s : QString())
                                         : u"    - %1, physical%2:\n"_s.arg(units::oneLine(one.name), one.active ? u", in use"_s : QString());
        text += indented(units::oneLine(one.again) + u';');
    }
    text += facts.subscriptions.isEmpty() ? u"    Subscriptions of this server: none.\n"_s : u"    Subscriptions of this server (each asks its publisher from where the copy stood; what came since comes again only where the publisher still has it):\n"_s;
    for (const SwapFacts::Subscription &one : facts.subscriptions)
        text += u"    - %1 in the database %2, of %3%4: stopped in step 7; take it up, or drop it and copy its tables again\n"_s.arg(units::oneLine(one.name), units::oneLine(one.database), units::oneLine(one.publications), one.enabled ? QString() : u", not enabled"_s)
            + indented(units::oneLine(one.go) + u';');
    return text + u'\n';
}

} // namespace

Result<SwapFacts> readSwapFacts(pg::Connection &live, const CancelToken &cancel)
{
    const auto server = live.runFile(u"backup/runbook_server"_s, {}, {}, cancel);
    if (!server)
        return fail(server.error());
    if (server->boolean(0, "in_recovery"_L1).value_or(true))
        return fail(ErrorKind::Client, u"not_supported"_s, u"This server is a standby"_s, u"Ask its primary: what is swapped is the primary's data"_s);
    SwapFacts facts;
    facts.address = live.spec().address();
    const auto text = [&](const char *column) { return server->text(0, QLatin1StringView(column)); };
    facts.systemIdentifier = text("system_identifier");
    facts.version = text("version");
    facts.dataFolder = text("data_directory");
    facts.hbaFile = text("hba_file");
    facts.configFile = text("config_file");
    facts.port = text("port");
    facts.archiveMode = text("archive_mode");
    facts.archivesBy = text("archives_by");
    facts.prepared = server->integer(0, "prepared"_L1).value_or(0);
    facts.tablespaces = server->integer(0, "tablespaces"_L1).value_or(0);
    const auto standbys = live.runFile(u"backup/runbook_standbys"_s, {}, {}, cancel);
    const auto kept = standbys ? live.runFile(u"backup/runbook_slots"_s, {}, {}, cancel) : standbys;
    const auto subscriptions = kept ? live.runFile(u"backup/runbook_subscriptions"_s, {}, {}, cancel) : kept;
    if (!subscriptions)
        return fail(subscriptions.error());
    for (qsizetype row = 0; row < standbys->size(); ++row)
        facts.standbys.append({standbys->text(row, "application"_L1), standbys->text(row, "address"_L1), standbys->text(row, "role"_L1), standbys->text(row, "state"_L1), standbys->text(row, "slot"_L1),
                               int(standbys->integer(row, "pid"_L1).value_or(0))});
    for (qsizetype row = 0; row < kept->size(); ++row)
        facts.slotList.append({kept->text(row, "name"_L1), kept->text(row, "type"_L1), kept->text(row, "database"_L1), kept->text(row, "again"_L1), kept->boolean(row, "active"_L1).value_or(false)});
    for (qsizetype row = 0; row < subscriptions->size(); ++row)
        facts.subscriptions.append({subscriptions->text(row, "name"_L1), subscriptions->text(row, "database"_L1), subscriptions->text(row, "publications"_L1), subscriptions->text(row, "stop"_L1), subscriptions->text(row, "go"_L1),
                                    subscriptions->boolean(row, "enabled"_L1).value_or(false)});
    return facts;
}

Result<QString> swapRunbook(const SwapFacts &facts, const Rehearsal &rehearsal, const QString &systemIdentifier)
{
    if (!rehearsal.isGood())
        return fail(ErrorKind::Client, u"not_good"_s, u"The rehearsal %1 was not found good, and takes nobody's place"_s.arg(rehearsal.id), u"howdahctl pitr status says what is wrong with it"_s);
    if (!systemIdentifier.isEmpty() && !facts.systemIdentifier.isEmpty() && systemIdentifier != facts.systemIdentifier)
        return fail(ErrorKind::Client, u"other_cluster"_s, u"%1 is a copy of another cluster (%2) than %3 is (%4)"_s.arg(rehearsal.id, systemIdentifier, facts.address, facts.systemIdentifier));
    const auto state = statementOf(u"backup/swap_state"_s), sessions = statementOf(u"backup/swap_end_sessions"_s), last = statementOf(u"backup/swap_last_wal"_s), unarchived = statementOf(u"backup/swap_unarchived"_s);
    for (const auto *statement : {&state, &sessions, &last, &unarchived}) {
        if (!*statement)
            return fail(statement->error());
    }
    const QString data = word(facts.dataFolder.isEmpty() ? u"DATA"_s : facts.dataFolder), fresh = word((facts.dataFolder.isEmpty() ? u"DATA"_s : facts.dataFolder) + u".recovered"_s);
    const QString aside = word((facts.dataFolder.isEmpty() ? u"DATA"_s : facts.dataFolder) + u".before-swap"_s);
    const QString hba = word(facts.hbaFile.isEmpty() ? u"HBA"_s : facts.hbaFile), kept = word((facts.hbaFile.isEmpty() ? u"HBA"_s : facts.hbaFile) + u".before-swap"_s);
    // By default the access rules lie in the data folder, and move with it.
    const bool moves = !facts.dataFolder.isEmpty() && facts.hbaFile.startsWith(facts.dataFolder + u'/');
    const QString keptThen = moves ? word(facts.dataFolder + u".before-swap"_s + facts.hbaFile.sliced(facts.dataFolder.size()) + u".before-swap"_s) : kept;
    const QString psql = u"psql -X -U %1 -d postgres -p %2"_s.arg(word(rehearsal.superuser), facts.port.isEmpty() ? u"PORT"_s : facts.port);
    QString text = u"# Put the recovered state in the place of %1's data\n\nAs it was rehearsed in %2: backup %3, timeline %4, last commit %5.\nHowdah has run nothing of this. Each command is for a shell on the server's machine, as the user that the server runs as.\n"_s.arg(
        facts.address, rehearsal.id, rehearsal.verdict.backup, QString::number(rehearsal.verdict.timeline), rehearsal.verdict.lastCommit.isNone() ? u"not known"_s : rehearsal.verdict.lastCommit.text());
    text += u"Cluster %1, PostgreSQL %2. Data: %3. Access rules: %4. Configuration: %5.\n"_s.arg(seen(facts.systemIdentifier), facts.version, seen(facts.dataFolder), seen(facts.hbaFile), seen(facts.configFile));
    if (facts.dataFolder.isEmpty() || facts.hbaFile.isEmpty())
        text += u"DATA and HBA stand for what this role may not see: `SHOW data_directory; SHOW hba_file` as a superuser tells them.\n"_s; // sql-ok: for people
    if (facts.tablespaces > 0)
        text += u"There are %1 tablespaces: they lie outside of the data folder, and step 1 must give each a folder of its own, or two servers write into one.\n"_s.arg(facts.tablespaces);
    if (facts.prepared > 0)
        text += u"STOP: %1 transactions are prepared and not ended. They hold rows and locks without a session: end each first (pg_prepared_xacts names them).\n"_s.arg(facts.prepared);
    text += u"\nAll that was committed behind the target is not in the recovered state. It stays in %1 and in the archive.\n\n"_s.arg(aside);
    text += u"1. Recover into %1, as RUNBOOK.md beside the backup %2 says, with exactly these settings, and nothing archived:\n\n"_s.arg(fresh, rehearsal.verdict.backup);
    for (const QString &setting : rehearsal.verdict.settings)
        text += indented(setting);
    text += u"       archive_mode = off\n       listen_addresses = ''\n\n   Its log must say what it said in the rehearsal: %1\n   Look into it (pg_amcheck -a), then stop it, take these settings out of its postgresql.auto.conf again, and prove that it is shut down:\n\n"
            "       pg_ctl -D %2 -m fast stop\n       pg_controldata %2    # Database cluster state: shut down; Database system identifier: %3\n\n"_s.arg(rehearsal.stopped.isEmpty() ? u"(it said nothing)"_s : units::oneLine(rehearsal.stopped), fresh, seen(facts.systemIdentifier));
    text += u"2. Nobody new is let in: every line of pg_hba.conf but the superuser's own by the socket gives way to reject, and is loaded:\n\n"
            "       cp -p %1 %2\n       printf '%s\\n' 'local all %3 peer' 'local all all reject' 'local replication all reject' 'host all all all reject' 'host replication all all reject' > %1\n       pg_ctl -D %4 reload\n\n"
            "   (The server's user and the superuser %3 must be one for peer, as they are by default.)\n\n"_s.replace(u"%1"_s, hba).replace(u"%2"_s, kept).replace(u"%3"_s, rehearsal.superuser).replace(u"%4"_s, data);
    text += u"3. Those that are in are ended, again and again until it says 0 sessions, in %1:\n\n"_s.arg(psql) + *sessions + u"\n   And no prepared transaction is left; it also says the timeline and where WAL is: keep what it says.\n\n"_s + *state + u'\n';
    text += u"4. The last WAL is ended and named. Keep what it says, and wait until the archive has that segment and this says 0 files:\n\n"_s + *last + u'\n' + *unarchived + u'\n';
    if (facts.archiveMode == "off"_L1 || facts.archivesBy.isEmpty())
        text += u"   This server archives nothing (archive_mode = %1, %2): the end of the old branch is in its folder alone.\n\n"_s.arg(seen(facts.archiveMode), facts.archivesBy.isEmpty() ? u"no command and no library"_s : facts.archivesBy);
    text += u"5. Stop it, and prove it (a service manager must not start it again: disable its unit for the time being):\n\n       pg_ctl -D %1 -m fast -t 120 stop\n       pg_controldata %1    # Database cluster state: shut down\n\n"_s.arg(data);
    text += u"6. The folders change places. The old one is kept as it is:\n\n       mv %1 %2 && mv %3 %1\n\n"_s.arg(data, aside, fresh);
    text += u"7. Start it where nobody reaches it, and prove that it is the copy: the system identifier, a new timeline, in_recovery false, the databases:\n\n       pg_ctl -D %1 -o \"-c listen_addresses=''\" -w start\n\n"_s.arg(data) + *state + u'\n';
    for (const SwapFacts::Subscription &one : facts.subscriptions) {
        if (one.enabled)
            text += u"   In the database %1, before anybody is let in:\n\n"_s.arg(units::oneLine(one.database)) + indented(units::oneLine(one.stop) + u';') + u'\n';
    }
    text += u"8. Let everybody in: the access rules as they were, and the start of always (archive_mode as before, so that the new branch is archived):\n\n       pg_ctl -D %1 -m fast stop && cp -p %2 %3\n       pg_ctl -D %1 -w start    # or the service manager\n\n"_s.arg(data, keptThen, hba);
    if (!facts.configFile.isEmpty() && facts.configFile.startsWith(facts.dataFolder + u'/'))
        text += u"   The configuration in the recovered folder is of the time of its backup: compare it with the one in %1 before this start.\n\n"_s.arg(aside);
    text += u"9. A full backup of the new branch is due at once: no incremental one can be built on those before it.\n\n"_s;
    text += rebuilt(facts);
    text += u"11. The way back, while %2 is kept:\n\n       pg_ctl -D %1 -m fast -t 120 stop && mv %1 %3 && mv %2 %1%4\n       pg_ctl -D %1 -w start\n\n    What was committed since step 8 is then in %3 alone.\n"_s.arg(data, aside, word((facts.dataFolder.isEmpty() ? u"DATA"_s : facts.dataFolder) + u".left"_s), moves ? u" && cp -p %1 %2"_s.arg(kept, hba) : QString());
    return text;
}

} // namespace howdah::backup
