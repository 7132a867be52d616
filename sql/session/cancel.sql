-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: cancels the statement that runs in backend $1 and tells since when it runs; false: there is no such backend
-- since: 15
-- privilege: same role, or a member of it, or pg_signal_backend; since when: pg_read_all_stats, else null
-- cost: cheap
-- columns: cancelled bool, query_start text
SELECT pg_catalog.pg_cancel_backend($1::pg_catalog.int4) AS cancelled,
       (SELECT a.query_start::pg_catalog.text FROM pg_catalog.pg_stat_activity a WHERE a.pid = $1::pg_catalog.int4) AS query_start
