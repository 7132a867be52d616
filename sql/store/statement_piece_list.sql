-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which pieces overlap an interval, at all levels, and which of them are each moment at the finest there is; $2: from, $3: to
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the pieces, without what is in them
-- columns: id, level, begins, ends, is_finest; ascending by begin, of these the coarsest first
WITH least AS (
    SELECT coalesce((SELECT min(begins) FROM statement_pieces WHERE source = $1 AND level = 0), 9223372036854775807) AS minute,
           (SELECT min(begins) FROM statement_pieces WHERE source = $1 AND level = 1) AS hour)
SELECT p.id, p.level, p.begins, p.ends,
       p.level = 0 OR (p.level = 1 AND p.begins < l.minute) OR (p.level = 2 AND p.begins < min(l.minute, coalesce(l.hour, l.minute))) AS is_finest
FROM statement_pieces AS p, least AS l
WHERE p.source = $1 AND p.ends > $2 AND p.begins < $3
ORDER BY p.begins, p.level DESC
