-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the extended statistics of the relations $1 (an array of oids), one row a column
-- since: 15
-- privilege: none
-- cost: cheap: only these relations
-- columns: relation oid, schema name, name name, column_name name
SELECT s.stxrelid AS relation, n.nspname AS schema, s.stxname AS name, a.attname AS column_name
FROM pg_catalog.pg_statistic_ext AS s
JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
CROSS JOIN LATERAL pg_catalog.unnest(s.stxkeys::pg_catalog.int2[]) AS k (attnum)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = s.stxrelid AND a.attnum = k.attnum
WHERE s.stxrelid = ANY ($1::pg_catalog.oid[])
ORDER BY s.stxrelid, s.stxname, k.attnum
