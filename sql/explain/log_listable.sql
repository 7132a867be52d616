-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: whether this role may list the files of the server's log: asked first, since a refusal would stand in that very log
-- since: 15
-- privilege: none
-- cost: cheap
-- columns: listable bool
SELECT pg_catalog.has_function_privilege('pg_catalog.pg_ls_logdir()', 'EXECUTE') AS listable
