// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/sandbox.h"

#include "pg/connection.h"
#include "stack/binaries.h"
#include "stack/privatecluster.h"
#include "stack/sandboxcontainer.h"

namespace howdah::stack
{

using namespace Qt::StringLiterals;

struct Sandbox::Core {
    std::unique_ptr<PrivateCluster> cluster;
    std::unique_ptr<SandboxContainer> container;
    pg::ConnectionSpec spec;
    Secret password;
    QString where;
    bool targetCluster = false;
};

Sandbox::Sandbox(std::unique_ptr<Core> core) : m_core(std::move(core)) {}
Sandbox::~Sandbox() = default;
Sandbox::Sandbox(Sandbox &&) noexcept = default;
Sandbox &Sandbox::operator=(Sandbox &&) noexcept = default;

const pg::ConnectionSpec &Sandbox::spec() const { return m_core->spec; }
const Secret &Sandbox::password() const { return m_core->password; }
QString Sandbox::where() const { return m_core->where; }
bool Sandbox::isPrivate() const { return m_core->cluster || m_core->container; }
bool Sandbox::isTargetCluster() const { return m_core->targetCluster; }

Result<Sandbox> openSandbox(const SandboxChoice &choice, const Progress &progress, const CancelToken &cancel)
{
    auto core = std::make_unique<Sandbox::Core>();
    QStringList why;
    if (choice.given) {
        core->spec = *choice.given;
        core->password = choice.password;
    } else if (auto cluster = PrivateCluster::make(choice.leastMajor, progress, cancel)) {
        core->cluster = std::move(*cluster);
        core->spec = core->cluster->spec();
    } else if (cluster.error().kind == ErrorKind::Cancelled) {
        return fail(std::move(cluster.error()));
    } else if (auto container = SandboxContainer::make(choice.stackName, progress, cancel)) {
        core->container = std::move(*container);
        core->spec = core->container->spec();
        core->password = core->container->password();
    } else if (container.error().kind == ErrorKind::Cancelled) {
        return fail(std::move(container.error()));
    } else {
        return fail(ErrorKind::Tool, u"no_sandbox"_s,
                    u"There is no server to try it on. A private cluster: %1. A container: %2"_s.arg(cluster.error().text(), container.error().text()),
                    u"Install postgresql-%1 (its programs are enough, no cluster of it need run) or set HOWDAH_PG_BIN, or name a server with --sandbox URL"_s.arg(choice.leastMajor));
    }
    core->spec.applicationName = u"howdah-sandbox"_s;
    auto link = pg::Connection::open(core->spec, core->password, cancel);
    if (!link)
        return fail(std::move(link.error()).during(u"connect to the sandbox"_s));
    const pg::LinkFacts &facts = (*link)->facts();
    if (facts.serverVersionNum / 10000 < choice.leastMajor)
        return fail(ErrorKind::Client, u"older_sandbox"_s, u"The sandbox is PostgreSQL %1, and the target %2: it would lock and refuse otherwise"_s.arg(facts.serverVersion).arg(choice.leastMajor),
                    u"Name a server of that version or later with --sandbox URL"_s);
    bool compared = true;
    if (choice.given && choice.copy.isEmpty()) {
        if (Done read = (*link)->readIdentity(cancel); !read)
            return fail(std::move(read.error()));
        const QString identifier = (*link)->identity().systemIdentifier;
        // What can't be compared may be the target.
        compared = !identifier.isEmpty() && !choice.targetIdentifier.isEmpty();
        if (!compared && !choice.mayBeTarget)
            return fail(ErrorKind::Client, u"sandbox_not_compared"_s,
                        u"Whether %1 is of the target's own cluster is not known: %2"_s.arg(core->spec.address(), identifier.isEmpty() ? u"it does not tell which cluster it is (as behind a pooler)"_s
                                                                                                                                       : u"which cluster the target is of was not told"_s),
                        u"Leave --sandbox out for a private cluster; or, where you know what it is, say --sandbox-may-be-target"_s);
        core->targetCluster = compared && identifier == choice.targetIdentifier;
        if (core->targetCluster && !choice.mayBeTarget)
            return fail(ErrorKind::Client, u"sandbox_is_target"_s, u"%1 is of the target's own cluster (%2)"_s.arg(core->spec.address(), identifier),
                        u"What is tried there takes the target's processors, disks and WAL. Name another server, or say --sandbox-may-be-target"_s);
    }
    core->where = !choice.copy.isEmpty() ? u"%1, PostgreSQL %2"_s.arg(choice.copy, facts.serverVersion)
        : core->cluster ? u"a private cluster of PostgreSQL %1 (%2)"_s.arg(facts.serverVersion, core->cluster->binaries())
        : core->container       ? u"a container of %1, PostgreSQL %2"_s.arg(core->container->image(), facts.serverVersion)
                                : u"%1, PostgreSQL %2%3"_s.arg(core->spec.address(), facts.serverVersion, core->targetCluster ? u", of the target's own cluster"_s : compared ? QString() : u", which may be of the target's own cluster"_s);
    return Sandbox(std::move(core));
}

} // namespace howdah::stack
