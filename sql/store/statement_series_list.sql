-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: who and what series are; $2: JSON [id, …] (CROSS: in this order)
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the series
-- columns: id, role, database, query, toplevel, first, text: NULL where not known, length, own
SELECT s.id, s.role, s.database, s.query, s.toplevel, s.first, t.text, t.length, t.own
FROM json_each($2) AS j
CROSS JOIN statement_series AS s
LEFT JOIN statement_texts AS t ON t.id = s.text
WHERE s.id = j.value AND s.source = $1
