// SPDX-License-Identifier: GPL-3.0-or-later
// How pg_dump, pg_dumpall and pg_restore get to a server: as a link of ours does, with the same proof of who it is, or by the socket where they run.
// Blocking; any thread but the window's.
#pragma once

#include "backup/physicalsource.h"
#include "pg/connectionspec.h"
#include "pg/prepare.h"

namespace howdah::backup
{

// Secrets (a password, a certificate's key) become files that are gone with the toolbox: they are in no argument and no environment.
// `spec` has one host, as a connection's own has. Errors: Client/pooler, Client/key_passphrase, Tls (of the CA's file), Io, Tool.
Result<PhysicalSource> sourceOf(Toolbox &toolbox, const pg::ConnectionSpec &spec, const pg::Prepared &prepared, const CancelToken &cancel = {});
// By the socket in the container of the toolbox, as this role.
PhysicalSource socketSource(const QString &name, const QString &role, const QString &database);

// The options of all three that say where to.
QStringList connectionWords(const PhysicalSource &source, const QString &application, const QString &database);

} // namespace howdah::backup
