-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the ledger, the oldest first
-- since: 15
-- privilege: SELECT on howdah.migration_event
-- cost: a line for each run of a migration, with its text
-- columns: id int8, at_ms int8, run text, version varchar, name text, direction text, kind text, sha256 text, meaning text, purpose text, file text, statements_done int4, statements int4, hashes text, took_ms int8, sqlstate text, message text, invalid_indexes text, xid text, role name, who text, client text, server text
SELECT id, (extract(epoch FROM at) * 1000)::int8 AS at_ms, run::text AS run, version, name, direction, kind, sha256, meaning, purpose, file, statements_done, statements,
       pg_catalog.array_to_string(statement_hashes, ',') AS hashes, took_ms, sqlstate, message, pg_catalog.array_to_json(invalid_indexes)::text AS invalid_indexes,
       xid::text AS xid, role, who, client, server
FROM howdah.migration_event
ORDER BY id
