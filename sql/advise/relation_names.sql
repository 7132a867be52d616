-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the names of the relations $1 of this database, as they stand in a statement
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid, name text
SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ANY ($1::pg_catalog.oid[])
