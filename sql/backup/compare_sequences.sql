-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where the sequences stand
-- since: 15
-- privilege: SELECT or USAGE on each: null without
-- cost: cheap
-- columns: schema text, name text, last int8
SELECT s.schemaname::text AS schema, s.sequencename::text AS name, s.last_value AS last
FROM pg_catalog.pg_sequences AS s
WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema'
ORDER BY s.schemaname COLLATE "C", s.sequencename COLLATE "C"
