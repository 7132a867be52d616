-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what ending backend $1 would cost: what it is, and what it would roll back
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for others
-- cost: cheap
-- columns: pid int4, backend_start text, query_start text, backend_type text, database text, role text, application text, client text, state text, query text, xact_ms int8, writes bool, xid_age int4, wait_type text, wait text, superuser bool, may_signal bool, wraparound bool, permitted bool, begun_us int8, query_begun_us int8
SELECT a.pid, a.backend_start::text AS backend_start, a.query_start::text AS query_start, a.backend_type, a.datname::text AS database, a.usename::text AS role,
       a.application_name AS application, CASE WHEN a.client_addr IS NOT NULL THEN pg_catalog.host(a.client_addr) WHEN a.client_port = -1 THEN 'local' END AS client,
       a.state, pg_catalog.left(a.query, 4000) AS query,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS xact_ms,
       -- A transaction has a number from its first change on.
       a.backend_xid IS NOT NULL AS writes, pg_catalog.age(a.backend_xid) AS xid_age, a.wait_event_type AS wait_type, a.wait_event AS wait,
       r.rolsuper AS superuser,
       CASE WHEN (SELECT m.rolsuper FROM pg_catalog.pg_roles AS m WHERE m.rolname = current_user) THEN true
            WHEN r.rolsuper THEN false
            -- A process without a role: an autovacuum worker has a role of its own for it since 18.
            WHEN a.usesysid IS NULL THEN a.backend_type = 'autovacuum worker'
                 AND EXISTS (SELECT 1 FROM pg_catalog.pg_roles AS s WHERE s.rolname = 'pg_signal_autovacuum_worker' AND pg_catalog.pg_has_role(s.oid, 'USAGE'))
            ELSE pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') OR pg_catalog.pg_has_role(a.usesysid, 'USAGE') END AS may_signal,
       a.backend_type = 'autovacuum worker' AND a.query LIKE '%(to prevent wraparound)' AS wraparound,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') OR (a.usesysid IS NOT NULL AND pg_catalog.pg_has_role(a.usesysid, 'USAGE')) AS permitted,
       (pg_catalog.date_part('epoch', a.backend_start) * 1000000)::int8 AS begun_us, (pg_catalog.date_part('epoch', a.query_start) * 1000000)::int8 AS query_begun_us
FROM pg_catalog.pg_stat_activity AS a
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.usesysid
WHERE a.pid = $1::pg_catalog.int4
