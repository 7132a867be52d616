-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the number of this database, as WAL knows it
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: oid oid
SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
