-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the plans of a damaged store (attached)
-- since: store 4 (SQLite)
-- privilege: none
-- cost: writes the table
-- columns: none
INSERT OR IGNORE INTO sample_sources SELECT * FROM source.sample_sources WHERE $1 = '[]'
-- next
INSERT INTO plans SELECT * FROM source.plans WHERE $1 = '[]'
