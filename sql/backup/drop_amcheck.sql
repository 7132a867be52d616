-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: takes amcheck out of a rehearsed copy again, into which a check has put it
-- since: 15
-- privilege: superuser, of the copy
-- cost: cheap
-- columns: none
DROP EXTENSION IF EXISTS amcheck
