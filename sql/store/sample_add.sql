-- SPDX-License-Identifier: GPL-3.0-or-later
-- what: one sample; the same moment again replaces it, so that a write may be tried twice
-- since: store 1 (SQLite)
-- privilege: none
-- cost: cheap
-- columns: none
INSERT INTO samples (source, at, vals) SELECT id, $2, $3 FROM sample_sources WHERE name = $1
ON CONFLICT (source, at) DO UPDATE SET vals = excluded.vals
