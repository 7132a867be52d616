-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: an upgrade for the tests; it fails on its second statement where there are 100 settings or more
-- since: store 900 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
CREATE TABLE future (settings INTEGER NOT NULL CHECK (settings < 100)) STRICT
-- next
INSERT INTO future SELECT count(*) FROM settings
-- next
PRAGMA user_version = 900
