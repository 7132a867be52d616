-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the samples of a damaged store (attached)
-- since: store 3 (SQLite)
-- privilege: none
-- cost: writes the tables
-- columns: none
INSERT INTO sample_sources SELECT * FROM source.sample_sources WHERE $1 = '[]'
-- next
INSERT INTO samples SELECT * FROM source.samples WHERE $1 = '[]'
