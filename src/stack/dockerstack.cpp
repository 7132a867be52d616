// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/dockerstack.h"

#include "base/paths.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::stack
{

namespace
{
constexpr qint64 archiveWarningBytes = 5LL << 30;
const QLatin1StringView projectLabel("com.docker.compose.project");

Container parseContainer(const QJsonObject &json)
{
    Container container;
    const QJsonObject state = json.value(QLatin1String("State")).toObject();
    container.id = json.value(QLatin1String("Id")).toString();
    container.status = state.value(QLatin1String("Status")).toString();
    container.health = state.value(QLatin1String("Health")).toObject().value(QLatin1String("Status")).toString();
    container.exitCode = state.value(QLatin1String("ExitCode")).toInt();
    container.killedForMemory = state.value(QLatin1String("OOMKilled")).toBool();
    container.restarts = json.value(QLatin1String("RestartCount")).toInt();
    container.baseImage = json.value(QLatin1String("Config")).toObject().value(QLatin1String("Labels")).toObject()
                              .value(QLatin1String("howdah.base_image")).toString();
    const QJsonArray published = json.value(QLatin1String("NetworkSettings")).toObject().value(QLatin1String("Ports")).toObject()
                                     .value(QLatin1String("5432/tcp")).toArray();
    for (const QJsonValue &entry : published) {
        const QString address = entry.toObject().value(QLatin1String("HostIp")).toString();
        if (!container.listen.contains(address))
            container.listen.append(address);
        container.port = quint16(entry.toObject().value(QLatin1String("HostPort")).toString().toUInt());
    }
    return container;
}

void describe(StackStatus &status, const Container &container)
{
    if (container.status == QLatin1String("running")) {
        if (container.health == QLatin1String("healthy")) {
            status.state = StackState::Healthy;
        } else if (container.health == QLatin1String("starting")) {
            status.state = StackState::Starting;
        } else if (container.health == QLatin1String("unhealthy")) {
            status.state = StackState::Unhealthy;
            status.reason = QStringLiteral("its health check fails");
        } else {
            status.state = StackState::Unknown;
            status.reason = QStringLiteral("the container has no health check");
        }
    } else if (container.status == QLatin1String("restarting")) {
        status.state = StackState::Unhealthy;
        status.reason = container.killedForMemory ? QStringLiteral("it is killed for want of memory and started again (exit code %1)").arg(container.exitCode)
                                                  : QStringLiteral("it ends and is started again; its last exit code is %1").arg(container.exitCode);
    } else if (container.status == QLatin1String("paused")) {
        status.state = StackState::Unhealthy;
        status.reason = QStringLiteral("the container is paused");
    } else {
        status.state = StackState::Stopped;
        if (container.exitCode != 0)
            status.reason = container.killedForMemory ? QStringLiteral("it was killed for want of memory (exit code %1)").arg(container.exitCode)
                                                      : QStringLiteral("it ended with exit code %1").arg(container.exitCode);
    }
}

} // namespace

Result<DockerStack> DockerStack::find(const Record &record, const CancelToken &cancel)
{
    Result<DockerEngine> engine = findDocker(cancel);
    if (!engine)
        return fail(std::move(engine.error()));
    Result<QString> folder = paths::dockerDir();
    if (!folder)
        return fail(std::move(folder.error()));
    return DockerStack(*engine, record, *folder);
}

tool::Command DockerStack::compose(const QStringList &arguments, int timeoutMs) const
{
    return m_engine.compose(m_record, m_dockerDir, arguments, timeoutMs);
}

tool::Command DockerStack::exec(const QString &containerId, const QStringList &arguments, int timeoutMs) const
{
    return m_engine.command(QStringList{QStringLiteral("exec"), QStringLiteral("-i"), containerId} + arguments, timeoutMs);
}

Inside DockerStack::inside(const QString &containerId) const
{
    return [engine = m_engine, containerId](const QString &program, const QStringList &arguments, const QString &application) {
        return engine.command(QStringList{QStringLiteral("exec"), QStringLiteral("-i"), QStringLiteral("-e"),
                                          QStringLiteral("PGAPPNAME=") + application, containerId, program}
                              + arguments);
    };
}

Result<Container> DockerStack::container(const CancelToken &cancel) const
{
    const auto label = [](const QString &name, const QString &value) {
        return QStringList{QStringLiteral("--filter"), QStringLiteral("label=com.docker.compose.%1=%2").arg(name, value)};
    };
    Result<tool::Outcome> ids =
        tool::runChecked(m_engine.command(QStringList{QStringLiteral("ps"), QStringLiteral("-aq"), QStringLiteral("--no-trunc")}
                                          + label(QStringLiteral("project"), m_record.name)
                                          + label(QStringLiteral("service"), QStringLiteral("postgres"))
                                          + label(QStringLiteral("oneoff"), QStringLiteral("False"))),
                         cancel);
    if (!ids)
        return fail(dockerError(std::move(ids.error())));
    const QString id = QString::fromLatin1(ids->output.split('\n').value(0).trimmed());
    if (id.isEmpty())
        return Container{};
    Result<tool::Outcome> inspected = tool::run(m_engine.command({QStringLiteral("container"), QStringLiteral("inspect"), id}), cancel);
    if (!inspected)
        return fail(std::move(inspected.error()));
    if (inspected->exitCode != 0)
        return Container{}; // removed meanwhile
    return parseContainer(QJsonDocument::fromJson(inspected->output).array().at(0).toObject());
}

Result<Container> DockerStack::running(const CancelToken &cancel) const
{
    Result<Container> found = container(cancel);
    if (!found || found->isRunning())
        return found;
    return fail(ErrorKind::Tool, QStringLiteral("not_running"), QStringLiteral("The stack %1 is not running").arg(m_record.name),
                QStringLiteral("Start it: howdahctl stack up --name %1").arg(m_record.name));
}

Result<QStringList> DockerStack::volumes(const CancelToken &cancel) const
{
    const auto listed = tool::runChecked(m_engine.command({QStringLiteral("volume"), QStringLiteral("ls"), QStringLiteral("--filter"), QStringLiteral("label=%1=%2").arg(projectLabel, m_record.name),
                                                           QStringLiteral("--format"), QStringLiteral("{{.Name}}|{{.Label \"howdah.rehearsal\"}}")}),
                                         cancel);
    if (!listed)
        return fail(dockerError(listed.error()));
    // A rehearsal bears the stack's labels from its first day, since a volume's can't be changed; it is the stack's once it is swapped in.
    QStringList names;
    for (const QString &line : QString::fromUtf8(listed->output).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QString name = line.section(QLatin1Char('|'), 0, 0);
        if (line.section(QLatin1Char('|'), 1).isEmpty() || name == m_record.data() || m_record.keptVolumes.contains(name))
            names << name;
    }
    return names;
}

Result<QString> DockerStack::mountedData(const Container &container, const CancelToken &cancel) const
{
    if (container.id.isEmpty())
        return QString();
    return tool::runChecked(m_engine.command({QStringLiteral("container"), QStringLiteral("inspect"), QStringLiteral("--format"),
                                              QStringLiteral("{{range .Mounts}}{{if eq .Destination \"/var/lib/postgresql\"}}{{.Name}}{{end}}{{end}}"), container.id}),
                            cancel)
        .map([](const tool::Outcome &outcome) { return QString::fromUtf8(outcome.output.trimmed()); })
        .map_error(dockerError);
}

Done DockerStack::removeContainers(const Progress &progress, const CancelToken &cancel) const
{
    const QString step = QStringLiteral("Stop PostgreSQL");
    // Each of its service's, also what a compose that was cut off left under another name.
    const auto listed = tool::runChecked(m_engine.command({QStringLiteral("ps"), QStringLiteral("-aq"), QStringLiteral("--no-trunc"), QStringLiteral("--filter"), QStringLiteral("label=%1=%2").arg(projectLabel, m_record.name),
                                                           QStringLiteral("--filter"), QStringLiteral("label=com.docker.compose.service=postgres")}),
                                         cancel);
    if (!listed)
        return fail(dockerError(listed.error()));
    for (const QString &id : QString::fromLatin1(listed->output).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        progress({step, id.left(12), 0, 0, {}});
        for (const QStringList &words : {QStringList{QStringLiteral("stop"), QStringLiteral("--time"), QStringLiteral("120"), id}, QStringList{QStringLiteral("rm"), id}}) {
            if (auto done = tool::runChecked(m_engine.command(words, 180'000), cancel); !done)
                return fail(dockerError(std::move(done.error())));
        }
    }
    return {};
}

Done DockerStack::startContainer(const Progress &progress, const CancelToken &cancel) const
{
    const QString step = QStringLiteral("Start PostgreSQL");
    tool::Command command = compose({QStringLiteral("up"), QStringLiteral("-d"), QStringLiteral("--no-build"), QStringLiteral("postgres")}, 240'000);
    command.onLine = [&](const QByteArray &line) { progress({step, QString::fromUtf8(line).trimmed(), 0, 0, {}}); };
    if (auto done = tool::runChecked(command, cancel); !done)
        return fail(dockerError(std::move(done.error())));
    return {};
}

Result<VolumeFacts> DockerStack::volumeFacts(const CancelToken &cancel) const
{
    const QString ca = QStringLiteral("/etc/howdah/tls/ca.crt");
    const QString ours = QStringLiteral("/var/lib/postgresql/18/docker/PG_VERSION");
    QStringList files{ca, ours, QStringLiteral("/var/lib/postgresql/PG_VERSION"), QStringLiteral("/var/lib/postgresql/data/PG_VERSION")};
    for (int major = 13; major <= 21; ++major) {
        if (major != 18)
            files << QStringLiteral("/var/lib/postgresql/%1/docker/PG_VERSION").arg(major);
    }
    // grep as a reader of many files that may be missing: "path:line" of each, quiet about the others.
    Result<tool::Outcome> read = tool::run(compose(QStringList{QStringLiteral("--profile"), QStringLiteral("seed"), QStringLiteral("run"),
                                                               QStringLiteral("--rm"), QStringLiteral("-T"), QStringLiteral("--no-deps"),
                                                               QStringLiteral("--entrypoint"), QStringLiteral("grep"), QStringLiteral("seed"),
                                                               QStringLiteral("-sH"), QString()}
                                                   + files),
                                           cancel);
    if (!read)
        return fail(std::move(read.error()));
    if (read->exitCode > 2) { // 1 and 2: nothing there, or some files missing
        return fail(dockerError({ErrorKind::Tool, QStringLiteral("failed"), QStringLiteral("The stack's volumes can't be read"),
                                 QString::fromUtf8(read->lastLines.join('\n')), {}, {}, {}}));
    }
    VolumeFacts facts;
    for (const QString &line : QString::fromUtf8(read->output).split(QLatin1Char('\n'))) {
        const QString path = line.section(QLatin1Char(':'), 0, 0);
        const QString value = line.section(QLatin1Char(':'), 1);
        if (path == ca) {
            facts.ca += value.toLatin1() + '\n';
        } else if (path == ours) {
            facts.major = value;
        } else if (path.endsWith(QLatin1String("/PG_VERSION"))) {
            facts.otherPlace = path.chopped(int(qstrlen("/PG_VERSION")));
            facts.otherMajor = value;
        }
    }
    return facts;
}

Result<StackStatus> DockerStack::status(const CancelToken &cancel) const
{
    StackStatus status;
    status.name = m_record.name;
    status.backend = Backend::Docker;
    status.port = m_record.port;
    status.baseImage = m_record.baseImage;
    if (QFileInfo::exists(caFileOf(m_record.name)))
        status.caFile = caFileOf(m_record.name);
    Result<Container> found = container(cancel);
    if (!found)
        return fail(std::move(found.error()));
    if (found->id.isEmpty()) {
        Result<QStringList> held = volumes(cancel);
        if (!held)
            return fail(std::move(held.error()));
        status.state = held->isEmpty() ? StackState::Absent : StackState::Stopped;
        return status;
    }
    describe(status, *found);
    if (!found->baseImage.isEmpty())
        status.baseImage = found->baseImage;
    if (found->port != 0) {
        status.port = found->port;
        status.listen = found->listen.join(QLatin1String(", "));
    }
    if (!found->isRunning())
        return status;
    // Each of these may be unknown: that is not an error of the status.
    if (Result<ServerIdentity> identity = readIdentity(inside(found->id), cancel))
        status.serverVersion = identity->version;
    // What it takes on the disk: switched segments are mostly holes.
    Result<tool::Outcome> size = tool::run(exec(found->id, {QStringLiteral("du"), QStringLiteral("-s"), QStringLiteral("-B1"), QStringLiteral("/archive")}), cancel);
    bool known = false;
    const qint64 bytes = size ? size->output.split('\t').value(0).toLongLong(&known) : 0;
    if (known) {
        status.archiveBytes = bytes;
        status.archiveWarning = bytes >= archiveWarningBytes;
    }
    if (cancel.isCancelled())
        return fail(ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled"));
    return status;
}

Result<QByteArray> DockerStack::logs(int lines, const CancelToken &cancel) const
{
    Result<Container> found = container(cancel);
    if (!found)
        return fail(std::move(found.error()));
    if (found->id.isEmpty())
        return QByteArray();
    Result<tool::Outcome> outcome =
        tool::runChecked(m_engine.command({QStringLiteral("logs"), QStringLiteral("--tail"), QString::number(lines), found->id}), cancel);
    if (!outcome)
        return fail(dockerError(std::move(outcome.error())));
    return outcome->output + outcome->errors; // the server writes to stderr, the entrypoint to both
}

Done DockerStack::down(const Progress &progress, const CancelToken &cancel) const
{
    const QString step = QStringLiteral("Stop PostgreSQL");
    progress({step, {}, 0, 0, {}});
    tool::Command command = compose({QStringLiteral("--profile"), QStringLiteral("seed"), QStringLiteral("down"), QStringLiteral("--remove-orphans")},
                                    180'000); // the shutdown checkpoint has 120 s
    command.onLine = [&](const QByteArray &line) { progress({step, QString::fromUtf8(line), 0, 0, {}}); };
    if (auto done = tool::runChecked(command, cancel); !done)
        return fail(dockerError(std::move(done.error())));
    return {};
}

Done DockerStack::destroy(const Progress &progress, const CancelToken &cancel) const
{
    const QString step = QStringLiteral("Remove containers and volumes");
    progress({step, {}, 0, 0, {}});
    tool::Command command = compose({QStringLiteral("--profile"), QStringLiteral("seed"), QStringLiteral("down"), QStringLiteral("--volumes"),
                                     QStringLiteral("--remove-orphans"), QStringLiteral("--timeout"), QStringLiteral("10")},
                                    180'000);
    command.onLine = [&](const QByteArray &line) { progress({step, QString::fromUtf8(line), 0, 0, {}}); };
    if (auto done = tool::runChecked(command, cancel); !done)
        return fail(dockerError(std::move(done.error())));
    // What a swap of the data put aside is the stack's as well, and goes with it; whatever still uses it is not ended for that.
    Result<QStringList> kept = volumes(cancel);
    if (!kept)
        return fail(std::move(kept.error()));
    for (const QString &volume : *kept) {
        progress({step, QStringLiteral("also %1, which a swap of its data had kept").arg(volume), 0, 0, {}});
        std::ignore = tool::run(m_engine.command({QStringLiteral("volume"), QStringLiteral("rm"), volume}, 120'000), cancel);
    }
    Result<QStringList> left = volumes(cancel);
    if (!left)
        return fail(std::move(left.error()));
    if (!left->isEmpty()) {
        return fail(ErrorKind::Tool, QStringLiteral("volumes_left"), QStringLiteral("Docker kept volumes of the stack: %1").arg(left->join(QLatin1String(", "))),
                    QStringLiteral("Something else uses them: docker ps -a --filter volume=%1").arg(left->first()));
    }
    return {};
}

} // namespace howdah::stack
