-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a relation with its schema, as this session finds it by that name ($1); no row: there is none
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass($1)
