-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: series that no piece speaks of any more
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the source's series
-- columns: none
DELETE FROM statement_series WHERE source = $1 AND needed < $2
