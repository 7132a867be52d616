-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a consistent copy of the whole store, write-ahead log included
-- since: store 1 (SQLite)
-- privilege: none
-- cost: writes the whole file
-- columns: none
VACUUM INTO $1
