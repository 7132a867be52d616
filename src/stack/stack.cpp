// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/stack.h"

#include "base/paths.h"
#include "stack/dockerstack.h"
#include "stack/localcluster.h"

namespace howdah::stack
{

namespace
{

bool isNoDocker(const Error &error)
{
    static const QStringList reasons{QStringLiteral("no_docker"), QStringLiteral("docker_permission"), QStringLiteral("no_compose"),
                                     QStringLiteral("image_failed")};
    return error.kind == ErrorKind::Tool && reasons.contains(error.reason);
}

Result<UpResult> localUp(const UpOptions &options, const Record &record, const Progress &progress, const CancelToken &cancel)
{
    Result<LocalCluster> cluster = LocalCluster::find(record, cancel);
    if (!cluster)
        return fail(std::move(cluster.error()));
    return cluster->up(options, progress, cancel);
}

Result<UpResult> inDocker(const UpOptions &options, const Record &record, const Progress &progress, const CancelToken &cancel)
{
    progress({QStringLiteral("Check Docker"), {}, 0, 0, {}});
    Result<DockerStack> stack = DockerStack::find(record, cancel);
    if (!stack)
        return fail(std::move(stack.error()));
    return dockerUp(*stack, options, progress, cancel);
}

// Calls onDocker(DockerStack) or onLocal(LocalCluster), whichever the stack is.
template<typename R, typename OnDocker, typename OnLocal>
R dispatch(const QString &name, const CancelToken &cancel, OnDocker onDocker, OnLocal onLocal)
{
    if (Done valid = checkName(name); !valid)
        return fail(std::move(valid.error()));
    Result<Record> record = readRecord(name);
    if (!record)
        return fail(std::move(record.error()));
    if (record->image.isEmpty())
        record->image = QStringLiteral("howdah-postgres:18"); // compose wants the variable, whatever is asked of it
    if (record->backend == Backend::Local) {
        Result<LocalCluster> cluster = LocalCluster::find(*record, cancel);
        return cluster ? onLocal(*cluster) : R(fail(std::move(cluster.error())));
    }
    Result<DockerStack> stack = DockerStack::find(*record, cancel);
    return stack ? onDocker(*stack) : R(fail(std::move(stack.error())));
}

const Progress &orSilent(const Progress &progress)
{
    static const Progress silent = [](const ProgressStep &) {};
    return progress ? progress : silent;
}

} // namespace

QString backendName(Backend backend)
{
    return backend == Backend::Docker ? QStringLiteral("docker") : QStringLiteral("local");
}

QString stateName(StackState state)
{
    switch (state) {
    case StackState::Absent: return QStringLiteral("absent");
    case StackState::Stopped: return QStringLiteral("stopped");
    case StackState::Starting: return QStringLiteral("starting");
    case StackState::Healthy: return QStringLiteral("healthy");
    case StackState::Unhealthy: return QStringLiteral("unhealthy");
    case StackState::Unknown: break;
    }
    return QStringLiteral("unknown");
}

QJsonObject StackStatus::toJson() const
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{QStringLiteral("name"), name},
            {QStringLiteral("state"), stateName(state)},
            {QStringLiteral("reason"), orNull(reason)},
            {QStringLiteral("server_version"), orNull(serverVersion)},
            {QStringLiteral("listen"), orNull(listen)},
            {QStringLiteral("base_image"), orNull(baseImage)},
            {QStringLiteral("backend"), backendName(backend)},
            {QStringLiteral("port"), port ? QJsonValue(port) : QJsonValue()},
            {QStringLiteral("archive_bytes"), archiveBytes ? QJsonValue(*archiveBytes) : QJsonValue()},
            {QStringLiteral("archive_warning"), archiveWarning},
            {QStringLiteral("ca_file"), orNull(caFile)}};
}

QStringList stackLoginRoles()
{
    return {QStringLiteral("jeex_admin"),     QStringLiteral("jeex_user"),     QStringLiteral("jeex_readonly"),
            QStringLiteral("howdah_monitor"), QStringLiteral("howdah_backup"), QStringLiteral("howdah_replication")};
}

Result<UpResult> up(const UpOptions &options, const Progress &givenProgress, const CancelToken &cancel)
{
    const Progress &progress = orSilent(givenProgress);
    auto lock = lockStack(options.name);
    if (!lock)
        return fail(std::move(lock.error()));
    Result<Record> record = readRecord(options.name);
    if (!record)
        return fail(std::move(record.error()));
    if (record->exists && options.backend && *options.backend != record->backend) {
        return fail(ErrorKind::Client, QStringLiteral("other_backend"),
                    QStringLiteral("The stack %1 exists with the backend %2").arg(options.name, backendName(record->backend)),
                    QStringLiteral("Its data does not move by itself: start a stack of another name (--name), or destroy this one first"));
    }
    if (options.backend == Backend::Local || (record->exists && record->backend == Backend::Local))
        return localUp(options, *record, progress, cancel);

    if (!record->swap.isEmpty()) {
        return fail(ErrorKind::Tool, QStringLiteral("swap_unfinished"), QStringLiteral("A swap of the data of the stack %1 is unfinished").arg(options.name),
                    QStringLiteral("howdahctl pitr apply --resume %1 brings it to its end, howdahctl pitr rollback %1 takes it back").arg(record->swap));
    }
    record->image = QStringLiteral("howdah-postgres:18");
    Result<UpResult> result = inDocker(options, *record, progress, cancel);
    // A stack that already lives in Docker is not replaced by an empty one beside it.
    if (result || options.backend || record->exists || !isNoDocker(result.error()))
        return result;
    progress({QStringLiteral("Check Docker"), result.error().message + QStringLiteral(": starting a private local cluster instead"), 0, 0, {}});
    record->backendReason = QStringLiteral("without Docker: ") + result.error().message;
    Result<UpResult> local = localUp(options, *record, progress, cancel);
    if (local || local.error().reason != QLatin1String("no_binaries"))
        return local;
    Error error = std::move(result.error());
    error.hint += QStringLiteral(". As a private cluster without Docker it can't run either: ") + local.error().message;
    return fail(std::move(error));
}

