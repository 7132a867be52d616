-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statements that fill the materialized views, in the order in which they were made
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: refresh text
SELECT pg_catalog.format('REFRESH MATERIALIZED VIEW %I.%I', n.nspname, c.relname) AS refresh
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'm'
ORDER BY c.oid
