-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the statement that takes the made-up rows out of these tables ($1, a JSON array of names as preview_sizes gives them) and of those that refer to them
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: statement text
SELECT pg_catalog.format('TRUNCATE %s CASCADE', pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ')) AS statement
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND pg_catalog.format('%I.%I', n.nspname, c.relname) IN (SELECT w.name FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS w (name))
HAVING count(*) > 0
