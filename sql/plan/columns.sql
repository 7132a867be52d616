-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the columns of the relations $1 (an array of oids): type, what it may be read as without a conversion, whether a btree can hold it
-- since: 15
-- privilege: none; width is NULL without SELECT on the column, and before ANALYZE
-- cost: cheap: only these relations
-- columns: relation oid, name name, type text, same_as text, ordered bool, width int4
SELECT a.attrelid AS relation, a.attname AS name, pg_catalog.format_type(t.base, NULL) AS type,
       -- Parted by line ends, the domain's own type among them.
       (SELECT pg_catalog.string_agg(pg_catalog.format_type(s.oid, NULL), E'\n')
        FROM (SELECT k.casttarget FROM pg_catalog.pg_cast AS k WHERE k.castsource = t.base AND k.castmethod = 'b'
              UNION SELECT t.base UNION SELECT a.atttypid) AS s (oid)) AS same_as,
       EXISTS (SELECT FROM pg_catalog.pg_opclass AS o JOIN pg_catalog.pg_am AS m ON m.oid = o.opcmethod
               WHERE m.amname = 'btree' AND o.opcdefault
                 AND (o.opcintype = t.base
                      OR o.opcintype IN (SELECT k.casttarget FROM pg_catalog.pg_cast AS k WHERE k.castsource = t.base AND k.castmethod = 'b')
                      OR (o.opcintype = 'pg_catalog.anyenum'::pg_catalog.regtype AND b.typtype = 'e')
                      OR (o.opcintype = 'pg_catalog.anyrange'::pg_catalog.regtype AND b.typtype = 'r')
                      OR (o.opcintype = 'pg_catalog.anyarray'::pg_catalog.regtype AND b.typcategory = 'A'))) AS ordered,
       (SELECT s.avg_width FROM pg_catalog.pg_stats AS s
        WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname ORDER BY s.inherited DESC LIMIT 1) AS width
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (WITH RECURSIVE way (oid, base) AS (
        SELECT d.oid, d.typbasetype FROM pg_catalog.pg_type AS d WHERE d.oid = a.atttypid
        UNION ALL SELECT d.oid, d.typbasetype FROM way AS w JOIN pg_catalog.pg_type AS d ON d.oid = w.base WHERE w.base <> 0)
    SELECT w.oid FROM way AS w WHERE w.base = 0) AS t (base)
JOIN pg_catalog.pg_type AS b ON b.oid = t.base
WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
