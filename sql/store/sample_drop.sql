-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: samples older than is kept
-- since: store 1 (SQLite)
-- privilege: none
-- cost: by the rows removed
-- columns: none
DELETE FROM samples WHERE source = (SELECT id FROM sample_sources WHERE name = $1) AND at < $2
