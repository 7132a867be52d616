-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the key columns of the indexes of the relations $1 (an array of oids), one row a key, in the index's order
-- since: 15
-- privilege: none
-- cost: cheap: only these relations
-- columns: relation oid, schema name, name name, method name, valid bool, is_unique bool, partial bool, column_name name, expression text, pattern bool
SELECT i.indrelid AS relation, n.nspname AS schema, c.relname AS name, m.amname AS method, i.indisvalid AND i.indisready AS valid, i.indisunique AS is_unique,
       i.indpred IS NOT NULL AS partial, a.attname AS column_name,
       CASE WHEN i.indkey[k.at - 1] = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.at, false) END AS expression,
       -- Whether LIKE with a beginning can use it.
       o.opcname IN ('text_pattern_ops', 'varchar_pattern_ops', 'bpchar_pattern_ops') OR l.collname IN ('C', 'POSIX') AS pattern
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
CROSS JOIN LATERAL pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k (at)
JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[k.at - 1]
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = i.indcollation[k.at - 1]
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.at - 1] AND a.attnum > 0
WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
ORDER BY i.indrelid, c.relname, k.at
