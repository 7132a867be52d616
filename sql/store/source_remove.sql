-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a profile's samples go with it: its sources are named <profile>/<what>
-- since: store 3 (SQLite)
-- privilege: none
-- cost: by the rows removed
-- columns: none
DELETE FROM sample_sources WHERE substr(name, 1, length($1) + 1) = $1 || '/'
