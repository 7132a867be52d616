// SPDX-License-Identifier: GPL-3.0-or-later
// 2 million rows of 10 mixed columns into a grid, by the way a tab's run takes: link, store, model, cells. The peer is psql with FETCH_COUNT=10000
// to the null device, less its own start and login. Then once more while the grid is scrolled, for the stall meter; then sorted by each column.
// --long: 20 million rows, once, in the same memory.
#include "bench.h"
#include "benchserver.h"
#include "child.h"
#include "process.h"

#include "base/async.h"
#include "pg/session.h"
#include "query/run.h"
#include "ui/query/resultgrid.h"
#include "ui/query/runoutput.h"
#include "ui/shell/stallmeter.h"

#include <QElapsedTimer>
#include <QEvent>
#include <QFile>
#include <QScrollBar>
#include <QTemporaryDir>

#include <algorithm>

namespace howdah::bench
{

namespace
{

constexpr int kRows = 2'000'000;
constexpr int kTimes = 10; // of --long

QJsonObject childError(const QString &what)
{
    return {{QStringLiteral("error"), what}};
}

// When the cells were first painted with rows in them.
class FirstRows : public QObject
{
public:
    FirstRows(ui::ResultGrid *grid, const QElapsedTimer &clock) : QObject(grid), m_grid(grid), m_clock(clock) { grid->cells()->viewport()->installEventFilter(this); }
    double ms = -1;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && ms < 0 && m_grid->model()->rowCount() > 0) {
            // After this paint.
            QMetaObject::invokeMethod(this, [this] { ms = ms < 0 ? double(m_clock.nsecsElapsed()) / 1e6 : ms; }, Qt::QueuedConnection);
        }
        return false;
    }

private:
    ui::ResultGrid *m_grid;
    const QElapsedTimer &m_clock;
};

} // namespace

