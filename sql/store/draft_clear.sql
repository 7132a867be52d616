-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the texts of a profile go with it
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DELETE FROM drafts WHERE profile = $1
