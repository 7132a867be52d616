-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: this session's transactions only read from now on
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: none
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
