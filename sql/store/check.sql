-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: is the file sound; the first fault only
-- since: store 1 (SQLite)
-- privilege: none
-- cost: reads the whole file
-- columns: one text: ok, or a fault
PRAGMA quick_check(1)
