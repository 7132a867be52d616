-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: every backend: what it does, for how long, what horizon it holds; who blocks it; query texts of statements begun since $1 (ms), NULL for older ones
-- since: 15
-- privilege: none; of others only the process and its database are seen without pg_read_all_stats (in pg_monitor): permitted says so
-- cost: cheap: 5 to 20 us a backend, 12 us more for each that waits for a lock (each asks all partitions of the lock table); a text of 1 KB as much again; without pg_read_all_stats the lock table as well
-- columns: pid int4, leader_pid int4, database text, role text, application text, client text, backend_type text, state text, wait_type text, wait text, backend_ms int8, xact_ms int8, query_ms int8, state_ms int8, xid_age int4, xmin_age int4, query_id text, query text, blocked_by text, permitted bool, own bool, at_ms int8, may_list_temp bool, query_start_us int8, spent_us int8
SELECT a.pid, a.leader_pid, a.datname::text AS database, a.usename::text AS role, a.application_name AS application,
       -- A Unix socket has no address and port -1.
       CASE WHEN a.client_addr IS NOT NULL THEN pg_catalog.host(a.client_addr) || ':' || a.client_port
            WHEN a.client_port = -1 THEN 'local' END AS client,
       a.backend_type, a.state, a.wait_event_type AS wait_type, a.wait_event AS wait,
       (pg_catalog.date_part('epoch', t.at - a.backend_start) * 1000)::int8 AS backend_ms,
       (pg_catalog.date_part('epoch', t.at - a.xact_start) * 1000)::int8 AS xact_ms,
       (pg_catalog.date_part('epoch', t.at - a.query_start) * 1000)::int8 AS query_ms,
       (pg_catalog.date_part('epoch', t.at - a.state_change) * 1000)::int8 AS state_ms,
       pg_catalog.age(a.backend_xid) AS xid_age, pg_catalog.age(a.backend_xmin) AS xmin_age,
       a.query_id::text AS query_id,
       -- What was sent once is not sent again.
       CASE WHEN a.query_start IS NULL OR a.query_start >= pg_catalog.to_timestamp($1::pg_catalog.float8 / 1000) THEN pg_catalog.left(a.query, 4000)
       END AS query,
       -- Only for who waits for a lock: the call takes every partition of the lock table. 0 stands for a prepared transaction.
       -- Whose waits may not be seen is looked for among the locks, which everybody may read; with nobody hidden they are not asked.
       CASE WHEN a.wait_event_type = 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid)::text
            WHEN a.backend_start IS NULL AND a.pid = ANY ((SELECT pg_catalog.array_agg(l.pid) FROM pg_catalog.pg_locks AS l WHERE NOT l.granted)::int4[])
            THEN pg_catalog.pg_blocking_pids(a.pid)::text END AS blocked_by,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') OR (a.usesysid IS NOT NULL AND pg_catalog.pg_has_role(a.usesysid, 'USAGE')) AS permitted,
       a.pid = pg_catalog.pg_backend_pid() AS own, (pg_catalog.date_part('epoch', t.at) * 1000)::int8 AS at_ms,
       t.may_list_temp, (pg_catalog.date_part('epoch', a.query_start) * 1000000)::int8 AS query_start_us,
       -- Evaluated after the sort: in the last line it is what all of it took.
       (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) * 1000000)::int8 AS spent_us
FROM pg_catalog.pg_stat_activity AS a
CROSS JOIN (SELECT pg_catalog.clock_timestamp() AS at,
                   pg_catalog.has_function_privilege('pg_catalog.pg_ls_tmpdir(oid)', 'EXECUTE') AS may_list_temp) AS t
ORDER BY a.pid
