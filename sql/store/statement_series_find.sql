-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the numbers of statements, in the order given; $2: JSON [[role, database, query, toplevel], …] (CROSS: in this order)
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the statements
-- columns: place: in the array; id; textless
SELECT j.key AS place, s.id, s.text IS NULL AS textless
FROM json_each($2) AS j
CROSS JOIN statement_series AS s
WHERE s.source = $1 AND s.role = json_extract(j.value, '$[0]') AND s.database = json_extract(j.value, '$[1]')
  AND s.query = json_extract(j.value, '$[2]') AND s.toplevel = json_extract(j.value, '$[3]')
