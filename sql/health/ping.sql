-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: does the server answer
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: one int4
SELECT 1 AS one
