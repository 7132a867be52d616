-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what stands on what, by the server's own book
-- since: 15
-- privilege: none
-- cost: moderate: a row for each of the server's own
-- columns: class oid, oid oid, sub int4, on_class oid, on_oid oid, on_sub int4
SELECT DISTINCT d.classid AS class, d.objid AS oid, d.objsubid AS sub, d.refclassid AS on_class, d.refobjid AS on_oid, d.refobjsubid AS on_sub
FROM pg_catalog.pg_depend d
WHERE d.objid >= 16384 AND d.deptype IN ('n', 'a', 'i', 'P', 'S') AND (d.refobjid >= 16384 OR d.refclassid IN ('pg_catalog.pg_namespace'::pg_catalog.regclass, 'pg_catalog.pg_extension'::pg_catalog.regclass))
