-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: in a scratch database: where the functions of its event triggers are
-- since: 15
-- privilege: CREATE on the database
-- cost: cheap
-- columns: none
CREATE SCHEMA howdah_preview
