// SPDX-License-Identifier: GPL-3.0-or-later
// A throw-away PostgreSQL 18 of the stack's image, which can compile expressions (JIT), as the servers in build/pg
// can't: in a container on this machine's network, its data in memory, TLS by certificates of its own. Needs root.
// Removed with the object; of a test that was killed it ends by itself.
#pragma once

#include "pg/connection.h"
#include "support/testcertificates.h"
#include "tool/process.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QThread>

#include <memory>

#include <unistd.h>

namespace howdah::test
{

class ImageServer
{
public:
    static std::unique_ptr<ImageServer> start(const QStringList &settings, QString *why)
    {
        std::unique_ptr<ImageServer> server(new ImageServer);
        return server->launch(settings, why) ? std::move(server) : nullptr;
    }
    ~ImageServer()
    {
        if (!m_id.isEmpty())
            std::ignore = docker({QStringLiteral("rm"), QStringLiteral("--force"), QStringLiteral("--volumes"), m_id});
    }
    ImageServer(const ImageServer &) = delete;
    ImageServer &operator=(const ImageServer &) = delete;

    quint16 port() const { return m_port; }
    QString caFile() const { return m_dir.filePath(QStringLiteral("ca.pem")); }
    QByteArray password() const { return "Aa1" + QByteArray::number(m_port) + "zz"; } // of "postgres"
    pg::ConnectionSpec socketSpec() const                                             // trusted
    {
        pg::ConnectionSpec spec;
        spec.host = m_dir.path();
        spec.port = m_port;
        spec.database = spec.role = QStringLiteral("postgres");
        return spec;
    }
    bool sql(const QList<QByteArray> &statements, QString *why) const
    {
        const auto link = pg::Connection::open(socketSpec(), {});
        if (!link)
            *why = link.error().text();
        for (qsizetype i = 0; link && i < statements.size(); ++i) {
            if (const auto done = (*link)->run({statements[i], {}}); !done) {
                *why = QString::fromUtf8(statements[i]) + QLatin1Char('\n') + done.error().text();
                return false;
            }
        }
        return link.has_value();
    }
    QByteArray log() const
    {
        QFile file(m_dir.filePath(QStringLiteral("out")));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private:
    ImageServer() : m_dir(QStringLiteral("/dev/shm/howdah-advise-XXXXXX")) {}

    static Result<tool::Outcome> docker(const QStringList &arguments)
    {
        tool::Command command;
        command.program = QStringLiteral("docker");
        command.arguments = arguments;
        command.timeoutMs = 120'000;
        return tool::run(command);
    }
    bool write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(m_dir.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    }
    bool launch(const QStringList &settings, QString *why)
    {
        using namespace Qt::StringLiterals;
        {
            QTcpServer free;
            free.listen(QHostAddress::LocalHost, 0);
            m_port = free.serverPort();
        }
        QByteArray script =
            "set -eu\ncd /advise\nexport PATH=$PATH:/usr/lib/postgresql/18/bin\n"
            "initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions --pwfile pw\n"
            "chmod 0600 good.key\n"
            "timeout --signal=INT 900 postgres -D data -c config_file=/advise/conf || true\nrm -rf data\n";
        QStringList lines{u"listen_addresses = '127.0.0.1'"_s,
                          u"port = %1"_s.arg(m_port),
                          u"unix_socket_directories = '/advise'"_s,
                          u"hba_file = '/advise/hba'"_s,
                          u"ssl = on"_s,
                          u"ssl_cert_file = '/advise/good.crt'"_s,
                          u"ssl_key_file = '/advise/good.key'"_s,
                          u"fsync = off"_s};
        const QByteArray conf = (lines + settings).join(u'\n').toUtf8() + '\n';
        const bool written = TestCertificates::write(m_dir.path()) && write(u"pw"_s, password()) &&
                             write(u"conf"_s, conf) && write(u"run.sh"_s, script) &&
                             write(u"hba"_s, "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n");
        QStringList files = QDir(m_dir.path()).entryList(QDir::Files);
        bool owned = ::chown(QFile::encodeName(m_dir.path()).constData(), 999, 999) == 0; // the image's postgres
        for (const QString &file : files)
            owned = owned && ::chown(QFile::encodeName(m_dir.filePath(file)).constData(), 999, 999) == 0;
        QFile::setPermissions(m_dir.path(), QFile::Permissions(0x7755));
        if (!written || !owned) {
            *why = u"%1 could not be filled; this needs root"_s.arg(m_dir.path());
            return false;
        }
        const auto started = docker({u"run"_s, u"--detach"_s, u"--rm"_s, u"--init"_s, u"--network"_s, u"host"_s,
                                     u"--user"_s, u"999:999"_s, u"--label"_s, u"howdah.advise=%1"_s.arg(::getpid()),
                                     u"--volume"_s, m_dir.path() + u":/advise"_s, u"--entrypoint"_s, u"bash"_s,
                                     u"howdah-postgres:18"_s, u"-c"_s, u"bash /advise/run.sh > /advise/out 2>&1"_s});
        if (!started || started->exitCode != 0) {
            *why = started ? QString::fromUtf8(started->errors) : started.error().text();
            return false;
        }
        m_id = QString::fromLatin1(started->output.trimmed());
        QElapsedTimer since;
        since.start();
        while (since.elapsed() < 60'000) {
            if (const auto link = pg::Connection::open(socketSpec(), {}))
                return true;
            QThread::msleep(100);
        }
        *why = u"The container's PostgreSQL does not answer: %1"_s.arg(QString::fromUtf8(log().right(2000)));
        return false;
    }

    QTemporaryDir m_dir;
    QString m_id;
    quint16 m_port = 0;
};

} // namespace howdah::test
