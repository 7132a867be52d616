-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a line of the journal before the work starts
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO journal (started, ended, who, target, action, commands, outcome, message, undo) VALUES ($1, 0, $2, $3, $4, $5, '', '', $6)
