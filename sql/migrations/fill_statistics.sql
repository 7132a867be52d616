-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: statistics of all that was filled
-- since: 15
-- privilege: the owner of the tables
-- cost: reads a sample of every table
-- columns: none
ANALYZE
