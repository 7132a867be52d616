// SPDX-License-Identifier: GPL-3.0-or-later
// The Docker engine and compose v2 of this machine, as found on PATH. Blocking; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "stack/record.h"
#include "tool/process.h"

namespace howdah::stack
{

struct DockerEngine {
    QString docker;           // absolute
    QString composeProgram;   // docker itself (plugin) or docker-compose of version 2
    QStringList composeArguments;
    QString rootFolder;       // where the engine keeps images and volumes; empty: not told

    tool::Command command(const QStringList &arguments, int timeoutMs = 30'000) const;
    // docker compose for this stack, with its variables: port, image, project name.
    tool::Command compose(const Record &record, const QString &dockerDir, const QStringList &arguments, int timeoutMs = 60'000) const;
};

// Errors (Tool): no_docker, docker_permission, no_compose.
Result<DockerEngine> findDocker(const CancelToken &cancel = {});
// Free bytes where the engine keeps its things; nullopt: not on this machine, or not told.
std::optional<qint64> freeBytes(const DockerEngine &engine);
Error diskFull(const QString &what);
// The error of a docker command, with "no space left" of the tool told apart (its own English text: it has no codes).
Error dockerError(Error error);

} // namespace howdah::stack
