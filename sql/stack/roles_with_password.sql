-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: which roles can log in by password
-- since: 15
-- privilege: superuser
-- cost: cheap
-- columns: rolname name
SELECT rolname FROM pg_catalog.pg_authid WHERE rolcanlogin AND rolpassword IS NOT NULL ORDER BY rolname
