-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: pieces of one level that began before
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the pieces
-- columns: none
DELETE FROM statement_pieces WHERE source = $1 AND level = $2 AND begins < $3
