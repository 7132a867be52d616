// SPDX-License-Identifier: GPL-3.0-or-later
#include "backupcluster.h"

#include "stack/dockerengine.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

namespace howdah::bench
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto image = "howdah-postgres:18"_L1;
constexpr int longMs = 60 * 60'000;
constexpr uid_t server = 999;

Error failure(const QString &message)
{
    return {ErrorKind::Tool, u"backup_bench"_s, message, {}, {}, {}, {}, 0};
}

} // namespace

backup::PhysicalSource BackupCluster::source()
{
    backup::PhysicalSource source;
    source.name = u"the bench's cluster"_s;
    source.conninfo = {{u"host"_s, u"/bench/run"_s}};
    return source;
}

pg::ConnectionSpec BackupCluster::spec(const QString &folder)
{
    pg::ConnectionSpec spec;
    spec.host = folder + u"/run"_s;
    spec.database = u"postgres"_s;
    spec.role = u"postgres"_s;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    return spec;
}

Result<QByteArray> BackupCluster::docker(const QStringList &arguments, int timeoutMs) const
{
    tool::Command command;
    command.program = m_docker;
    command.arguments = arguments;
    command.timeoutMs = timeoutMs;
    const auto said = tool::runChecked(command);
    return said ? Result<QByteArray>(said->output.trimmed()) : fail(said.error());
}

Result<double> BackupCluster::timed(const QString &program, const QStringList &arguments) const
{
    QElapsedTimer clock;
    clock.start();
    const auto done = docker(QStringList{u"exec"_s, m_container, u"/usr/lib/postgresql/18/bin/"_s + program} + arguments, longMs);
    return done ? Result<double>(double(clock.nsecsElapsed()) / 1e6) : fail(done.error());
}

Done BackupCluster::shell(const QString &script) const
{
    const auto done = docker({u"exec"_s, u"--env"_s, u"PATH=/usr/lib/postgresql/18/bin:/usr/bin:/bin"_s, m_container, u"bash"_s, u"-euc"_s, script}, longMs);
    return done ? Done() : fail(done.error());
}

Done BackupCluster::settle() const
{
    ::sync();
    return {};
}

// Rows whose text compresses as names and numbers do, not as blanks.
Done BackupCluster::make(int megabytes) const
{
    const qint64 rows = qint64(megabytes) * 1'000'000 / 4 / 176;
    QString script = u"rm -rf /bench/data /bench/made; initdb -D /bench/data -U postgres -A trust -N --no-instructions >/dev/null\n"
                     "pg_ctl -D /bench/data -w -s -l /bench/log -o '-c listen_addresses= -c unix_socket_directories=/bench/run -c fsync=off -c full_page_writes=off -c max_wal_size=4GB -c autovacuum=off' start\n"_s;
    for (int table = 1; table <= 4; ++table)
        script += u"psql -XqAt -v ON_ERROR_STOP=1 -h /bench/run -U postgres -d postgres -c 'CREATE TABLE events%1 AS SELECT i AS id, i % 5000 AS account, md5(i::text) || md5((i * 31)::text) AS payload, "
                  "timestamptz(to_timestamp(1700000000 + i)) AS made FROM generate_series(1::bigint, %2) AS i' -c 'ALTER TABLE events%1 ADD PRIMARY KEY (id)' >/dev/null\n"_s.arg(table).arg(rows);
    script += u"psql -XqAt -v ON_ERROR_STOP=1 -h /bench/run -U postgres -d postgres -c 'VACUUM ANALYZE' -c CHECKPOINT\npg_ctl -D /bench/data -w -s -m fast stop; touch /bench/made\n"_s;
    return shell(script);
}

Result<std::unique_ptr<BackupCluster>> BackupCluster::start(int megabytes)
{
    const auto engine = stack::findDocker();
    if (!engine)
        return fail(engine.error());
    std::unique_ptr<BackupCluster> cluster(new BackupCluster);
    cluster->m_docker = engine->docker;
    const QString cache = qEnvironmentVariable("HOWDAH_BENCH_CACHE", u"/var/tmp/howdah-bench"_s);
    cluster->m_folder = u"%1/cluster-%2"_s.arg(QDir::cleanPath(cache)).arg(megabytes);
    if (!QDir().mkpath(cluster->m_folder + u"/run"_s))
        return fail(failure(u"%1 can't be made"_s.arg(cluster->m_folder)));
    for (const QString &path : {cluster->m_folder, QString(cluster->m_folder + u"/run"_s)}) {
        if (::chown(QFile::encodeName(path).constData(), server, server) != 0)
            return fail(failure(u"%1 can't be given to the server's user: this needs root"_s.arg(path)));
    }
    auto started = cluster->docker({u"run"_s, u"--detach"_s, u"--rm"_s, u"--init"_s, u"--network"_s, u"none"_s, u"--user"_s, u"999:999"_s, u"--label"_s, u"howdah.bench=%1"_s.arg(::getpid()), u"--shm-size"_s, u"512m"_s,
                                    u"--volume"_s, cluster->m_folder + u":/bench"_s, u"--entrypoint"_s, u"sleep"_s, QString(image), u"infinity"_s}, 60'000);
    if (!started)
        return fail(std::move(started.error()));
    cluster->m_container = QString::fromLatin1(*started);
    if (!QFileInfo::exists(cluster->m_folder + u"/made"_s)) {
        if (Done made = cluster->make(megabytes); !made)
            return fail(std::move(made.error()));
    }
    // What an ended run left; and as a server runs, with everything durable.
    if (Done ready = cluster->shell(u"rm -rf /bench/ours /bench/peer /bench/peer.dump /bench/run/*; mkdir -m 0700 /bench/ours; rm -f /bench/data/postmaster.pid\n"
                                    "pg_ctl -D /bench/data -w -s -l /bench/log -o '-c listen_addresses= -c unix_socket_directories=/bench/run -c shared_buffers=256MB -c max_wal_size=2GB -c autovacuum=off' start\n"
                                    "psql -XqAt -h /bench/run -U postgres -d postgres -c CHECKPOINT"_s); !ready)
        return fail(std::move(ready.error()));
    ::chmod(QFile::encodeName(cluster->m_folder + u"/run"_s).constData(), 0755);
    return cluster;
}

BackupCluster::~BackupCluster()
{
    if (m_container.isEmpty())
        return;
    std::ignore = shell(u"pg_ctl -D /bench/data -w -s -m fast stop; rm -rf /bench/ours /bench/peer /bench/peer.dump"_s);
    std::ignore = docker({u"rm"_s, u"--force"_s, u"--volumes"_s, m_container}, 60'000);
}

} // namespace howdah::bench
