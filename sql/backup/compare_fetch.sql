-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the next rows of the differing buckets, in the order of their keys' hashes, which is the same on both sides
-- since: 15
-- privilege: none
-- cost: 20,000 rows
-- columns: depends on the cursor
FETCH 20000 FROM howdah_compare
