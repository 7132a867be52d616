// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sshserver.h"

#include <QDir>
#include <QFile>
#include <QTcpServer>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

static QString inFolder(const QTemporaryDir &folder, const char *name)
{
    return folder.filePath(QString::fromLatin1(name));
}

bool SshServer::write(const QString &name, const QByteArray &text, bool executable)
{
    QFile file(m_folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        return false;
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | (executable ? QFile::ExeOwner : QFile::Permission(0)));
    return true;
}

bool SshServer::run(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (process.waitForFinished(20'000) && process.exitCode() == 0)
        return true;
    m_error = program + QStringLiteral(": ") + QString::fromUtf8(process.readAllStandardError());
    return false;
}

SshServer::SshServer() : m_path(qgetenv("PATH"))
{
    if (::geteuid() == 0)
        ::mkdir("/run/sshd", 0755);
    for (const char *key : {"host", "other", "user"}) {
        if (!run(QStringLiteral("ssh-keygen"), {QStringLiteral("-q"), QStringLiteral("-t"), QStringLiteral("ed25519"), QStringLiteral("-N"), QString(),
                                                QStringLiteral("-f"), inFolder(m_folder, key)}))
            return;
    }
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    m_port = probe.serverPort();
    probe.close();
    const QByteArray folder = QFile::encodeName(m_folder.path());
    QFile publicKey(inFolder(m_folder, "host.pub"));
    if (!publicKey.open(QIODevice::ReadOnly))
        return;
    const QByteArray port = QByteArray::number(m_port);
    write(QStringLiteral("known_hosts"), "[127.0.0.1]:" + port + ' ' + publicKey.readAll());
    write(QStringLiteral("sshd_config"), "Port " + port + "\nListenAddress 127.0.0.1\nAuthorizedKeysFile " + folder + "/user.pub\nPidFile none\nUsePAM no\n"
              "StrictModes no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n");
    write(QStringLiteral("config"), "Host jump\n  HostName 127.0.0.1\n  Port " + port + "\n  User " + QByteArray(::getpwuid(::geteuid())->pw_name)
              + "\n  IdentityFile " + folder + "/user\n  IdentitiesOnly yes\n  UserKnownHostsFile " + folder + "/known_hosts\n");
    QDir(m_folder.path()).mkdir(QStringLiteral("bin"));
    write(QStringLiteral("bin/ssh"), "#!/bin/bash\nexec /usr/bin/ssh -F " + folder + "/config \"$@\"\n", true);
    qputenv("PATH", folder + "/bin:" + m_path);
    launch();
}

SshServer::~SshServer()
{
    stop();
    qputenv("PATH", m_path);
}

bool SshServer::launch()
{
    m_server.setProcessChannelMode(QProcess::MergedChannels);
    m_server.start(QStringLiteral("/usr/sbin/sshd"), {QStringLiteral("-D"), QStringLiteral("-e"), QStringLiteral("-f"), inFolder(m_folder, "sshd_config"),
                                                      QStringLiteral("-h"), inFolder(m_folder, "host")});
    QByteArray said;
    while (m_server.waitForReadyRead(10'000)) {
        said += m_server.readAll();
        if (said.contains("Server listening"))
            return true;
    }
    m_error = QStringLiteral("sshd did not start: ") + QString::fromUtf8(said);
    return false;
}

bool SshServer::useOtherHostKey()
{
    stop();
    QFile::remove(inFolder(m_folder, "host"));
    return QFile::copy(inFolder(m_folder, "other"), inFolder(m_folder, "host")) && launch();
}

void SshServer::stop()
{
    m_server.kill();
    m_server.waitForFinished(5000);
}

QMap<qint64, QString> SshServer::clients() const
{
    QMap<qint64, QString> found;
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList({QStringLiteral("[0-9]*")}, QDir::Dirs);
    for (const QString &entry : entries) {
        QFile file(QStringLiteral("/proc/") + entry + QStringLiteral("/cmdline"));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QString line = QString::fromUtf8(file.readAll().replace('\0', ' '));
        if (line.startsWith(QStringLiteral("/usr/bin/ssh -F ") + m_folder.path()))
            found.insert(entry.toLongLong(), line.trimmed());
    }
    return found;
}
