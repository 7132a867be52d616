-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: acts as the role $1 from now on; none: as oneself again
-- since: 15
-- privilege: membership with SET
-- cost: cheap
-- columns: role text
SELECT pg_catalog.set_config('role', $1, false) AS role
