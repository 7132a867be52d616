-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what hangs on the relation $2 of the schema $1 (empty: of whichever): how many relations have that name, the rows in it and in what
--       inherits from it (the server's estimate; null: it has none), and what depends on it without being a part of it
-- since: 15
-- privilege: none
-- cost: reads pg_depend by its index; the size of each table
-- columns: found int8, rows int8, dependants int8
WITH RECURSIVE asked AS (
  SELECT c.oid, c.relkind, c.reltype
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE c.relname OPERATOR(pg_catalog.=) $2::pg_catalog.name
    AND ($1::pg_catalog.text OPERATOR(pg_catalog.=) '' OR n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.name)
    AND c.relkind <> 'c'
), tree AS (
  SELECT a.oid, a.relkind FROM asked a
  UNION
  SELECT c.oid, c.relkind
  FROM tree t
  JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) t.oid
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
), sized AS (
  -- As the planner guesses: the rows a page that the last ANALYZE saw, times the pages there are now. Where it saw none, what was counted
  -- since (not else: the count has rows twice that were inserted just before an ANALYZE).
  SELECT CASE
           WHEN t.relkind = 'f' THEN CASE WHEN c.reltuples >= 0 THEN c.reltuples::pg_catalog.int8 END
           WHEN p.pages = 0 THEN 0
           WHEN c.reltuples > 0 AND c.relpages > 0 THEN pg_catalog.round(c.reltuples::pg_catalog.float8 / c.relpages * p.pages)::pg_catalog.int8
           WHEN pg_catalog.pg_stat_get_live_tuples(c.oid) > 0 THEN pg_catalog.pg_stat_get_live_tuples(c.oid)
           WHEN c.reltuples = 0 AND c.relpages = p.pages THEN 0
         END AS rows
  FROM tree t
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.oid
  CROSS JOIN LATERAL (SELECT CASE WHEN t.relkind <> 'f' THEN pg_catalog.pg_relation_size(c.oid) END
                             / pg_catalog.current_setting('block_size')::pg_catalog.int8 AS pages) p
  WHERE t.relkind IN ('r', 'm', 'f')
), dependants AS (
  SELECT d.classid, d.objid
  FROM asked a
  JOIN pg_catalog.pg_depend d
    ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid OPERATOR(pg_catalog.=) a.oid
  WHERE d.deptype = 'n'
  UNION
  SELECT d.classid, d.objid
  FROM asked a
  JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.reltype
  JOIN pg_catalog.pg_depend d
    ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
       AND (d.refobjid OPERATOR(pg_catalog.=) y.oid OR d.refobjid OPERATOR(pg_catalog.=) y.typarray)
  WHERE d.deptype = 'n'
  UNION
  -- A partition is the parent's own and goes with it.
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.inhrelid
  FROM asked a
  JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) a.oid
)
SELECT (SELECT pg_catalog.count(*) FROM asked) AS found,
       (SELECT CASE WHEN pg_catalog.bool_and(s.rows IS NOT NULL) THEN pg_catalog.sum(s.rows) END::pg_catalog.int8 FROM sized s) AS rows,
       (SELECT pg_catalog.count(*) FROM dependants) AS dependants
