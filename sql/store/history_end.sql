-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how a run ended; it ends once
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
UPDATE history SET duration = $2, outcome = $3, message = $4, rows = $5 WHERE id = $1 AND duration = -1
