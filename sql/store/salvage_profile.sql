-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the rows of profiles of a damaged store (attached) instead of those here, all but the ids in a JSON array whose seal does not hold
-- since: store 3 (SQLite)
-- privilege: none
-- cost: writes the table
-- columns: none
DELETE FROM profiles WHERE id NOT IN (SELECT value FROM json_each($1))
-- next
INSERT OR IGNORE INTO profiles SELECT * FROM source.profiles WHERE id NOT IN (SELECT value FROM json_each($1))
