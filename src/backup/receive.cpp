// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/receive.h"

#include "base/units.h"
#include "pg/statement.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// A word of ExecStart: systemd expands % and $ and understands C's escapes.
QString unitWord(QString word)
{
    word.replace(u'\\', "\\\\"_L1).replace(u'"', "\\\""_L1).replace(u'%', "%%"_L1).replace(u'$', "$$"_L1);
    return u'"' + word + u'"';
}

QString unitPath(QString path)
{
    return path.replace(u'%', "%%"_L1);
}

QString libpqValue(QString value)
{
    return u'\'' + value.replace(u'\\', "\\\\"_L1).replace(u'\'', "\\'"_L1) + u'\'';
}

QString passFileOf(const ReceiveChoice &choice)
{
    return choice.passFile.isEmpty() ? u"/etc/howdah/%1.pgpass"_s.arg(choice.slot) : choice.passFile;
}

// Lines would end the unit's; spaces and quotes systemd's lists of paths can't carry.
bool isPlainPath(const QString &path)
{
    static const QRegularExpression plain(u"^/[^\\s\"'\\\\;:\\x00-\\x1f]+\\z"_s);
    return plain.match(path).hasMatch() && !path.contains("/../"_L1);
}

Done choiceIsGood(const ReceiveChoice &choice)
{
    const auto usage = [](const QString &words) { return fail(ErrorKind::Client, u"usage"_s, words); };
    static const QRegularExpression slot(u"^[a-z0-9_]{1,63}\\z"_s), user(u"^[a-z_][a-z0-9_-]{0,31}\\z"_s);
    if (!slot.match(choice.slot).hasMatch())
        return usage(u"A slot's name has small letters, digits and _ alone: %1"_s.arg(units::oneLine(choice.slot)));
    if (!user.match(choice.user).hasMatch())
        return usage(u"%1 is no user's name"_s.arg(units::oneLine(choice.user)));
    for (const QString &path : {choice.folder, passFileOf(choice), choice.programs.isEmpty() ? u"/usr"_s : choice.programs}) {
        if (!isPlainPath(path))
            return usage(u"An absolute path without spaces and quotes is needed: %1"_s.arg(path.isEmpty() ? u"none was named"_s : units::oneLine(path)));
    }
    const auto &spec = choice.spec;
    if (spec.auth == pg::Auth::Certificate || spec.auth == pg::Auth::Kerberos || spec.pooler)
        return fail(ErrorKind::Client, u"not_supported"_s, u"A unit has no client certificate and no ticket, and a pooler does not replicate"_s);
    return {};
}

} // namespace

QString receiveUnit(const ReceiveChoice &choice, int major)
{
    const auto &spec = choice.spec;
    const QString role = choice.role.isEmpty() ? spec.role : choice.role;
    QStringList words{u"host="_s + libpqValue(spec.host), u"port="_s + libpqValue(QString::number(spec.port)), u"user="_s + libpqValue(role)};
    const bool secret = !spec.isUnixSocket();
    if (secret) {
        words << u"sslmode="_s + libpqValue(pg::sslModeName(spec.sslMode));
        if (spec.auth == pg::Auth::ScramBound)
            words << u"channel_binding='require'"_s;
        if (spec.auth == pg::Auth::ScramBound || spec.auth == pg::Auth::Scram)
            words << u"require_auth='scram-sha-256'"_s;
        if (spec.sslMode == pg::SslMode::VerifyCa || spec.sslMode == pg::SslMode::VerifyFull)
            words << u"sslrootcert="_s + libpqValue(spec.caFile.isEmpty() ? u"system"_s : spec.caFile);
    }
    // systemd's own variable, so it is put in behind what is quoted.
    QString conninfo = unitWord(words.join(u' '));
    if (secret)
        conninfo = conninfo.chopped(1) + " passfile='${RUNTIME_DIRECTORY}/pgpass'\""_L1;
    const QString programs = choice.programs.isEmpty() ? u"/usr/lib/postgresql/%1/bin"_s.arg(major) : choice.programs;
    QString text = u"# WAL of %1, received as it is written. Made by `howdahctl backup receive`; there is no secret in it.\n"_s.arg(units::oneLine(choice.serverName));
    text += u"# The slot %1 holds WAL on the server while this does not run: do not leave it stopped.\n"_s.arg(choice.slot);
    text += u"[Unit]\nDescription=WAL of a PostgreSQL server by the slot %1\nWants=network-online.target\nAfter=network-online.target\nRequiresMountsFor=%2\nStartLimitIntervalSec=0\n\n"_s.arg(choice.slot, unitPath(choice.folder));
    text += u"[Service]\nUser=%1\nUMask=0077\nEnvironment=TZ=UTC LC_ALL=C.UTF-8\n"_s.arg(choice.user);
    if (secret)
        // A credential is root's, with an ACL that shows as group bits, and libpq reads no passfile that has any.
        text += u"# \"host:port:*:role:password\", owned by root, mode 0600; the service has a copy of its own while it runs, since libpq refuses what its group may read.\n"
                 "LoadCredential=pgpass:%1\nRuntimeDirectory=howdah-%2\nRuntimeDirectoryMode=0700\n"
                 "ExecStartPre=/usr/bin/install -m 0600 ${CREDENTIALS_DIRECTORY}/pgpass ${RUNTIME_DIRECTORY}/pgpass\n"_s.arg(unitPath(passFileOf(choice)), choice.slot);
    text += u"ExecStart=%1/pg_receivewal --directory=%2 --slot=%3 --synchronous --no-password --dbname=%4\n"_s.arg(unitPath(programs), unitPath(choice.folder), choice.slot, conninfo);
    text += u"Restart=always\nRestartSec=5\nNoNewPrivileges=yes\nPrivateTmp=yes\nProtectHome=read-only\nProtectSystem=strict\nReadWritePaths=%1\n\n[Install]\nWantedBy=multi-user.target\n"_s.arg(unitPath(choice.folder));
    return text;
}

