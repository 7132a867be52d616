-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: TLS sessions that began before the last reload: they go on with the certificate of then
-- since: 15
-- privilege: pg_read_all_stats
-- cost: cheap
-- columns: sessions int8
SELECT pg_catalog.count(*) AS sessions
  FROM pg_catalog.pg_stat_ssl AS s
  JOIN pg_catalog.pg_stat_activity AS a USING (pid)
 WHERE s.ssl AND a.backend_start < pg_catalog.pg_conf_load_time()
