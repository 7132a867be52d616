// SPDX-License-Identifier: GPL-3.0-or-later
// One stack in Docker, as the engine describes it, and what is done to it. A value made for one task; blocking; any thread but the window's.
#pragma once

#include "stack/dockerengine.h"
#include "stack/inside.h"
#include "stack/rotatecerts.h"
#include "stack/stack.h"

namespace howdah::stack
{

struct Container {
    QString id;        // empty: there is none
    QString status;    // the engine's word: "running", "exited", "restarting", "paused", "created", …
    QString health;    // "healthy", "starting", "unhealthy"; empty: not told
    int exitCode = 0;
    bool killedForMemory = false; // by the kernel, at the container's limit or the machine's
    int restarts = 0;
    QStringList listen; // addresses of this machine on which 5432 is published, as the engine says
    quint16 port = 0;
    QString baseImage;
    bool isRunning() const { return status == QLatin1String("running"); }
};

// What lies in the volumes, read by a one-shot container while the server is down.
struct VolumeFacts {
    QByteArray ca;         // PEM; empty: not seeded
    QString major;         // PG_VERSION of the database; empty: none yet
    QString otherPlace;    // a database where 18 does not look for it, and
    QString otherMajor;    // its version
};

class DockerStack
{
public:
    DockerStack(DockerEngine engine, Record record, QString dockerDir)
        : m_engine(std::move(engine)), m_record(std::move(record)), m_dockerDir(std::move(dockerDir))
    {
    }
    static Result<DockerStack> find(const Record &record, const CancelToken &cancel);

    Result<Container> container(const CancelToken &cancel) const;
    Result<QStringList> volumes(const CancelToken &cancel) const; // not the rehearsals that stand for it
    Result<VolumeFacts> volumeFacts(const CancelToken &cancel) const;
    Result<StackStatus> status(const CancelToken &cancel) const;
    Result<QByteArray> logs(int lines, const CancelToken &cancel) const;
    Done down(const Progress &progress, const CancelToken &cancel) const;
    Done destroy(const Progress &progress, const CancelToken &cancel) const;
    // Its data's volume, whatever the record says of it; empty where there is no container.
    Result<QString> mountedData(const Container &container, const CancelToken &cancel) const;
    Done removeContainers(const Progress &progress, const CancelToken &cancel) const; // stopped as the server wants to be; the data stays
    Done startContainer(const Progress &progress, const CancelToken &cancel) const;   // as the record says; not waited for
    Result<Container> running(const CancelToken &cancel) const; // Tool/not_running

    Inside inside(const QString &containerId) const;
    CertificatePlace certificatePlace(const Container &running) const; // used while this lives
    tool::Command exec(const QString &containerId, const QStringList &arguments, int timeoutMs = 20'000) const;
    tool::Command compose(const QStringList &arguments, int timeoutMs = 60'000) const;
    const DockerEngine &engine() const { return m_engine; }
    const QString &dockerDir() const { return m_dockerDir; }
    Record &record() { return m_record; }
    const Record &record() const { return m_record; }

private:
    DockerEngine m_engine;
    Record m_record;
    QString m_dockerDir;
};

// src/stack/dockerup.cpp: every step of the start; what an earlier, interrupted one did is found and not done again.
Result<UpResult> dockerUp(DockerStack stack, const UpOptions &options, const Progress &progress, const CancelToken &cancel);
// Into the TLS volume by a container that runs for nothing else, replacing those there; the key goes through its standard input.
Done seedCertificates(const DockerStack &stack, const Certificates &certificates, const CancelToken &cancel);
// The first base backup of this cluster in the archive: an archive alone restores nothing. Skipped where there is one.
Done ensureBaseBackup(const DockerStack &stack, const QString &containerId, const Progress &progress, const CancelToken &cancel);

} // namespace howdah::stack
