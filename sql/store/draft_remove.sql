-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a closed tab's text goes
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DELETE FROM drafts WHERE id = $1
