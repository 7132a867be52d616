-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one row of history, to be sealed
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: every column
SELECT * FROM history WHERE id = $1
