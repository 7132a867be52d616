-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the row security policies of relations ($1: an array of the relations' oids)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation oid, oid oid, name text, definition text, comment text, locked bool
WITH held AS MATERIALIZED (
    -- The server's deparsing functions open the relation and would wait behind an exclusive lock, held or wanted (VACUUM FULL, ALTER
    -- TABLE): a list must not. What they would say is NULL then, and "locked" tells why.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT p.polrelid AS relation, p.oid, p.polname::text AS name,
       CASE WHEN held.oid IS NULL THEN pg_catalog.concat(
           CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, ' for ',
           CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END, ' to ',
           (SELECT pg_catalog.string_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r)) END, ', ')
            FROM pg_catalog.unnest(p.polroles) r),
           ' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
           ' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') END AS definition,
       d.description AS comment,
       held.oid IS NOT NULL AS locked
FROM pg_catalog.pg_policy p
LEFT JOIN held ON held.oid = p.polrelid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND d.objsubid = 0
WHERE p.polrelid = ANY ($1::pg_catalog.oid[])
ORDER BY p.polrelid, p.polname::text COLLATE "C"
