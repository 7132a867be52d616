-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: forgets plans; $2: JSON [id, …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the plans
-- columns: none
DELETE FROM plans WHERE source = $1 AND id IN (SELECT value FROM json_each($2))
