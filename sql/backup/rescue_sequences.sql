-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the sequences that fill the columns $2 of table $1 (identity, or a default that stands on one), with the statements that set them forward behind the rows of the temporary table $3: reached by
--   them; hold makes others wait, so that none goes past in between; behind and advance ($1: what is reached) never sets one back
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text, owned bool, reached text, behind text, hold text, advance text
SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owned,
       pg_catalog.format('SELECT pg_catalog.%s(s.%I)::int8 AS reached FROM pg_temp.%I AS s', CASE WHEN q.seqincrement > 0 THEN 'max' ELSE 'min' END, a.attname, $3::text) AS reached,
       pg_catalog.format('SELECT q.last_value %1$s $1::int8 OR (q.last_value = $1::int8 AND NOT q.is_called) AS behind FROM %2$I.%3$I AS q', CASE WHEN q.seqincrement > 0 THEN '<' ELSE '>' END, n.nspname, c.relname) AS behind,
       pg_catalog.format('ALTER SEQUENCE %I.%I CACHE %s', n.nspname, c.relname, q.seqcache) AS hold,
       pg_catalog.format('SELECT CASE WHEN q.last_value %1$s $1::int8 OR (q.last_value = $1::int8 AND NOT q.is_called) THEN pg_catalog.setval(%2$L::pg_catalog.regclass, $1::int8) END AS moved FROM %3$I.%4$I AS q',
                         CASE WHEN q.seqincrement > 0 THEN '<' ELSE '>' END, pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) AS advance
FROM (SELECT $1::oid AS oid UNION SELECT p.relid::oid FROM pg_catalog.pg_partition_ancestors($1::oid::regclass) AS p) AS tab
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = tab.oid AND a.attnum > 0 AND NOT a.attisdropped AND $2::jsonb ? a.attname::text
     AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
JOIN (
    SELECT d.refobjid AS rel, d.refobjsubid AS att, d.objid AS sequence
    FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('i', 'a')
    UNION
    SELECT f.adrelid, f.adnum, d.refobjid
    FROM pg_catalog.pg_attrdef AS f
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass) AS uses ON uses.rel = a.attrelid AND uses.att = a.attnum
JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = uses.sequence
JOIN pg_catalog.pg_class AS c ON c.oid = q.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 1
