// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a local cluster: its folders, its copies of docker/, its configuration and certificates.
#include "base/savefile.h"
#include "stack/certificates.h"
#include "stack/localcluster.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

namespace howdah::stack
{

namespace
{

tl::unexpected<Error> noFile(const QString &path, const QString &why)
{
    return fail(ErrorKind::Io, QStringLiteral("cluster_files"), QStringLiteral("%1: %2").arg(path, why));
}

Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return noFile(path, file.errorString());
    return file.readAll();
}

QByteArray setting(const char *name, const QString &value)
{
    return QByteArray(name) + " = '" + QString(value).replace(QLatin1Char('\''), QLatin1String("''")).toUtf8() + "'\n";
}

// A word of a shell command that stands in archive_command, where % begins a placeholder.
QString archiveWord(const QString &word)
{
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QLatin1String("'\\''")).replace(QLatin1Char('%'), QLatin1String("%%"))
        + QLatin1Char('\'');
}

} // namespace

QString LocalCluster::socketFolder() const
{
    // A socket's whole path has 107 bytes.
    const QString near = path("run");
    return near.toUtf8().size() < 85 ? near : QStringLiteral("/tmp/howdah-%1-%2").arg(m_user.uid).arg(m_record.name);
}

Done LocalCluster::ourFolder(const QString &folder) const
{
    const QByteArray name = QFile::encodeName(folder);
    if (!QDir().mkpath(folder) || ::chmod(name.constData(), 0700) != 0)
        return noFile(folder, QStringLiteral("can't be made"));
    // Someone else's folder at a name in /tmp: not followed, not used.
    struct stat info{};
    if (::lchown(name.constData(), m_user.uid, m_user.gid) != 0 || ::lstat(name.constData(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != m_user.uid)
        return noFile(folder, QStringLiteral("is not ours"));
    return {};
}

Done LocalCluster::ourFile(const QString &file, const QByteArray &bytes, int mode) const
{
    if (Done saved = saveFile(file, bytes, mode); !saved)
        return saved;
    if (::lchown(QFile::encodeName(file).constData(), m_user.uid, m_user.gid) != 0)
        return noFile(file, QStringLiteral("can't be given to %1").arg(m_user.name));
    return {};
}

// Copies: the server's user may not reach the place this program is installed at (a checkout below /root).
Done LocalCluster::layOut(const QString &dockerDir) const
{
    if (m_user.isOther) {
        const QString parent = QFileInfo(m_root).path();
        if (!QDir().mkpath(parent) || ::chmod(QFile::encodeName(parent).constData(), 0711) != 0)
            return noFile(parent, QStringLiteral("can't be made"));
    }
    for (const QString &folder : {m_root, path("files"), path("files/postgres"), path("files/migrations"), path("files/demo"), path("archive"),
                                  path("archive/base"), path("tls"), path("log"), socketFolder()}) {
        if (Done made = ourFolder(folder); !made)
            return made;
    }
    for (const char *folder : {"postgres", "migrations", "demo"}) {
        const QDir from(dockerDir + QLatin1Char('/') + QLatin1String(folder));
        for (const QFileInfo &entry : from.entryInfoList({QStringLiteral("*.sql"), QStringLiteral("*.sh"), QStringLiteral("*.conf")}, QDir::Files)) {
            Result<QByteArray> bytes = readAll(entry.filePath());
            if (!bytes)
                return fail(std::move(bytes.error()));
            if (entry.fileName() == QLatin1String("pg_ident.conf")) // the container's root and postgres become this cluster's one user
                bytes->replace("/^(root|postgres)$", QByteArray('"' + m_user.name.toUtf8() + '"'));
            const QString to = path("files/") + QLatin1String(folder) + QLatin1Char('/') + entry.fileName();
            if (Done copied = ourFile(to, *bytes, entry.suffix() == QLatin1String("sh") ? 0700 : 0600); !copied)
                return copied;
        }
    }
    return {};
}

bool LocalCluster::hasLibrary(const QString &name) const
{
    for (const char *place : {"/../lib/", "/../lib/postgresql/"}) { // Debian's layout, and that of a plain prefix
        if (QFileInfo::exists(m_bin + QLatin1String(place) + name + QLatin1String(".so")))
            return true;
    }
    return false;
}

QStringList LocalCluster::missingExtensions() const
{
    QStringList missing;
    for (const QString &name : {QStringLiteral("pgaudit"), QStringLiteral("hypopg")}) {
        if (!hasLibrary(name))
            missing << name;
    }
    return missing;
}

Done LocalCluster::writeConfiguration(Phase phase) const
{
    const bool serve = phase == Phase::Serve;
    QStringList preload{QStringLiteral("pg_stat_statements"), QStringLiteral("auto_explain")};
    if (hasLibrary(QStringLiteral("pgaudit")))
        preload << QStringLiteral("pgaudit");
    QByteArray text = "# Written by Howdah at each start. ALTER SYSTEM is read after this file.\n";
    text += "include '" + path("files/postgres/postgresql.conf").replace(QLatin1Char('\''), QLatin1String("''")).toUtf8() + "'\n";
    text += setting("listen_addresses", serve ? QStringLiteral("127.0.0.1") : QString());
    text += setting("port", QString::number(m_record.port));
    text += setting("unix_socket_directories", socketFolder());
    text += setting("unix_socket_permissions", QStringLiteral("0700"));
    text += setting("hba_file", path("files/postgres/pg_hba.conf"));
    text += setting("ident_file", path("files/postgres/pg_ident.conf"));
    text += setting("ssl_cert_file", path("tls/server.crt"));
    text += setting("ssl_key_file", path("tls/server.key"));
    text += setting("shared_preload_libraries", preload.join(QLatin1Char(',')));
    // One file a weekday, each overwritten after a week: nobody rotates the log of a private cluster.
    text += setting("logging_collector", QStringLiteral("on"));
    text += setting("log_directory", path("log"));
    text += setting("log_filename", QStringLiteral("postgresql-%a.log"));
    text += setting("log_truncate_on_rotation", QStringLiteral("on"));
    text += setting("log_rotation_age", QStringLiteral("1d"));
    text += setting("log_rotation_size", QStringLiteral("0"));
    text += setting("archive_mode", serve ? QStringLiteral("on") : QStringLiteral("off"));
    text += setting("archive_command", QStringLiteral("HOWDAH_ARCHIVE=%1 %2 \"%p\" \"%f\"")
                                           .arg(archiveWord(path("archive")), archiveWord(path("files/postgres/archive.sh"))));
    return ourFile(path("data/postgresql.conf"), text, 0600);
}

Done LocalCluster::putCertificates(const Certificates &certificates) const
{
    const QByteArray key = QByteArray::fromRawData(certificates.serverKey.data(), certificates.serverKey.size());
    if (Done put = ourFile(path("tls/server.key"), key, 0600); !put)
        return put;
    if (Done put = ourFile(path("tls/server.crt"), certificates.server, 0600); !put)
        return put;
    return ourFile(path("tls/ca.crt"), certificates.ca, 0600); // last: it says that the others are there
}

Result<CertificatePlace> LocalCluster::certificatePlace(const CancelToken &cancel) const
{
    Result<StackStatus> now = status(cancel);
    if (!now)
        return fail(std::move(now.error()));
    if (now->state != StackState::Healthy) {
        return fail(ErrorKind::Tool, QStringLiteral("not_running"), QStringLiteral("The stack %1 is not running").arg(m_record.name),
                    QStringLiteral("Start it: howdahctl stack up --name %1").arg(m_record.name));
    }
    CertificatePlace place;
    place.name = m_record.name;
    place.port = now->port;
    place.inside = inside();
    place.readCa = [self = *this](const CancelToken &) { return readAll(self.path("tls/ca.crt")); };
    // As the server's user, so that the copies are its own too.
    const auto asServerUser = [self = *this](const QString &program, const QStringList &arguments) -> Done {
        auto done = tool::runChecked(self.asServer(program, arguments));
        return done ? Done{} : fail(std::move(done.error()));
    };
    const QStringList names{QStringLiteral("server.key"), QStringLiteral("server.crt"), QStringLiteral("ca.crt")};
    const QString kept = path("tls/previous");
    QStringList files;
    QStringList copies;
    for (const QString &name : names) {
        files << path("tls/") + name;
        copies << kept + QLatin1Char('/') + name;
    }
    place.keep = [=](const CancelToken &) {
        return asServerUser(QStringLiteral("install"), QStringList{QStringLiteral("-D"), QStringLiteral("-m"), QStringLiteral("0600"), QStringLiteral("-t"), kept} + files);
    };
    place.put = [self = *this](const Certificates &certificates, const CancelToken &) { return self.putCertificates(certificates); };
    place.putBack = [=, tls = path("tls")] { return asServerUser(QStringLiteral("mv"), QStringList{QStringLiteral("-f"), QStringLiteral("-t"), tls} + copies); };
    place.drop = [=] { return asServerUser(QStringLiteral("rm"), {QStringLiteral("-rf"), kept}); };
    return place;
}

Done LocalCluster::makeCertificatesOnce() const
{
    Result<QByteArray> ca = readAll(path("tls/ca.crt"));
    if (!ca || !QFileInfo::exists(path("tls/server.key"))) {
        Result<Certificates> made = makeCertificates(m_record.name);
        if (!made)
            return fail(std::move(made.error()));
        if (Done put = putCertificates(*made); !put)
            return put;
        ca = made->ca;
    }
    return saveFile(caFileOf(m_record.name), *ca);
}

} // namespace howdah::stack
