-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the counters of the largest user tables of this database, by their pages as of the last VACUUM or ANALYZE, and their size; no size of one that another session holds or wants exclusively ($1: how many)
-- since: 15
-- privilege: none
-- cost: a few milliseconds on thousands of tables
-- columns: at_ms int8, postmaster_start float8, database_oid text, oid text, database text, schema text, name text, seq_scan int8, seq_tup_read int8, idx_scan int8, n_tup_ins int8, n_tup_upd int8, n_tup_del int8, n_tup_hot_upd int8, n_live_tup int8, n_dead_tup int8, vacuum_count int8, autovacuum_count int8, analyze_count int8, autoanalyze_count int8, heap_blks_read int8, heap_blks_hit int8, idx_blks_read int8, idx_blks_hit int8, toast_blks_read int8, toast_blks_hit int8, tidx_blks_read int8, tidx_blks_hit int8, size int8, table_count int8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
WITH held AS MATERIALIZED (
    -- The size functions would wait for who holds or wants it exclusively.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
), largest AS MATERIALIZED (
    SELECT c.oid, c.relname, n.nspname, pg_catalog.count(*) OVER () AS table_count
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
    ORDER BY c.relpages DESC, c.oid LIMIT $1::int8
), here AS (
    SELECT d.oid, d.datname, extract(epoch FROM s.stats_reset)::text AS reset
    FROM pg_catalog.pg_database AS d
    LEFT JOIN pg_catalog.pg_stat_database AS s ON s.datid = d.oid
    WHERE d.datname = pg_catalog.current_database()
)
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       here.oid::text AS database_oid, l.oid::text AS oid,
       here.datname::text AS database, l.nspname::text AS schema, l.relname::text AS name,
       (s.j->>'seq_scan')::int8 AS seq_scan, (s.j->>'seq_tup_read')::int8 AS seq_tup_read, (s.j->>'idx_scan')::int8 AS idx_scan,
       (s.j->>'n_tup_ins')::int8 AS n_tup_ins, (s.j->>'n_tup_upd')::int8 AS n_tup_upd, (s.j->>'n_tup_del')::int8 AS n_tup_del,
       (s.j->>'n_tup_hot_upd')::int8 AS n_tup_hot_upd,
       -- In recovery nothing counts rows: 0 there means unknown.
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN (s.j->>'n_live_tup')::int8 END AS n_live_tup,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN (s.j->>'n_dead_tup')::int8 END AS n_dead_tup,
       (s.j->>'vacuum_count')::int8 AS vacuum_count, (s.j->>'autovacuum_count')::int8 AS autovacuum_count,
       (s.j->>'analyze_count')::int8 AS analyze_count, (s.j->>'autoanalyze_count')::int8 AS autoanalyze_count,
       (i.j->>'heap_blks_read')::int8 AS heap_blks_read, (i.j->>'heap_blks_hit')::int8 AS heap_blks_hit,
       (i.j->>'idx_blks_read')::int8 AS idx_blks_read, (i.j->>'idx_blks_hit')::int8 AS idx_blks_hit,
       (i.j->>'toast_blks_read')::int8 AS toast_blks_read, (i.j->>'toast_blks_hit')::int8 AS toast_blks_hit,
       (i.j->>'tidx_blks_read')::int8 AS tidx_blks_read, (i.j->>'tidx_blks_hit')::int8 AS tidx_blks_hit,
       CASE WHEN NOT EXISTS (SELECT FROM held AS h WHERE h.oid = l.oid) THEN pg_catalog.pg_relation_size(l.oid) END AS size,
       l.table_count, here.reset
FROM largest AS l
CROSS JOIN here
JOIN (SELECT t.relid, pg_catalog.to_jsonb(t) AS j FROM pg_catalog.pg_stat_all_tables AS t
      WHERE t.relid = ANY ((SELECT pg_catalog.array_agg(w.oid) FROM largest AS w)::oid[]) OFFSET 0) AS s ON s.relid = l.oid
JOIN (SELECT t.relid, pg_catalog.to_jsonb(t) AS j FROM pg_catalog.pg_statio_all_tables AS t
      WHERE t.relid = ANY ((SELECT pg_catalog.array_agg(w.oid) FROM largest AS w)::oid[]) OFFSET 0) AS i ON i.relid = l.oid
