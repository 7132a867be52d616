// SPDX-License-Identifier: GPL-3.0-or-later
// What both backends do beside the running server, over its own socket as the superuser (peer): passwords, version, demo, load.
// Blocking; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "stack/stack.h"
#include "tool/process.h"

#include <functional>

namespace howdah::stack
{

// Makes the command that runs a client program where the server's socket is: by docker exec, or as the local server's user.
// `application` becomes application_name.
using Inside = std::function<tool::Command(const QString &program, const QStringList &arguments, const QString &application)>;

struct ServerIdentity {
    QString version;          // "18.6"
    QString systemIdentifier; // decimal
};

Result<ServerIdentity> readIdentity(const Inside &inside, const CancelToken &cancel);
Done reloadServer(const Inside &inside, const CancelToken &cancel); // tells it; what it makes of that only a look shows
Result<qint64> sessionsBeforeReload(const Inside &inside, const CancelToken &cancel); // TLS sessions older than the last reload
Result<QStringList> rolesWithPassword(const Inside &inside, const CancelToken &cancel);
// New random passwords for these roles, set as verifiers in one transaction: no password leaves this program.
Result<RoleSecrets> setNewPasswords(const Inside &inside, const QStringList &roles, const CancelToken &cancel);
// 256 bits from OpenSSL, base64url: 43 characters of ASCII.
Result<Secret> randomPassword();

// Runs files as psql does; `file` is a path where the program runs.
Result<QString> runDemo(const Inside &inside, const QString &file, const Progress &progress, const CancelToken &cancel);
// seconds 0: until cancelled. What it did: "1187 transactions in 60 s (19.8 /s), none failed".
Result<QString> runLoad(const Inside &inside, const QString &file, int seconds, const Progress &progress, const CancelToken &cancel);
// Ends the server's sessions of that name: a cancelled docker exec leaves its program running.
void endClients(const Inside &inside, const QString &application);

} // namespace howdah::stack
