-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the columns of relations, in their order ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, number int2, name text, type text, not_null bool, default_value text, identity text, generated text, collation text, inherited bool, comment text, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT a.attrelid AS relation, a.attnum AS number, a.attname::text AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null, CASE WHEN held.oid IS NULL THEN pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) END AS default_value,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' ELSE '' END AS identity,
       CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE '' END AS generated,
       CASE WHEN a.attcollation <> t.typcollation
            THEN (SELECT pg_catalog.format('%I.%I', n.nspname, c.collname)
                  FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation)
       END AS collation,
       NOT a.attislocal AS inherited, d.description AS comment,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_attribute a
LEFT JOIN held ON held.oid = a.attrelid
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum AND a.atthasdef
LEFT JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = a.attnum
WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
