-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how every handle on the store works: nothing acknowledged is lost with the power
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
PRAGMA journal_mode = WAL
-- next
PRAGMA synchronous = FULL
-- next
PRAGMA foreign_keys = ON
-- next
PRAGMA journal_size_limit = 16777216
