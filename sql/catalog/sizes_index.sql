-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what an index takes on disk, its partitions together; NULL while another session holds or wants it exclusively ($1: oid)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: total int8, parts int8, locked int8
WITH RECURSIVE part AS (
    SELECT $1::pg_catalog.oid AS oid
    UNION ALL
    SELECT i.inhrelid FROM part p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
), held AS MATERIALIZED (
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
), checked AS MATERIALIZED (
    SELECT p.oid, p.oid IN (SELECT h.oid FROM held h) AS locked FROM part p
)
SELECT pg_catalog.sum(CASE WHEN NOT locked THEN pg_catalog.pg_relation_size(oid) END)::int8 AS total,
       pg_catalog.count(*) AS parts, pg_catalog.count(*) FILTER (WHERE locked) AS locked
FROM checked
