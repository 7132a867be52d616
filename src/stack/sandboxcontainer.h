// SPDX-License-Identifier: GPL-3.0-or-later
// A container of the stack's image that lives as long as one task, with a database of its own in memory; published on 127.0.0.1 alone. Removed with the
// object; one that a killed program left behind goes at the next start. Blocking; any thread but the window's.
#pragma once

#include "base/progress.h"
#include "base/secret.h"
#include "stack/dockerengine.h"

#include <memory>

namespace howdah::stack
{

class SandboxContainer
{
public:
    // Errors (Tool): no_docker, docker_permission, no_stack (no image was ever built here), unhealthy, failed; Cancelled.
    static Result<std::unique_ptr<SandboxContainer>> make(const QString &stackName, const Progress &progress, const CancelToken &cancel);
    ~SandboxContainer();
    SandboxContainer(const SandboxContainer &) = delete;
    SandboxContainer &operator=(const SandboxContainer &) = delete;

    pg::ConnectionSpec spec() const; // postgres, the superuser
    const Secret &password() const { return m_password; }
    QString image() const { return m_image; }

private:
    SandboxContainer(DockerEngine engine, QString image) : m_engine(std::move(engine)), m_image(std::move(image)) {}

    DockerEngine m_engine;
    QString m_image;
    QString m_id;
    quint16 m_port = 0;
    Secret m_password;
};

} // namespace howdah::stack
