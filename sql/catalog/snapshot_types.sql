-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's enums, domains, composite types and ranges
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid AS class, t.oid, 0 AS sub,
       CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' ELSE 'range' END AS kind,
       pg_catalog.format('%I.%I', n.nspname, t.typname) AS identity, '' AS parent, pg_catalog.quote_ident(t.typname) AS name, 0 AS position,
       pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
           'labels', CASE WHEN t.typtype = 'e' THEN
               (SELECT pg_catalog.jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) END,
           'base', CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
           'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN t.typcollation::pg_catalog.regcollation::text END,
           'not_null', CASE WHEN t.typtype = 'd' AND t.typnotnull THEN true END,
           'default', CASE WHEN t.typtype = 'd' THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0) END,
           'constraints', CASE WHEN t.typtype = 'd' THEN
               (SELECT pg_catalog.jsonb_object_agg(pg_catalog.quote_ident(k.conname), pg_catalog.pg_get_constraintdef(k.oid))
                FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') END,
           'attributes', CASE WHEN t.typtype = 'c' THEN
               (SELECT pg_catalog.jsonb_agg(pg_catalog.concat(pg_catalog.quote_ident(a.attname), ' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || a.attcollation::pg_catalog.regcollation::text END) ORDER BY a.attnum)
                FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END,
           'subtype', CASE WHEN t.typtype = 'r' THEN pg_catalog.format_type(r.rngsubtype, NULL) END,
           'subtype_collation', CASE WHEN r.rngcollation <> 0 THEN r.rngcollation::pg_catalog.regcollation::text END,
           'subtype_opclass', (SELECT pg_catalog.format('%I.%I', cn.nspname, o.opcname) FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace cn ON cn.oid = o.opcnamespace
                               WHERE o.oid = r.rngsubopc),
           'canonical', CASE WHEN r.rngcanonical::oid <> 0 THEN r.rngcanonical::text END,
           'subtype_diff', CASE WHEN r.rngsubdiff::oid <> 0 THEN r.rngsubdiff::text END)) AS value
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah')
  -- A table's row type is no type of its own.
  AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND e.objid = t.oid AND e.deptype = 'e')
