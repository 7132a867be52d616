-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the number of a source
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: id
SELECT id FROM sample_sources WHERE name = $1
