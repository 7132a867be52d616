-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the databases of this cluster that may be connected to
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: name text
SELECT d.datname::text AS name FROM pg_catalog.pg_database AS d WHERE d.datallowconn ORDER BY 1
