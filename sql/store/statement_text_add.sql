-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: texts that are not there yet; $1: JSON [[hash, text, length, own], …]
-- since: store 4 (SQLite)
-- privilege: none
-- cost: by the texts
-- columns: none
INSERT INTO statement_texts (hash, text, length, own)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
FROM json_each($1)
WHERE true
ON CONFLICT (hash) DO NOTHING
