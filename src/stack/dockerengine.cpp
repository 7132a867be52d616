// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/dockerengine.h"

#include <QFileInfo>
#include <QStorageInfo>

namespace howdah::stack
{

namespace
{

Error noDocker(const QString &message, const QString &hint, const QString &detail = {})
{
    return {ErrorKind::Tool, QStringLiteral("no_docker"), message, detail, hint, {}, {}};
}

Error permission(const QString &detail)
{
    return {ErrorKind::Tool, QStringLiteral("docker_permission"), QStringLiteral("This user may not speak to the Docker engine"), detail,
            QStringLiteral("Add yourself to the group docker (sudo usermod -aG docker $USER) and log in again; who is in that group is as good as root"),
            {}, {}};
}

bool isPermission(const QString &text)
{
    return text.contains(QLatin1String("permission denied"), Qt::CaseInsensitive);
}

QString said(const tool::Outcome &outcome)
{
    return QString::fromUtf8(outcome.lastLines.join('\n'));
}

// Major version that `program arguments… version --short` prints; 0: none.
Result<int> composeMajor(const QString &program, QStringList arguments, const CancelToken &cancel)
{
    tool::Command command;
    command.program = program;
    command.arguments = arguments << QStringLiteral("version") << QStringLiteral("--short");
    command.timeoutMs = 15'000;
    Result<tool::Outcome> outcome = tool::run(command, cancel);
    if (!outcome)
        return fail(std::move(outcome.error()));
    if (outcome->exitCode != 0)
        return 0;
    QByteArray version = outcome->output.trimmed();
    if (version.startsWith('v'))
        version.remove(0, 1);
    return version.left(version.indexOf('.')).toInt();
}

Done findCompose(DockerEngine &engine, const CancelToken &cancel)
{
    Result<int> plugin = composeMajor(engine.docker, {QStringLiteral("compose")}, cancel);
    if (!plugin)
        return fail(std::move(plugin.error()));
    if (*plugin >= 2) {
        engine.composeProgram = engine.docker;
        engine.composeArguments = {QStringLiteral("compose")};
        return {};
    }
    QString detail;
    if (Result<QString> alone = tool::findProgram(QStringLiteral("docker-compose"))) {
        Result<int> major = composeMajor(*alone, {}, cancel);
        if (!major)
            return fail(std::move(major.error()));
        if (*major >= 2) {
            engine.composeProgram = *alone;
            return {};
        }
        detail = QStringLiteral("%1 is version %2").arg(*alone).arg(*major);
    }
    return fail(Error{ErrorKind::Tool, QStringLiteral("no_compose"), QStringLiteral("Docker is here, but compose version 2 is not"), detail,
                      QStringLiteral("Install docker-compose-v2 (Ubuntu), docker-compose (Debian 13) or docker-compose-plugin (Docker's own packages)"),
                      {}, {}});
}

} // namespace

tool::Command DockerEngine::command(const QStringList &arguments, int timeoutMs) const
{
    tool::Command made;
    made.program = docker;
    made.arguments = arguments;
    made.timeoutMs = timeoutMs;
    return made;
}

tool::Command DockerEngine::compose(const Record &record, const QString &dockerDir, const QStringList &arguments, int timeoutMs) const
{
    tool::Command made;
    made.program = composeProgram;
    made.arguments = composeArguments
        + QStringList{QStringLiteral("--ansi"), QStringLiteral("never"), QStringLiteral("-f"), dockerDir + QStringLiteral("/compose.yaml"),
                      QStringLiteral("-p"), record.name}
        + arguments;
    made.environment = {QStringLiteral("HOWDAH_PORT=%1").arg(record.port ? record.port : 5432),
                        QStringLiteral("HOWDAH_IMAGE=") + record.image,
                        QStringLiteral("HOWDAH_DATA_VOLUME=") + record.data(),
                        QStringLiteral("HOWDAH_LISTEN=") + (record.fenced ? QStringLiteral("localhost") : QStringLiteral("localhost,postgres")),
                        QStringLiteral("COMPOSE_PROJECT_NAME=") + record.name};
    made.workingDirectory = dockerDir;
    made.timeoutMs = timeoutMs;
    return made;
}

Result<DockerEngine> findDocker(const CancelToken &cancel)
{
    DockerEngine engine;
    Result<QString> docker = tool::findProgram(QStringLiteral("docker"));
    if (!docker) {
        return fail(noDocker(QStringLiteral("There is no docker command on this machine"),
                             QStringLiteral("Install docker.io (Debian, Ubuntu), or use the local backend")));
    }
    engine.docker = *docker;
    Result<tool::Outcome> answer = tool::run(engine.command({QStringLiteral("info"), QStringLiteral("--format"),
                                                             QStringLiteral("{{.ServerVersion}}|{{.DockerRootDir}}")}, 15'000), cancel);
    if (!answer) {
        if (answer.error().kind != ErrorKind::Timeout)
            return fail(std::move(answer.error()));
        return fail(noDocker(QStringLiteral("The Docker engine does not answer"),
                             QStringLiteral("Restart it (systemctl restart docker) and try again"), answer.error().message));
    }
    // docker info of several versions ends with 0 and an empty version when the engine is not there.
    const QStringList fields = QString::fromUtf8(answer->output).trimmed().split(QLatin1Char('|'));
    if (answer->exitCode != 0 || fields.value(0).isEmpty()) {
        const QString words = said(*answer);
        if (isPermission(words))
            return fail(permission(words));
        return fail(noDocker(QStringLiteral("The Docker engine is not running"),
                             QStringLiteral("Start it (systemctl start docker, or Docker Desktop) and try again"), words));
    }
    engine.rootFolder = fields.value(1);
    if (Done compose = findCompose(engine, cancel); !compose)
        return fail(std::move(compose.error()));
    return engine;
}

std::optional<qint64> freeBytes(const DockerEngine &engine)
{
    // In a virtual machine (Docker Desktop) or on another host the folder is not here: then nothing is known.
    const QStorageInfo storage(engine.rootFolder);
    if (!engine.rootFolder.isEmpty() && QFileInfo::exists(engine.rootFolder) && storage.isValid())
        return storage.bytesAvailable();
    return std::nullopt;
}

Error diskFull(const QString &what)
{
    return {ErrorKind::Tool, QStringLiteral("disk_full"), QStringLiteral("The disk is full: ") + what, {},
            QStringLiteral("Free some space (docker system df shows what Docker holds) and start the stack again; it goes on from here"), {}, {}};
}

Error dockerError(Error error)
{
    if (error.kind != ErrorKind::Tool || error.reason != QLatin1String("failed"))
        return error;
    if (error.detail.contains(QLatin1String("no space left on device"), Qt::CaseInsensitive)) {
        Error full = diskFull(error.message);
        full.detail = error.detail;
        full.context = error.context;
        return full;
    }
    return error;
}

} // namespace howdah::stack
