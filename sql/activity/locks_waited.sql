-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what is waited for, and who holds or queues for the same: one line for each process, mode and object
-- since: 15
-- privilege: none
-- cost: heavy: copies the lock table, 46 ms at 50,000 locks; ask seldom
-- columns: pid int4, virtual_transaction text, lock_type text, mode text, granted bool, waiting_ms int8, relation_oid oid, relation text, database_oid oid, transaction_id text, detail text, prepared_gid text, at_ms int8
WITH locks AS MATERIALIZED (
    SELECT * FROM pg_catalog.pg_locks
), objects AS (
    SELECT DISTINCT locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid, objsubid
    FROM locks
    WHERE NOT granted
), prepared AS (
    -- A prepared transaction has no process. Its locks carry the virtual transaction of the session that prepared it ('-1/' and its number
    -- after a crash), and one of them is that of its own number.
    SELECT l.virtualtransaction, x.gid
    FROM locks AS l
    JOIN pg_catalog.pg_prepared_xacts AS x ON x.transaction = l.transactionid
    WHERE l.pid IS NULL AND l.granted AND l.locktype = 'transactionid'
)
SELECT l.pid, l.virtualtransaction AS virtual_transaction, l.locktype AS lock_type, l.mode, l.granted,
       (extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart) * 1000)::int8 AS waiting_ms,
       l.relation AS relation_oid,
       -- Another database's relations have no name here.
       CASE WHEN l.database IN (0, d.oid) THEN n.nspname || '.' || c.relname END::text AS relation,
       l.database AS database_oid, l.transactionid::text AS transaction_id,
       CASE l.locktype
           WHEN 'tuple' THEN 'page ' || l.page || ', tuple ' || l.tuple
           WHEN 'page' THEN 'page ' || l.page
           WHEN 'virtualxid' THEN l.virtualxid
           WHEN 'advisory' THEN CASE l.objsubid WHEN 1 THEN ((l.classid::int8 << 32) | l.objid::int8)::text
                                                ELSE l.classid || ', ' || l.objid END
           WHEN 'object' THEN l.classid || ', ' || l.objid || ', ' || l.objsubid
       END AS detail,
       p.gid::text AS prepared_gid, (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms
FROM locks AS l
JOIN objects AS o
  -- Hashed by what has no NULL; the rest is looked at only where these are equal.
  ON o.locktype = l.locktype AND coalesce(o.relation, 0) = coalesce(l.relation, 0) AND coalesce(o.objid, 0) = coalesce(l.objid, 0)
 AND o.relation IS NOT DISTINCT FROM l.relation AND o.database IS NOT DISTINCT FROM l.database AND o.page IS NOT DISTINCT FROM l.page
 AND o.tuple IS NOT DISTINCT FROM l.tuple AND o.virtualxid IS NOT DISTINCT FROM l.virtualxid
 AND o.transactionid IS NOT DISTINCT FROM l.transactionid AND o.classid IS NOT DISTINCT FROM l.classid
 AND o.objid IS NOT DISTINCT FROM l.objid AND o.objsubid IS NOT DISTINCT FROM l.objsubid
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN prepared AS p ON l.pid IS NULL AND p.virtualtransaction = l.virtualtransaction
ORDER BY l.granted, l.pid, l.locktype
