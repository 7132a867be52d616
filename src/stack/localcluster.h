// SPDX-License-Identifier: GPL-3.0-or-later
// The stack without Docker: a private cluster of this user from PostgreSQL 18 binaries found on the machine, with the same configuration,
// roles, TLS and schema, on 127.0.0.1 alone. PostgreSQL refuses to run as root: then it runs as postgres or nobody, below /var/lib/howdah.
// A value made for one task; blocking; any thread but the window's.
#pragma once

#include "stack/binaries.h"
#include "stack/inside.h"
#include "stack/record.h"
#include "stack/rotatecerts.h"
#include "tool/process.h"

namespace howdah::stack
{

class LocalCluster
{
public:
    // Errors: Tool/no_binaries (none of version 18 in $HOWDAH_PG_BIN, /usr/lib/postgresql/18/bin, PATH), Tool/no_server_user.
    static Result<LocalCluster> find(const Record &record, const CancelToken &cancel);

    Result<UpResult> up(const UpOptions &options, const Progress &progress, const CancelToken &cancel);
    Result<StackStatus> status(const CancelToken &cancel) const;
    Result<QByteArray> logs(int lines, const CancelToken &cancel) const;
    Done down(const Progress &progress, const CancelToken &cancel) const;
    Done destroy(const Progress &progress, const CancelToken &cancel) const;
    Inside inside() const;
    Result<CertificatePlace> certificatePlace(const CancelToken &cancel) const; // Tool/not_running
    QString demoFile(const QString &name) const { return m_root + QStringLiteral("/files/demo/") + name; }

private:
    enum class Phase { Init, Serve }; // Init: no network, no archiving
    LocalCluster(Record record, QString bin, ServerUser user);

    tool::Command asServer(const QString &program, const QStringList &arguments, int timeoutMs = 60'000) const;
    tool::Command pgCtl(const QStringList &arguments, int timeoutMs = 150'000) const;
    Done ourFolder(const QString &path) const; // made, 0700, the server user's
    Done ourFile(const QString &path, const QByteArray &bytes, int mode) const;
    Result<bool> isRunning(const CancelToken &cancel) const;
    Done layOut(const QString &dockerDir) const;
    Done writeConfiguration(Phase phase) const;
    Done makeCertificatesOnce() const;
    Done putCertificates(const Certificates &certificates) const;
    Done initialise(const Progress &progress, const CancelToken &cancel) const;
    Done coldCopy(const CancelToken &cancel) const;
    Done start(const CancelToken &cancel) const;
    Done stop(const CancelToken &cancel) const;
    QStringList missingExtensions() const;
    bool hasLibrary(const QString &name) const;
    QString path(const char *below) const { return m_root + QLatin1Char('/') + QLatin1String(below); }
    QString socketFolder() const;

    Record m_record;
    QString m_bin;
    ServerUser m_user;
    QString m_root;
};

} // namespace howdah::stack
