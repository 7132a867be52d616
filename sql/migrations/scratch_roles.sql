-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: of these roles ($1, a JSON array of names) those that are not there, with the statement that makes one which may do nothing
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: role text, make text
SELECT w.name AS role, pg_catalog.format('CREATE ROLE %I', w.name) AS make
FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS w (name)
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles AS r WHERE r.rolname = w.name)
ORDER BY 1
