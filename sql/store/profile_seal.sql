-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the seal of one row of profiles; written only where it is another, or the trigger would take it for a change
-- since: store 3 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
UPDATE profiles SET seal = $2 WHERE id = $1 AND seal <> $2
