-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a profile goes; its secrets, samples, history and drafts are the caller's
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
DELETE FROM profiles WHERE id = $1
