-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what the WAL archiver did
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, archived_count int8, failed_count int8, archived_age float8, reset text
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, a.archived_count, a.failed_count,
       extract(epoch FROM pg_catalog.clock_timestamp() - a.last_archived_time)::float8 AS archived_age,
       extract(epoch FROM a.stats_reset)::text AS reset
FROM pg_catalog.pg_stat_archiver AS a
