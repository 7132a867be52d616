-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's columns of tables
-- since: 15
-- privilege: none
-- cost: moderate: every default is put into words
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
WITH ours AS MATERIALIZED (
    -- Not the system's, not an extension's, not our own and not dbmate's.
    SELECT c.*, n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname) AS full_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah') AND (n.nspname, c.relname) <> ('public', 'schema_migrations')
      AND c.relkind IN ('r', 'p', 'f')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
)
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, a.attnum::integer AS sub, 'column' AS kind,
       pg_catalog.format('%s.%I', c.full_name, a.attname) AS identity, c.full_name AS parent, pg_catalog.quote_ident(a.attname) AS name, a.attnum::integer AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
           'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::pg_catalog.regcollation::text END,
           -- A constraint of its own from 18 on, with a name and a state; before that a mark on the column alone.
           'not_null', CASE WHEN NOT a.attnotnull THEN NULL WHEN k.convalidated = false THEN 'not valid' ELSE 'valid' END,
           'not_null_name', CASE WHEN k.conname <> pg_catalog.concat(c.relname, '_', a.attname, '_not_null') THEN pg_catalog.quote_ident(k.conname) END,
           'not_null_no_inherit', CASE WHEN k.connoinherit THEN true END,
           'default', CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
           'generated', CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
           'generated_kind', CASE a.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END,
           'identity', CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
           'sequence', s.value,
           'storage', CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
           'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
           'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
           'options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value) FROM pg_catalog.pg_options_to_table(a.attoptions) o),
           'foreign_options', (SELECT pg_catalog.jsonb_object_agg(o.option_name, o.option_value) FROM pg_catalog.pg_options_to_table(a.attfdwoptions) o),
           'inherited', CASE WHEN a.attinhcount > 0 THEN CASE WHEN a.attislocal THEN 'too' ELSE 'only' END END)) AS value
FROM ours c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]
LEFT JOIN LATERAL (
    SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
               'type', pg_catalog.format_type(q.seqtypid, NULL), 'start', q.seqstart::text, 'increment', q.seqincrement::text, 'min', q.seqmin::text, 'max', q.seqmax::text,
               'cache', q.seqcache::text, 'cycle', CASE WHEN q.seqcycle THEN true END,
               'name', CASE WHEN r.relname <> pg_catalog.concat(c.relname, '_', a.attname, '_seq') OR r.relnamespace <> c.relnamespace
                            THEN pg_catalog.format('%I.%I', rn.nspname, r.relname) END)) AS value
    FROM pg_catalog.pg_depend e
    JOIN pg_catalog.pg_sequence q ON q.seqrelid = e.objid
    JOIN pg_catalog.pg_class r ON r.oid = q.seqrelid
    JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
    WHERE a.attidentity <> '' AND e.deptype = 'i' AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND e.refobjid = a.attrelid AND e.refobjsubid = a.attnum) s ON true
