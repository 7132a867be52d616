-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what the WAL archiver did
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: at_ms int8, postmaster_start float8, archived_count int8, failed_count int8, archived_age float8, reset text
-- The view as JSON, made once a row (OFFSET 0): a column that a server lacks is NULL, and the others are there.
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::int8 AS at_ms, extract(epoch FROM pg_catalog.pg_postmaster_start_time())::float8 AS postmaster_start,
       (a.j->>'archived_count')::int8 AS archived_count, (a.j->>'failed_count')::int8 AS failed_count,
       extract(epoch FROM pg_catalog.clock_timestamp() - (a.j->>'last_archived_time')::timestamptz)::float8 AS archived_age,
       extract(epoch FROM (a.j->>'stats_reset')::timestamptz)::text AS reset
FROM (SELECT pg_catalog.to_jsonb(v) AS j FROM pg_catalog.pg_stat_archiver AS v OFFSET 0) AS a
