-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the newest runs before a given one, of one profile
-- since: store 3 (SQLite)
-- privilege: none
-- cost: by the rows wanted
-- columns: every column
SELECT * FROM history WHERE profile = $3 AND id < $2 ORDER BY id DESC LIMIT $1
