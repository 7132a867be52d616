-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the first schema of the store
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
CREATE TABLE profiles (
    id              TEXT PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL UNIQUE,
    host            TEXT NOT NULL,
    port            INTEGER NOT NULL,
    database        TEXT NOT NULL,
    role            TEXT NOT NULL,
    sslmode         TEXT NOT NULL,
    ca_file         TEXT NOT NULL,
    channel_binding TEXT NOT NULL,
    tls13_only      INTEGER NOT NULL,
    monitor_role    TEXT NOT NULL,
    environment     TEXT NOT NULL,
    stack           TEXT NOT NULL
) STRICT
-- next
CREATE TABLE settings (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID
-- next
CREATE TABLE journal (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    who      TEXT NOT NULL,
    target   TEXT NOT NULL,
    action   TEXT NOT NULL,
    commands TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    message  TEXT NOT NULL,
    undo     TEXT NOT NULL
) STRICT
-- next
CREATE TABLE sample_sources (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT
-- next
CREATE TABLE samples (
    source INTEGER NOT NULL REFERENCES sample_sources (id) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    vals   TEXT NOT NULL,
    PRIMARY KEY (source, at)
) STRICT, WITHOUT ROWID
-- next
PRAGMA application_id = 1215264612
-- next
PRAGMA user_version = 1
