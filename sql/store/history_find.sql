-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the newest runs before a given one whose text has a piece of three characters or more
-- since: store 3 (SQLite)
-- privilege: none
-- cost: by the rows that have the piece
-- columns: every column
SELECT h.*
FROM history_text t JOIN history h ON h.id = t.rowid
WHERE t.history_text MATCH $4 AND t.rowid < $2 AND ($3 = '' OR h.profile = $3)
ORDER BY t.rowid DESC
LIMIT $1
