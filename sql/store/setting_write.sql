-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: remember a choice
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
