-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the comments of a snapshot's objects; those of the server's own are left out
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, sub int4, sub_name text, kind text, identity text, comment text
SELECT d.classoid AS class, d.objoid AS oid, d.objsubid AS sub, pg_catalog.quote_ident(a.attname) AS sub_name, i.type AS kind, i.identity, d.description AS comment
FROM pg_catalog.pg_description d
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
LEFT JOIN pg_catalog.pg_attribute a ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE (d.objoid >= 16384 OR d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND i.identity = 'public') AND i.identity IS NOT NULL
  AND (i.schema IS NULL OR i.schema !~ '^"?pg_' AND i.schema NOT IN ('information_schema', 'howdah'))
  AND d.classoid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
