// SPDX-License-Identifier: GPL-3.0-or-later
// 2,000 requests a second on /health/database of `howdahctl serve` for so many seconds, by four clients that keep their connections: what they cost the
// database (statements of the watching role, against as many seconds without them), the console's processor, its memory. The peer: what a probe without
// Howdah does, psql with a connection and a statement of its own each time.
#include "bench.h"
#include "benchserver.h"
#include "process.h"

#include "pg/connection.h"
#include "session/loopback.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace howdah::bench
{

namespace
{

constexpr int kRequestsPerSecond = 2000;
constexpr int kClients = 4;
constexpr int kSeconds = 20;

Error failure(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("serve_bench");
    error.message = message;
    return error;
}

struct Asked {
    std::atomic<qint64> good = 0, bad = 0, nanoseconds = 0;
};

// One request and its answer; false where there is none.
bool ask(int socket, quint16 port, int *status)
{
    const QByteArray request = "GET /health/database HTTP/1.1\r\nHost: localhost:" + QByteArray::number(port) + "\r\n\r\n";
    if (::send(socket, request.constData(), size_t(request.size()), MSG_NOSIGNAL) != request.size())
        return false;
    QByteArray answer;
    for (;;) {
        char bytes[16384];
        const ssize_t count = ::recv(socket, bytes, sizeof bytes, 0);
        if (count <= 0)
            return false;
        answer.append(bytes, count);
        const qsizetype end = answer.indexOf("\r\n\r\n");
        if (end < 0)
            continue;
        static constexpr QByteArrayView field("Content-Length: ");
        const qsizetype at = answer.indexOf(field) + field.size();
        if (answer.size() < end + 4 + answer.mid(at, answer.indexOf('\r', at) - at).toLongLong())
            continue;
        *status = answer.mid(9, 3).toInt();
        return true;
    }
}

int connected(quint16 port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 || ::connect(socket, reinterpret_cast<sockaddr *>(&to), sizeof to) == 0)
        return socket;
    ::close(socket);
    return -1;
}

// At its pace, whatever an answer takes: who falls behind asks at once.
void askFor(int seconds, quint16 port, Asked &asked)
{
    const int socket = connected(port);
    const qint64 stepNs = 1'000'000'000ll * kClients / kRequestsPerSecond, begin = monotonicNs();
    for (qint64 i = 0; i < qint64(seconds) * kRequestsPerSecond / kClients; ++i) {
        if (const qint64 ahead = begin + i * stepNs - monotonicNs(); ahead > 0)
            std::this_thread::sleep_for(std::chrono::nanoseconds(ahead));
        const qint64 from = monotonicNs();
        int status = 0;
        if (socket < 0 || !ask(socket, port, &status)) {
            ++asked.bad;
            break;
        }
        asked.nanoseconds += monotonicNs() - from;
        ++(status == 200 ? asked.good : asked.bad);
    }
    if (socket >= 0)
        ::close(socket);
}

double processorSeconds(qint64 pid)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = stat.readAll();
    const QByteArrayList fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return fields.size() > 12 ? double(fields[11].toLongLong() + fields[12].toLongLong()) / double(::sysconf(_SC_CLK_TCK)) : 0;
}

Result<double> statements(pg::Connection &admin)
{
    const auto rows = admin.run({"SELECT coalesce(sum(s.calls), 0)::float8 FROM public.pg_stat_statements AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid "
                                 "WHERE r.rolname = 'bench_monitor'", {}});
    if (!rows)
        return fail(rows.error());
    return rows->real(0, 0).value_or(0);
}

Result<double> psqlMs(const BenchServer &server, const QString &psql)
{
    QVector<double> each;
    for (int i = 0; i < kPairs * 4; ++i) {
        QElapsedTimer clock;
        clock.start();
        if (const Done asked = server.psql(psql, QStringLiteral("bench_peer"), "SELECT 1;\n"); !asked)
            return fail(asked.error());
        each << double(clock.nsecsElapsed()) / 1e6;
    }
    return median(each);
}

} // namespace

