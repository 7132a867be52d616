-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: has the server read its configuration and its certificate again
-- since: 15
-- privilege: superuser, or EXECUTE on pg_reload_conf
-- cost: cheap
-- columns: told bool
SELECT pg_catalog.pg_reload_conf() AS told
