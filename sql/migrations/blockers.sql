-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who stands in the way of backend $1, and how many wait for it
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for what others do
-- cost: cheap
-- columns: pid int4, role text, application text, state text, transaction_ms int8, query text, blocked int8
SELECT b.pid, a.usename::text AS role, a.application_name AS application, a.state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS transaction_ms, pg_catalog.left(a.query, 500) AS query,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity AS w WHERE w.wait_event_type = 'Lock' AND $1::int4 = ANY (pg_catalog.pg_blocking_pids(w.pid))) AS blocked
FROM (SELECT 1) AS one
LEFT JOIN pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int4)) AS b (pid) ON true
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
