// SPDX-License-Identifier: GPL-3.0-or-later
// The three things that a task with base backups needs, put together for one place: tools that reach the files, the repository, and the server's way in.
// Blocking; any thread but the window's. Everything goes with the value.
#pragma once

#include "backup/physicalsource.h"
#include "backup/repository.h"
#include "pg/connectionspec.h"

namespace howdah::backup
{

struct PhysicalPlace {
    std::unique_ptr<Toolbox> toolbox;
    std::unique_ptr<Toolbox> asking; // where the server is asked, when that is elsewhere
    std::unique_ptr<Repository> repository;
    std::optional<PhysicalSource> source; // none: the server does not run, or was not asked for
    QString archive;                      // of WAL, as the tools see it; empty: none there
};

// The stack's own volume. Where it runs, the tools are those of its container, and the server knows us by its socket: no password. Where it does not, a
// container of its image has the volume. Errors: Tool/no_stack, Tool/not_supported (a local cluster), those of docker.
Result<PhysicalPlace> openStackPlace(const QString &stackName, const Progress &progress = {}, const CancelToken &cancel = {});

// A folder of this machine, alone: to list, verify, prune. `stackName`: whose image is taken where this machine has not the tools.
Result<PhysicalPlace> openFolderPlace(const QString &folder, int major, const QString &stackName, const Progress &progress = {}, const CancelToken &cancel = {});
// The same, and backups of the stack go there: by TLS over the stack's own network, as howdah_replication.
Result<PhysicalPlace> openFolderPlaceOfStack(const QString &folder, const QString &stackName, const Secret &replicationPassword, const Progress &progress = {},
                                             const CancelToken &cancel = {});
// The same for another server, as one role that may replicate. Errors: Client/not_supported (a client certificate, a ticket, a pooler).
Result<PhysicalPlace> openFolderPlaceOfServer(const QString &folder, int major, const QString &stackName, const pg::ConnectionSpec &spec, const Secret &password,
                                              const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
