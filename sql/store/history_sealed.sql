-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: every sealed row of history, to be checked
-- since: store 3 (SQLite)
-- privilege: none
-- cost: reads the table
-- columns: every column
SELECT * FROM history WHERE seal <> ''
