-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: loads the access rules again, and says how many there are of the fence's own file: 0 where the server's rules do not include it (an older image)
-- since: 16
-- privilege: superuser (pg_reload_conf, pg_hba_file_rules)
-- cost: cheap
-- columns: rules int8, wrong int8, reloaded bool
SELECT pg_catalog.count(*) AS rules, pg_catalog.count(*) FILTER (WHERE error IS NOT NULL) AS wrong, pg_catalog.pg_reload_conf() AS reloaded
  FROM pg_catalog.pg_hba_file_rules
 WHERE file_name = '/var/run/postgresql/howdah-fence.conf'
