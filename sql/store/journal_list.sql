-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the newest lines of the journal, or those before a given one (0: none given)
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: every column
SELECT *
FROM journal
WHERE $2 = 0 OR id < $2
ORDER BY id DESC
LIMIT $1
