// SPDX-License-Identifier: GPL-3.0-or-later
// Cancels of a statement whose reader has stalled: the socket is full, the server waits in its write, and nothing is read until the cancel
// itself wakes the reader. Timed from the request to its outcome; then a third link, which has no part in it, looks in pg_stat_activity.
// The peer is psql, interrupted in a statement that returns nothing: it has no reader that could stall.
#include "bench.h"
#include "benchserver.h"
#include "child.h"

#include "pg/session.h"
#include "pg/wait.h"

#include <QElapsedTimer>
#include <QProcess>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <poll.h>
#include <thread>

namespace howdah::bench
{

namespace
{

constexpr int kCancels = 100;
constexpr int kPeerCancels = 20;

Error failure(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("cancel_bench");
    error.message = message;
    return error;
}

class StalledReader : public pg::RowSink
{
public:
    bool push(const pg::Rows &) override
    {
        pg::waitOn(m_stopped.fd(), POLLIN, {}, pg::Deadline::never());
        return false;
    }
    void stop() override { m_stopped.set(); }

private:
    pg::WakeEvent m_stopped;
};

// A look at the other links' backends that takes no part in any cancel.
class Watcher
{
public:
    static Result<Watcher> open(const Target &target)
    {
        auto link = pg::Connection::open(target.spec, target.password);
        if (!link)
            return fail(link.error());
        return Watcher(std::move(*link));
    }
    // Backends that this condition of pg_stat_activity holds for.
    Result<qsizetype> count(const QByteArray &condition) const
    {
        return m_link->run({"SELECT 1 FROM pg_catalog.pg_stat_activity WHERE " + condition, {}}).map([](const pg::Rows &rows) { return qsizetype(rows.size()); });
    }
    // False when the time ran out first.
    Result<bool> becomes(bool wanted, const QByteArray &condition, int timeoutMs) const
    {
        QElapsedTimer clock;
        for (clock.start(); clock.elapsed() < timeoutMs;) {
            const Result<qsizetype> found = count(condition);
            if (!found)
                return fail(found.error());
            if ((*found > 0) == wanted)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

private:
    explicit Watcher(std::unique_ptr<pg::Connection> link) : m_link(std::move(link)) {}
    std::unique_ptr<pg::Connection> m_link;
};

struct Measured {
    double ms = 0;
    bool confirmed = false;
    QString otherwise; // what came of it, where it was not confirmed
};

Result<Measured> cancelOnce(pg::Session &editor, pg::Session &control, const Watcher &watcher)
{
    StalledReader reader;
    const auto statement = editor.run([&reader](pg::Connection &connection, const CancelToken &cancel) -> Result<int> {
        return connection.stream({"SELECT pg_catalog.repeat('x', 1000), pg_catalog.generate_series(1, 10000000)", {}}, {}, reader, {}, cancel)
            .map([](const pg::Rows &) { return 1; });
    });
    const QByteArray backend = "pid = " + QByteArray::number(editor.status().facts.backendPid);
    const auto given = [&](Error error) -> Result<Measured> {
        editor.close(); // wakes the reader, whose frame this is
        turnUntil(10'000, [&] { return statement.isFinished(); });
        return fail(std::move(error));
    };
    const Result<bool> stalls = watcher.becomes(true, backend + " AND state = 'active' AND wait_event = 'ClientWrite'", 30'000); // not timed: a busy machine may take its time
    if (!stalls || !*stalls)
        return given(!stalls                                               ? stalls.error()
                         : statement.isFinished() && !statement.result() ? statement.result().error()
                                                                         : failure(QStringLiteral("the server never waited for its reader")));

    QElapsedTimer clock;
    clock.start();
    const auto outcome = editor.cancelRunning(&control);
    if (!turnUntil(20'000, [&] { return outcome.isFinished(); }))
        return given(failure(QStringLiteral("no outcome within 20 s")));
    Measured measured;
    measured.ms = double(clock.nsecsElapsed()) / 1e6;

    const Result<qsizetype> runs = watcher.count(backend + " AND state = 'active'");
    if (!runs)
        return given(runs.error());
    const Result<pg::CancelOutcome> &came = outcome.result();
    if (!turnUntil(10'000, [&] { return statement.isFinished(); }))
        return given(failure(QStringLiteral("the statement did not return")));
    measured.confirmed = came && came->what == pg::CancelOutcome::What::Cancelled && came->way == pg::CancelOutcome::Way::ControlLink && came->seenEnded && *runs == 0
                         && !statement.result() && statement.result().error().kind == ErrorKind::Cancelled;
    if (!measured.confirmed)
        measured.otherwise = came ? pg::cancelText(*came) : came.error().text();
    return measured;
}

// From the signal until psql ended and the server shows it no more.
Result<double> peerOnce(const BenchServer &server, const QString &psql, const Watcher &watcher)
{
    QProcess process;
    server.preparePsql(process, psql, QStringLiteral("bench_peer"), {QStringLiteral("-c"), QStringLiteral("SELECT pg_catalog.pg_sleep(60)")});
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start();
    if (!process.waitForStarted())
        return fail(failure(QStringLiteral("psql does not start")));
    const QByteArray mine = "usename = 'bench_peer' AND state = 'active'";
    const Result<bool> runs = watcher.becomes(true, mine, 10'000);
    if (!runs || !*runs)
        return fail(runs ? failure(QStringLiteral("psql never ran its statement")) : runs.error());
    QElapsedTimer clock;
    clock.start();
    ::kill(pid_t(process.processId()), SIGINT);
    const Result<bool> gone = watcher.becomes(false, mine, 10'000);
    if (!gone || !*gone || !process.waitForFinished(10'000))
        return fail(failure(QStringLiteral("psql did not end its statement")));
    return double(clock.nsecsElapsed()) / 1e6;
}

double percentile(QVector<double> values, double part)
{
    std::sort(values.begin(), values.end());
    return values.isEmpty() ? 0 : values[std::max<qsizetype>(0, qsizetype(std::ceil(part * double(values.size()))) - 1)];
}

} // namespace

Result<QJsonObject> runCancel(const Options &)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start();
    if (!server)
        return fail(server.error());
    const Result<Watcher> watcher = Watcher::open((*server)->target(QStringLiteral("postgres")));
    if (!watcher)
        return fail(watcher.error());
    const Target target = (*server)->target(QStringLiteral("bench_monitor"));
    pg::Session editor(target.spec, target.password, pg::Session::Purpose::Editor);
    pg::Session control(target.spec, target.password, pg::Session::Purpose::Control);
    editor.open();
    control.open();
    if (!turnUntil(20'000, [&] { return editor.status().state == pg::LinkState::Connected && control.status().state == pg::LinkState::Connected; }))
        return fail(failure(QStringLiteral("the bench's own links did not come up")));
    const quint64 generation = editor.status().generation;

    QVector<double> own;
    QVector<double> peer;
    int confirmed = 0;
    QString otherwise;
    for (int i = 0; i < kCancels; ++i) {
        const Result<Measured> one = cancelOnce(editor, control, *watcher);
        if (!one)
            return fail(one.error());
        own << one->ms;
        confirmed += one->confirmed ? 1 : 0;
        if (!one->confirmed)
            otherwise = one->otherwise;
        if (i % (kCancels / kPeerCancels) != 0)
            continue;
        const Result<double> other = peerOnce(**server, *psql, *watcher);
        if (!other)
            return fail(other.error());
        peer << *other;
    }
    QJsonObject result{{QStringLiteral("cancels"), kCancels},
                       {QStringLiteral("confirmed"), confirmed},
                       {QStringLiteral("unconfirmed"), kCancels - confirmed},
                       {QStringLiteral("links_lost"), int(editor.status().generation - generation)},
                       {QStringLiteral("us"), median(own)},
                       {QStringLiteral("peer"), median(peer)},
                       {QStringLiteral("ratio"), median(own) / median(peer)},
                       {QStringLiteral("p99_ms"), percentile(own, 0.99)},
                       {QStringLiteral("max_ms"), percentile(own, 1)},
                       {QStringLiteral("peak_rss_mb"), selfPeakRssMb()},
                       {QStringLiteral("unit"), QStringLiteral("ms from the request to the outcome seen in pg_stat_activity, the reader stalled; peer: psql, SIGINT, no reader")}};
    if (!otherwise.isEmpty())
        result.insert(QStringLiteral("otherwise"), otherwise);
    return result;
}

} // namespace howdah::bench
