-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which relations of this database lie in these files now: tablespaces $1 and numbers $2, one of each a file; NULL: none, it was dropped, truncated or rewritten since
-- since: 15
-- privilege: none
-- cost: cheap: a look into a cache a file
-- columns: tablespace oid, number oid, name text, toast bool
SELECT f.tablespace, f.number,
       CASE WHEN c.oid IS NOT NULL THEN pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) END AS name,
       COALESCE(c.relkind = 't', false) AS toast
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.oid[])) AS f(tablespace, number)
  LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.pg_filenode_relation(f.tablespace, f.number)
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
