// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/binaries.h"

#include <QDir>
#include <QFileInfo>

#include <pwd.h>
#include <unistd.h>

namespace howdah::stack
{

using namespace Qt::StringLiterals;

Result<ServerUser> serverUser()
{
    if (::geteuid() != 0) {
        if (const passwd *me = ::getpwuid(::geteuid()))
            return ServerUser{QString::fromLocal8Bit(me->pw_name), me->pw_uid, me->pw_gid, false};
    } else {
        for (const char *name : {"postgres", "nobody"}) {
            if (const passwd *other = ::getpwnam(name))
                return ServerUser{QString::fromLatin1(name), other->pw_uid, other->pw_gid, true};
        }
    }
    return fail(ErrorKind::Tool, u"no_server_user"_s, u"There is no user under which PostgreSQL could run"_s);
}

tool::Command asServerUser(const ServerUser &user, const QString &program, const QStringList &arguments, const QStringList &more)
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments;
    if (user.isOther) {
        command.program = u"setpriv"_s;
        command.arguments = QStringList{u"--reuid=%1"_s.arg(user.uid), u"--regid=%1"_s.arg(user.gid), u"--clear-groups"_s} + more + QStringList{u"--"_s, program} + arguments;
    }
    return command;
}

Result<Binaries> findBinaries(int least, int most, const CancelToken &cancel)
{
    QStringList places;
    if (const QString named = qEnvironmentVariable("HOWDAH_PG_BIN"); !named.isEmpty())
        places << named;
    for (int major = least; major <= most; ++major)
        places << u"/usr/lib/postgresql/%1/bin"_s.arg(major);
    if (Result<QString> onPath = tool::findProgram(u"initdb"_s))
        places << QFileInfo(*onPath).canonicalPath();
    for (const QString &place : std::as_const(places)) {
        if (!QFileInfo(place + "/postgres"_L1).isExecutable() || !QFileInfo(place + "/pg_ctl"_L1).isExecutable() || !QFileInfo(place + "/initdb"_L1).isExecutable())
            continue;
        tool::Command command;
        command.program = place + "/postgres"_L1;
        command.arguments = QStringList{u"--version"_s};
        Result<tool::Outcome> version = tool::run(command, cancel);
        if (!version && version.error().kind == ErrorKind::Cancelled)
            return fail(std::move(version.error()));
        // "postgres (PostgreSQL) 18.6 (Debian …)", "… 19beta1"
        QByteArray digits = version ? version->output.split(' ').value(2) : QByteArray();
        qsizetype length = 0;
        while (length < digits.size() && digits.at(length) >= '0' && digits.at(length) <= '9')
            ++length;
        const int major = digits.first(length).toInt();
        if (major >= least && major <= most)
            return Binaries{QDir(place).absolutePath(), major};
    }
    const QString wanted = least == most ? QString::number(least) : u"%1 or later"_s.arg(least);
    const QStringList shown = least == most ? places : QStringList{u"$HOWDAH_PG_BIN"_s, u"/usr/lib/postgresql/*/bin"_s, u"PATH"_s};
    return fail(ErrorKind::Tool, u"no_binaries"_s, u"No PostgreSQL %1 server was found on this machine"_s.arg(wanted),
                u"Looked in %1. Install postgresql-%2, or set HOWDAH_PG_BIN to its folder"_s.arg(shown.join(u", "_s)).arg(least));
}

} // namespace howdah::stack
