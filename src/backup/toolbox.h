// SPDX-License-Identifier: GPL-3.0-or-later
// PostgreSQL's own programs of one major (pg_basebackup, pg_verifybackup, pg_combinebackup, pg_waldump, …) and a few of coreutils, where they reach the
// files of a task: on this machine, in a container of the stack's image made for the task, or in a container where a server already runs. One for
// a task, named (where()) before anything starts. Never a server of its own. Blocking; any thread but the window's; one thread at a time.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "base/secret.h"
#include "stack/dockerengine.h"
#include "tool/process.h"
#include "tool/shell.h"

#include <QVector>

#include <memory>
#include <mutex>
#include <optional>

namespace howdah::backup
{

// What a container sees of the outside.
struct Place {
    QString source; // a named volume, or an absolute path of this machine
    QString target; // in the container; empty: the same path
    bool writable = false;
    bool isFolder() const { return source.startsWith(QLatin1Char('/')); }
};

struct ToolboxChoice {
    int major = 18;         // of the server whose files these are: the tools must be of the same
    QString image;          // empty: a container is out of the question
    QVector<Place> places;  // with a named volume among them only a container will do
    QString network = QStringLiteral("none"); // of the container: "none", "host", or a network's name
    bool asRoot = false;    // in a container: where a volume's files and a folder of somebody else's meet; what it makes is then root's
};

class Toolbox
{
public:
    // This machine's programs where they do, else a container of the image. Errors (Tool): no_tools with what was looked for; those of docker; Cancelled.
    static Result<std::unique_ptr<Toolbox>> open(const ToolboxChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});
    // $HOWDAH_PG_BIN, else /usr/lib/postgresql/<major>/bin: the folder that has all of tools().
    static Result<std::unique_ptr<Toolbox>> onMachine(int major, const CancelToken &cancel = {});
    // Made without network, capabilities and a writable root unless asked for; removed with the object. One that a killed program left goes first.
    static Result<std::unique_ptr<Toolbox>> inImage(const ToolboxChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});
    // Where a server runs and its socket is; `name` for people. Not removed.
    static Result<std::unique_ptr<Toolbox>> inServer(const stack::DockerEngine &engine, const QString &containerId, const QString &name, int major,
                                                     const CancelToken &cancel = {});
    ~Toolbox();
    Toolbox(const Toolbox &) = delete;
    Toolbox &operator=(const Toolbox &) = delete;

    static constexpr QLatin1StringView imageUser{"999:999"}; // postgres, of the official image and of ours
    static QString userOf(const QVector<Place> &places); // "uid:gid": who a container of these places runs as
    static bool isOfRoot(const QVector<Place> &places) { return userOf(places).startsWith(QLatin1String("0:")); } // PostgreSQL's server does not run as that
    static QStringList tools(); // that a folder of binaries must have

    QString where() const;   // "image howdah-postgres:18, PostgreSQL 18.6"
    QString version() const { return m_version; } // "18.6"
    int versionNum() const { return m_versionNum; } // 180006
    QString imageId() const { return m_imageId; } // "sha256:…"; empty: not of an image

    // To be shown, and to be run by who needs no clean end: a cancelled docker exec leaves what it started behind.
    tool::Command command(const QString &program, const QStringList &arguments) const;

    struct Call {
        QString program;
        QStringList arguments;
        QByteArray input = {};
        int timeoutMs = 60'000; // 0: none
        qsizetype maxOutput = 4 << 20;
        QStringList environment = {}; // "NAME=value", beside TZ=UTC and LC_ALL=C.UTF-8
        std::function<void(const QByteArray &line)> onLine = {};
        bool bulk = false;       // says megabytes: by a stream of its own
    };
    // As tool::run, and what was cancelled or late has ended where it ran, too.
    Result<tool::Outcome> run(const Call &call, const CancelToken &cancel = {}) const;
    Result<tool::Outcome> runChecked(const Call &call, const CancelToken &cancel = {}) const;

    // A file of mode 0600 that the programs can read, gone with the object; never in an argument, an environment or on a disk of the container's.
    Result<QString> keepSecret(const Secret &content, const CancelToken &cancel = {});

private:
    enum class Kind { Machine, Image, Server };
    explicit Toolbox(Kind kind) : m_kind(kind) {}
    Done readVersion(int major, const CancelToken &cancel);
    QString programPath(const QString &program) const;
    tool::Command made(const QString &program, const QStringList &arguments, const QStringList &environment, const QString &mark) const;
    // By the shell that stays in the container; nullopt: not one of those calls.
    std::optional<Result<tool::Outcome>> runShort(const Call &call, const CancelToken &cancel) const;
    void endWhatRuns(const char *script, const QString &mark) const;

    const Kind m_kind;
    stack::DockerEngine m_engine;
    QString m_container;
    QString m_name;     // of the image, the server or the folder, for people
    QString m_imageId;
    QString m_folder;   // of PostgreSQL's programs, where they run; empty: by PATH
    QString m_version;
    int m_versionNum = 0;
    QStringList m_secrets;
    mutable std::mutex m_shellUse; // what looks after a long call is on another thread than that
    mutable std::unique_ptr<tool::Shell> m_shell; // of a container, once it was asked for
    mutable QString m_shellMark;
};

// "18.6 (Debian 18.6-3)" -> 180006; 0: not understood.
int versionNumOf(const QString &version);

} // namespace howdah::backup
