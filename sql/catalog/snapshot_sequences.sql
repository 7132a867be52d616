-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's sequences, without those of identity columns
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH ours AS MATERIALIZED (
    -- Not the system's, not an extension's, not our own and not dbmate's.
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS full_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah') AND (n.nspname, c.relname) <> ('public', 'schema_migrations')
      AND c.relkind IN ('S')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
)
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, 0 AS sub, 'sequence' AS kind, c.full_name AS identity, '' AS parent, pg_catalog.quote_ident(c.relname) AS name,
       0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'type', pg_catalog.format_type(q.seqtypid, NULL), 'start', q.seqstart::text, 'increment', q.seqincrement::text, 'min', q.seqmin::text, 'max', q.seqmax::text,
           'cache', q.seqcache::text, 'cycle', CASE WHEN q.seqcycle THEN true END, 'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
           'owned_by', (SELECT pg_catalog.format('%I.%I.%I', n.nspname, r.relname, a.attname)
                        FROM pg_catalog.pg_depend e JOIN pg_catalog.pg_class r ON r.oid = e.refobjid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = e.refobjid AND a.attnum = e.refobjsubid
                        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                          AND e.deptype = 'a'))) AS value
FROM ours c JOIN pg_catalog.pg_sequence q ON q.seqrelid = c.oid
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'i')