Result<StackStatus> status(const QString &name, const CancelToken &cancel)
{
    Result<StackStatus> status = dispatch<Result<StackStatus>>(
        name, cancel, [&](const DockerStack &stack) { return stack.status(cancel); }, [&](const LocalCluster &cluster) { return cluster.status(cancel); });
    // Whether there is such a stack can't be known without its engine: said as such, with what else is remembered.
    if (status || status.error().kind != ErrorKind::Tool)
        return status;
    Result<Record> record = readRecord(name);
    StackStatus unknown;
    unknown.name = name;
    unknown.state = StackState::Unknown;
    unknown.reason = status.error().message;
    if (record) {
        unknown.backend = record->backend;
        unknown.port = record->port;
        unknown.baseImage = record->baseImage;
    }
    return unknown;
}

Done down(const QString &name, const Progress &progress, const CancelToken &cancel)
{
    auto lock = lockStack(name);
    if (!lock)
        return fail(std::move(lock.error()));
    return dispatch<Done>(
        name, cancel, [&](const DockerStack &stack) { return stack.down(orSilent(progress), cancel); },
        [&](const LocalCluster &cluster) { return cluster.down(orSilent(progress), cancel); });
}

Result<QByteArray> logs(const QString &name, int lines, const CancelToken &cancel)
{
    return dispatch<Result<QByteArray>>(
        name, cancel, [&](const DockerStack &stack) { return stack.logs(lines, cancel); },
        [&](const LocalCluster &cluster) { return cluster.logs(lines, cancel); });
}

Done destroy(const QString &name, const QString &typedName, const Progress &progress, const CancelToken &cancel)
{
    if (typedName != name) {
        return fail(ErrorKind::Client, QStringLiteral("name_mismatch"), QStringLiteral("\"%1\" is not the stack's name").arg(typedName),
                    QStringLiteral("Nothing was removed. Type %1 to remove it with all its data and its archive").arg(name));
    }
    auto lock = lockStack(name);
    if (!lock)
        return fail(std::move(lock.error()));
    Done done = dispatch<Done>(
        name, cancel, [&](const DockerStack &stack) { return stack.destroy(orSilent(progress), cancel); },
        [&](const LocalCluster &cluster) { return cluster.destroy(orSilent(progress), cancel); });
    return done ? removeFolder(name) : done;
}

Result<Rotated> rotateCertificates(const QString &name, const Progress &progress, const CancelToken &cancel)
{
    auto lock = lockStack(name);
    if (!lock)
        return fail(std::move(lock.error()));
    return dispatch<Result<Rotated>>(
        name, cancel,
        [&](const DockerStack &stack) -> Result<Rotated> {
            Result<Container> running = stack.running(cancel);
            if (!running)
                return fail(std::move(running.error()));
            return rotateIn(stack.certificatePlace(*running), orSilent(progress), cancel);
        },
        [&](const LocalCluster &cluster) -> Result<Rotated> {
            Result<CertificatePlace> place = cluster.certificatePlace(cancel);
            if (!place)
                return fail(std::move(place.error()));
            return rotateIn(*place, orSilent(progress), cancel);
        });
}

Result<QString> demo(const QString &name, const Progress &progress, const CancelToken &cancel)
{
    return dispatch<Result<QString>>(
        name, cancel,
        [&](const DockerStack &stack) -> Result<QString> {
            Result<Container> running = stack.running(cancel);
            if (!running)
                return fail(std::move(running.error()));
            return runDemo(stack.inside(running->id), QStringLiteral("/usr/share/howdah/demo/demo.sql"), orSilent(progress), cancel);
        },
        [&](const LocalCluster &cluster) {
            return runDemo(cluster.inside(), cluster.demoFile(QStringLiteral("demo.sql")), orSilent(progress), cancel);
        });
}

Result<QString> demoLoad(const QString &name, int seconds, const Progress &progress, const CancelToken &cancel)
{
    return dispatch<Result<QString>>(
        name, cancel,
        [&](const DockerStack &stack) -> Result<QString> {
            Result<Container> running = stack.running(cancel);
            if (!running)
                return fail(std::move(running.error()));
            return runLoad(stack.inside(running->id), QStringLiteral("/usr/share/howdah/demo/load.sql"), seconds, orSilent(progress), cancel);
        },
        [&](const LocalCluster &cluster) {
            return runLoad(cluster.inside(), cluster.demoFile(QStringLiteral("load.sql")), seconds, orSilent(progress), cancel);
        });
}

} // namespace howdah::stack
