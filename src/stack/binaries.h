// SPDX-License-Identifier: GPL-3.0-or-later
// A PostgreSQL server among this machine's programs, and the user that it runs as: it refuses to be root. Blocking; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "tool/process.h"

#include <QStringList>

namespace howdah::stack
{

struct ServerUser {
    QString name;
    quint32 uid = 0;
    quint32 gid = 0;
    bool isOther = false; // not the user this program runs as
};
// Errors: Tool/no_server_user.
Result<ServerUser> serverUser();
// The program as that user; `more` are arguments of setpriv, where it is another.
tool::Command asServerUser(const ServerUser &user, const QString &program, const QStringList &arguments, const QStringList &more = {});

struct Binaries {
    QString folder; // of postgres, initdb and pg_ctl
    int major = 0;
};
// The lowest major from `least` to `most` in $HOWDAH_PG_BIN, else in /usr/lib/postgresql/<major>/bin, else on PATH. Errors: Tool/no_binaries.
Result<Binaries> findBinaries(int least, int most, const CancelToken &cancel);

} // namespace howdah::stack
