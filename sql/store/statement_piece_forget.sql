-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: pieces that end after the second: of a clock that was ahead, which is seen by an older piece; without one it may be ours that is behind
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DELETE FROM statement_pieces WHERE source = $1 AND ends > $2
  AND EXISTS (SELECT 1 FROM statement_pieces AS older WHERE older.source = $1 AND older.begins <= $2)
