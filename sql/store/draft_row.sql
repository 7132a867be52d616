-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one row of drafts, to be sealed
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: every column
SELECT * FROM drafts WHERE id = $1
