-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a run before it starts
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO history (started, duration, profile, database, role, text, outcome, message, rows)
VALUES ($1, -1, $2, $3, $4, $5, '', '', -1)
