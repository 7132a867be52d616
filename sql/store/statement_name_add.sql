-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: names of roles and databases; those that are gone keep their last; $2: JSON [[is a role, oid, name], …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the names
-- columns: none
INSERT INTO statement_names (source, role, oid, name)
SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each($2)
WHERE true
ON CONFLICT (source, role, oid) DO UPDATE SET name = excluded.name WHERE name <> excluded.name