Result<QJsonObject> runServe(const Options &options)
{
    const int seconds = options.seconds > 0 ? options.seconds : kSeconds;
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start();
    if (!server)
        return fail(server.error());
    const Target target = (*server)->target(QStringLiteral("bench_monitor")), root = (*server)->target(QStringLiteral("postgres"));
    const auto admin = pg::Connection::open(root.spec, root.password);
    if (!admin)
        return fail(admin.error());

    const quint16 port = session::freePort();
    const QTemporaryDir home;
    QProcess serve;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("CORS_ORIGINS"));
    for (const char *name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
        environment.insert(QString::fromLatin1(name), home.path());
    serve.setProcessEnvironment(environment);
    serve.start(QCoreApplication::applicationDirPath() + QStringLiteral("/howdahctl"),
                {QStringLiteral("serve"), QStringLiteral("--port"), QString::number(port), QStringLiteral("--password-stdin"), QStringLiteral("--ca"), target.spec.caFile, QStringLiteral("--url"),
                 QStringLiteral("postgresql://%1@%2:%3/%4").arg(target.spec.role, target.spec.host).arg(target.spec.port).arg(target.spec.database)});
    serve.write(QByteArray(target.password.data()) + '\n');
    serve.waitForBytesWritten(5000); // no event loop here does it
    serve.closeWriteChannel();
    QElapsedTimer clock;
    clock.start();
    for (int status = 0; status != 200;) {
        if (clock.elapsed() > 20'000 || serve.state() == QProcess::NotRunning)
            return fail(failure(QStringLiteral("howdahctl serve does not answer: ") + QString::fromUtf8(serve.readAllStandardError())));
        serve.waitForFinished(100);
        if (const int socket = connected(port); socket >= 0) {
            (void)ask(socket, port, &status);
            ::close(socket);
        }
    }
    std::this_thread::sleep_for(std::chrono::seconds(12)); // the first of each slower tier is read

    // As long without requests as with them.
    const auto before = statements(**admin);
    const double idleFrom = processorSeconds(serve.processId());
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const double idleCores = (processorSeconds(serve.processId()) - idleFrom) / seconds;
    const auto idle = statements(**admin);

    Asked warmUp, asked;
    askFor(2, port, warmUp); // buffers have their size
    const auto begun = statements(**admin);
    const double rssMb = currentRssMb(serve.processId()), processor = processorSeconds(serve.processId());
    clock.start();
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i)
        clients.emplace_back([seconds, port, &asked] { askFor(seconds, port, asked); });
    for (std::thread &client : clients)
        client.join();
    const double took = double(clock.nsecsElapsed()) / 1e9;
    const double cores = (processorSeconds(serve.processId()) - processor) / took;
    const auto loaded = statements(**admin);
    for (const auto *read : {&before, &idle, &begun, &loaded}) {
        if (!*read)
            return fail(read->error());
    }
    const double growthMb = currentRssMb(serve.processId()) - rssMb, peakMb = peakRssMb(serve.processId());
    serve.terminate();
    if (!serve.waitForFinished(15'000) || serve.exitCode() != 0)
        return fail(failure(QStringLiteral("howdahctl serve did not end well")));
    if (asked.good == 0)
        return fail(failure(QStringLiteral("no request was answered")));
    const Result<double> peer = psqlMs(**server, *psql);
    if (!peer)
        return fail(peer.error());
    const double us = double(asked.nanoseconds) / double(asked.good + asked.bad) / 1e6;
    return QJsonObject{{QStringLiteral("us"), us},
                       {QStringLiteral("peer"), *peer},
                       {QStringLiteral("ratio"), us / *peer},
                       {QStringLiteral("requests"), qint64(asked.good)},
                       {QStringLiteral("failed"), qint64(asked.bad)},
                       {QStringLiteral("requests_per_second"), double(asked.good) / took},
                       {QStringLiteral("requests_short_of_rate"), std::max(0.0, kRequestsPerSecond - double(asked.good) / took)},
                       // What the load had beyond the rest, as much a second: the sampler's own is in both.
                       {QStringLiteral("statements_by_requests"), (*loaded - *begun) - (*idle - *before) * took / seconds},
                       {QStringLiteral("statements_idle"), *idle - *before},
                       {QStringLiteral("cores"), cores},
                       {QStringLiteral("cores_idle"), idleCores},
                       {QStringLiteral("rss_growth_mb"), growthMb},
                       {QStringLiteral("peak_rss_mb"), peakMb},
                       {QStringLiteral("seconds"), seconds},
                       {QStringLiteral("unit"), QStringLiteral("ms a request, client's side; peer: psql with a connection and SELECT 1")}};
}

} // namespace howdah::bench
