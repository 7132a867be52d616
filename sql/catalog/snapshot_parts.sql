-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whose doing an object is: a default's column, a constraint's index, a type's array, for what snapshot_dependencies tells
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, of_class oid, of_oid oid, of_sub int4
SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::oid AS class, d.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS of_class, d.adrelid AS of_oid, d.adnum::integer AS of_sub
FROM pg_catalog.pg_attrdef d WHERE d.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass::oid, r.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::oid, r.ev_class, 0
FROM pg_catalog.pg_rewrite r WHERE r.rulename = '_RETURN' AND r.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::oid, t.typrelid, 0
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c' AND t.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, t.typrelid, 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.oid, 0
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid WHERE c.relkind = 'c' AND t.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.typarray, 'pg_catalog.pg_type'::pg_catalog.regclass::oid, t.oid, 0
FROM pg_catalog.pg_type t WHERE t.typarray <> 0 AND t.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::oid, r.rngmultitypid, 'pg_catalog.pg_type'::pg_catalog.regclass::oid, r.rngtypid, 0
FROM pg_catalog.pg_range r WHERE r.rngtypid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid, k.conindid, 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid, k.oid, 0
FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'u', 'x') AND k.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid, k.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::oid, k.conrelid, k.conkey[1]::integer
FROM pg_catalog.pg_constraint k WHERE k.contype = 'n' AND k.conrelid <> 0 AND k.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid, k.oid, 'pg_catalog.pg_type'::pg_catalog.regclass::oid, k.contypid, 0
FROM pg_catalog.pg_constraint k WHERE k.contypid <> 0 AND k.oid >= 16384
UNION ALL
SELECT e.classid, e.objid, e.refclassid, e.refobjid, e.refobjsubid
FROM pg_catalog.pg_depend e JOIN pg_catalog.pg_class s ON s.oid = e.objid
WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.relkind = 'S' AND e.deptype = 'i' AND e.objid >= 16384
