-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the counters of the largest user indexes of this database, by their pages as of the last VACUUM or ANALYZE, and their size; no size of one that, or whose table, another session holds or wants exclusively ($1: how many)
-- since: 15
-- privilege: none
-- cost: a few milliseconds on thousands of indexes
-- columns: at_ms int8, postmaster_start float8, database_oid text, oid text, database text, schema text, table_name text, name text, idx_scan int8, idx_tup_read int8, idx_tup_fetch int8, size int8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
WITH held AS MATERIALIZED (
    -- The size functions would wait for who holds or wants it exclusively.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
), largest AS MATERIALIZED (
    SELECT c.oid, c.relname, n.nspname, t.oid AS table_oid, t.relname AS table_name
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_index AS x ON x.indexrelid = c.oid
    JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'i' AND t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname !~ '^pg_toast'
    ORDER BY c.relpages DESC, c.oid LIMIT $1::int8
), here AS (
    SELECT d.oid, d.datname, extract(epoch FROM s.stats_reset)::text AS reset
    FROM pg_catalog.pg_database AS d
    LEFT JOIN pg_catalog.pg_stat_database AS s ON s.datid = d.oid
    WHERE d.datname = pg_catalog.current_database()
)
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       here.oid::text AS database_oid, l.oid::text AS oid,
       here.datname::text AS database, l.nspname::text AS schema, l.table_name::text AS table_name, l.relname::text AS name,
       (s.j->>'idx_scan')::int8 AS idx_scan, (s.j->>'idx_tup_read')::int8 AS idx_tup_read, (s.j->>'idx_tup_fetch')::int8 AS idx_tup_fetch,
       CASE WHEN NOT EXISTS (SELECT FROM held AS h WHERE h.oid IN (l.oid, l.table_oid)) THEN pg_catalog.pg_relation_size(l.oid) END AS size,
       here.reset
FROM largest AS l
CROSS JOIN here
JOIN (SELECT t.indexrelid, pg_catalog.to_jsonb(t) AS j FROM pg_catalog.pg_stat_all_indexes AS t
      WHERE t.indexrelid = ANY ((SELECT pg_catalog.array_agg(w.oid) FROM largest AS w)::oid[]) OFFSET 0) AS s ON s.indexrelid = l.oid
