-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the server's version without its packager's remark, and the cluster's identity
-- since: 15
-- privilege: superuser (pg_control_system)
-- cost: cheap
-- columns: version text, system_identifier int8
SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
       (SELECT system_identifier FROM pg_catalog.pg_control_system()) AS system_identifier
