// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physicalplace.h"

#include "stack/dockerstack.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int stackMajor = 18;
constexpr auto replicationRole = "howdah_replication"_L1;

Result<stack::Record> dockerRecord(const QString &stackName)
{
    const auto record = stack::readRecord(stackName);
    if (!record)
        return fail(record.error());
    if (!record->exists)
        return fail(ErrorKind::Tool, u"no_stack"_s, u"There is no stack %1"_s.arg(stackName), u"Start one: howdahctl stack up"_s);
    if (record->backend != stack::Backend::Docker)
        return fail(ErrorKind::Tool, u"not_supported"_s, u"The stack %1 is a local cluster, of which base backups are not kept yet"_s.arg(stackName),
                    u"Its first one, made at its start, lies in its archive"_s);
    return *record;
}

// Where the image is known, it may help; where it is not, this machine's own tools have to do.
QString imageOf(const QString &stackName)
{
    const auto record = stack::readRecord(stackName);
    return record && record->exists && record->backend == stack::Backend::Docker ? record->image : QString();
}

Result<PhysicalPlace> folderPlace(const QString &folder, int major, const QString &image, const QString &network, const Progress &progress, const CancelToken &cancel)
{
    const QString path = QDir(folder).absolutePath();
    // Not made where it is missing: a disk that is not mounted would be filled up where it is mounted.
    if (!QFileInfo(path).isDir())
        return fail(ErrorKind::Io, u"no_folder"_s, u"There is no folder %1"_s.arg(path), u"Make it, once the disk that it lies on is mounted"_s);
    ToolboxChoice choice;
    choice.major = major;
    choice.image = image;
    choice.places = {{path, {}, true}};
    choice.network = network;
    auto box = Toolbox::open(choice, progress, cancel);
    if (!box)
        return fail(std::move(box.error()));
    PhysicalPlace place;
    place.toolbox = std::move(*box);
    place.repository = std::make_unique<Repository>(*place.toolbox, path, path);
    if (QFileInfo(path + u"/wal"_s).isDir()) // what archive-copy brings
        place.archive = path + u"/wal"_s;
    return place;
}

// As libpq reads a password file; what is in it can't be read out of the words.
QByteArray escaped(const QByteArray &text)
{
    return QByteArray(text).replace('\\', "\\\\").replace(':', "\\:");
}

Result<QString> passFileIn(Toolbox &toolbox, const QString &role, const Secret &password, const CancelToken &cancel)
{
    QByteArray line;
    line.reserve(64 + 4 * role.size() + 2 * password.size()); // growing would leave copies behind
    line += "*:*:*:" + escaped(role.toUtf8()) + ':';
    for (qsizetype i = 0; i < password.size(); ++i) {
        if (password.data()[i] == ':' || password.data()[i] == '\\')
            line += '\\';
        line += password.data()[i];
    }
    line += '\n';
    const Secret content(line);
    line.fill('\0');
    return toolbox.keepSecret(content, cancel);
}

Result<QString> certificateIn(Toolbox &toolbox, const QString &file, const CancelToken &cancel)
{
    QFile pem(file);
    if (!pem.open(QIODevice::ReadOnly) || pem.size() > (1 << 20))
        return fail(ErrorKind::Tls, u"ca_file"_s, u"The CA's certificate %1 can't be read"_s.arg(file));
    return toolbox.keepSecret(Secret(pem.readAll()), cancel);
}

} // namespace

Result<PhysicalPlace> openStackPlace(const QString &stackName, const Progress &progress, const CancelToken &cancel)
{
    const auto record = dockerRecord(stackName);
    if (!record)
        return fail(record.error());
    const auto docker = stack::DockerStack::find(*record, cancel);
    if (!docker)
        return fail(docker.error());
    const auto container = docker->container(cancel);
    if (!container)
        return fail(container.error());
    PhysicalPlace place;
    place.archive = u"/archive"_s;
    const QString volume = stackName + "_archive"_L1;
    if (container->isRunning()) {
        auto box = Toolbox::inServer(docker->engine(), container->id, u"the container of the stack %1"_s.arg(stackName), stackMajor, cancel);
        if (!box)
            return fail(std::move(box.error()));
        place.toolbox = std::move(*box);
        place.source.emplace();
        place.source->name = u"the stack %1"_s.arg(stackName);
        place.source->replicationRole = replicationRole;
        place.source->imageId = place.toolbox->imageId();
    } else {
        const auto volumes = docker->volumes(cancel);
        if (!volumes)
            return fail(volumes.error());
        if (!volumes->contains(volume)) // docker would make an empty one
            return fail(ErrorKind::Tool, u"no_stack"_s, u"The stack %1 has no archive"_s.arg(stackName), u"Start it: howdahctl stack up --name %1"_s.arg(stackName));
        ToolboxChoice choice;
        choice.major = stackMajor;
        choice.image = record->image;
        choice.places = {{volume, place.archive, true}};
        auto box = Toolbox::inImage(choice, progress, cancel);
        if (!box)
            return fail(std::move(box.error()));
        place.toolbox = std::move(*box);
    }
    place.repository = std::make_unique<Repository>(*place.toolbox, place.archive, u"volume %1"_s.arg(volume));
    return place;
}

