-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whose file it is (application_id) and which schema it has (user_version)
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: application_id, user_version
SELECT (SELECT application_id FROM pragma_application_id) AS application_id, (SELECT user_version FROM pragma_user_version) AS user_version
