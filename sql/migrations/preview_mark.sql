-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how much WAL there is and how many transactions have begun to write up to here, and what the event triggers noted since the last time, which is forgotten
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: wal int8, transactions int8, rewrites text, dropped text
SELECT m.wal, m.transactions, m.rewrites, m.dropped
FROM (SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::int8 AS wal, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::int8 AS transactions,
             pg_catalog.current_setting('howdah.rewrites', true) AS rewrites,
             pg_catalog.current_setting('howdah.dropped', true) AS dropped OFFSET 0) AS m
CROSS JOIN LATERAL (SELECT pg_catalog.set_config('howdah.rewrites', CASE WHEN m.wal < 0 THEN 'x' ELSE '' END, false), pg_catalog.set_config('howdah.dropped', CASE WHEN m.wal < 0 THEN 'x' ELSE '' END, false) OFFSET 0) AS forgotten
