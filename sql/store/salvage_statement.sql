-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what statements did, of a damaged store (attached)
-- since: store 4 (SQLite)
-- privilege: none
-- cost: writes the tables
-- columns: none
INSERT OR IGNORE INTO sample_sources SELECT * FROM source.sample_sources WHERE $1 = '[]'
-- next
INSERT INTO statement_texts SELECT * FROM source.statement_texts WHERE $1 = '[]'
-- next
INSERT INTO statement_series SELECT * FROM source.statement_series WHERE $1 = '[]'
-- next
INSERT INTO statement_names SELECT * FROM source.statement_names WHERE $1 = '[]'
-- next
INSERT INTO statement_pieces SELECT * FROM source.statement_pieces WHERE $1 = '[]'
