-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what holds the oldest row versions back: sessions, prepared transactions, slots and standbys, the oldest first
-- since: 15
-- privilege: pg_read_all_stats (in pg_monitor) for what they are and do; their age is everybody's to see
-- cost: cheap
-- columns: kind text, name text, pid int4, database text, role text, state text, age int4, held_ms int8, detail text
SELECT h.kind, h.name, h.pid, h.database, h.role, h.state, h.age, h.held_ms, h.detail
FROM (
    SELECT CASE WHEN a.backend_type IS NULL THEN 'not known' WHEN a.backend_type = 'autovacuum worker' THEN 'autovacuum'
                WHEN a.backend_type = 'walsender' THEN 'standby' ELSE 'session' END AS kind,
           coalesce(nullif(a.application_name, ''), a.backend_type, '') AS name, a.pid, a.datname::text AS database, a.usename::text AS role, a.state,
           -- The older of both: a writer's own number, and the oldest one that its snapshot still sees.
           greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) AS age,
           (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::int8 AS held_ms,
           pg_catalog.left(a.query, 1000) AS detail
    FROM pg_catalog.pg_stat_activity AS a
    WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.pid <> pg_catalog.pg_backend_pid()
      -- A plain vacuum is passed over when the horizon is computed (PROC_IN_VACUUM, procarray.c).
      AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_vacuum AS v WHERE v.pid = a.pid)
    UNION ALL
    SELECT 'prepared transaction', p.gid, NULL, p.database::text, p.owner::text, 'prepared', pg_catalog.age(p.transaction),
           (extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000)::int8, NULL
    FROM pg_catalog.pg_prepared_xacts AS p
    UNION ALL
    SELECT 'slot', s.slot_name::text, s.active_pid, s.database::text, NULL, CASE WHEN s.active THEN 'active' ELSE 'inactive' END,
           greatest(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin)), NULL,
           CASE WHEN s.xmin IS NULL THEN s.slot_type || ', system catalogs only' ELSE s.slot_type END
    FROM pg_catalog.pg_replication_slots AS s
    WHERE s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL
) AS h
ORDER BY h.age DESC NULLS LAST, h.kind, h.name
LIMIT 1000
