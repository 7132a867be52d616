-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: every backend: what it does, for how long, what horizon it holds, and, where $1, who blocks it
-- since: 15
-- privilege: none; of others only the process and its database are seen without pg_read_all_stats (in pg_monitor): permitted says so
-- cost: cheap: about 3 us a backend, 5 us more for each that waits for a lock (each asks all partitions of the lock table)
-- columns: pid int4, leader_pid int4, database text, role text, application text, client text, backend_type text, state text, wait_type text, wait text, backend_ms int8, xact_ms int8, query_ms int8, state_ms int8, xid_age int4, xmin_age int4, query_id text, query text, blocked_by text, permitted bool, own bool, at_ms int8, may_list_temp bool
SELECT a.pid, a.leader_pid, a.datname::text AS database, a.usename::text AS role, a.application_name AS application,
       -- A Unix socket has no address and port -1.
       CASE WHEN a.client_addr IS NOT NULL THEN pg_catalog.host(a.client_addr) || ':' || a.client_port
            WHEN a.client_port = -1 THEN 'local' END AS client,
       a.backend_type, a.state, a.wait_event_type AS wait_type, a.wait_event AS wait,
       (extract(epoch FROM t.at - a.backend_start) * 1000)::int8 AS backend_ms,
       (extract(epoch FROM t.at - a.xact_start) * 1000)::int8 AS xact_ms,
       (extract(epoch FROM t.at - a.query_start) * 1000)::int8 AS query_ms,
       (extract(epoch FROM t.at - a.state_change) * 1000)::int8 AS state_ms,
       pg_catalog.age(a.backend_xid) AS xid_age, pg_catalog.age(a.backend_xmin) AS xmin_age,
       a.query_id::text AS query_id, pg_catalog.left(a.query, 4000) AS query,
       -- Only for who waits for a lock: the call takes every partition of the lock table. 0 stands for a prepared transaction.
       CASE WHEN $1::pg_catalog.bool AND a.wait_event_type = 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid)::text END AS blocked_by,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') OR (a.usesysid IS NOT NULL AND pg_catalog.pg_has_role(a.usesysid, 'USAGE')) AS permitted,
       a.pid = pg_catalog.pg_backend_pid() AS own, (extract(epoch FROM t.at) * 1000)::int8 AS at_ms,
       t.may_list_temp
FROM pg_catalog.pg_stat_activity AS a
CROSS JOIN (SELECT pg_catalog.clock_timestamp() AS at,
                   pg_catalog.has_function_privilege('pg_catalog.pg_ls_tmpdir(oid)', 'EXECUTE') AS may_list_temp) AS t
ORDER BY a.pid
