-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what a relation takes on disk, its partitions together; nothing is asked of a relation that another session holds or wants exclusively, since the size functions would wait for it ($1: oid)
-- since: 15
-- privilege: none
-- cost: a file's status each; a lock that may wait, see above
-- columns: heap int8, indexes int8, toast int8, total int8, parts int8, locked int8
WITH RECURSIVE part AS (
    -- The tree comes from pg_inherits and not from pg_partition_tree(), which locks each part.
    SELECT c.oid, c.reltoastrelid FROM pg_catalog.pg_class c WHERE c.oid = $1::pg_catalog.oid
    UNION ALL
    SELECT c.oid, c.reltoastrelid
    FROM part p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE c.relispartition
), held AS MATERIALIZED (
    -- Wanted counts as well as held: a new lock queues behind a waiting one.
    SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
), checked AS MATERIALIZED (
    SELECT p.oid, p.oid IN (SELECT h.oid FROM held h) OR p.reltoastrelid IN (SELECT h.oid FROM held h)
                  OR EXISTS (SELECT FROM pg_catalog.pg_index i JOIN held h ON h.oid = i.indexrelid
                             WHERE i.indrelid IN (p.oid, p.reltoastrelid)) AS locked
    FROM part p
), measured AS MATERIALIZED (
    SELECT locked, CASE WHEN NOT locked THEN pg_catalog.pg_table_size(oid) END AS all_table,
           CASE WHEN NOT locked THEN pg_catalog.pg_indexes_size(oid) END AS indexes,
           CASE WHEN NOT locked THEN pg_catalog.pg_relation_size(oid) + pg_catalog.pg_relation_size(oid, 'fsm')
                                   + pg_catalog.pg_relation_size(oid, 'vm') + pg_catalog.pg_relation_size(oid, 'init') END AS heap
    FROM checked
)
SELECT pg_catalog.sum(heap)::int8 AS heap, pg_catalog.sum(indexes)::int8 AS indexes,
       pg_catalog.sum(all_table - heap)::int8 AS toast, pg_catalog.sum(all_table + indexes)::int8 AS total,
       pg_catalog.count(*) AS parts, pg_catalog.count(*) FILTER (WHERE locked) AS locked
FROM measured
