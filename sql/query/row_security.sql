-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which of these relations are filtered by row security for the current role; $1 schemas (empty: by the search path), $2 names, pairwise
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: relation text, role name
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, pg_catalog.current_user() AS role
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS asked (schema, name)
JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) asked.name::pg_catalog.name
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relrowsecurity
  AND CASE WHEN asked.schema OPERATOR(pg_catalog.=) '' THEN pg_catalog.pg_table_is_visible(c.oid)
           ELSE n.nspname OPERATOR(pg_catalog.=) asked.schema::pg_catalog.name END
  AND pg_catalog.row_security_active(c.oid)
GROUP BY 1
ORDER BY 1
