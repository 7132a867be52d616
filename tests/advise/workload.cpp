// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/workload.h"

#include <QDeadlineTimer>
#include <QThread>

namespace howdah::test
{

using namespace Qt::StringLiterals;

namespace
{

// Each customer has twenty orders in a hundred thousand.
Problem missingIndex()
{
    Actor actor;
    actor.round = [](Client &client, bool) {
        client.run("SELECT id, note FROM plant.unindexed_order WHERE customer = $1", {client.round() * 37 % 5000});
    };
    return {
        u"missing_index"_s,
        u"plant.unindexed_order"_s,
        {"CREATE TABLE plant.unindexed_order (id int PRIMARY KEY, customer int NOT NULL, note text NOT NULL)",
         "INSERT INTO plant.unindexed_order SELECT g, g % 5000, repeat('n', 60) FROM generate_series(1, 100000) AS g",
         "VACUUM ANALYZE plant.unindexed_order"},
        {"CREATE INDEX unindexed_order_customer ON plant.unindexed_order (customer)"},
        {actor}};
}

// The city tells the country, and that the continent: 8,000 rows of each city, where independent columns would have 90.
Problem correlatedColumns()
{
    Actor actor;
    actor.round = [](Client &client, bool) {
        const int city = client.round() * 7 % 25;
        client.run("SELECT count(*), sum(v.guests) FROM plant.correlated_place AS p"
                   " JOIN plant.correlated_visit AS v ON v.place = p.id"
                   " WHERE p.city = $1 AND p.country = $2 AND p.continent = $3",
                   {city, city / 2, city / 4});
    };
    return {
        u"correlated_columns"_s,
        u"plant.correlated_place"_s,
        {"CREATE TABLE plant.correlated_place (id int PRIMARY KEY, city int NOT NULL, country int NOT NULL, "
         "continent int NOT NULL)",
         "INSERT INTO plant.correlated_place"
         " SELECT g, g % 25, g % 25 / 2, g % 25 / 4 FROM generate_series(1, 200000) AS g",
         "CREATE INDEX correlated_place_city ON plant.correlated_place (city, country, continent)",
         "CREATE TABLE plant.correlated_visit (place int NOT NULL REFERENCES plant.correlated_place, guests int NOT "
         "NULL)",
         "INSERT INTO plant.correlated_visit SELECT g, g % 9 FROM generate_series(1, 100000) AS g",
         "CREATE INDEX correlated_visit_place ON plant.correlated_visit (place)",
         "VACUUM ANALYZE plant.correlated_place", "VACUUM ANALYZE plant.correlated_visit"},
        {"CREATE STATISTICS plant.correlated_place_stat (dependencies, mcv, ndistinct) ON city, country, continent"
         " FROM plant.correlated_place",
         "ANALYZE plant.correlated_place"},
        {actor}};
}

// Some 10 MB to sort in 4.
Problem spill()
{
    Actor actor;
    actor.mended = {"SET work_mem = '64MB'"};
    actor.pauseMs = 600;
    actor.round = [](Client &client, bool) {
        client.run("SELECT count(title) FROM (SELECT title, body FROM plant.spilling_report ORDER BY title, id OFFSET "
                   "5) AS sorted");
    };
    return {u"spill"_s,
            u"plant.spilling_report"_s,
            {"CREATE TABLE plant.spilling_report (id int PRIMARY KEY, title text NOT NULL, body text NOT NULL)",
             "INSERT INTO plant.spilling_report SELECT g, md5(g::text), repeat('b', 60) FROM generate_series(1, 80000) "
             "AS g",
             "VACUUM ANALYZE plant.spilling_report"},
            {},
            {actor}};
}

// A list of 500 orders, and then each one's customer by itself.
Problem nPlusOne()
{
    Actor actor;
    actor.pauseMs = 600;
    actor.round = [](Client &client, bool mended) {
        const int day = client.round() % 40;
        if (mended) {
            client.run("SELECT o.id, c.name FROM plant.nplus_order AS o JOIN plant.nplus_customer AS c ON c.id = "
                       "o.customer WHERE o.day = $1 ORDER BY o.id",
                       {day});
            return;
        }
        const pg::Rows orders =
            client.run("SELECT id, customer FROM plant.nplus_order WHERE day = $1 ORDER BY id", {day});
        for (qsizetype row = 0; row < orders.size() && client.goesOn(); ++row)
            client.run("SELECT name FROM plant.nplus_customer WHERE id = $1", {orders.text(row, 1)});
    };
    return {u"n_plus_one"_s,
            u"plant.nplus_customer"_s,
            {"CREATE TABLE plant.nplus_customer (id int PRIMARY KEY, name text NOT NULL)",
             "INSERT INTO plant.nplus_customer SELECT g, 'customer ' || g FROM generate_series(1, 20000) AS g",
             "CREATE TABLE plant.nplus_order (id int PRIMARY KEY, day int NOT NULL, customer int NOT NULL REFERENCES "
             "plant.nplus_customer)",
             "INSERT INTO plant.nplus_order SELECT g, g % 40, g * 7 % 20000 + 1 FROM generate_series(1, 20000) AS g",
             "CREATE INDEX nplus_order_day ON plant.nplus_order (day)",
             "CREATE INDEX nplus_order_customer ON plant.nplus_order (customer)", "VACUUM ANALYZE plant.nplus_customer",
             "VACUUM ANALYZE plant.nplus_order"},
            {},
            {actor}};
}

// One keeps a row while it thinks; three want it.
Problem lockWait()
{
    Actor holder;
    holder.pauseMs = 100;
    holder.round = [](Client &client, bool mended) {
        client.run("BEGIN");
        client.run("UPDATE plant.locked_account SET balance = balance + 1 WHERE id = 7");
        if (!mended)
            client.sleep(2500);
        client.run("COMMIT");
    };
    Actor waiter;
    waiter.round = [](Client &client, bool) {
        client.run("UPDATE plant.locked_account SET balance = balance - $1::int WHERE id = 7", {1});
    };
    return {u"lock_wait"_s,
            u"plant.locked_account"_s,
            {"CREATE TABLE plant.locked_account (id int PRIMARY KEY, balance int NOT NULL) WITH (fillfactor = 50)",
             "INSERT INTO plant.locked_account SELECT g, 0 FROM generate_series(1, 1000) AS g",
             "VACUUM ANALYZE plant.locked_account"},
            {},
            {holder, waiter, waiter, waiter}};
}

// Analyzed when it had a thousand rows of another state.
Problem staleStatistics()
{
    Actor actor;
    actor.round = [](Client &client, bool) {
        client.run("SELECT count(*), sum(k.weight) FROM plant.stale_event AS e JOIN plant.stale_kind AS k ON k.id = "
                   "e.kind WHERE e.state = $1",
                   {u"new"_s});
    };
    return {u"stale_statistics"_s,
            u"plant.stale_event"_s,
            {"CREATE TABLE plant.stale_kind (id int PRIMARY KEY, weight int NOT NULL)",
             "INSERT INTO plant.stale_kind SELECT g, g % 5 FROM generate_series(0, 99) AS g",
             "CREATE TABLE plant.stale_event (id int PRIMARY KEY, state text NOT NULL, kind int NOT NULL REFERENCES "
             "plant.stale_kind) WITH (autovacuum_enabled = off)",
             "CREATE INDEX stale_event_state ON plant.stale_event (state)",
             "INSERT INTO plant.stale_event SELECT g, 'old', g % 100 FROM generate_series(1, 1000) AS g",
             "VACUUM ANALYZE plant.stale_kind", "VACUUM ANALYZE plant.stale_event",
             "INSERT INTO plant.stale_event SELECT g, 'new', g % 100 FROM generate_series(1001, 60000) AS g"},
            {"ANALYZE plant.stale_event"},
            {actor}};
}

// Vacuumed, and then each row touched: no page is known to be visible to all, and the planner still thinks they are.
Problem heapFetches()
{
    Actor actor;
    actor.round = [](Client &client, bool) {
        const int from = client.round() * 100 % 30000;
        client.run("SELECT count(*), sum(value) FROM plant.unvacuumed_reading WHERE taken BETWEEN $1 AND $2",
                   {from, from + 20000});
    };
    return {u"heap_fetches"_s,
            u"plant.unvacuumed_reading"_s,
            {"CREATE TABLE plant.unvacuumed_reading (id int PRIMARY KEY, taken int NOT NULL, value int NOT NULL, seen "
             "bool NOT NULL, pad text NOT NULL) WITH (fillfactor = 45)",
             "INSERT INTO plant.unvacuumed_reading SELECT g, g, g % 77, false, repeat('p', 40) FROM generate_series(1, "
             "60000) AS g",
             "CREATE INDEX unvacuumed_reading_taken ON plant.unvacuumed_reading (taken, value)",
             "VACUUM ANALYZE plant.unvacuumed_reading", "UPDATE plant.unvacuumed_reading SET seen = true"},
            {"VACUUM plant.unvacuumed_reading"},
            {actor}};
}

// Half are done, half have failed, thirty are open. The common ones are asked for first, so that the server settles on
// one plan for all; then the rare one.
Problem genericPlan()
{
    Actor actor;
    actor.planted = {"SET plan_cache_mode = auto"};
    actor.mended = {"SET plan_cache_mode = force_custom_plan"};
    actor.round = [](Client &client, bool) {
        client.prepared(u"by_state"_s,
                        "SELECT count(*), sum(s.bytes) FROM plant.skewed_job AS j"
                        " JOIN plant.skewed_step AS s ON s.job = j.id WHERE j.state = $1",
                        {client.round() < 6 ? u"done"_s : u"open"_s});
    };
    return {u"generic_plan"_s,
            u"plant.skewed_job"_s,
            {"CREATE TABLE plant.skewed_job (id int PRIMARY KEY, state text NOT NULL)",
             "INSERT INTO plant.skewed_job SELECT g, CASE WHEN g % 5000 = 0 THEN 'open' WHEN g % 2 = 0 THEN 'done'"
             " ELSE 'failed' END FROM generate_series(1, 150000) AS g",
             "CREATE INDEX skewed_job_state ON plant.skewed_job (state)",
             "CREATE TABLE plant.skewed_step (job int NOT NULL REFERENCES plant.skewed_job, bytes int NOT NULL)",
             "INSERT INTO plant.skewed_step SELECT g, g % 1000 FROM generate_series(1, 150000) AS g",
             "CREATE INDEX skewed_step_job ON plant.skewed_step (job)", "VACUUM ANALYZE plant.skewed_job",
             "VACUUM ANALYZE plant.skewed_step"},
            {},
            {actor}};
}

// Little to do, and much to compile for it.
Problem jitCost()
{
    QByteArray sums;
    for (int i = 0; i < 16; ++i)
        sums += QByteArray(i ? ", " : "") + "sum(a * " + QByteArray::number(i + 2) + " + b % " +
                QByteArray::number(i + 3) + ")";
    Actor actor;
    actor.planted = {"SET jit_above_cost = 100"};
    actor.pauseMs = 500;
    actor.round = [text = QByteArray("SELECT " + sums + " FROM plant.jitted_measure WHERE c <> $1")](
                      Client &client, bool) { client.run(text, {-1}); };
    return {u"jit_cost"_s,
            u"plant.jitted_measure"_s,
            {"CREATE TABLE plant.jitted_measure (a int NOT NULL, b int NOT NULL, c int NOT NULL)",
             "INSERT INTO plant.jitted_measure SELECT g, g % 100, g % 7 FROM generate_series(1, 5000) AS g",
             "VACUUM ANALYZE plant.jitted_measure"},
            {},
            {actor}};
}

// A key of bigint, asked for by a numeric.
Problem typeMismatch()
{
    Actor actor;
    actor.round = [](Client &client, bool mended) {
        client.run(QByteArray("SELECT number, owner FROM plant.mistyped_account WHERE number = $1::") +
                       (mended ? "bigint" : "numeric"),
                   {client.round() * 97 % 100000});
    };
    return {u"type_mismatch"_s,
            u"plant.mistyped_account"_s,
            {"CREATE TABLE plant.mistyped_account (number bigint PRIMARY KEY, owner text NOT NULL)",
             "INSERT INTO plant.mistyped_account SELECT g, 'owner ' || g FROM generate_series(1, 100000) AS g",
             "VACUUM ANALYZE plant.mistyped_account"},
            {},
            {actor}};
}

} // namespace

QVector<Problem> plantedProblems()
{
    return {missingIndex(),    correlatedColumns(), spill(),       nPlusOne(), lockWait(),
            staleStatistics(), heapFetches(),       genericPlan(), jitCost(),  typeMismatch()};
}

pg::Rows Client::taken(Result<pg::Rows> rows, const QByteArray &text)
{
    if (rows)
        return *std::move(rows);
    m_error = QString::fromUtf8(text.left(200)) + u": "_s + rows.error().text();
    return {};
}

pg::Rows Client::run(const QByteArray &text, const pg::Params &params)
{
    return m_error.isEmpty() ? taken(m_link->run({text, {}}, params), text) : pg::Rows();
}

pg::Rows Client::prepared(const QString &name, const QByteArray &text, const pg::Params &params)
{
    pg::RunOptions options;
    options.prepared = true;
    return m_error.isEmpty() ? taken(m_link->run({text, name}, params, options), text) : pg::Rows();
}

void Client::sleep(int ms) const
{
    const QDeadlineTimer end(ms);
    while (goesOn() && !end.hasExpired())
        QThread::msleep(10);
}

Workload::Workload(const pg::ConnectionSpec &spec, const QVector<Problem> &problems, bool mended)
{
    m_rounds.fill(std::numeric_limits<int>::max(), problems.size());
    for (int problem = 0; problem < problems.size(); ++problem)
        for (const Actor &actor : problems[problem].actors)
            m_threads.emplace_back([=, this] { act(spec, actor, problem, mended); });
}

void Workload::act(const pg::ConnectionSpec &spec, const Actor &actor, int problem, bool mended)
{
    pg::ConnectionSpec own = spec;
    own.applicationName = u"shop"_s; // not the console's
    auto link = pg::Connection::open(own, {});
    QString error = link ? QString() : link.error().text();
    int rounds = 0;
    if (link) {
        Client client(*std::move(link), &m_stop);
        for (const QByteArray &statement : mended ? actor.mended : actor.planted)
            client.run(statement);
        ++m_begun;
        for (; client.goesOn(); ++client.m_round) {
            actor.round(client, mended);
            client.sleep(actor.pauseMs);
        }
        error = client.m_error;
        rounds = client.m_round;
    }
    const QMutexLocker lock(&m_mutex);
    m_rounds[problem] = std::min(m_rounds[problem], rounds);
    if (!error.isEmpty())
        m_errors.append(error);
}

void Workload::stop()
{
    m_stop = true;
    for (std::thread &thread : m_threads)
        if (thread.joinable())
            thread.join();
}

} // namespace howdah::test
