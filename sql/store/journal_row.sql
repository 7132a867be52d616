-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one row of journal, to be sealed
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: every column
SELECT * FROM journal WHERE id = $1
