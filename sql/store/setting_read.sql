-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one remembered choice
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: value: JSON array of one
SELECT value FROM settings WHERE key = $1
