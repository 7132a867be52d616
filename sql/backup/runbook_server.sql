-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: where a server's files are and what it archives by. Null: this role may not see it, or there is none
-- since: 15
-- privilege: pg_read_all_settings (the folders), else null
-- cost: cheap
-- columns: system_identifier text, version text, in_recovery bool, data_directory text, hba_file text, config_file text, port text, archive_mode text, archives_by text, prepared int8, tablespaces int8
SELECT (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()) AS system_identifier,
       pg_catalog.current_setting('server_version') AS version, pg_catalog.pg_is_in_recovery() AS in_recovery,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS data_directory,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'hba_file') AS hba_file,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'config_file') AS config_file,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'port') AS port,
       (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'archive_mode') AS archive_mode,
       (SELECT pg_catalog.string_agg(name, ', ' ORDER BY name) FROM pg_catalog.pg_settings WHERE name IN ('archive_command', 'archive_library') AND setting NOT IN ('', '(disabled)')) AS archives_by,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts) AS prepared,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces
