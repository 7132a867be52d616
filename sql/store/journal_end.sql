-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how the work of a journal line ended; a line ends once
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
UPDATE journal SET ended = $2, outcome = $3, message = $4 WHERE id = $1 AND ended = 0
