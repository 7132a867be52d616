-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the settings of a damaged store (attached) instead of those here
-- since: store 3 (SQLite)
-- privilege: none
-- cost: writes the table
-- columns: none
DELETE FROM settings WHERE $1 = '[]'
-- next
INSERT INTO settings SELECT * FROM source.settings WHERE $1 = '[]'
