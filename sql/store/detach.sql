-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the other file goes
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DETACH DATABASE source
