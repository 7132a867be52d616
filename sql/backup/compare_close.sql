-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the cursor of compare_fetch is done with
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: none
CLOSE howdah_compare
