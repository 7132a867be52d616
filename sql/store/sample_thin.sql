-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: leaves the first sample of each step ($4, ms) in an interval, and every one that tells of an event
-- since: store 1 (SQLite)
-- privilege: none
-- cost: reads the interval
-- columns: none
DELETE FROM samples
WHERE source = (SELECT id FROM sample_sources WHERE name = $1)
  AND at >= $2 AND at < $3
  AND vals NOT GLOB '*"event":"[^"]*'
  AND at NOT IN (SELECT min(k.at)
                 FROM samples k
                 WHERE k.source = (SELECT id FROM sample_sources WHERE name = $1) AND k.at >= $2 AND k.at < $3
                 GROUP BY k.at / $4)
