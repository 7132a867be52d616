// SPDX-License-Identifier: GPL-3.0-or-later
// How pg_dump, pg_dumpall and pg_restore get to a server: as a link of ours does, with the same proof of who it is, or by the socket where they run.
// Blocking; any thread but the window's.
#pragma once

#include "backup/physicalplace.h"
#include "pg/connectionspec.h"
#include "pg/prepare.h"

namespace howdah::backup
{

// Secrets (a password, a certificate's key) become files that are gone with the toolbox: they are in no argument and no environment.
// `spec` has one host, as a connection's own has. Errors: Client/pooler, Client/key_passphrase, Tls (of the CA's file), Io, Tool.
Result<PhysicalSource> sourceOf(Toolbox &toolbox, const pg::ConnectionSpec &spec, const pg::Prepared &prepared, const CancelToken &cancel = {});
// By the socket in the container of the toolbox, as this role.
PhysicalSource socketSource(const QString &name, const QString &role, const QString &database);

// A folder of this machine and the way to the server, over the machine's own network. `image`: where this machine has not the tools; empty: it has to.
Result<PhysicalPlace> openDumpFolder(const QString &folder, int major, const QString &image, const pg::ConnectionSpec &spec, const pg::Prepared &prepared, const Progress &progress = {},
                                     const CancelToken &cancel = {});
// The stack's own archive, where it runs, and its socket there.
Result<PhysicalPlace> openDumpOfStack(const QString &stackName, const QString &role, const QString &database, const Progress &progress = {}, const CancelToken &cancel = {});

// The options of all three that say where to.
QStringList connectionWords(const PhysicalSource &source, const QString &application, const QString &database);

} // namespace howdah::backup
