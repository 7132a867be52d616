-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: how the connected scratch database is given to a role ($1), so that it may make there what it may on the target
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: own text
SELECT pg_catalog.format('ALTER DATABASE %I OWNER TO %I', pg_catalog.current_database(), $1::text) AS own