QJsonObject gridChild(const QStringList &arguments)
{
    const Target target = readTarget(arguments.value(0));
    QFile text(arguments.value(1));
    if (!text.open(QIODevice::ReadOnly))
        return childError(QStringLiteral("no query"));
    const std::vector<query::Piece> pieces = query::split(text.readAll());
    const bool scroll = arguments.contains(QStringLiteral("scroll"));
    // "sort": by each column; "sort=7": by that one.
    const int sortFrom = arguments.last().startsWith(QLatin1StringView("sort=")) ? arguments.last().mid(5).toInt() : 0;
    const bool sort = arguments.last().startsWith(QLatin1StringView("sort"));

    pg::Session session(target.spec, target.password, pg::Session::Purpose::Editor);
    ui::ResultGrid grid;
    grid.resize(1510, 700);
    grid.show();
    session.open();
    if (!turnUntil(20'000, [&] { return session.status().state == pg::LinkState::Connected; }))
        return childError(QStringLiteral("not connected"));
    turnUntil(300, [] { return false; });

    QElapsedTimer clock;
    FirstRows firstRows(&grid, clock);
    ui::StallMeter stalls{QString()};
    stalls.start();
    turnUntil(50, [] { return false; });
    QTimer scroller;
    int page = 0;
    QObject::connect(&scroller, &QTimer::timeout, &grid, [&] {
        // Pages down, and now and then far away: what is in memory and what is in the file.
        QScrollBar *bar = grid.cells()->verticalScrollBar();
        bar->setValue(++page % 20 == 0 ? int(qint64(bar->maximum()) * ((page * 37) % 100) / 100) : bar->value() + bar->pageStep());
    });

    CancelToken cancel;
    std::shared_ptr<query::ResultStore> store;
    std::shared_ptr<ui::RunOutput> output;
    std::weak_ptr<ui::RunOutput> weak;
    output = std::make_shared<ui::RunOutput>(query::ResultBudget(), cancel, [&grid, &store, &weak] {
        QMetaObject::invokeMethod(&grid, [&grid, &store, &weak] {
            const auto from = weak.lock();
            for (const ui::RunEvent &event : from ? from->take() : std::vector<ui::RunEvent>()) {
                if (event.kind != ui::RunEvent::Kind::ResultBegins)
                    continue;
                store = event.store;
                grid.setStore(store);
            }
        }, Qt::QueuedConnection);
    });
    weak = output;
    clock.start();
    std::optional<Result<query::RunSummary>> ran;
    async::onFinished(session.run([pieces, output](pg::Connection &connection, const CancelToken &token) {
        return query::runPieces(connection, pieces, *output, {}, token);
    }, cancel), &grid, [&](const Result<query::RunSummary> &summary) { ran = summary; });
    if (scroll)
        scroller.start(16);
    const bool came = turnUntil(600'000, [&] { return ran && (!*ran || (store && store->isFinished() && grid.model()->rowCount() == store->rowCount())); });
    const double allMs = double(clock.nsecsElapsed()) / 1e6;
    scroller.stop();
    if (!came || !*ran || !store || store->error())
        return childError(!came ? QStringLiteral("not all rows came") : !*ran ? (*ran).error().text() : QStringLiteral("the result is incomplete"));
    QJsonObject result{{QStringLiteral("all_ms"), allMs},
                       {QStringLiteral("first_rows_ms"), firstRows.ms},
                       {QStringLiteral("rows"), double(store->rowCount())},
                       {QStringLiteral("result_mb"), double(store->bytes()) / (1 << 20)},
                       {QStringLiteral("spilled_mb"), double(store->spilledBytes()) / (1 << 20)}};
    const QJsonObject report = stalls.report();
    result.insert(QStringLiteral("stall_p999_ms"), report.value(QStringLiteral("p999_ms")));
    result.insert(QStringLiteral("stall_max_ms"), report.value(QStringLiteral("max_ms")));
    QJsonObject sorts;
    double slowest = 0;
    for (int column = sortFrom; sort && column < (sortFrom > 0 ? sortFrom + 1 : grid.model()->columnCount()); ++column) {
        QElapsedTimer sortClock;
        sortClock.start();
        const ui::OrderPtr before = grid.model()->order();
        grid.sortBy({{column, false, false}});
        if (!turnUntil(120'000, [&] { return grid.model()->order() && grid.model()->order() != before; }))
            return childError(QStringLiteral("not sorted"));
        grid.cells()->viewport()->repaint();
        const double ms = double(sortClock.nsecsElapsed()) / 1e6;
        sorts.insert(grid.model()->column(column).name, ms);
        slowest = std::max(slowest, ms);
    }
    if (sort) {
        result.insert(QStringLiteral("sort_ms"), slowest);
        result.insert(QStringLiteral("sort_ms_by_column"), sorts);
    }
    result.insert(QStringLiteral("peak_rss_mb"), selfPeakRssMb());
    return result;
}

Result<QJsonObject> runGrid(const Options &options)
{
    const Result<QString> psql = peerProgram(QStringLiteral("psql"));
    if (!psql)
        return fail(psql.error());
    const auto server = BenchServer::start();
    if (!server)
        return fail(server.error());
    const auto screen = XServer::start();
    if (!screen)
        return fail(screen.error());
    const Done made = (*server)->execute({
        "CREATE UNLOGGED TABLE public.mixed AS SELECT i::bigint AS id, (i::bigint * 7919 % 1000)::int AS small, (i::bigint * 104729 % 10000000)::numeric / 100 AS price, "
        "sqrt(i) AS root, i % 3 = 0 AS flag, date '2020-01-01' + i % 2000 AS day, timestamptz '2024-01-01 00:00+00' + i * interval '1 second' AS moment, "
        "CASE WHEN i % 10 > 0 THEN 'customer number ' || i::bigint * 31337 % 1000003 END AS name, md5(i::text)::uuid AS key, "
        "jsonb_build_object('a', i % 100, 'b', 'x') AS doc FROM generate_series(1, "
            + QByteArray::number(kRows) + ") i",
        "VACUUM (ANALYZE) public.mixed",
        "GRANT SELECT ON public.mixed TO PUBLIC",
    });
    if (!made)
        return fail(made.error());
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target.json"));
    if (const Done written = writeTarget(target, (*server)->target(QStringLiteral("bench_monitor"))); !written)
        return fail(written.error());
    const QByteArray query = options.isLong ? "SELECT m.* FROM generate_series(1, " + QByteArray::number(kTimes) + ") g, public.mixed m" : QByteArray("SELECT * FROM public.mixed");
    const QString queryFile = folder.filePath(QStringLiteral("query.sql"));
    QFile file(queryFile);
    if (!file.open(QIODevice::WriteOnly) || file.write(query) != query.size())
        return fail(ErrorKind::Io, QStringLiteral("bench_query"), file.errorString());
    file.close();
    const auto load = [&](const QStringList &how) { return child((*screen)->display(), QStringLiteral("grid"), QStringList{target, queryFile} + how, 900'000); };

    if (options.isLong) {
        auto own = load({QStringLiteral("scroll"), QStringLiteral("sort=7")}); // a text
        if (own)
            own->insert(QStringLiteral("unit"), QStringLiteral("20 million rows, once, while scrolled; sorted by a column of text"));
        return own;
    }

    const auto peer = [&](const QByteArray &input) -> Result<double> {
        QElapsedTimer clock;
        clock.start();
        if (const Done done = (*server)->psql(*psql, QStringLiteral("bench_peer"), input); !done)
            return fail(done.error());
        return double(clock.nsecsElapsed()) / 1e6;
    };
    QVector<double> us, them, ratios, first, peaks;
    for (int pair = 0; pair < kPairs; ++pair) {
        const auto own = load({});
        if (!own)
            return own;
        const auto login = peer("SELECT 1;\n");
        const auto all = login ? peer("\\set FETCH_COUNT 10000\n" + query + ";\n") : login;
        if (!all)
            return fail(all.error());
        us << own->value(QStringLiteral("all_ms")).toDouble();
        them << *all - *login;
        ratios << us.last() / them.last();
        first << own->value(QStringLiteral("first_rows_ms")).toDouble();
        peaks << own->value(QStringLiteral("peak_rss_mb")).toDouble();
    }
    auto result = load({QStringLiteral("scroll"), QStringLiteral("sort")});
    if (!result)
        return result;
    result->insert(QStringLiteral("scrolled_all_ms"), result->value(QStringLiteral("all_ms")));
    result->insert(QStringLiteral("scrolled_first_rows_ms"), result->value(QStringLiteral("first_rows_ms")));
    result->remove(QStringLiteral("all_ms"));
    result->insert(QStringLiteral("us"), median(us));
    result->insert(QStringLiteral("peer"), median(them));
    result->insert(QStringLiteral("ratio"), median(ratios));
    result->insert(QStringLiteral("first_rows_ms"), median(first));
    result->insert(QStringLiteral("peak_rss_mb"), std::max(result->value(QStringLiteral("peak_rss_mb")).toDouble(), *std::max_element(peaks.begin(), peaks.end())));
    result->insert(QStringLiteral("unit"), QStringLiteral("ms until all rows are in the grid; peer: psql with FETCH_COUNT=10000, without its login"));
    return result;
}

} // namespace howdah::bench
