-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: ends the sessions of one of our own programs that outlived its cancel (docker exec does not hand signals on); a psql script,
--       variable application
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: ended int8
SELECT count(pg_catalog.pg_terminate_backend(pid)) AS ended FROM pg_catalog.pg_stat_activity
 WHERE application_name = :'application' AND pid <> pg_catalog.pg_backend_pid();