Result<PhysicalPlace> openFolderPlace(const QString &folder, int major, const QString &stackName, const Progress &progress, const CancelToken &cancel)
{
    return folderPlace(folder, major, imageOf(stackName), u"none"_s, progress, cancel);
}

Result<PhysicalPlace> openFolderPlaceOfStack(const QString &folder, const QString &stackName, const Secret &replicationPassword, const Progress &progress, const CancelToken &cancel)
{
    const auto record = dockerRecord(stackName);
    if (!record)
        return fail(record.error());
    const auto docker = stack::DockerStack::find(*record, cancel);
    if (!docker)
        return fail(docker.error());
    const auto running = docker->running(cancel);
    if (!running)
        return fail(running.error());
    auto place = folderPlace(folder, stackMajor, record->image, stackName + "_stack"_L1, progress, cancel);
    if (!place)
        return place;
    auto asking = Toolbox::inServer(docker->engine(), running->id, u"the container of the stack %1"_s.arg(stackName), stackMajor, cancel);
    if (!asking)
        return fail(std::move(asking.error()));
    place->asking = std::move(*asking);
    const auto passFile = passFileIn(*place->toolbox, replicationRole, replicationPassword, cancel);
    if (!passFile)
        return fail(passFile.error());
    const auto ca = certificateIn(*place->toolbox, stack::caFileOf(stackName), cancel);
    if (!ca)
        return fail(ca.error());
    PhysicalSource source;
    source.name = u"the stack %1"_s.arg(stackName);
    source.asking = place->asking.get();
    source.replicationRole = replicationRole;
    source.imageId = place->asking->imageId();
    source.conninfo = {{u"host"_s, u"postgres"_s}, {u"port"_s, u"5432"_s}, {u"sslmode"_s, u"verify-full"_s}, {u"sslrootcert"_s, *ca}, {u"channel_binding"_s, u"require"_s}, {u"passfile"_s, *passFile}};
    place->source = source;
    return place;
}

Result<PhysicalPlace> openFolderPlaceOfServer(const QString &folder, int major, const QString &stackName, const pg::ConnectionSpec &spec, const Secret &password, const Progress &progress,
                                              const CancelToken &cancel)
{
    if (spec.auth == pg::Auth::Certificate || spec.auth == pg::Auth::Kerberos || spec.pooler)
        return fail(ErrorKind::Client, u"not_supported"_s, u"No base backup is taken over a client certificate, a ticket or a pooler yet"_s);
    // A socket's folder is this machine's: a container does not see it.
    auto place = folderPlace(folder, major, spec.isUnixSocket() ? QString() : imageOf(stackName), u"host"_s, progress, cancel);
    if (!place)
        return place;
    PhysicalSource source;
    source.name = spec.address();
    source.role = spec.role;
    source.database = spec.database;
    source.conninfo = {{u"host"_s, spec.host}, {u"port"_s, QString::number(spec.port)}};
    if (!spec.isUnixSocket()) {
        source.conninfo.append({u"sslmode"_s, pg::sslModeName(spec.sslMode)});
        if (spec.auth == pg::Auth::ScramBound)
            source.conninfo.append({u"channel_binding"_s, u"require"_s});
        if (spec.auth == pg::Auth::ScramBound || spec.auth == pg::Auth::Scram)
            source.conninfo.append({u"require_auth"_s, u"scram-sha-256"_s});
        if (spec.sslMode == pg::SslMode::VerifyCa || spec.sslMode == pg::SslMode::VerifyFull) {
            Result<QString> ca = u"system"_s;
            if (!spec.caFile.isEmpty())
                ca = certificateIn(*place->toolbox, spec.caFile, cancel);
            if (!ca)
                return fail(std::move(ca.error()));
            source.conninfo.append({u"sslrootcert"_s, *ca});
        }
    }
    if (!password.isEmpty()) {
        const auto passFile = passFileIn(*place->toolbox, spec.role, password, cancel);
        if (!passFile)
            return fail(passFile.error());
        source.conninfo.append({u"passfile"_s, *passFile});
    }
    place->source = source;
    return place;
}

} // namespace howdah::backup
