// SPDX-License-Identifier: GPL-3.0-or-later
// The throw-away PostgreSQL 18 the benchmarks run against: real binaries, TLS and SCRAM, pg_stat_statements. The bench's own thread.
#pragma once

#include "child.h"

#include <memory>

class QProcess;

namespace howdah::test
{
class TestServer;
}

namespace howdah::bench
{

class BenchServer
{
public:
    static Result<std::unique_ptr<BenchServer>> start(const QStringList &settings = {}, const QString &parent = QStringLiteral("/tmp")); // "name=value", beside its own; of its folder
    ~BenchServer();

    Target target(const QString &role, const QString &database = QStringLiteral("postgres")) const; // bench_monitor, bench_peer, postgres
    Done execute(const QList<QByteArray> &statements); // as the superuser, one by one
    // psql as `role`, ready to be started.
    void preparePsql(QProcess &process, const QString &program, const QString &role, const QStringList &more) const;
    // The same, reads this to its end.
    Done psql(const QString &program, const QString &role, const QByteArray &input) const;
    // The server's own count of a sample: planning and execution of the role's sampling statement, a call.
    Result<double> meanServerMs(const QString &role) const;

private:
    BenchServer() = default;
    std::unique_ptr<test::TestServer> m_server;
};

} // namespace howdah::bench
