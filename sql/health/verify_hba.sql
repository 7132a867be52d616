-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: lines of pg_hba.conf that let somebody in over the network without TLS, or that are broken
-- since: 15
-- privilege: superuser, or SELECT on pg_hba_file_rules and EXECUTE on pg_hba_file_rules()
-- cost: cheap
-- columns: lines text
SELECT pg_catalog.string_agg(pg_catalog.format('line %s: %s', h.line_number, coalesce(h.error, h.type)), ', ' ORDER BY h.line_number) AS lines
FROM pg_catalog.pg_hba_file_rules h
WHERE h.error IS NOT NULL OR (h.type IN ('host', 'hostnossl') AND h.auth_method <> 'reject')
