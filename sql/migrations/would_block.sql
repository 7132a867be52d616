-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who has locks on one of these relations ($1, a JSON array of names) now, or a transaction older than $2 ms, which a CONCURRENTLY would wait for; we are not counted
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for what others do
-- cost: cheap
-- columns: pid int4, role text, application text, state text, transaction_ms int8, query text, relation text, mode text
WITH held AS (
    SELECT l.pid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, l.mode
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.locktype = 'relation' AND l.granted AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND pg_catalog.format('%I.%I', n.nspname, c.relname) IN (SELECT w.name FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS w (name))
)
SELECT coalesce(h.pid, 0) AS pid, a.usename::text AS role, a.application_name AS application, a.state,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS transaction_ms, pg_catalog.left(a.query, 500) AS query, h.relation, h.mode
FROM held AS h
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = h.pid
WHERE h.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
UNION ALL
SELECT a.pid, a.usename::text, a.application_name, a.state, (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8, pg_catalog.left(a.query, 500), NULL, NULL
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
  AND a.xact_start < pg_catalog.clock_timestamp() - $2::int8 * interval '1 ms' AND a.pid NOT IN (SELECT h.pid FROM held AS h WHERE h.pid IS NOT NULL)
ORDER BY 5 DESC NULLS LAST, 1
