-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a plan, where it is not the newest of its statement already; $1: source, $2: statement, $3: at, $4: origin, $5: database, $6: head, $7: text, $8: plan
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO plans (source, statement, at, origin, size, database, head, text, plan)
SELECT $1, $2, $3, $4, length($8) + length($7) + length($6), $5, $6, $7, $8
WHERE NOT EXISTS (SELECT 1 FROM plans
                  WHERE id = (SELECT max(id) FROM plans WHERE source = $1 AND statement = $2) AND plan = $8 AND text = $7)
