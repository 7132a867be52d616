-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the tables, views, sequences and foreign tables of one schema, without sizes ($1: the schema's oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text, schema text, kind text, owner text, comment text, estimated_rows float8, persistence text, is_partition bool, parent text,
--   bound text, partition_key text, inherits text, populated bool, row_security text, options text, system bool, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT c.oid, c.relname::text AS name, n.nspname::text AS schema, c.relkind::text AS kind,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner, d.description AS comment,
       -- -1: never analyzed. A partitioned table's own figure is that of its last ANALYZE.
       c.reltuples::float8 AS estimated_rows,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' ELSE '' END AS persistence,
       c.relispartition AS is_partition,
       CASE WHEN c.relispartition THEN (SELECT i.inhparent::pg_catalog.regclass::text FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) END AS parent,
       CASE WHEN c.relispartition AND held.oid IS NULL THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END AS bound,
       CASE WHEN c.relkind = 'p' AND held.oid IS NULL THEN pg_catalog.pg_get_partkeydef(c.oid) END AS partition_key,
       CASE WHEN c.relkind IN ('r', 'f') AND NOT c.relispartition
            THEN (SELECT pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::text, ', ' ORDER BY i.inhseqno)
                  FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) END AS inherits,
       c.relispopulated AS populated,
       CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'forced' WHEN c.relrowsecurity THEN 'enabled' ELSE '' END AS row_security,
       pg_catalog.array_to_string(c.reloptions, ', ') AS options,
       n.nspname = 'information_schema' OR n.nspname ^@ 'pg_' AS system,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_class c
LEFT JOIN held ON held.oid = c.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
WHERE c.relnamespace = $1::pg_catalog.oid AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
ORDER BY c.relname::text COLLATE "C"
