// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/savefile.h"
#include "stack/certificates.h"
#include "stack/choose.h"
#include "stack/dockerstack.h"
#include "stack/port.h"

#include <QDeadlineTimer>
#include <QFile>

#include <poll.h>

namespace howdah::stack
{

namespace
{
const QString imageTag()
{
    return QStringLiteral("howdah-postgres:18");
}
constexpr qint64 imageNeeds = 3LL << 30; // base, packages and the builder's layers
constexpr qint64 startNeeds = 512LL << 20; // a new cluster with its WAL, and its first base backup
constexpr int healthDeadlineMs = 300'000;
constexpr int logLinesShown = 20;

class Up
{
public:
    Up(DockerStack stack, const UpOptions &options, const Progress &progress, const CancelToken &cancel)
        : m_stack(std::move(stack)), m_options(options), m_progress(progress), m_cancel(cancel)
    {
    }
    Result<UpResult> run();

private:
    void say(const QString &step, const QString &note = {}) const { m_progress({step, note, 0, 0, {}}); }
    Done choosePort();
    Done buildImage();
    Done roomFor(qint64 bytes) const;
    Done prepareVolumes();
    Done seed();
    Done start();
    Result<Container> waitHealthy();
    Error unhealthy(const Container &container);
    Done copyCa(const QString &containerId);
    Done setPasswords(const QString &containerId, UpResult &result);

