-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: another store's file beside this one
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
ATTACH DATABASE $1 AS source
