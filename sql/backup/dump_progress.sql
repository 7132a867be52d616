-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how far the COPYs of the sessions of one application ($1) are
-- since: 15
-- privilege: none for sessions of the own role; pg_read_all_stats for those of others
-- cost: cheap
-- columns: relation oid, bytes int8, rows int8
SELECT p.relid AS relation, p.bytes_processed AS bytes, p.tuples_processed AS rows
FROM pg_catalog.pg_stat_progress_copy AS p
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = p.pid
WHERE a.application_name = $1::pg_catalog.text AND p.relid <> 0
ORDER BY p.bytes_processed DESC
