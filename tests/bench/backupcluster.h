// SPDX-License-Identifier: GPL-3.0-or-later
// A cluster of a chosen size in a container of the stack's image, for `run backup`: made once in a cache folder ($HOWDAH_BENCH_CACHE, else
// /var/tmp/howdah-bench) and started from there again. Our side and the peer run the same programs in the same container. The bench's own thread.
#pragma once

#include "backup/physicalsource.h"
#include "pg/connectionspec.h"

#include <memory>

namespace howdah::bench
{

class BackupCluster
{
public:
    static Result<std::unique_ptr<BackupCluster>> start(int megabytes);
    ~BackupCluster(); // the container is gone, and what was written beside the cluster; the cluster stays

    QString container() const { return m_container; }
    QString folder() const { return m_folder; } // of this machine; /bench in the container
    Result<double> timed(const QString &program, const QStringList &arguments) const; // ms, as the peer runs: one program in the container
    Done shell(const QString &script) const;
    Done settle() const; // nothing of what was written before is still on its way to the disk

    // What a child needs of the above.
    static backup::PhysicalSource source();
    static pg::ConnectionSpec spec(const QString &folder);

private:
    BackupCluster() = default;
    Done make(int megabytes) const;
    Result<QByteArray> docker(const QStringList &arguments, int timeoutMs) const;

    QString m_docker, m_folder, m_container;
};

} // namespace howdah::bench
