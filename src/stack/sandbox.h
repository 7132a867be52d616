// SPDX-License-Identifier: GPL-3.0-or-later
// A server on which a migration may be tried: one that was named, else a private cluster made for the task from this machine's own PostgreSQL, else a
// disposable container of the stack's image. Never the target, unless that is said. What was made for it is gone with the object, and with
// this program where that is killed. Blocking; any thread but the window's.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "base/secret.h"
#include "pg/connectionspec.h"

#include <memory>
#include <optional>

namespace howdah::stack
{

struct SandboxChoice {
    std::optional<pg::ConnectionSpec> given; // a superuser, or a role with CREATEDB; nullopt: one is made
    Secret password;                         // of `given`
    int leastMajor = 18;       // the target's
    QString targetIdentifier;  // system identifier of the target's cluster; empty: not known, and then `given` is refused
    QString copy;              // `given` is a copy of a cluster, and goes by this name: it has that cluster's identifier, and is not it
    bool mayBeTarget = false;  // `given` may be of the target's own cluster, or nobody knows whether it is
    QString stackName = QStringLiteral("howdah"); // whose image is taken
};

class Sandbox
{
public:
    ~Sandbox(); // stops and removes what was made: some 100 ms
    Sandbox(Sandbox &&) noexcept;
    Sandbox &operator=(Sandbox &&) noexcept;

    const pg::ConnectionSpec &spec() const;
    const Secret &password() const;
    QString where() const;      // "a private cluster of PostgreSQL 18.6 (/usr/lib/postgresql/18/bin)", "db2:5432, PostgreSQL 18.4"
    bool isPrivate() const;     // nobody else is there: roles may be made
    bool isTargetCluster() const; // the same as the target's, as far as that is known: said wherever a result is shown

private:
    friend Result<Sandbox> openSandbox(const SandboxChoice &, const Progress &, const CancelToken &);
    struct Core;
    explicit Sandbox(std::unique_ptr<Core> core);
    std::unique_ptr<Core> m_core;
};

// Errors: Tool/no_sandbox (with what was looked for and what to do), Client/sandbox_is_target, Client/sandbox_not_compared (of `given` or of the target it is
// not known which cluster it is), Client/older_sandbox (than the target), of `given` those
// of connecting. A private cluster that a killed program left behind is removed first.
Result<Sandbox> openSandbox(const SandboxChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::stack