Result<ReceivePlan> planReceive(pg::Connection &connection, const ReceiveChoice &choice, const CancelToken &cancel)
{
    if (Done good = choiceIsGood(choice); !good)
        return fail(std::move(good.error()));
    const QString role = choice.role.isEmpty() ? choice.spec.role : choice.role;
    const auto state = connection.runFile(u"backup/receive_state"_s, {role, choice.slot}, {}, cancel);
    if (!state)
        return fail(Error(state.error()).during(u"ask whether WAL can be received"_s));
    if (state->text(0, "wal_level"_L1) == "minimal"_L1)
        return fail(ErrorKind::Client, u"wal_level"_s, u"wal_level is minimal: there is nothing to be received that could recover anything"_s);
    if (state->integer(0, "slot_keep_mb"_L1).value_or(-1) < 0) {
        return fail(ErrorKind::Client, u"slot_unbounded"_s, u"max_slot_wal_keep_size is -1: a receiver that stays away would make the server keep WAL until its disk is full and it stops"_s,
                    u"Set it first, to less than the disk has free: a slot that is lost is told by `howdahctl backup archive`, a server that has stopped by everybody"_s);
    }
    if (!state->boolean(0, "role_is"_L1).value_or(false))
        return fail(ErrorKind::Client, u"usage"_s, u"There is no role %1 on the server"_s.arg(units::oneLine(role)));
    if (!state->boolean(0, "role_replicates"_L1).value_or(false))
        return fail(ErrorKind::Permission, u"not_permitted"_s, u"The role %1 may not replicate"_s.arg(units::oneLine(role)), u"Name one that has REPLICATION: --role"_s);
    const QString type = state->text(0, "slot_type"_L1);
    ReceivePlan plan;
    plan.change.title = u"Make the replication slot %1"_s.arg(choice.slot);
    plan.change.verb = plan.change.title;
    plan.change.server = choice.serverName;
    plan.change.database = connection.facts().database;
    plan.change.role = connection.facts().role;
    plan.change.environment = choice.environment;
    plan.change.transactional = false;
    if (!type.isEmpty()) {
        const QString name = u"The slot %1"_s.arg(choice.slot);
        if (type != "physical"_L1)
            return fail(ErrorKind::Client, u"slot_taken"_s, name + u" is a logical one"_s, u"Name another: --slot"_s);
        if (state->boolean(0, "slot_lost"_L1).value_or(false))
            return fail(ErrorKind::Client, u"slot_taken"_s, name + u" has lost its WAL"_s, u"Drop it, and take a full backup once it is made anew"_s);
        if (state->boolean(0, "slot_active"_L1).value_or(false))
            return fail(ErrorKind::Client, u"slot_taken"_s, name + u" is read by somebody"_s, u"Name another: --slot"_s);
        plan.notes << name + u" is there; nothing is changed on the server"_s;
    } else {
        if (state->integer(0, "slots_taken"_L1).value_or(0) >= state->integer(0, "slots_most"_L1).value_or(0))
            return fail(ErrorKind::Client, u"no_slot_free"_s, u"All of max_replication_slots (%1) are taken"_s.arg(state->integer(0, "slots_most"_L1).value_or(0)));
        const auto statement = pg::sqlFile(u"backup/receive_slot"_s, connection.facts().serverVersionNum);
        if (!statement)
            return fail(statement.error());
        plan.change.steps.append({plan.change.title, statement->text, false, {choice.slot}, u"WAL from now on is held on the server until it is received, at most %1 MB of it"_s.arg(state->integer(0, "slot_keep_mb"_L1).value_or(0))});
        plan.change.undo = u"The slot is dropped by pg_drop_replication_slot('%1'), once nobody reads it"_s.arg(choice.slot);
    }
    if (state->integer(0, "slot_idle_timeout_s"_L1).value_or(0) > 0)
        plan.notes << u"idle_replication_slot_timeout is set: a slot that is not read for so long loses its WAL without a word; set it to 0"_s;
    if (!choice.spec.isUnixSocket())
        plan.notes << u"Put \"%1:%2:*:%3:PASSWORD\" into %4 on the machine where it runs, owned by root, mode 0600"_s.arg(choice.spec.host).arg(choice.spec.port).arg(units::oneLine(role), passFileOf(choice));
    if (!choice.spec.isUnixSocket() && !choice.spec.caFile.isEmpty())
        plan.notes << u"The CA's certificate %1 has to lie there under the same path"_s.arg(choice.spec.caFile);
    plan.notes << u"The folder %1 is made by hand, mode 0700, owned by %2, on a disk that is not the server's"_s.arg(choice.folder, choice.user);
    plan.notes << u"Install the unit in /etc/systemd/system, then: systemctl enable --now. pg_hba.conf needs a line \"hostssl replication %1 …\""_s.arg(units::oneLine(role));
    plan.unit = receiveUnit(choice, connection.facts().serverVersionNum / 10000);
    return plan;
}

} // namespace howdah::backup
