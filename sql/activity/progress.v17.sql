-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what reports its progress, whatever it is, in one form; a NULL is what this server does not count
-- since: 17
-- privilege: pg_read_all_stats (in pg_monitor) for the work of others, whose figures are NULL without it
-- cost: cheap
-- columns: kind text, pid int4, database text, relation_oid oid, relation text, command text, phase text, done int8, total int8, unit text, delay_ms float8, in_the_way int4, running_ms int8
SELECT s.kind, s.pid, s.database::text AS database, s.relation_oid,
       CASE WHEN s.database = pg_catalog.current_database() THEN nullif(pg_catalog.concat_ws('.', n.nspname, c.relname), '') END AS relation,
       s.command, s.phase, s.done, s.total, s.unit, s.delay_ms,
       coalesce(s.in_the_way, CASE WHEN a.wait_event_type = 'Lock' THEN nullif((pg_catalog.pg_blocking_pids(s.pid))[1], 0) END) AS in_the_way,
       (extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start) * 1000)::int8 AS running_ms
FROM (
    SELECT 'vacuum' AS kind, v.pid, v.datname AS database, v.relid AS relation_oid, 'VACUUM' AS command, v.phase,
           CASE v.phase WHEN 'vacuuming indexes' THEN v.indexes_processed WHEN 'cleaning up indexes' THEN v.indexes_processed
            WHEN 'vacuuming heap' THEN v.heap_blks_vacuumed ELSE v.heap_blks_scanned END AS done,
           CASE v.phase WHEN 'vacuuming indexes' THEN v.indexes_total WHEN 'cleaning up indexes' THEN v.indexes_total ELSE v.heap_blks_total END AS total,
           CASE v.phase WHEN 'vacuuming indexes' THEN 'indexes' WHEN 'cleaning up indexes' THEN 'indexes' ELSE 'blocks' END AS unit, NULL::float8 AS delay_ms, NULL::int4 AS in_the_way
    FROM pg_catalog.pg_stat_progress_vacuum AS v
    UNION ALL
    SELECT 'analyze', n.pid, n.datname, n.relid, 'ANALYZE', n.phase,
           CASE WHEN n.phase LIKE 'computing ext%' THEN n.ext_stats_computed ELSE n.sample_blks_scanned END,
           CASE WHEN n.phase LIKE 'computing ext%' THEN n.ext_stats_total ELSE n.sample_blks_total END,
           CASE WHEN n.phase LIKE 'computing ext%' THEN 'statistics' ELSE 'blocks' END, NULL::float8, NULL
    FROM pg_catalog.pg_stat_progress_analyze AS n
    UNION ALL
    SELECT 'cluster', r.pid, r.datname, r.relid, r.command, r.phase, r.heap_blks_scanned, r.heap_blks_total, 'blocks', NULL, NULL
    FROM pg_catalog.pg_stat_progress_cluster AS r
    UNION ALL
    SELECT 'create index', i.pid, i.datname, i.relid, i.command, i.phase,
           CASE WHEN i.phase LIKE 'waiting for%' THEN i.lockers_done WHEN i.blocks_total > 0 THEN i.blocks_done ELSE i.tuples_done END,
           CASE WHEN i.phase LIKE 'waiting for%' THEN i.lockers_total WHEN i.blocks_total > 0 THEN i.blocks_total ELSE i.tuples_total END,
           CASE WHEN i.phase LIKE 'waiting for%' THEN 'sessions waited for' WHEN i.blocks_total > 0 THEN 'blocks' ELSE 'rows' END,
           NULL, nullif(i.current_locker_pid, 0)::int4
    FROM pg_catalog.pg_stat_progress_create_index AS i
    UNION ALL
    SELECT 'copy', y.pid, y.datname, y.relid, y.command, y.type, y.bytes_processed, y.bytes_total, 'B', NULL, NULL
    FROM pg_catalog.pg_stat_progress_copy AS y
    UNION ALL
    SELECT 'base backup', b.pid, NULL, NULL, 'BASE_BACKUP', b.phase, b.backup_streamed, b.backup_total, 'B', NULL, NULL
    FROM pg_catalog.pg_stat_progress_basebackup AS b
) AS s
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = s.pid
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = s.relation_oid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY s.kind, s.pid
