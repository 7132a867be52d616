-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the indexes of relations, invalid ones among them ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, oid oid, name text, definition text, short text, is_unique bool, is_primary bool, is_exclusion bool, valid bool, ready bool,
--   building bool, replica_identity bool, clustered bool, comment text, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT i.indrelid AS relation, i.indexrelid AS oid, c.relname::text AS name, def.text AS definition,
       -- From the method on. What stands before it is known word for word, so a name with " USING " in it does no harm.
       pg_catalog.substr(def.text, pg_catalog.length(pg_catalog.concat(
           'CREATE ', CASE WHEN i.indisunique THEN 'UNIQUE ' END, 'INDEX ', pg_catalog.quote_ident(c.relname), ' ON ',
           CASE WHEN c.relkind = 'I' THEN 'ONLY ' END, pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(t.relname),
           ' USING ')) + 1) AS short,
       i.indisunique AS is_unique, i.indisprimary AS is_primary, i.indisexclusion AS is_exclusion, i.indisvalid AS valid,
       i.indisready AS ready,
       NOT i.indisvalid AND EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) AS building,
       i.indisreplident AS replica_identity, i.indisclustered AS clustered, d.description AS comment,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_index i
LEFT JOIN held ON held.oid = i.indrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL (SELECT CASE WHEN held.oid IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid) END) AS def (text)
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
ORDER BY i.indrelid, c.relname::text COLLATE "C"
