-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: prepared transactions, which hold their locks and their horizon without any process
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: gid text, transaction_id text, role text, database text, prepared_ms int8, xid_age int4
SELECT p.gid, p.transaction::text AS transaction_id, p.owner::text AS role, p.database::text AS database,
       (extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared) * 1000)::int8 AS prepared_ms,
       pg_catalog.age(p.transaction) AS xid_age
FROM pg_catalog.pg_prepared_xacts AS p
ORDER BY p.prepared
