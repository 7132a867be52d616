// SPDX-License-Identifier: GPL-3.0-or-later
// psql of the server's own version, from the stack's image, in this terminal. The password lies in a file of mode 0600 in the container's memory
// (/dev/shm) while psql runs: in no argument list, no environment and on no disk. Blocking; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "base/secret.h"

#include <QStringList>

namespace howdah::stack
{

struct ShellOptions {
    QString role;
    QString database;
    bool readOnly = false;  // the session begins so; psql's user may end it
    bool terminal = false;  // a person sits there
    QString terminalName;   // TERM
    QStringList arguments;  // psql's own
    QString applicationName = QStringLiteral("howdah shell"); // of each shell its own: its sessions end with it
};

// What `docker` is told; the password is in the file.
QStringList shellArguments(const QString &containerId, const QString &passwordFile, const ShellOptions &options);
// One line of a pgpass file, for this role of the container's own server: \c to another must not take it there.
Secret passwordLine(const QString &role, const Secret &password);

// psql's exit code. Errors: Tool/not_running, Tool/no_docker_stack (a local cluster: psql lies beside its server), what docker says.
Result<int> shell(const QString &stackName, const ShellOptions &options, const Secret &password, const CancelToken &cancel);

} // namespace howdah::stack
