-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: ends every other session, and says how many there were: none is left once it says 0
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: sessions int8, ended int8
SELECT pg_catalog.count(*) AS sessions, pg_catalog.count(*) FILTER (WHERE pg_catalog.pg_terminate_backend(pid)) AS ended
  FROM pg_catalog.pg_stat_activity
 WHERE backend_type IN ('client backend', 'walsender') AND pid <> pg_catalog.pg_backend_pid()
