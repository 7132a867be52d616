-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: numbers for statements that have none yet; $2: JSON [[role, database, query, toplevel], …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the statements
-- columns: none
INSERT INTO statement_series (source, role, database, query, toplevel, first, needed)
SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), $3, $3
FROM json_each($2)
WHERE true
ON CONFLICT (source, role, database, query, toplevel) DO NOTHING
