-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: series are needed until $2 at least; only those that are not yet until $3, so that few are written; $1: JSON [id, …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the series
-- columns: none
UPDATE statement_series SET needed = $2 WHERE id IN (SELECT value FROM json_each($1)) AND needed < $3
