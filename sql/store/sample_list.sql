-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the samples of an interval, the newest where there are more than wanted
-- since: store 1 (SQLite)
-- privilege: none
-- cost: by the rows wanted
-- columns: at, vals: JSON object; ascending
SELECT at, vals
FROM (SELECT s.at, s.vals
      FROM samples s JOIN sample_sources n ON n.id = s.source
      WHERE n.name = $1 AND s.at >= $2 AND s.at <= $3
      ORDER BY s.at DESC
      LIMIT $4)
ORDER BY at
