// SPDX-License-Identifier: GPL-3.0-or-later
// A cluster that lives as long as one task: made in the temporary folder, reached by its Unix socket alone and by nobody but this user (peer), nothing
// of it safe on disk. Ends with the object, and with this program where that is killed. Blocking; any thread but the window's.
#pragma once

#include "base/progress.h"
#include "pg/connectionspec.h"
#include "stack/binaries.h"
#include "tool/background.h"

#include <memory>

namespace howdah::stack
{

class PrivateCluster
{
public:
    // Errors: Tool/no_binaries, Tool/no_server_user, Tool/failed (initdb), Tool/unhealthy (its last lines), Io, Cancelled.
    static Result<std::unique_ptr<PrivateCluster>> make(int leastMajor, const Progress &progress, const CancelToken &cancel);
    ~PrivateCluster();
    PrivateCluster(const PrivateCluster &) = delete;
    PrivateCluster &operator=(const PrivateCluster &) = delete;

    pg::ConnectionSpec spec() const; // postgres, the superuser
    QString binaries() const { return m_binaries.folder; }
    QString folder() const { return m_folder; }

private:
    PrivateCluster(Binaries binaries, ServerUser user) : m_binaries(std::move(binaries)), m_user(std::move(user)) {}
    Done layOut();
    Done start(const CancelToken &cancel);
    tool::Command command(const QString &program, const QStringList &arguments, const QStringList &more = {}) const;

    Binaries m_binaries;
    ServerUser m_user;
    QString m_folder; // empty: none was made
    std::unique_ptr<tool::Background> m_server;
};

// Folders of killed programs, whose server is gone too.
void removeLeftClusters(const ServerUser &user);

} // namespace howdah::stack
