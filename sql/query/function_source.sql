-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the definition of a function for \sf ($1: its name, or with its argument types in parentheses)
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: definition text
SELECT pg_catalog.pg_get_functiondef(CASE WHEN $1::text LIKE '%(%' THEN $1::pg_catalog.regprocedure::oid ELSE $1::pg_catalog.regproc::oid END) AS definition
