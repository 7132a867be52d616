-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a piece
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO statement_pieces (source, level, begins, ends, gaps, figures) VALUES ($1, $2, $3, $4, $5, $6)
