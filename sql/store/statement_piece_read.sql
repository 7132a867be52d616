-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what is in pieces, in the order given; $1: JSON [id, …] (CROSS: in this order)
-- since: store 4 (SQLite)
-- privilege: none
-- cost: reads the pieces
-- columns: begins, ends, gaps, figures
SELECT p.begins, p.ends, p.gaps, p.figures
FROM json_each($1) AS j
CROSS JOIN statement_pieces AS p
WHERE p.id = j.value
