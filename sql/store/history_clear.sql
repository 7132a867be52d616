-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: forgets the runs of one profile, or of all (an empty one)
-- since: store 3 (SQLite)
-- privilege: none
-- cost: by the rows removed
-- columns: none
DELETE FROM history WHERE $1 = '' OR profile = $1
