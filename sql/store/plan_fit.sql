-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the oldest plans, until all of them together take $1 bytes at most
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the plans
-- columns: none
DELETE FROM plans WHERE id IN (SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id DESC) AS taken FROM plans) WHERE taken > $1)
