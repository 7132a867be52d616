-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: settings that differ from their built-in value, for a snapshot of an incident
-- since: 15
-- privilege: pg_read_all_settings (in pg_monitor) for those that only it may read
-- cost: cheap
-- columns: name text, setting text, unit text, source text, boot_value text
SELECT s.name, s.setting, s.unit, s.source, s.boot_val AS boot_value
FROM pg_catalog.pg_settings AS s
WHERE s.setting IS DISTINCT FROM s.boot_val AND s.source NOT IN ('default', 'client', 'session')
ORDER BY s.name
