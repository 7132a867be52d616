-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the objects of this database, by the words of pg_restore's list: what stands in a restore's way, and afterwards what it made
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: said text
--   a JSON array of kind, schema (null: in none), name, oid
WITH s AS (SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
SELECT pg_catalog.json_build_array(o.kind, o.schema, o.name, o.oid::pg_catalog.int8)::pg_catalog.text AS said
FROM (SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END AS kind,
             s.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name, c.oid
      FROM pg_catalog.pg_class AS c JOIN s ON s.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
      UNION ALL
      SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, s.nspname, t.typname, t.oid
      FROM pg_catalog.pg_type AS t JOIN s ON s.oid = t.typnamespace
      WHERE t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND EXISTS (SELECT 1 FROM pg_catalog.pg_class AS k WHERE k.oid = t.typrelid AND k.relkind = 'c'))
      UNION ALL
      SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END, s.nspname, p.proname || '(' || CASE WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*' ELSE pg_catalog.oidvectortypes(p.proargtypes) END || ')', p.oid
      FROM pg_catalog.pg_proc AS p JOIN s ON s.oid = p.pronamespace
      UNION ALL
      SELECT 'SCHEMA', NULL, s.nspname, s.oid FROM s) AS o
ORDER BY 1
