-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: is one table sound; the first fault only
-- since: store 1 (SQLite)
-- privilege: none
-- cost: reads the table
-- columns: one text: ok, or a fault
SELECT quick_check FROM pragma_quick_check($1)
