-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: does backend $1 still run what it began at $2; null: not permitted to know; no row: there is no such backend
-- since: 15
-- privilege: same role, or a member of it, or pg_read_all_stats
-- cost: cheap
-- columns: running bool
SELECT a.state = 'active' AND a.query_start::pg_catalog.text = $2 AS running
FROM pg_catalog.pg_stat_activity a
WHERE a.pid = $1::pg_catalog.int4
