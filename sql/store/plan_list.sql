-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the newest $3 plans of a source; $2: of one statement, empty: of all
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the plans wanted
-- columns: id, statement, at, origin, database, head, text: its first 1000 characters
SELECT id, statement, at, origin, database, head, substr(text, 1, 1000) AS text
FROM plans
WHERE source = $1 AND ($2 = '' OR statement = $2)
ORDER BY id DESC
LIMIT $3
