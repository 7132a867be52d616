-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one plan
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: statement, at, origin, database, head, text, plan
SELECT statement, at, origin, database, head, text, plan FROM plans WHERE source = $1 AND id = $2
