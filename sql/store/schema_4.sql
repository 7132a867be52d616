-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: the store's fourth schema: what statements did, by pg_stat_statements (src/statements/history.h), and their plans
-- since: store 4 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
-- The same text is kept once, whichever servers run it; masked. It goes with the last series that has it.
CREATE TABLE statement_texts (
    id     INTEGER PRIMARY KEY,
    hash   TEXT NOT NULL UNIQUE,
    text   TEXT NOT NULL,
    length INTEGER NOT NULL,
    own    INTEGER NOT NULL
) STRICT
-- next
-- A statement of a role in a database. "first": when it was first seen to do something; "needed": until then a piece may speak of it.
CREATE TABLE statement_series (
    id       INTEGER PRIMARY KEY,
    source   INTEGER NOT NULL REFERENCES sample_sources (id) ON DELETE CASCADE,
    role     INTEGER NOT NULL,
    database INTEGER NOT NULL,
    query    INTEGER NOT NULL,
    toplevel INTEGER NOT NULL,
    text     INTEGER REFERENCES statement_texts (id),
    first    INTEGER NOT NULL,
    needed   INTEGER NOT NULL,
    UNIQUE (source, role, database, query, toplevel)
) STRICT
-- next
CREATE INDEX statement_series_text ON statement_series (text)
-- next
CREATE TRIGGER statement_texts_go AFTER DELETE ON statement_series
BEGIN
    DELETE FROM statement_texts WHERE id = old.text AND NOT EXISTS (SELECT 1 FROM statement_series WHERE text = old.text);
END
-- next
CREATE TABLE statement_names (
    source INTEGER NOT NULL REFERENCES sample_sources (id) ON DELETE CASCADE,
    role   INTEGER NOT NULL,
    oid    INTEGER NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (source, role, oid)
) STRICT, WITHOUT ROWID
-- next
-- level: 0 as it was read, 1 of an hour, 2 of a day; figures: src/statements/pack.h.
CREATE TABLE statement_pieces (
    id      INTEGER PRIMARY KEY,
    source  INTEGER NOT NULL REFERENCES sample_sources (id) ON DELETE CASCADE,
    level   INTEGER NOT NULL,
    begins  INTEGER NOT NULL,
    ends    INTEGER NOT NULL,
    gaps    TEXT NOT NULL,
    figures BLOB NOT NULL,
    UNIQUE (source, level, begins)
) STRICT
-- next
-- Plans of statements (src/explain/keptplans.h), literals masked. head: JSON of what a list shows; plan: EXPLAIN's JSON, compressed. size: of the row's texts, bytes.
CREATE TABLE plans (
    id        INTEGER PRIMARY KEY,
    source    INTEGER NOT NULL REFERENCES sample_sources (id) ON DELETE CASCADE,
    statement TEXT NOT NULL,
    at        INTEGER NOT NULL,
    origin    TEXT NOT NULL,
    size      INTEGER NOT NULL,
    database  TEXT NOT NULL,
    head      TEXT NOT NULL,
    text      TEXT NOT NULL,
    plan      BLOB NOT NULL
) STRICT
-- next
CREATE INDEX plans_statement ON plans (source, statement, id)
-- next
PRAGMA user_version = 4
