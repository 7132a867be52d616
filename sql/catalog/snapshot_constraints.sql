-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's constraints and indexes of tables and materialized views
-- since: 15
-- privilege: none
-- cost: moderate: each is put into words
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH ours AS MATERIALIZED (
    -- Not the system's, not an extension's, not our own and not dbmate's.
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS full_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah') AND (n.nspname, c.relname) <> ('public', 'schema_migrations')
      AND c.relkind IN ('r', 'p', 'f', 'm')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
)
SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid AS class, k.oid, 0 AS sub, 'constraint' AS kind, pg_catalog.format('%s.%I', c.full_name, k.conname) AS identity,
       c.full_name AS parent, pg_catalog.quote_ident(k.conname) AS name, 0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'type', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion' ELSE 'check' END,
           'definition', pg_catalog.pg_get_constraintdef(k.oid),
           'columns', (SELECT pg_catalog.jsonb_agg(pg_catalog.quote_ident(a.attname) ORDER BY place.ordinality)
                       FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY place (number, ordinality) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = place.number),
           'references', (SELECT pg_catalog.format('%I.%I', n.nspname, r.relname) FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
                          WHERE r.oid = k.confrelid),
           'inherited', CASE WHEN k.coninhcount > 0 THEN CASE WHEN k.conislocal THEN 'too' ELSE 'only' END END,
           'index_options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value) FROM pg_catalog.pg_options_to_table(i.reloptions) o),
           'index_tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = i.reltablespace),
           'clustered', CASE WHEN x.indisclustered THEN true END,
           'replica_identity', CASE WHEN x.indisreplident THEN true END)) AS value
FROM ours c
JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class i ON i.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid
-- A partition's own copy of a foreign key comes and goes with its parent's.
WHERE NOT (k.contype = 'f' AND k.conparentid <> 0)
UNION ALL
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, i.oid, 0, 'index', pg_catalog.format('%I.%I', c.nspname, i.relname), c.full_name, pg_catalog.quote_ident(i.relname), 0,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'definition', pg_catalog.pg_get_indexdef(i.oid),
           'unique', CASE WHEN x.indisunique THEN true END,
           'invalid', CASE WHEN NOT x.indisvalid THEN true END,
           'clustered', CASE WHEN x.indisclustered THEN true END,
           'replica_identity', CASE WHEN x.indisreplident THEN true END,
           'tablespace', (SELECT s.spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = i.reltablespace),
           'parent_index', (SELECT p.inhparent::pg_catalog.regclass::text FROM pg_catalog.pg_inherits p WHERE p.inhrelid = i.oid)))
FROM ours c
JOIN pg_catalog.pg_index x ON x.indrelid = c.oid
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
