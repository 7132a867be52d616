-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what the tables of a schema take on disk; those held exclusively by another session are counted as locked ($1: oid)
-- since: 15
-- privilege: none
-- cost: heavy: about 0.1 ms a table
-- columns: total int8, parts int8, locked int8
WITH held AS MATERIALIZED (
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
), checked AS MATERIALIZED (
    SELECT c.oid, c.oid IN (SELECT h.oid FROM held h) OR c.reltoastrelid IN (SELECT h.oid FROM held h)
                  OR EXISTS (SELECT FROM pg_catalog.pg_index i JOIN held h ON h.oid = i.indexrelid
                             WHERE i.indrelid IN (c.oid, c.reltoastrelid)) AS locked
    FROM pg_catalog.pg_class c
    WHERE c.relnamespace = $1::pg_catalog.oid AND c.relkind IN ('r', 'm', 'S')
)
SELECT coalesce(pg_catalog.sum(CASE WHEN NOT locked THEN pg_catalog.pg_total_relation_size(oid) END), 0)::int8 AS total,
       pg_catalog.count(*) AS parts, pg_catalog.count(*) FILTER (WHERE locked) AS locked
FROM checked
