-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: into an empty store what can't be had again from an attached one; samples can
-- since: store 3 (SQLite)
-- privilege: none
-- cost: reads and writes the tables
-- columns: none
INSERT INTO profiles SELECT * FROM source.profiles
-- next
INSERT INTO settings SELECT * FROM source.settings
-- next
INSERT INTO journal SELECT * FROM source.journal
-- next
INSERT INTO history SELECT * FROM source.history
-- next
INSERT INTO drafts SELECT * FROM source.drafts
