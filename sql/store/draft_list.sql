-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the texts of a profile's tabs, in their order
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: every column
SELECT * FROM drafts WHERE profile = $1 ORDER BY place, id
