-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where the sequences stand. last is null of one that was not called since it was made or restarted, too: exact then asks it itself; it is null where this role may not
-- since: 15
-- privilege: SELECT or USAGE on each, SELECT on one that was not called: may_read is false without
-- cost: cheap
-- columns: schema text, name text, last int8, may_read bool, exact text
SELECT s.schemaname::text AS schema, s.sequencename::text AS name, s.last_value AS last, p.may_read AND (s.last_value IS NOT NULL OR p.may_select) AS may_read,
       CASE WHEN s.last_value IS NULL AND p.may_select THEN pg_catalog.format('SELECT q.last_value AS last, q.is_called AS called FROM %I.%I AS q', s.schemaname, s.sequencename) END AS exact
FROM pg_catalog.pg_sequences AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.sequencename
CROSS JOIN LATERAL (SELECT pg_catalog.has_sequence_privilege(c.oid, 'USAGE, SELECT') AS may_read,
                           pg_catalog.has_sequence_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may_select) AS p
WHERE s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema'
ORDER BY s.schemaname COLLATE "C", s.sequencename COLLATE "C"
