-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: a number for a source of samples
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO sample_sources (name) VALUES ($1) ON CONFLICT (name) DO NOTHING
