// SPDX-License-Identifier: GPL-3.0-or-later
// 5,000 statements with 8 MB of text on a server that has room for 10,000, and a week of their history in the store. Each minute's snapshot: what it
// costs the server and this program, against psql asking the view pg_stat_statements, in turn; of the statements about 600 run in between. The
// server's time is its own count (pg_stat_statements: planning and execution, with what it takes to send the rows) of all that the role asks; of
// the function alone psql's count(*) is told (count_ms): less than that no reading can take on this machine. Of
// ours the processor time of its backend is told too, which has parsing and TLS in it. This program's is that of its thread: the reading,
// the differences, and the store's piece.
#include "bench.h"
#include "benchserver.h"
#include "process.h"
#include "statementload.h"
#include "statementweek.h"

#include "statements/recorder.h"

#include <QDateTime>
#include <QFile>
#include <QTemporaryDir>

#include <unistd.h>

namespace howdah::bench
{

using namespace statements;

namespace
{

constexpr int kSnapshots = 15; // the first few read the texts of what the bench itself asks

Error failure(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("statements_bench");
    error.message = message;
    return error;
}

// The server's own count of all that a role asked, up to now.
Result<double> serverMs(pg::Connection &admin, const QString &role)
{
    const auto rows = admin.run({"SELECT coalesce(sum(s.total_exec_time + s.total_plan_time), 0) FROM public.pg_stat_statements(false) AS s "
                                 "JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid WHERE r.rolname = $1", {}}, {role});
    if (!rows)
        return fail(rows.error());
    return rows->real(0, 0).value_or(0);
}

// Of a backend on this machine; the first figure of schedstat is nanoseconds on a processor.
double backendCpuMs(int pid)
{
    QFile file(QStringLiteral("/proc/%1/schedstat").arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').constFirst().toDouble() / 1e6 : 0;
}

// Fails where there is less than what is to be measured.
Done isAllThere(pg::Connection &admin, QJsonObject &told)
{
    const auto rows = admin.run({"SELECT count(*), sum(pg_catalog.octet_length(query)) FROM public.pg_stat_statements "
                                 "WHERE query LIKE 'SELECT o.%' OR query LIKE 'UPDATE public.orders%'", {}});
    if (!rows)
        return fail(rows.error());
    told.insert(QStringLiteral("statements"), rows->real(0, 0).value_or(0));
    told.insert(QStringLiteral("text_mb"), rows->real(0, 1).value_or(0) / 1e6);
    if (rows->integer(0, 0).value_or(0) < kStatements || rows->integer(0, 1).value_or(0) < 8'000'000)
        return fail(failure(QStringLiteral("the server counts %1 statements with %2 bytes of text").arg(rows->text(0, 0), rows->text(0, 1))));
    return {};
}

// One snapshot as it is taken each minute, with what it cost.
struct Taken {
    double consoleMs = 0;
    qsizetype changes = 0;
};

Result<Taken> take(Recorder &recorder, pg::Connection &link, store::Store &store)
{
    const QString source = historySource(QStringLiteral("live"));
    Taken taken;
    const double before = threadCpuMs();
    const auto reading = recorder.read(link);
    if (!reading)
        return fail(reading.error());
    if (*reading) {
        const auto kept = keep(store, source, **reading, QDateTime::currentMSecsSinceEpoch());
        recorder.done(kept);
        if (!kept)
            return fail(kept.error());
        taken.changes = (*reading)->interval.changes.size();
    }
    taken.consoleMs = threadCpuMs() - before;
    return taken;
}

QByteArray scriptOfMinute(qint64 minute)
{
    QByteArray script;
    for (int i = 0; i < kStatements; ++i) {
        if (runsIn(i, minute))
            script += statementText(i) + ";\n";
    }
    return script;
}

Result<QJsonObject> measureLive(store::Store &store, const QString &psql)
{
    const auto server = BenchServer::start({QStringLiteral("pg_stat_statements.max=10000")});
    if (!server)
        return fail(server.error());
    const auto open = [&server](const QString &role) {
        const Target target = (*server)->target(role);
        return pg::Connection::open(target.spec, target.password);
    };
    const QString us = QStringLiteral("bench_monitor"), peer = QStringLiteral("bench_peer"), postgres = QStringLiteral("postgres");
    const auto admin = open(postgres);
    const auto link = open(us);
    if (!admin || !link)
        return fail(!admin ? admin.error() : link.error());
    Recorder recorder;
    if (const auto begun = take(recorder, **link, store); !begun)
        return fail(begun.error());
    QByteArray all = statementTable();
    for (int i = 0; i < kStatements; ++i)
        all += statementText(i) + ";\n";
    if (const Done filled = (*server)->psql(psql, postgres, all); !filled)
        return fail(filled.error());
    QJsonObject told;
    if (const Done there = isAllThere(**admin, told); !there)
        return fail(there.error());

    const auto before = serverMs(**admin, us);
    const auto first = take(recorder, **link, store); // everything is new, with its text
    const auto after = serverMs(**admin, us);
    if (!before || !first || !after)
        return fail(!before ? before.error() : !first ? first.error() : after.error());
    told.insert(QStringLiteral("first_server_ms"), *after - *before);
    told.insert(QStringLiteral("first_console_ms"), first->consoleMs);

    QVector<double> ours, theirs, counted, backend, console;
    double changes = 0;
    for (int i = 0; i < kSnapshots; ++i) {
        if (const Done ran = (*server)->psql(psql, postgres, scriptOfMinute(i)); !ran)
            return fail(ran.error());
        const auto usBefore = serverMs(**admin, us), peerBefore = serverMs(**admin, peer);
        const double cpuBefore = backendCpuMs((*link)->facts().backendPid);
        const auto taken = take(recorder, **link, store);
        if (!taken)
            return fail(taken.error());
        backend << backendCpuMs((*link)->facts().backendPid) - cpuBefore;
        if (const Done asked = (*server)->psql(psql, peer, "SELECT * FROM public.pg_stat_statements;\n"); !asked)
            return fail(asked.error());
        const auto usAfter = serverMs(**admin, us), peerAfter = serverMs(**admin, peer);
        if (const Done asked = (*server)->psql(psql, peer, "SELECT count(*) FROM public.pg_stat_statements(false);\n"); !asked)
            return fail(asked.error());
        const auto countedAfter = serverMs(**admin, peer);
        for (const auto *read : {&usBefore, &peerBefore, &usAfter, &peerAfter, &countedAfter}) {
            if (!*read)
                return fail(read->error());
        }
        ours << *usAfter - *usBefore;
        theirs << *peerAfter - *peerBefore;
        counted << *countedAfter - *peerAfter;
        console << taken->consoleMs;
        changes += double(taken->changes);
    }
    told.insert(QStringLiteral("us"), median(ours));
    told.insert(QStringLiteral("peer"), median(theirs));
    told.insert(QStringLiteral("ratio"), median(ours) / median(theirs));
    told.insert(QStringLiteral("server_ms"), median(ours));
    told.insert(QStringLiteral("count_ms"), median(counted));
    told.insert(QStringLiteral("backend_cpu_ms"), median(backend));
    told.insert(QStringLiteral("console_ms"), median(console));
    told.insert(QStringLiteral("changes"), changes / kSnapshots);
    return told;
}

} // namespace

Result<QJsonObject> runStatements(const Options &options)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("store.sqlite"));
    const auto week = measureWeek(path, options.minutes > 0 ? options.minutes : 1);
    if (!week)
        return fail(week.error());
    const auto store = store::Store::open(path);
    if (!store)
        return fail(store.error());
    auto told = measureLive(**store, *psql);
    if (!told)
        return fail(told.error());
    for (auto it = week->begin(); it != week->end(); ++it)
        told->insert(it.key(), it.value());
    told->insert(QStringLiteral("peak_rss_mb"), peakRssMb(::getpid()));
    told->insert(QStringLiteral("unit"),
                 QStringLiteral("ms of the server's time a snapshot, planning included; peer: psql asking the view pg_stat_statements"));
    return *told;
}

} // namespace howdah::bench
