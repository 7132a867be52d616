// SPDX-License-Identifier: GPL-3.0-or-later
// 500 sessions, 50,000 locks held, 200 of the sessions waiting. Howdah: from the activity pane's first reading to the painted tree of who waits
// for whom, then the pane open for a while, then closed. The peer: psql asking the statements of that tree and printing them, from its start to
// its end. The server's time is its own count (pg_stat_statements: planning and execution).
#include "bench.h"
#include "benchserver.h"
#include "child.h"
#include "process.h"

#include "pg/connection.h"
#include "ui/activity/activitypane.h"
#include "ui/activity/locksview.h"
#include "ui/shell/stallmeter.h"
#include "ui/widgets/keyedview.h"
#include "ui/widgets/timerange.h"

#include <QPainter>
#include <QTemporaryDir>

#include <thread>

namespace howdah::bench
{

namespace
{

constexpr int kTables = 250;
constexpr int kHolders = 300;       // sessions that hold locks and wait for nothing
constexpr int kLocksEach = 167;     // of a holder: 50,100 of all
constexpr int kWaiting = 200;
constexpr int kContested = 10;      // tables that are waited for
constexpr int kOpenSeconds = 120; // with its opening, which reads the whole lock table
constexpr int kClosedSeconds = 5;

Error failure(const QString &message)
{
    Error error;
    error.kind = ErrorKind::Tool;
    error.reason = QStringLiteral("locks_bench");
    error.message = message;
    return error;
}

QByteArray table(int number)
{
    return "locks.t_" + QByteArray::number(number).rightJustified(3, '0');
}

Result<qint64> number(pg::Connection &connection, const QByteArray &statement)
{
    const Result<pg::Rows> rows = connection.run({statement, {}});
    if (!rows)
        return fail(rows.error());
    return rows->text(0, 0).toLongLong();
}

// The sessions, from their begin to the end of this.
class Crowd
{
public:
    explicit Crowd(Target target) : m_target(std::move(target)) {}
    ~Crowd()
    {
        m_stop.cancel();
        for (std::thread &thread : m_waiting)
            thread.join();
    }

