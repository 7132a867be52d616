-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who has, or waits for, locks on one of these relations ($1, a JSON array of names) now: behind who waits we would wait too; every transaction older than $2 ms, which a CONCURRENTLY would wait for; and how many sessions there are whose transactions may not be seen. We are not counted
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for what others do
-- cost: cheap
-- columns: pid int4, role text, application text, state text, transaction_ms int8, query text, relation text, mode text, granted bool, hidden int8
WITH held AS (
    SELECT l.pid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, l.mode, l.granted
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.locktype = 'relation' AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND pg_catalog.format('%I.%I', n.nspname, c.relname) IN (SELECT w.name FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS w (name))
), there AS (
    SELECT a.pid, a.usename::text AS role, a.application_name AS application, a.state, a.backend_type,
           (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS transaction_ms, pg_catalog.left(a.query, 500) AS query
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
)
SELECT coalesce(h.pid, 0) AS pid, t.role, t.application, t.state, t.transaction_ms, t.query, h.relation, h.mode, h.granted, NULL::int8 AS hidden
FROM held AS h
LEFT JOIN there AS t ON t.pid = h.pid
WHERE h.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
UNION ALL
SELECT t.pid, t.role, t.application, t.state, t.transaction_ms, t.query, NULL, NULL, NULL, NULL
FROM there AS t
WHERE t.backend_type = 'client backend' AND t.transaction_ms > $2::int8
UNION ALL
-- Of whom the server does not even say what it is; without a role it is one of the server's own.
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*) FROM there AS t WHERE t.backend_type IS NULL AND t.role IS NOT NULL
ORDER BY 5 DESC NULLS LAST, 1
