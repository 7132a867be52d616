-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the newest runs before a given one, of every profile
-- since: store 3 (SQLite)
-- privilege: none
-- cost: by the rows wanted
-- columns: every column
SELECT * FROM history WHERE id < $2 ORDER BY id DESC LIMIT $1
