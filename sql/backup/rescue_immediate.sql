-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: what waited is looked at now, before it is counted and before COMMIT
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: none
SET CONSTRAINTS ALL IMMEDIATE
