-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the server's configuration files as they are, which WAL does not hold and a base backup only where they lie in the data folder
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: path text, content text
--   content is base64 on one line; null: there is no such file any more
SELECT path,
       pg_catalog.translate(pg_catalog.encode(pg_catalog.pg_read_binary_file(path, 0, 16777216, true), 'base64'), E'\n', '') AS content
FROM (SELECT pg_catalog.current_setting('config_file') AS path
      UNION SELECT pg_catalog.current_setting('hba_file')
      UNION SELECT pg_catalog.current_setting('ident_file')
      UNION SELECT sourcefile FROM pg_catalog.pg_file_settings WHERE sourcefile IS NOT NULL) AS files
ORDER BY path