    DockerStack m_stack;
    const UpOptions &m_options;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    Container m_before;
    bool m_fresh = false; // no database yet
};

Done Up::choosePort()
{
    const QString step = QStringLiteral("Choose the port");
    say(step);
    const quint16 published = m_before.isRunning() ? m_before.port : 0;
    Result<quint16> port = choosePortFor(m_options, m_stack.record().port, published, [&](const QString &note) { say(step, note); });
    if (!port)
        return fail(std::move(port.error()));
    m_stack.record().port = *port;
    return {};
}

Done Up::roomFor(qint64 bytes) const
{
    const std::optional<qint64> free = freeBytes(m_stack.engine());
    if (!free || *free >= bytes)
        return {};
    return fail(diskFull(QStringLiteral("%1 has %2 MB free, and this needs about %3 MB")
                             .arg(m_stack.engine().rootFolder).arg(*free >> 20).arg(bytes >> 20)));
}

Done Up::buildImage()
{
    const QString step = QStringLiteral("Build the image");
    say(step);
    Result<tool::Outcome> there = tool::run(m_stack.engine().command({QStringLiteral("image"), QStringLiteral("inspect"), QStringLiteral("-f"),
                                                                      QStringLiteral("{{.Id}}"), imageTag()}),
                                            m_cancel);
    if (!there)
        return fail(std::move(there.error()));
    if (Done room = roomFor(there->exitCode == 0 ? startNeeds : imageNeeds); !room)
        return room;
    tool::Command build;
    build.program = m_stack.dockerDir() + QStringLiteral("/build.sh");
    build.arguments = {QStringLiteral("--tag"), imageTag()};
    build.workingDirectory = m_stack.dockerDir();
    for (const char *name : {"HOWDAH_BASE_IMAGE", "HOWDAH_BASE_SUITE", "HOWDAH_DEBIAN_MIRROR", "HOWDAH_PULL_TIMEOUT", "http_proxy", "https_proxy", "no_proxy"}) {
        if (qEnvironmentVariableIsSet(name))
            build.environment << QString::fromLatin1(name) + QLatin1Char('=') + qEnvironmentVariable(name);
    }
    build.timeoutMs = 45 * 60'000;
    build.onLine = [&](const QByteArray &line) { say(step, QString::fromUtf8(line)); };
    Result<tool::Outcome> outcome = tool::run(build, m_cancel);
    if (!outcome)
        return fail(std::move(outcome.error()));
    const QString words = QString::fromUtf8(outcome->lastLines.join('\n'));
    const auto failed = [&](const QString &reason, const QString &message, const QString &hint) {
        return fail(Error{ErrorKind::Tool, reason, message, words, hint, {}, tool::commandLine(build)});
    };
    switch (outcome->exitCode) {
    case 0: break;
    case 10: return failed(QStringLiteral("no_docker"), QStringLiteral("The Docker engine is not running"), QStringLiteral("Start it and try again"));
    case 11: return failed(QStringLiteral("docker_permission"), QStringLiteral("This user may not build the image"),
                           QStringLiteral("Build it once as root: sudo %1").arg(build.program));
    case 14: {
        Error full = diskFull(QStringLiteral("the image could not be built"));
        full.detail = words;
        return fail(std::move(full));
    }
    case 12: return failed(QStringLiteral("image_failed"), QStringLiteral("What the image is built on can neither be pulled nor built here"),
                           QStringLiteral("Look at the network and the proxy (https_proxy), or name an image that is here: HOWDAH_BASE_IMAGE"));
    default: return failed(QStringLiteral("image_failed"), QStringLiteral("The image %1 could not be built").arg(imageTag()),
                           QStringLiteral("See the last lines above; %1 run by hand shows all of them").arg(build.program));
    }
    const QString last = QString::fromUtf8(outcome->output.trimmed().split('\n').last());
    for (const QString &word : last.split(QLatin1Char(' '))) {
        if (word.startsWith(QLatin1String("base=")))
            m_stack.record().baseImage = word.sliced(5);
    }
    m_stack.record().image = imageTag();
    return {};
}

Done Up::prepareVolumes()
{
    if (m_before.isRunning())
        return {};
    say(QStringLiteral("Look at the volumes"));
    Result<QStringList> volumes = m_stack.volumes(m_cancel);
    if (!volumes)
        return fail(std::move(volumes.error()));
    VolumeFacts facts;
    if (!volumes->isEmpty()) {
        Result<VolumeFacts> read = m_stack.volumeFacts(m_cancel);
        if (!read)
            return fail(std::move(read.error()));
        facts = *read;
    }
    const bool misplaced = facts.major.isEmpty() && !facts.otherPlace.isEmpty();
    if (misplaced || (!facts.major.isEmpty() && facts.major != QLatin1String("18"))) {
        const QString major = misplaced ? facts.otherMajor : facts.major;
        return fail(Error{ErrorKind::Tool, QStringLiteral("other_major"),
                          QStringLiteral("The data volume of %1 holds a database of PostgreSQL %2, and the stack runs 18").arg(m_options.name, major),
                          misplaced ? QStringLiteral("It lies in %1").arg(facts.otherPlace) : QString(),
                          QStringLiteral("Nothing was changed. Dump it with a server of version %1 and restore the dump here, or start a stack of "
                                         "another name (--name)").arg(major),
                          {}, {}});
    }
    m_fresh = facts.major.isEmpty();
    // Without a database the bootstrap password is needed too, and the seed makes it.
    return m_fresh || facts.ca.isEmpty() ? seed() : Done{};
}

Done Up::seed()
{
    say(QStringLiteral("Make certificates"));
    Result<Certificates> made = makeCertificates(m_options.name);
    if (!made)
        return fail(std::move(made.error()));
    return seedCertificates(m_stack, *made, m_cancel);
}

Done Up::start()
{
    const QString step = QStringLiteral("Start PostgreSQL");
    say(step);
    tool::Command command = m_stack.compose({QStringLiteral("up"), QStringLiteral("-d"), QStringLiteral("--no-build"), QStringLiteral("postgres")}, 240'000);
    command.onLine = [&](const QByteArray &line) { say(step, QString::fromUtf8(line).trimmed()); };
    Result<tool::Outcome> outcome = tool::runChecked(command, m_cancel);
    if (outcome)
        return {};
    const quint16 port = m_stack.record().port;
    if (!m_cancel.isCancelled() && m_before.port != port && !isPortFree(port))
        return fail(portTaken(port)); // taken by another between our look and Docker's
    return fail(dockerError(std::move(outcome.error())));
}

Error Up::unhealthy(const Container &container)
{
    Error error{ErrorKind::Tool, m_fresh ? QStringLiteral("init_failed") : QStringLiteral("unhealthy"), {}, {}, {}, {}, {}};
    error.message = m_fresh ? QStringLiteral("The first start of PostgreSQL did not succeed") : QStringLiteral("PostgreSQL does not become healthy");
    if (container.exitCode != 0)
        error.message += QStringLiteral(" (exit code %1)").arg(container.exitCode);
    if (Result<QByteArray> lines = m_stack.logs(logLinesShown, m_cancel))
        error.detail = QString::fromUtf8(lines->trimmed());
    error.hint = QStringLiteral("All lines: howdahctl stack logs --name %1; starting again goes on from here").arg(m_options.name);
    if (container.killedForMemory) {
        error.reason = QStringLiteral("out_of_memory");
        error.message = QStringLiteral("PostgreSQL was killed for want of memory (exit code %1)").arg(container.exitCode);
        error.hint = QStringLiteral("Its limit is mem_limit in %1/compose.yaml: raise it, or end what else takes the machine's memory, and start the stack again")
                         .arg(m_stack.dockerDir());
    } else if (container.exitCode == 65) // the entrypoint's own exit codes
        error.reason = QStringLiteral("other_major");
    else if (container.exitCode == 66)
        error.reason = QStringLiteral("seed_failed");
    else if (const auto free = freeBytes(m_stack.engine()); free && *free < (64LL << 20))
        error.reason = QStringLiteral("disk_full");
    // A container that ends and is started for ever only warms the machine; it is kept, with its log.
    std::ignore = tool::run(m_stack.compose({QStringLiteral("stop"), QStringLiteral("postgres")}, 150'000), m_cancel);
    return error;
}

Result<Container> Up::waitHealthy()
{
    const QString step = QStringLiteral("Wait for PostgreSQL");
    const QDeadlineTimer deadline(healthDeadlineMs);
    for (;;) {
        Result<Container> now = m_stack.container(m_cancel);
        if (!now)
            return now;
        if (now->isRunning() && now->health == QLatin1String("healthy"))
            return now;
        const bool ended = now->id.isEmpty() || now->status == QLatin1String("exited") || now->status == QLatin1String("dead");
        if (ended || now->restarts > 0 || now->health == QLatin1String("unhealthy") || deadline.hasExpired())
            return fail(unhealthy(*now));
        if (now->status == QLatin1String("paused"))
            return fail(ErrorKind::Tool, QStringLiteral("unhealthy"), QStringLiteral("The container is paused"), QStringLiteral("docker unpause ") + now->id.left(12));
        say(step, now->health.isEmpty() ? now->status : now->health);
        pollfd woken{m_cancel.eventFd(), POLLIN, 0};
        ::poll(&woken, 1, 300);
    }
}

Done Up::copyCa(const QString &containerId)
{
    Result<tool::Outcome> read = tool::runChecked(m_stack.exec(containerId, {QStringLiteral("cat"), QStringLiteral("/etc/howdah/tls/ca.crt")}), m_cancel);
    if (!read)
        return fail(dockerError(std::move(read.error())));
    QFile ours(caFileOf(m_options.name));
    if (ours.open(QIODevice::ReadOnly) && ours.readAll() == read->output)
        return {};
    return saveFile(caFileOf(m_options.name), read->output);
}

Done Up::setPasswords(const QString &containerId, UpResult &result)
{
    const QString step = QStringLiteral("Set passwords");
    const Inside inside = m_stack.inside(containerId);
    Result<PasswordPlan> plan = planPasswords(inside, m_options.keepRoles, m_cancel);
    if (!plan)
        return fail(std::move(plan.error()));
    result.rekeyed = plan->rekeyed;
    if (plan->roles.isEmpty())
        return {};
    say(step, plan->rekeyed ? QStringLiteral("new ones for %1: the old ones are not in the keychain").arg(plan->roles.join(QLatin1String(", "))) : QString());
    Result<RoleSecrets> secrets = setNewPasswords(inside, plan->roles, m_cancel);
    if (!secrets)
        return fail(std::move(secrets.error()));
    result.newSecrets = *secrets;
    return {};
}

Result<UpResult> Up::run()
{
    UpResult result;
    Result<Container> before = m_stack.container(m_cancel);
    if (!before)
        return fail(std::move(before.error()));
    m_before = *before;
    for (const auto step : {&Up::choosePort, &Up::buildImage}) {
        if (Done done = (this->*step)(); !done)
            return fail(std::move(done.error()));
    }
    // From here on something of the stack exists: status, down and the next start must find it.
    if (Done kept = writeRecord(m_stack.record()); !kept)
        return fail(std::move(kept.error()));
    for (const auto step : {&Up::prepareVolumes, &Up::start}) {
        if (Done done = (this->*step)(); !done)
            return fail(std::move(done.error()));
    }
    Result<Container> container = waitHealthy();
    if (!container)
        return fail(std::move(container.error()));
    if (Done copied = copyCa(container->id); !copied)
        return fail(std::move(copied.error()));
    if (Done backedUp = ensureBaseBackup(m_stack, container->id, m_progress, m_cancel); !backedUp)
        return fail(std::move(backedUp.error()));
    // Last: once they are set, only the caller has them, and a failure after it would lose them.
    if (Done set = setPasswords(container->id, result); !set)
        return fail(std::move(set.error()));
    say(QStringLiteral("Read the status"));
    if (Result<StackStatus> status = m_stack.status(CancelToken())) {
        result.status = *status;
    } else {
        result.status.name = m_options.name;
        result.status.reason = status.error().text();
        result.status.port = m_stack.record().port;
    }
    result.admin = adminSpec(m_options.name, m_stack.record().port);
    result.monitorRole = QStringLiteral("howdah_monitor");
    return result;
}

} // namespace

Result<UpResult> dockerUp(DockerStack stack, const UpOptions &options, const Progress &progress, const CancelToken &cancel)
{
    return Up(std::move(stack), options, progress, cancel).run();
}

} // namespace howdah::stack
