-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what goes without a word when a table is dropped: its partitions with their rows, and what hangs on it, by the words of pg_restore's list
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: said text
--   a JSON array of the table's oid, kind (PARTITION: of any depth), schema, name as it is listed ("table name" of what has no name of its own), oid of a partition
WITH t AS (SELECT c.oid, n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name, c.relispartition
           FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
SELECT pg_catalog.json_build_array(o.owner::pg_catalog.int8, o.kind, o.schema, o.name, o.oid::pg_catalog.int8)::pg_catalog.text AS said
FROM (SELECT a.relid::pg_catalog.oid AS owner, 'PARTITION' AS kind, t.schema, t.name, t.oid
      FROM t CROSS JOIN LATERAL pg_catalog.pg_partition_ancestors(t.oid) AS a
      WHERE t.relispartition AND a.relid::pg_catalog.oid <> t.oid
      UNION ALL
      SELECT t.oid, 'INDEX', t.schema, x.relname, 0
      FROM t JOIN pg_catalog.pg_index AS i ON i.indrelid = t.oid JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))
      UNION ALL
      SELECT t.oid, CASE k.contype WHEN 'f' THEN 'FK CONSTRAINT' ELSE 'CONSTRAINT' END, t.schema, t.name || ' ' || k.conname, 0
      FROM t JOIN pg_catalog.pg_constraint AS k ON k.conrelid = t.oid
      WHERE k.contype IN ('p', 'u', 'x') OR (k.contype = 'f' AND k.conparentid = 0)
      UNION ALL
      SELECT t.oid, 'TRIGGER', t.schema, t.name || ' ' || g.tgname, 0
      FROM t JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.oid
      WHERE NOT g.tgisinternal AND g.tgparentid = 0
      UNION ALL
      SELECT t.oid, 'POLICY', t.schema, t.name || ' ' || p.polname, 0
      FROM t JOIN pg_catalog.pg_policy AS p ON p.polrelid = t.oid
      UNION ALL
      SELECT t.oid, 'RULE', t.schema, t.name || ' ' || r.rulename, 0
      FROM t JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = t.oid
      WHERE r.rulename <> '_RETURN'
      UNION ALL
      SELECT t.oid, 'STATISTICS', n.nspname, e.stxname, 0
      FROM t JOIN pg_catalog.pg_statistic_ext AS e ON e.stxrelid = t.oid JOIN pg_catalog.pg_namespace AS n ON n.oid = e.stxnamespace
      UNION ALL
      SELECT t.oid, 'SEQUENCE', n.nspname, q.relname, 0
      FROM t JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.oid AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
           JOIN pg_catalog.pg_class AS q ON q.oid = d.objid AND q.relkind = 'S' JOIN pg_catalog.pg_namespace AS n ON n.oid = q.relnamespace) AS o
ORDER BY 1
