-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: gives a role a password as a SCRAM verifier; a psql script, variables role and verifier (ALTER ROLE takes no parameters)
-- since: 15
-- privilege: superuser, over the server's own socket
-- cost: cheap
-- columns: none
ALTER ROLE :"role" PASSWORD :'verifier';
