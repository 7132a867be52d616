// SPDX-License-Identifier: GPL-3.0-or-later
// The PostgreSQL 18 stack Howdah can launch: in Docker by docker/compose.yaml, or as a private local cluster of the same configuration
// where there is no Docker. Services of a place on this machine; blocking, with progress and cancel; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "base/result.h"
#include "base/secret.h"
#include "pg/connectionspec.h"

#include <QJsonObject>
#include <QMap>

namespace howdah::stack
{

enum class Backend { Docker, Local };
QString backendName(Backend backend); // "docker", "local"

enum class StackState { Absent, Stopped, Starting, Healthy, Unhealthy, Unknown };
QString stateName(StackState state); // "healthy"

struct StackStatus {
    QString name;                 // "howdah"
    StackState state = StackState::Unknown;
    QString reason;               // why unknown or unhealthy; why the local backend was taken
    Backend backend = Backend::Docker;
    QString serverVersion;        // "18.6"; empty: unknown
    QString listen;               // "127.0.0.1"
    quint16 port = 0;
    QString baseImage;            // "postgres:18", "howdah-base:18", or the binaries' folder of a local cluster
    std::optional<qint64> archiveBytes;
    bool archiveWarning = false;  // from 5 GB
    QString caFile;               // the CA certificate, copied out
    QJsonObject toJson() const;   // {"name","state","reason","server_version","listen","base_image","backend","port","archive_bytes","archive_warning","ca_file"}
};

// The secrets a new or re-keyed stack has: role -> password. Handed up once; the caller puts them into the keychain and nowhere else.
using RoleSecrets = QMap<QString, Secret>;

struct UpOptions {
    QString name = QStringLiteral("howdah");
    quint16 port = 0;              // 0: the one it has, else 5432, else the next free (said in progress)
    bool takeNextFreePort = false; // otherwise a taken port is Tool/port_taken with the next free one in its hint
    std::optional<Backend> backend; // nullopt: Docker where it works, else local with the reason said
    // Roles whose secret the caller already has from the keychain and has proved; all others get a new password at this start.
    QStringList keepRoles;
};

struct UpResult {
    StackStatus status;
    RoleSecrets newSecrets;       // empty where all were kept
    pg::ConnectionSpec admin;     // jeex_admin on jeex_idea
    QString monitorRole;          // howdah_monitor
    bool rekeyed = false;         // an existing stack got new passwords (lost keychain): to be said
};

// Errors (Tool kind unless said): no_docker, docker_permission, no_compose, port_taken, image_failed, unhealthy (detail: its last log lines),
// out_of_memory, disk_full, other_major, seed_failed, init_failed, swap_unfinished (a recovery is taking its data's place); Cancelled.
Result<UpResult> up(const UpOptions &options, const Progress &progress, const CancelToken &cancel);
Result<StackStatus> status(const QString &name, const CancelToken &cancel = {});
Done down(const QString &name, const Progress &progress, const CancelToken &cancel);            // never removes data
Result<QByteArray> logs(const QString &name, int lines, const CancelToken &cancel = {});
Done destroy(const QString &name, const QString &typedName, const Progress &progress, const CancelToken &cancel); // Client/name_mismatch
// Fills jeex_idea with a believable year of data (once); returns what it did.
Result<QString> demo(const QString &name, const Progress &progress, const CancelToken &cancel);
// Keeps a light workload running for so many seconds (0: without end), or until cancelled; returns what it did.
Result<QString> demoLoad(const QString &name, int seconds, const Progress &progress, const CancelToken &cancel);

QStringList stackLoginRoles(); // jeex_admin, jeex_user, jeex_readonly, howdah_monitor, howdah_backup, howdah_replication

} // namespace howdah::stack
