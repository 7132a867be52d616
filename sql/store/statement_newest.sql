-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where the newest piece of a source ends
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: ends; NULL: there is none
SELECT max(ends) FROM statement_pieces WHERE source = $1
