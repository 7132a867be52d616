-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the tables that can hold made-up rows, with those whose keys they need and the one they are a partition of; partitioned by hash: only the root, whose rows find their place
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text, short_name text, bound text, of_oid oid, partitioned text, wants text
SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relname::text AS short_name, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound, i.inhparent AS of_oid, p.partstrat::text AS partitioned,
       (SELECT pg_catalog.json_agg(DISTINCT k.confrelid::int8)::text FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS wants
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid AND c.relispartition
LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'howdah', 'howdah_preview')
  AND NOT (n.nspname = 'public' AND c.relname = 'schema_migrations')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.oid
