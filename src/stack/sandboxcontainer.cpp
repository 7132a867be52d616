// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/sandboxcontainer.h"

#include "pg/connection.h"
#include "stack/inside.h"

#include <QElapsedTimer>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace howdah::stack
{

using namespace Qt::StringLiterals;

static constexpr auto label = "howdah.sandbox"_L1; // its value: the process that made it
static constexpr int startMs = 60'000;

// Of programs on this machine that are gone.
static void removeLeft(const DockerEngine &engine, const CancelToken &cancel)
{
    const auto listed = tool::run(engine.command({u"ps"_s, u"--all"_s, u"--filter"_s, u"label="_s + label, u"--format"_s, u"{{.ID}} {{.Label \"%1\"}}"_s.arg(label)}), cancel);
    if (!listed || listed->exitCode != 0)
        return;
    for (const QByteArray &line : listed->output.trimmed().split('\n')) {
        const QList<QByteArray> fields = line.split(' ');
        const pid_t maker = pid_t(fields.value(1).toLongLong());
        if (maker > 0 && ::kill(maker, 0) != 0 && errno == ESRCH)
            std::ignore = tool::run(engine.command({u"rm"_s, u"--force"_s, u"--volumes"_s, QString::fromLatin1(fields.constFirst())}), cancel);
    }
}

Result<std::unique_ptr<SandboxContainer>> SandboxContainer::make(const QString &stackName, const Progress &progress, const CancelToken &cancel)
{
    const auto record = readRecord(stackName);
    if (!record)
        return fail(record.error());
    if (!record->exists || record->backend != Backend::Docker || record->image.isEmpty())
        return fail(ErrorKind::Tool, u"no_stack"_s, u"There is no stack %1 in Docker whose image could be taken"_s.arg(stackName), u"Start one: howdahctl stack up"_s);
    auto engine = findDocker(cancel);
    if (!engine)
        return fail(std::move(engine.error()));
    removeLeft(*engine, cancel);
    if (progress)
        progress({u"Start a container"_s, record->image, 0, 0, {}});
    auto password = randomPassword();
    if (!password)
        return fail(std::move(password.error()));
    std::unique_ptr<SandboxContainer> made(new SandboxContainer(*engine, record->image));
    made->m_password = *std::move(password);
    // The image's own entrypoint is the stack's; the base image's makes a plain cluster. The password goes by the environment, not by an argument.
    tool::Command start = engine->command({u"run"_s, u"--detach"_s, u"--rm"_s, u"--label"_s, u"%1=%2"_s.arg(label).arg(::getpid()), u"--publish"_s, u"127.0.0.1::5432"_s, u"--tmpfs"_s, u"/docker-entrypoint-initdb.d"_s, u"--env"_s, u"POSTGRES_PASSWORD"_s,
                                           u"--entrypoint"_s, u"docker-entrypoint.sh"_s, record->image, u"postgres"_s, u"-c"_s, u"fsync=off"_s, u"-c"_s, u"autovacuum=off"_s, u"-c"_s, u"max_locks_per_transaction=1024"_s},
                                          5 * 60'000);
    start.environment << u"POSTGRES_PASSWORD="_s + QLatin1StringView(made->m_password.data());
    auto started = tool::runChecked(start, cancel);
    if (!started)
        return fail(dockerError(std::move(started.error())));
    made->m_id = QString::fromLatin1(started->output.trimmed());
    auto published = tool::runChecked(engine->command({u"port"_s, made->m_id, u"5432/tcp"_s}), cancel);
    if (!published)
        return fail(std::move(published.error()));
    const QByteArray address = published->output.split('\n').constFirst().trimmed();
    made->m_port = quint16(address.mid(address.lastIndexOf(':') + 1).toUInt());
    QElapsedTimer since;
    since.start();
    Error last{ErrorKind::Tool, u"unhealthy"_s, u"The container's PostgreSQL does not answer"_s, {}, {}, {}, {}};
    while (since.elapsed() < startMs) {
        auto link = pg::Connection::open(made->spec(), made->m_password, cancel);
        if (link)
            return made;
        if (link.error().kind == ErrorKind::Cancelled)
            return fail(std::move(link.error()));
        last.detail = link.error().text();
        pollfd wake{cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, 200);
    }
    return fail(std::move(last));
}

SandboxContainer::~SandboxContainer()
{
    if (!m_id.isEmpty())
        std::ignore = tool::run(m_engine.command({u"rm"_s, u"--force"_s, u"--volumes"_s, m_id}));
}

pg::ConnectionSpec SandboxContainer::spec() const
{
    pg::ConnectionSpec spec;
    spec.host = u"127.0.0.1"_s;
    spec.port = m_port;
    spec.database = u"postgres"_s;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Scram;
    spec.sslMode = pg::SslMode::Disable;
    spec.applicationName = u"howdah-sandbox"_s;
    return spec;
}

} // namespace howdah::stack
