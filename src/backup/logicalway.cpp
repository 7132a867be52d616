// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/logicalway.h"

#include "pg/conninfo.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto noFile = "/nonexistent"_L1; // so that no file of the home folder is taken in its place

Result<QString> kept(Toolbox &toolbox, const QString &path, const CancelToken &cancel)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > (4 << 20))
        return fail(ErrorKind::Io, u"open_failed"_s, u"%1 can't be read"_s.arg(path));
    return toolbox.keepSecret(Secret(file.readAll()), cancel);
}

// Of any server and database, since it is read by one program that goes to one place.
Secret passLine(const Secret &password)
{
    QByteArray line;
    line.reserve(16 + 2 * password.size()); // growing would leave copies behind
    line += "*:*:*:*:";
    for (qsizetype i = 0; i < password.size(); ++i) {
        const char c = password.data()[i];
        if (c == ':' || c == '\\')
            line += '\\';
        line += c;
    }
    line += '\n';
    Secret secret(line);
    line.fill('\0');
    return secret;
}

} // namespace

Result<PhysicalSource> sourceOf(Toolbox &toolbox, const pg::ConnectionSpec &spec, const pg::Prepared &prepared, const CancelToken &cancel)
{
    if (spec.pooler)
        return fail(ErrorKind::Client, u"pooler"_s, u"A pooler in transaction mode stands before the server"_s, u"Name the server's own address and port"_s);
    const bool viaSocket = prepared.via.address.startsWith(u'/');
    const bool local = viaSocket || (spec.isUnixSocket() && !prepared.via.isSet());
    const bool tls = !local && spec.sslMode != pg::SslMode::Disable;
    PhysicalSource source;
    source.name = spec.address();
    source.role = spec.role;
    source.database = spec.database.isEmpty() ? spec.role : spec.database;
    const auto set = [&](const QString &key, const QString &value) { source.conninfo.append({key, value}); };
    set(u"host"_s, viaSocket ? prepared.via.address : spec.host);
    if (prepared.via.isSet() && !viaSocket)
        set(u"hostaddr"_s, prepared.via.address);
    set(u"port"_s, QString::number(prepared.via.isSet() ? prepared.via.port : spec.port));
    set(u"connect_timeout"_s, u"15"_s);
    set(u"gssencmode"_s, u"disable"_s);
    set(u"sslmode"_s, tls ? pg::sslModeName(spec.sslMode) : u"disable"_s);
    if (tls) {
        const bool verifies = spec.sslMode == pg::SslMode::VerifyCa || spec.sslMode == pg::SslMode::VerifyFull || !spec.caFile.isEmpty();
        const auto ca = pg::caFileOf(spec);
        if (verifies && !ca)
            return fail(ca.error());
        const auto there = verifies ? kept(toolbox, *ca, cancel) : Result<QString>(QString(noFile));
        if (!there)
            return fail(there.error());
        set(u"sslrootcert"_s, *there);
        set(u"ssl_min_protocol_version"_s, spec.tls13Only ? u"TLSv1.3"_s : u"TLSv1.2"_s);
    }
    const bool shows = tls && spec.auth == pg::Auth::Certificate;
    for (const auto &[key, path] : {std::pair(u"sslcert"_s, spec.certFile), std::pair(u"sslkey"_s, spec.keyFile)}) {
        const auto there = shows ? kept(toolbox, path, cancel) : Result<QString>(QString(noFile));
        if (!there)
            return fail(there.error());
        set(key, *there);
    }
    const bool asksForPassword = spec.auth == pg::Auth::ScramBound || spec.auth == pg::Auth::Scram || spec.auth == pg::Auth::Password;
    // libpq takes a passphrase in a connection string alone, which others of this machine see.
    if (shows && !prepared.secret.isEmpty())
        return fail(ErrorKind::Client, u"key_passphrase"_s, u"The key of the certificate is locked by a passphrase, which can't be given to %1 unseen"_s.arg(toolbox.where()),
                    u"Name a role with a password, or a key without a passphrase in a file of mode 0600"_s);
    set(u"channel_binding"_s, tls && spec.auth == pg::Auth::ScramBound ? u"require"_s : u"disable"_s);
    if (toolbox.versionNum() >= 160000 && !local && (spec.auth == pg::Auth::ScramBound || spec.auth == pg::Auth::Scram))
        set(u"require_auth"_s, u"scram-sha-256"_s);
    if (asksForPassword && !prepared.secret.isEmpty()) {
        const auto file = toolbox.keepSecret(passLine(prepared.secret), cancel);
        if (!file)
            return fail(file.error());
        set(u"passfile"_s, *file);
    } else {
        set(u"passfile"_s, noFile);
    }
    return source;
}

PhysicalSource socketSource(const QString &name, const QString &role, const QString &database)
{
    PhysicalSource source;
    source.name = name;
    source.role = role;
    source.database = database;
    return source;
}

Result<PhysicalPlace> openDumpFolder(const QString &folder, int major, const QString &image, const pg::ConnectionSpec &spec, const pg::Prepared &prepared, const Progress &progress, const CancelToken &cancel)
{
    const QString path = QDir(folder).absolutePath();
    if (!QFileInfo(path).isDir())
        return fail(ErrorKind::Io, u"no_folder"_s, u"There is no folder %1"_s.arg(path), u"Make it, once the disk that it lies on is mounted"_s);
    ToolboxChoice choice;
    choice.major = major;
    // A socket's folder is this machine's: a container does not see it.
    choice.image = spec.isUnixSocket() && !prepared.via.isSet() ? QString() : image;
    choice.places = {{path, {}, true}};
    choice.network = u"host"_s;
    auto box = Toolbox::open(choice, progress, cancel);
    if (!box)
        return fail(std::move(box.error()));
    PhysicalPlace place;
    place.toolbox = std::move(*box);
    place.repository = std::make_unique<Repository>(*place.toolbox, path, path);
    auto source = sourceOf(*place.toolbox, spec, prepared, cancel);
    if (!source)
        return fail(std::move(source.error()));
    place.source = std::move(*source);
    return place;
}

Result<PhysicalPlace> openDumpOfStack(const QString &stackName, const QString &role, const QString &database, const Progress &progress, const CancelToken &cancel)
{
    auto place = openStackPlace(stackName, progress, cancel);
    if (!place)
        return place;
    if (!place->source)
        return fail(ErrorKind::Tool, u"not_running"_s, u"The stack %1 is not running"_s.arg(stackName), u"Start it: howdahctl stack up --name %1"_s.arg(stackName));
    const QString image = place->source->imageId;
    place->source = socketSource(u"the stack %1"_s.arg(stackName), role, database);
    place->source->imageId = image;
    return place;
}

QStringList connectionWords(const PhysicalSource &source, const QString &application, const QString &database)
{
    return {u"-d"_s, conninfoOf(source, application, database), u"-U"_s, source.role, u"-w"_s};
}

} // namespace howdah::backup
