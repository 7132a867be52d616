-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a line of the ledger
-- since: 15
-- privilege: INSERT on howdah.migration_event
-- cost: cheap
-- columns: xid text
INSERT INTO howdah.migration_event (run, version, name, direction, kind, sha256, meaning, purpose, file, statements_done, statements, statement_hashes, took_ms,
                                    sqlstate, message, invalid_indexes, xid, who, client)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text[], $13, $14, $15,
        $16::text[], pg_catalog.pg_current_xact_id_if_assigned(), $17, $18)
RETURNING xid::text AS xid