    // Returns when the server shows all of it.
    Done gather()
    {
        for (int i = 0; i < kHolders; ++i) {
            auto link = pg::Connection::open(m_target.spec, m_target.password);
            if (!link)
                return fail(link.error());
            QByteArrayList names;
            for (int one = 0; one < kLocksEach; ++one)
                names << table((i + one) % kTables);
            if (Done begun = (*link)->command("BEGIN"); !begun)
                return begun;
            if (auto taken = (*link)->run({"LOCK TABLE " + names.join(", ") + " IN ACCESS SHARE MODE", {}}); !taken)
                return fail(taken.error());
            m_holders.push_back(*std::move(link));
        }
        for (int i = 0; i < kWaiting; ++i) {
            auto link = pg::Connection::open(m_target.spec, m_target.password);
            if (!link)
                return fail(link.error());
            m_waiting.emplace_back([connection = *std::move(link), contested = table(i % kContested), stop = m_stop] {
                (void)connection->command("BEGIN");
                (void)connection->run({"LOCK TABLE " + contested + " IN ACCESS EXCLUSIVE MODE", {}}, {}, {}, stop);
            });
        }
        auto watcher = pg::Connection::open(m_target.spec, m_target.password);
        if (!watcher)
            return fail(watcher.error());
        for (QElapsedTimer clock = started(); clock.elapsed() < 60'000;) {
            const auto waiting = number(**watcher, "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock'");
            if (!waiting)
                return fail(waiting.error());
            if (*waiting == kWaiting)
                return {};
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return fail(failure(QStringLiteral("the sessions never came to wait")));
    }

private:
    static QElapsedTimer started()
    {
        QElapsedTimer clock;
        clock.start();
        return clock;
    }

    Target m_target;
    CancelToken m_stop;
    std::vector<std::unique_ptr<pg::Connection>> m_holders;
    std::vector<std::thread> m_waiting;
};

struct Spent {
    double ms = 0;
    double calls = 0;
};

// What the server spent on the pane's role up to now.
Result<Spent> spent(pg::Connection &admin)
{
    const Result<pg::Rows> rows = admin.run({"SELECT coalesce(sum(s.total_exec_time + s.total_plan_time), 0), coalesce(sum(s.calls), 0)::float8 "
                                             "FROM public.pg_stat_statements AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid WHERE r.rolname = 'bench_monitor'",
                                             {}});
    if (!rows)
        return fail(rows.error());
    return Spent{rows->real(0, 0).value_or(0), rows->real(0, 1).value_or(0)};
}

QJsonObject childError(const QString &what)
{
    return {{QStringLiteral("error"), what}};
}

int rowsBelow(const QAbstractItemModel &model, const QModelIndex &parent)
{
    int count = model.rowCount(parent);
    for (int row = 0, own = count; row < own; ++row)
        count += rowsBelow(model, model.index(row, 0, parent));
    return count;
}

} // namespace

QJsonObject locksChild(const QStringList &arguments)
{
    const Target target = readTarget(arguments.value(0));
    const Target watching = readTarget(arguments.value(1));
    const auto admin = pg::Connection::open(watching.spec, watching.password);
    if (!admin)
        return childError(admin.error().text());
    store::StoreWorker store(arguments.value(2));
    const int openSeconds = arguments.value(3).toInt();
    const Clock clock;
    ui::TimeRange range;
    ui::PaneContext context;
    context.profile.id = QStringLiteral("bench");
    context.profile.spec = target.spec;
    pg::Session monitor(context.profile.monitorSpec(), target.password, pg::Session::Purpose::Monitor);
    context.monitor = &monitor;
    context.store = &store;
    context.range = &range;
    context.clock = &clock;
    monitor.open();
    if (!turnUntil(20'000, [&] { return monitor.status().state == pg::LinkState::Connected; }))
        return childError(QStringLiteral("not connected within 20 s"));

    const std::unique_ptr<ui::Pane> pane(ui::makeActivityPane(context, nullptr));
    pane->resize(1510, 940);
    pane->show();
    pane->showPlace(QStringLiteral("locks"));
    auto *locks = pane->findChild<ui::LocksView *>();
    if (!locks)
        return childError(QStringLiteral("the pane has no lock tree"));
    const QAbstractItemModel *model = locks->view()->model();
    turnUntil(300, [] { return false; }); // the empty pane is painted
    const Result<Spent> before = spent(**admin);
    ui::StallMeter stalls{QString()};
    stalls.start();
    QElapsedTimer time;
    time.start();
    pane->activated();
    if (!turnUntil(30'000, [&] { return rowsBelow(*model, {}) >= kWaiting; }))
        return childError(QStringLiteral("the tree has %1 rows").arg(rowsBelow(*model, {})));
    locks->view()->repaint();
    const double treeMs = double(time.nsecsElapsed()) / 1e6;
    turnUntil(openSeconds * 1000 - int(treeMs), [] { return false; });
    const int roots = model->rowCount();
    pane->deactivated();
    turnUntil(500, [] { return false; }); // what was on its way arrives
    const Result<Spent> open = spent(**admin);
    turnUntil(kClosedSeconds * 1000, [] { return false; });
    const Result<Spent> closed = spent(**admin);
    if (!before || !open || !closed)
        return childError(QStringLiteral("the server's statistics could not be read"));
    const QJsonObject report = stalls.report();
    return {{QStringLiteral("tree_ms"), treeMs},
            {QStringLiteral("roots"), roots},
            {QStringLiteral("server_ms_per_s"), (open->ms - before->ms) / openSeconds},
            {QStringLiteral("readings"), open->calls - before->calls},
            {QStringLiteral("closed_calls"), closed->calls - open->calls},
            {QStringLiteral("peak_rss_mb"), selfPeakRssMb()},
            {QStringLiteral("stall_p999_ms"), report.value(QStringLiteral("p999_ms"))},
            {QStringLiteral("stall_max_ms"), report.value(QStringLiteral("max_ms"))}};
}

Result<QJsonObject> runLocks(const Options &options)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start({QStringLiteral("max_connections=540"), QStringLiteral("max_locks_per_transaction=256"),
                                            QStringLiteral("deadlock_timeout=1h")}); // nobody here waits in a circle, and 200 looks at once would be noise
    if (!server)
        return fail(server.error());
    QList<QByteArray> statements{"CREATE SCHEMA locks"};
    for (int i = 0; i < kTables; ++i)
        statements << "CREATE TABLE " + table(i) + " (id int8)";
    if (const Done made = (*server)->execute(statements); !made)
        return fail(made.error());
    Crowd crowd((*server)->target(QStringLiteral("postgres")));
    if (const Done gathered = crowd.gather(); !gathered)
        return fail(gathered.error());
    const auto counting = pg::Connection::open((*server)->target(QStringLiteral("postgres")).spec, (*server)->target(QStringLiteral("postgres")).password);
    if (!counting)
        return fail(counting.error());
    const auto held = number(**counting, "SELECT count(*) FROM pg_catalog.pg_locks WHERE granted AND locktype = 'relation'");
    const auto sessions = number(**counting, "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'");
    if (!held || !sessions)
        return fail(!held ? held.error() : sessions.error());

    const auto screen = XServer::start();
    if (!screen)
        return fail(screen.error());
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target.json")), admin = folder.filePath(QStringLiteral("admin.json"));
    for (const auto &[path, role] : {std::pair{target, QStringLiteral("bench_monitor")}, {admin, QStringLiteral("postgres")}}) {
        if (const Done written = writeTarget(path, (*server)->target(role)); !written)
            return fail(written.error());
    }
    const int openSeconds = options.seconds > 0 ? options.seconds : kOpenSeconds;
    Result<QJsonObject> own = child((*screen)->display(), QStringLiteral("locks"),
                                    {target, admin, folder.filePath(QStringLiteral("store.sqlite")), QString::number(openSeconds)}, 120'000 + openSeconds * 1000);
    if (!own)
        return own;
    const Result<pg::Statement> who = pg::sqlFile(QStringLiteral("activity/sessions"), 180000);
    const Result<pg::Statement> what = pg::sqlFile(QStringLiteral("activity/locks_waited"), 180000);
    if (!who || !what)
        return fail(!who ? who.error() : what.error());
    // psql 15 binds no parameters; the whole is asked for.
    const QByteArray whole = QByteArray(who->text).replace("$1", "0");
    QVector<double> peer;
    for (int i = 0; i < kPairs; ++i) {
        QElapsedTimer time;
        time.start();
        if (const Done asked = (*server)->psql(*psql, QStringLiteral("bench_peer"), whole + ";\n" + what->text + ";\n"); !asked)
            return fail(asked.error());
        peer << double(time.nsecsElapsed()) / 1e6;
    }
    own->insert(QStringLiteral("us"), own->value(QStringLiteral("tree_ms")));
    own->insert(QStringLiteral("peer"), median(peer));
    own->insert(QStringLiteral("ratio"), own->value(QStringLiteral("tree_ms")).toDouble() / median(peer));
    own->insert(QStringLiteral("locks_held"), double(*held));
    own->insert(QStringLiteral("sessions"), double(*sessions));
    own->insert(QStringLiteral("waiting"), kWaiting);
    own->insert(QStringLiteral("unit"), QStringLiteral("ms from the pane's first reading to the painted tree; peer: psql asking the same"));
    return own;
}

} // namespace howdah::bench
