// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/privatecluster.h"

#include "pg/connection.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace howdah::stack
{

using namespace Qt::StringLiterals;

static constexpr auto namePart = "howdah-sandbox-"_L1;
static constexpr int startMs = 60'000;

void removeLeftClusters(const ServerUser &user)
{
    for (const QFileInfo &one : QDir(QDir::tempPath()).entryInfoList({namePart + u'*'}, QDir::Dirs | QDir::NoSymLinks)) {
        QFile pid(one.filePath() + "/pid"_L1); // of the program that made it
        if (one.ownerId() != user.uid || !pid.open(QIODevice::ReadOnly))
            continue;
        const qint64 maker = pid.readAll().trimmed().toLongLong();
        QFile postmaster(one.filePath() + "/data/postmaster.pid"_L1);
        const qint64 server = postmaster.open(QIODevice::ReadOnly) ? postmaster.readLine().trimmed().toLongLong() : 0;
        const auto lives = [](qint64 process) {
            QFile stat(u"/proc/%1/stat"_s.arg(process)); // "4711 (howdahctl) Z …": ended, and nobody has looked
            const QByteArray words = stat.open(QIODevice::ReadOnly) ? stat.readAll() : QByteArray();
            return process > 0 && (::kill(pid_t(process), 0) == 0 || errno == EPERM) && words.mid(words.lastIndexOf(')') + 2, 1) != "Z";
        };
        if (maker > 0 && !lives(maker) && !lives(server))
            QDir(one.filePath()).removeRecursively();
    }
}

tool::Command PrivateCluster::command(const QString &program, const QStringList &arguments, const QStringList &more) const
{
    tool::Command made = asServerUser(m_user, m_binaries.folder + u'/' + program, arguments, more);
    made.environment = {u"HOME="_s + m_folder};
    made.workingDirectory = m_folder;
    return made;
}

Done PrivateCluster::layOut()
{
    QByteArray name = QFile::encodeName(QDir::tempPath() + u'/' + namePart + "XXXXXX"_L1);
    if (!::mkdtemp(name.data()))
        return fail(ErrorKind::Io, u"sandbox_folder"_s, u"No folder could be made in %1"_s.arg(QDir::tempPath()));
    m_folder = QFile::decodeName(name);
    QFile pid(m_folder + "/pid"_L1);
    if (!pid.open(QIODevice::WriteOnly) || pid.write(QByteArray::number(qint64(::getpid()))) < 0)
        return fail(ErrorKind::Io, u"sandbox_folder"_s, u"%1 can't be written"_s.arg(pid.fileName()));
    pid.close();
    if (::chown(name.constData(), m_user.uid, m_user.gid) != 0)
        return fail(ErrorKind::Io, u"sandbox_folder"_s, u"%1 can't be given to %2"_s.arg(m_folder, m_user.name));
    return {};
}

Done PrivateCluster::start(const CancelToken &cancel)
{
    const passwd *me = ::getpwuid(::geteuid());
    const QByteArray self = me ? QByteArray(me->pw_name) : QByteArray();
    // Whoever may reach the socket is asked by the kernel who he is: only this user is let in.
    const auto write = [&](const char *file, const QByteArray &text) -> Done {
        QFile out(m_folder + u'/' + QLatin1StringView(file));
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size() || !out.flush() || ::fchmod(out.handle(), 0644) != 0)
            return fail(ErrorKind::Io, u"sandbox_folder"_s, u"%1 can't be written"_s.arg(out.fileName()));
        return {};
    };
    if (Done hba = write("hba.conf", "local all all peer map=sandbox\n"); !hba)
        return hba;
    if (Done ident = write("ident.conf", "sandbox \"" + self + "\" all\nsandbox \"" + self + "\" postgres\n"); !ident)
        return ident;
    const QStringList settings{u"listen_addresses="_s, u"unix_socket_directories="_s + m_folder, u"unix_socket_permissions=0777"_s, u"hba_file="_s + m_folder + "/hba.conf"_L1,
                               u"ident_file="_s + m_folder + "/ident.conf"_L1, u"synchronous_commit=off"_s, u"autovacuum=off"_s, u"max_wal_size=4GB"_s,
                               u"shared_buffers=64MB"_s, u"max_connections=20"_s, u"max_locks_per_transaction=1024"_s, u"logging_collector=off"_s, u"log_min_messages=warning"_s};
    QStringList arguments{u"-D"_s, m_folder + "/data"_L1};
    for (const QString &one : settings)
        arguments << u"-c"_s << one;
    m_server = std::make_unique<tool::Background>(command(u"postgres"_s, arguments, {u"--pdeathsig"_s, u"QUIT"_s}));
    QElapsedTimer since;
    since.start();
    while (!m_server->hasEnded() && since.elapsed() < startMs) {
        auto link = pg::Connection::open(spec(), {}, cancel);
        if (link)
            return {};
        if (link.error().kind == ErrorKind::Cancelled)
            return fail(std::move(link.error()));
        pollfd wake{cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, 30);
    }
    Error error{ErrorKind::Tool, u"unhealthy"_s, u"The private PostgreSQL does not start"_s, {}, {}, {}, {}};
    if (const auto outcome = m_server->outcome())
        error.detail = *outcome ? QString::fromUtf8((*outcome)->lastLines.join('\n')) : outcome->error().text();
    return fail(std::move(error));
}

Result<std::unique_ptr<PrivateCluster>> PrivateCluster::make(int leastMajor, const Progress &progress, const CancelToken &cancel)
{
    auto binaries = findBinaries(leastMajor, 99, cancel);
    if (!binaries)
        return fail(std::move(binaries.error()));
    auto user = serverUser();
    if (!user)
        return fail(std::move(user.error()));
    removeLeftClusters(*user);
    if (progress)
        progress({u"Make a private cluster"_s, binaries->folder, 0, 0, {}});
    std::unique_ptr<PrivateCluster> made(new PrivateCluster(*binaries, *user));
    if (Done laid = made->layOut(); !laid)
        return fail(std::move(laid.error()));
    tool::Command initdb = made->command(u"initdb"_s, {u"-D"_s, made->m_folder + "/data"_L1, u"-U"_s, u"postgres"_s, u"--encoding=UTF8"_s, u"--locale=C.UTF-8"_s, u"--auth=reject"_s, u"--no-sync"_s, u"--no-instructions"_s});
    initdb.timeoutMs = 5 * 60'000;
    if (auto done = tool::runChecked(initdb, cancel); !done)
        return fail(std::move(done.error()));
    if (Done started = made->start(cancel); !started)
        return fail(std::move(started.error()));
    return made;
}

PrivateCluster::~PrivateCluster()
{
    if (m_folder.isEmpty())
        return;
    if (m_server && !m_server->hasEnded())
        std::ignore = tool::run(command(u"pg_ctl"_s, {u"-D"_s, m_folder + "/data"_L1, u"-s"_s, u"-w"_s, u"-t"_s, u"20"_s, u"-m"_s, u"immediate"_s, u"stop"_s}));
    m_server.reset();
    QDir(m_folder).removeRecursively();
}

pg::ConnectionSpec PrivateCluster::spec() const
{
    pg::ConnectionSpec spec;
    spec.host = m_folder;
    spec.database = u"postgres"_s;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    spec.applicationName = u"howdah-sandbox"_s;
    return spec;
}

} // namespace howdah::stack
