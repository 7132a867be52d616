-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: scratch databases that a killed program left behind: ours by name and mark, ten minutes old, and nobody is in them
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: database text, drop text
SELECT d.datname::text AS database, pg_catalog.format('DROP DATABASE IF EXISTS %I', d.datname) AS drop
FROM pg_catalog.pg_database AS d
WHERE d.datname ~ '^howdah_scratch_[0-9a-f]{16}$'
  AND pg_catalog.shobj_description(d.oid, 'pg_database') ~ '^howdah scratch, [0-9]{1,12} '
  AND substring(pg_catalog.shobj_description(d.oid, 'pg_database') FROM '^howdah scratch, ([0-9]{1,12}) ')::int8 < extract(epoch FROM pg_catalog.clock_timestamp()) - 600
  AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)
ORDER BY 1
