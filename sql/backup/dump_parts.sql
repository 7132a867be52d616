-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which table an index, a constraint, a trigger and the like is a part of: pg_restore's list does not say
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: class oid, oid oid, owner oid
SELECT p.class, p.oid, p.owner
FROM (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS class, i.indexrelid AS oid, i.indrelid AS owner FROM pg_catalog.pg_index AS i
      UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, o.oid, o.conrelid FROM pg_catalog.pg_constraint AS o WHERE o.conrelid <> 0
      UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, t.tgrelid FROM pg_catalog.pg_trigger AS t WHERE NOT t.tgisinternal
      UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, l.oid, l.polrelid FROM pg_catalog.pg_policy AS l
      UNION ALL SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, w.oid, w.ev_class FROM pg_catalog.pg_rewrite AS w
      UNION ALL SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, f.oid, f.adrelid FROM pg_catalog.pg_attrdef AS f
      UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, x.oid, x.stxrelid FROM pg_catalog.pg_statistic_ext AS x
      UNION ALL SELECT d.classid, d.objid, d.refobjid FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
                WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')) AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.owner
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2
