// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/choose.h"

#include "stack/port.h"
#include "stack/record.h"

namespace howdah::stack
{

namespace
{
constexpr quint16 usualPort = 5432;
}

Error portTaken(quint16 port)
{
    const quint16 next = nextFreePort(port);
    return {ErrorKind::Tool, QStringLiteral("port_taken"), QStringLiteral("Port %1 of 127.0.0.1 is taken by another program").arg(port), {},
            next ? QStringLiteral("The next free one is %1: howdahctl stack up --port %1, or --next-port").arg(next)
                 : QStringLiteral("No port above it is free; name a lower one with --port"),
            {}, {}};
}

Result<quint16> choosePortFor(const UpOptions &options, quint16 remembered, quint16 published, const std::function<void(const QString &)> &say)
{
    const quint16 wanted = options.port ? options.port : remembered ? remembered : usualPort;
    if (wanted == published || isPortFree(wanted))
        return wanted;
    const bool ownChoice = options.port == 0 && remembered == 0;
    if (!ownChoice && !options.takeNextFreePort)
        return fail(portTaken(wanted));
    const quint16 next = nextFreePort(wanted);
    if (next == 0)
        return fail(portTaken(wanted));
    say(QStringLiteral("port %1 is taken, using %2").arg(wanted).arg(next));
    return next;
}

Result<PasswordPlan> planPasswords(const Inside &inside, const QStringList &keepRoles, const CancelToken &cancel)
{
    Result<QStringList> have = rolesWithPassword(inside, cancel);
    if (!have)
        return fail(std::move(have.error()));
    PasswordPlan plan;
    for (const QString &role : stackLoginRoles()) {
        const bool has = have->contains(role);
        if (has && keepRoles.contains(role))
            continue;
        plan.roles << role;
        plan.rekeyed = plan.rekeyed || has;
    }
    return plan;
}

pg::ConnectionSpec adminSpec(const QString &stackName, quint16 port)
{
    pg::ConnectionSpec spec;
    spec.host = QStringLiteral("localhost");
    spec.port = port;
    spec.database = QStringLiteral("jeex_idea");
    spec.role = QStringLiteral("jeex_admin");
    spec.sslMode = pg::SslMode::VerifyFull;
    spec.caFile = caFileOf(stackName);
    spec.auth = pg::Auth::ScramBound;
    spec.tls13Only = true;
    return spec;
}

} // namespace howdah::stack
