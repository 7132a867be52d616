-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which text series have; $1: JSON [[series, hash], …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the series
-- columns: none
UPDATE statement_series SET text = found.text
FROM (SELECT json_extract(j.value, '$[0]') AS series, t.id AS text
      FROM json_each($1) AS j
      CROSS JOIN statement_texts AS t
      WHERE t.hash = json_extract(j.value, '$[1]')) AS found
WHERE statement_series.id = found.series AND +statement_series.text IS NULL
