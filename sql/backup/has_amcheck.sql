-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether amcheck is installed in this database
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: installed bool
SELECT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'amcheck') AS installed
