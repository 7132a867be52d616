-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a snapshot's schemas and extensions
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, kind text, identity text, parent text, name text, position int4, value jsonb
SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass::oid AS class, n.oid, 0 AS sub, 'schema' AS kind, pg_catalog.quote_ident(n.nspname) AS identity, '' AS parent,
       pg_catalog.quote_ident(n.nspname) AS name, 0 AS position, '{}'::pg_catalog.jsonb AS value
FROM pg_catalog.pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'howdah')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND e.objid = n.oid AND e.deptype = 'e')
UNION ALL
SELECT 'pg_catalog.pg_extension'::pg_catalog.regclass::oid, x.oid, 0, 'extension', pg_catalog.quote_ident(x.extname), '', pg_catalog.quote_ident(x.extname), 0,
       pg_catalog.jsonb_build_object('schema', pg_catalog.quote_ident(n.nspname), 'version', x.extversion)
FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
