-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether this role may read the server's log file: asked first, since a refusal would stand in that very log
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: readable bool
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_current_logfile()', 'EXECUTE')
       AND pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(text)', 'EXECUTE')
       AND pg_catalog.has_function_privilege('pg_catalog.pg_read_binary_file(text, int8, int8)', 'EXECUTE') AS readable
