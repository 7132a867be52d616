// SPDX-License-Identifier: GPL-3.0-or-later
#include "benchserver.h"

#include "support/testserver.h"

#include <QProcess>

namespace howdah::bench
{

namespace
{
const QByteArray kPassword = "bench-only-7f2c"; // of roles on a server that lives as long as the run

Error failure(const QString &reason, const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = reason;
    error.message = message;
    return error;
}
} // namespace

Result<std::unique_ptr<BenchServer>> BenchServer::start(const QStringList &settings, const QString &parent)
{
    test::ServerSetup setup;
    setup.settings = {QStringLiteral("shared_preload_libraries=pg_stat_statements"), QStringLiteral("pg_stat_statements.track_planning=on"),
                      QStringLiteral("track_io_timing=on"), QStringLiteral("fsync=off")};
    setup.settings += settings;
    setup.parent = parent;
    std::unique_ptr<BenchServer> bench(new BenchServer);
    QString why;
    bench->m_server = test::TestServer::start(setup, &why);
    if (!bench->m_server)
        return fail(failure(QStringLiteral("no_bench_server"), why));
    const Result<QByteArray> verifier = pg::scramVerifier(Secret(kPassword));
    if (!verifier)
        return fail(verifier.error());
    QList<QByteArray> statements{"CREATE EXTENSION pg_stat_statements SCHEMA public"};
    for (const QByteArray &role : {QByteArray("bench_monitor"), QByteArray("bench_peer")})
        statements << "CREATE ROLE " + role + " LOGIN IN ROLE pg_monitor PASSWORD '" + *verifier + "'";
    if (!bench->m_server->sql(statements, &why))
        return fail(failure(QStringLiteral("bench_server_setup"), why));
    return bench;
}

BenchServer::~BenchServer() = default;

Target BenchServer::target(const QString &role, const QString &database) const
{
    Target target;
    target.spec = m_server->spec().withDatabase(database);
    if (role == QLatin1StringView("postgres")) {
        target.password = m_server->password();
    } else {
        target.spec = target.spec.withRole(role);
        target.password = Secret(kPassword);
    }
    return target;
}

Done BenchServer::execute(const QList<QByteArray> &statements)
{
    QString why;
    if (!m_server->sql(statements, &why))
        return fail(failure(QStringLiteral("bench_server_setup"), why));
    return {};
}

void BenchServer::preparePsql(QProcess &process, const QString &program, const QString &role, const QStringList &more) const
{
    const Target to = target(role);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PGPASSWORD"), QString::fromUtf8(to.password.data()));
    process.setProcessEnvironment(environment);
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setProgram(program);
    process.setArguments(QStringList{QStringLiteral("-X"), QStringLiteral("-q"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"), QStringLiteral("-d"),
                            QStringLiteral("host=%1 port=%2 user=%3 dbname=%4 sslmode=verify-full sslrootcert=%5")
                                .arg(to.spec.host)
                                .arg(to.spec.port)
                                .arg(to.spec.role, to.spec.database, to.spec.caFile)} + more);
}

Done BenchServer::psql(const QString &program, const QString &role, const QByteArray &input) const
{
    QProcess process;
    preparePsql(process, program, role, {});
    process.start();
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        return fail(failure(QStringLiteral("peer_failed"), QStringLiteral("psql: ") + QString::fromUtf8(process.readAllStandardError())));
    return {};
}

Result<double> BenchServer::meanServerMs(const QString &role) const
{
    const auto admin = m_server->admin();
    if (!admin)
        return fail(admin.error());
    pg::Statement statement;
    statement.text = "SELECT (s.total_exec_time + s.total_plan_time) / s.calls FROM public.pg_stat_statements s JOIN pg_catalog.pg_roles r ON r.oid = s.userid "
                     "WHERE r.rolname = $1 AND s.query LIKE '%reset_checkpointer%' ORDER BY s.total_exec_time DESC LIMIT 1";
    const Result<pg::Rows> rows = (*admin)->run(statement, {role});
    if (!rows)
        return fail(rows.error());
    if (rows->isEmpty() || !rows->real(0, 0))
        return fail(failure(QStringLiteral("nothing_measured"), QStringLiteral("The server counted no sample of ") + role));
    return *rows->real(0, 0);
}

} // namespace howdah::bench
