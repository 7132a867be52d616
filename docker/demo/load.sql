-- SPDX-License-Identifier: GPL-3.0-or-later
-- A light application workload for pgbench 18 as jeex_user, on the demo data; see ../README.md.
--   docker compose exec -T postgres pgbench -n -c 3 -R 20 -T N -f /usr/share/howdah/demo/load.sql -U jeex_user jeex_idea
\set u random(0, 11)
\set kind random(1, 100)
\set k random(1, 1000000)
-- Someone signs in; row security then shows that user's project. The coalesce keeps pgbench alive without demo data.
SELECT coalesce((SELECT id FROM users WHERE deleted_at IS NULL ORDER BY id LIMIT 1 OFFSET :u), '00000000-0000-7000-8000-000000000000') AS uid \gset
SELECT set_config('app.project_id', '', false), set_config('app.user_id', ':uid', false);
SELECT coalesce((SELECT id FROM projects WHERE owner_id = ':uid' AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1), '00000000-0000-7000-8000-000000000000') AS pid \gset
SELECT set_config('app.project_id', ':pid', false);
\if :kind <= 35
SELECT document_id, document_type, title, max(version) AS version, max(created_at) AS changed FROM document_versions WHERE project_id = ':pid' GROUP BY 1, 2, 3 ORDER BY changed DESC LIMIT 20;
\elif :kind <= 60
SELECT id, title, ts_rank(search, q) AS rank FROM document_versions, websearch_to_tsquery('english', (ARRAY['index lock', 'backup recovery', 'archive', 'security risks', 'latency'])[1 + :k % 5]) AS q WHERE project_id = ':pid' AND search @@ q ORDER BY rank DESC LIMIT 10;
\elif :kind <= 78
SELECT agent, status, count(*), avg(duration_ms)::int AS mean_ms, sum(tokens_in + tokens_out) AS tokens FROM agent_executions WHERE project_id = ':pid' AND created_at > now() - interval '30 days' GROUP BY 1, 2 ORDER BY 1, 2;
\elif :kind <= 94
BEGIN;
INSERT INTO agent_executions (project_id, correlation_id, agent, status, input, started_at) SELECT id, uuidv7(), (ARRAY['analyst', 'writer', 'reviewer', 'planner'])[1 + :k % 4], 'running', jsonb_build_object('model', 'small', 'step', 1), now() FROM projects WHERE id = ':pid';
UPDATE agent_executions SET status = 'completed', output = jsonb_build_object('accepted', true), tokens_in = 300, tokens_out = 150, duration_ms = 500 + :k % 4000, finished_at = clock_timestamp() WHERE project_id = ':pid' AND status = 'running';
COMMIT;
\elif :kind <= 96
INSERT INTO document_versions (project_id, language, document_id, version, document_type, title, content, readability_score) SELECT project_id, language, document_id, version + 1, document_type, title, content, readability_score FROM document_versions WHERE project_id = ':pid' ORDER BY created_at DESC LIMIT 1 ON CONFLICT DO NOTHING;
\else
UPDATE exports SET download_count = download_count + 1, last_downloaded_at = now() WHERE id = (SELECT id FROM exports WHERE project_id = ':pid' AND status = 'ready' ORDER BY created_at DESC LIMIT 1);
\endif
