-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what ALTER SYSTEM has set before, so that it can be set back
-- since: 15
-- privilege: superuser
-- cost: reads the configuration's files
-- columns: name text, setting text
SELECT f.name, f.setting
FROM pg_catalog.pg_file_settings AS f
WHERE f.sourcefile LIKE '%/postgresql.auto.conf'
