-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: cancels the statement that runs in backend $1; false: there is no such backend
-- since: 15
-- privilege: same role, or a member of it, or pg_signal_backend
-- cost: cheap
-- columns: cancelled bool
SELECT pg_catalog.pg_cancel_backend($1::pg_catalog.int4) AS cancelled
