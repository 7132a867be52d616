-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: forget a choice
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DELETE FROM settings WHERE key = $1
