-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the pieces of one level that are not part of a coarser one yet: whose step ($3, ms) is over at $4
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the pieces
-- columns: begins, ends, gaps, figures; ascending
SELECT begins, ends, gaps, figures
FROM statement_pieces
WHERE source = $1 AND level = $2
  AND begins >= coalesce((SELECT (max(begins) / $3 + 1) * $3 FROM statement_pieces WHERE source = $1 AND level = $2 + 1), 0)
  AND begins < $4 / $3 * $3
ORDER BY begins
