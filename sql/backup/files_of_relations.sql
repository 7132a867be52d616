-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in which files the tables of $1, a JSON array of names, have their rows now; NULL: there is no such table, or it has none of its own
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, tablespace oid, database oid, number oid
SELECT w.name, CASE WHEN c.reltablespace = 0 THEN d.dattablespace ELSE c.reltablespace END AS tablespace, d.oid AS database, pg_catalog.pg_relation_filenode(c.oid) AS number
  FROM pg_catalog.jsonb_array_elements_text($1::pg_catalog.jsonb) AS w(name)
  JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
  LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.name)
