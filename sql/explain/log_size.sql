-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the size of a file of the server's log
-- since: 15
-- privilege: EXECUTE on pg_stat_file
-- cost: cheap
-- columns: size int8
SELECT s.size FROM pg_catalog.pg_stat_file($1) AS s
