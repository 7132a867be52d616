-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: plans of one statement beyond the newest $3
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the plans of the statement
-- columns: none
DELETE FROM plans
WHERE source = $1 AND statement = $2
  AND id < (SELECT min(id) FROM (SELECT id FROM plans WHERE source = $1 AND statement = $2 ORDER BY id DESC LIMIT $3))
