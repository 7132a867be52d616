-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the store's second schema: authentication by name, more ways to a server, history and drafts of the query pane
-- since: store 2 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
ALTER TABLE profiles RENAME COLUMN channel_binding TO auth
-- next
UPDATE profiles SET auth = CASE auth WHEN 'require' THEN 'scram-sha-256-plus' ELSE 'scram-sha-256' END
-- next
ALTER TABLE profiles ADD COLUMN ways TEXT NOT NULL DEFAULT '{}'
-- next
CREATE TABLE history (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    started  INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    profile  TEXT NOT NULL,
    database TEXT NOT NULL,
    role     TEXT NOT NULL,
    text     TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    message  TEXT NOT NULL,
    rows     INTEGER NOT NULL
) STRICT
-- next
CREATE INDEX history_of_profile ON history (profile, id)
-- next
CREATE TABLE drafts (
    id       TEXT PRIMARY KEY NOT NULL,
    profile  TEXT NOT NULL,
    place    INTEGER NOT NULL,
    title    TEXT NOT NULL,
    file     TEXT NOT NULL,
    text     BLOB NOT NULL,
    modified INTEGER NOT NULL,
    cursor   INTEGER NOT NULL,
    saved    INTEGER NOT NULL
) STRICT, WITHOUT ROWID
-- next
PRAGMA user_version = 2
