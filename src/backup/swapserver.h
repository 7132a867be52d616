// SPDX-License-Identifier: GPL-3.0-or-later
// What a swap does to and asks of the one server of a stack, by docker and over its own socket. Blocking; any thread but the window's.
#pragma once

#include "backup/walname.h"
#include "stack/dockerstack.h"

#include <QJsonObject>

namespace howdah::backup
{

struct ServerState {
    QString systemIdentifier;
    Timeline timeline = 0;
    bool inRecovery = false;
    Lsn lsn;
    QStringList databases;
    qint64 prepared = 0, tablespaces = 0, replicationSlots = 0, receivers = 0, subscriptions = 0;
    quint64 segmentSize = 0;
    static Result<ServerState> fromJson(const QByteArray &json);
};

struct LastWal {
    Lsn lsn;
    QString segment;
};

class SwapServer
{
public:
    explicit SwapServer(stack::DockerStack &stack) : m_stack(stack) {}

    Result<ServerState> state(const CancelToken &cancel) const; // Tool/not_running
    // Everybody but the superuser is rejected by pg_hba.conf, no network, no restart of its own, no session left and no prepared transaction: proved, not
    // hoped. Errors: Tool/fence_failed, Client/prepared_transactions.
    Done fence(const Progress &progress, const CancelToken &cancel) const;
    // The last segment is ended, and everything is in the archive. Errors: Tool/not_archived.
    Result<LastWal> archiveAll(int deadlineMs, const Progress &progress, const CancelToken &cancel) const;
    Done awaitArchived(int deadlineMs, const Progress &progress, const CancelToken &cancel) const;
    Done stop(const Progress &progress, const CancelToken &cancel) const; // and nothing of it runs; Tool/not_stopped
    // A new container on the record's volume, `fenced` or not, up to where its own health check says yes. Errors: Tool/unhealthy with its last lines,
    // Tool/in_use where another container has the volume.
    Done start(bool fenced, int deadlineMs, const Progress &progress, const CancelToken &cancel) const;
    Result<QStringList> archived(const CancelToken &cancel) const; // names in the archive

private:
    Done rejectAll(const stack::Container &container, const Progress &progress, const CancelToken &cancel) const; // the container's own socket too
    Result<QByteArray> ask(const QString &file, const QString &application, const CancelToken &cancel) const;
    Result<stack::Container> running(const CancelToken &cancel) const { return m_stack.running(cancel); }

    stack::DockerStack &m_stack;
};

} // namespace howdah::backup
