-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: foreign keys that can wait are looked at later
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: none
SET CONSTRAINTS ALL DEFERRED
