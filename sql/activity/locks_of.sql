-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the locks of process $1, or of the prepared transaction whose number is $2, counted by kind, mode and relation
-- since: 15
-- privilege: none
-- cost: heavy: copies the lock table; ask for one process at a time
-- columns: lock_type text, mode text, granted bool, relation text, count int8
SELECT l.locktype AS lock_type, l.mode, l.granted,
       CASE WHEN l.database IN (0, d.oid) THEN n.nspname || '.' || c.relname END::text AS relation, pg_catalog.count(*) AS count
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_database AS d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND l.database IN (0, d.oid)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE l.pid = $1::pg_catalog.int4
   OR l.pid IS NULL AND l.virtualtransaction = (SELECT own.virtualtransaction FROM pg_catalog.pg_locks AS own
                                                WHERE own.pid IS NULL AND own.transactionid::text = $2::pg_catalog.text AND own.granted)
GROUP BY 1, 2, 3, 4
ORDER BY 3, 5 DESC, 4, 2
