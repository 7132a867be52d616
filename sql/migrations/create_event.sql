-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the ledger: a line for whatever was done to a migration or failed, with the texts it was done with; only ever added to
-- since: 15
-- privilege: CREATE on the schema howdah
-- cost: cheap
-- columns: none
CREATE TABLE IF NOT EXISTS howdah.migration_event (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    run              uuid NOT NULL,
    version          varchar NOT NULL,
    name             text NOT NULL,
    direction        text NOT NULL CHECK (direction IN ('up', 'down')),
    -- begun and step: of a migration without a transaction, whose statements stand each by itself
    kind             text NOT NULL CHECK (kind IN ('begun', 'step', 'done', 'failed', 'baseline', 'adopted', 'resolved')),
    sha256           text NOT NULL,
    meaning          text NOT NULL,
    purpose          text,
    file             text,
    statements_done  int NOT NULL DEFAULT 0,
    statements       int NOT NULL DEFAULT 0,
    statement_hashes text[] NOT NULL DEFAULT '{}',
    took_ms          bigint,
    sqlstate         text,
    message          text,
    invalid_indexes  text[] NOT NULL DEFAULT '{}',
    xid              xid8,
    role             name NOT NULL DEFAULT session_user,
    who              text NOT NULL,
    client           text NOT NULL,
    server           text NOT NULL DEFAULT pg_catalog.current_setting('server_version')
)
