-- SPDX-License-Identifier: GPL-3.0-or-later
-- A believable year of the owner's application, ending today: 20 users, 12 projects, about 3,000 document versions,
-- 20,000 agent executions, 400 exports. The same every time for the same day (setseed). One transaction; when the
-- data is there already it says so and changes nothing. Run as the superuser or after SET ROLE jeex_owner:
--   docker compose exec -T postgres psql -X -q -U postgres -d jeex_idea -f /usr/share/howdah/demo/demo.sql
\set ON_ERROR_STOP on
SELECT EXISTS (SELECT FROM public.users WHERE email = 'ada.lindqvist@demo.example') AS there \gset
\if :there
\echo demo data is already there
\else
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL app.all_projects = on; -- row security binds the owner too
SET LOCAL synchronous_commit = off;
SELECT setseed(0.1808) \g /dev/null

-- UUIDs of version 7 whose time is the row's and whose rest comes from a name, so that they repeat.
CREATE FUNCTION pg_temp.demo_id(at timestamptz, name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(name), 1, 3)
          || '8' || substr(md5(name), 4, 15))::uuid
$$;
-- A moment between then and yesterday: more towards the end, in working hours, few on weekends.
CREATE FUNCTION pg_temp.demo_moment(since timestamptz) RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT t.day - CASE WHEN extract(isodow FROM t.day) > 5 AND random() < 0.85 THEN interval '2 days' ELSE interval '0' END
         + make_interval(secs => 3600 * (7.5 + 5.5 * (random() + random())))
  FROM (SELECT date_trunc('day', y.day - (y.day - since - interval '4 days') * (1 - random() ^ 0.6)) AS day
        FROM (SELECT date_trunc('day', now()) - interval '1 day' AS day) y) t
$$;
CREATE FUNCTION pg_temp.demo_text(words text[], n int) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT string_agg(CASE WHEN i % 12 = 1 THEN initcap(w) ELSE w END || CASE WHEN i % 12 = 0 OR i = n THEN '.' ELSE '' END, ' ' ORDER BY i)
  FROM (SELECT i, words[1 + floor(random() * cardinality(words))::int] AS w FROM generate_series(1, n) AS i OFFSET 0) s
$$;

CREATE TEMP TABLE demo_words ON COMMIT DROP AS
SELECT * FROM (VALUES
  ('en', string_to_array('the service stores each document version with its scores and an agent reviews every change before the export is built users search the archive by language and project while the queue keeps latency low we measure throughput cache hits and lock waits a migration adds an index without blocking writers requirements describe goals risks interfaces data flow security backup recovery and the plan lists milestones owners and open questions', ' ')),
  ('de', string_to_array('der dienst speichert jede fassung eines dokuments mit ihren bewertungen und ein agent prüft die änderung bevor der export entsteht benutzer suchen im archiv nach sprache und projekt während die warteschlange kurz bleibt anforderungen beschreiben ziele risiken schnittstellen datenfluss sicherheit sicherung und wiederherstellung der plan nennt meilensteine und offene fragen', ' ')),
  ('ru', string_to_array('сервис хранит каждую версию документа вместе с оценками агент проверяет изменения перед экспортом пользователи ищут в архиве по языку и проекту очередь остаётся короткой требования описывают цели риски интерфейсы поток данных безопасность резервное копирование и восстановление план содержит этапы и открытые вопросы', ' '))
) AS w (language, words);

INSERT INTO public.users (id, email, display_name, password_hash, is_active, settings, last_login_at, created_at, updated_at, deleted_at)
SELECT pg_temp.demo_id(made, email), email, name, NULL, n <> 17,
       jsonb_build_object('theme', CASE WHEN n % 3 = 0 THEN 'dark' ELSE 'light' END, 'locale', CASE WHEN n IN (3, 9) THEN 'de' ELSE 'en' END),
       CASE WHEN n <> 19 THEN date_trunc('day', now()) - n * interval '3 hours 7 minutes' END, made, made,
       CASE WHEN n = 20 THEN made + interval '90 days' END
FROM (SELECT n, name, lower(replace(name, ' ', '.')) || '@demo.example' AS email,
             date_trunc('day', now()) - interval '372 days' + n * interval '17 hours 11 minutes' AS made
      FROM unnest(ARRAY['Ada Lindqvist', 'Ben Okafor', 'Clara Weiss', 'Dmitri Orlov', 'Elena Rossi', 'Farid Haddad', 'Grace Kim',
        'Hugo Martin', 'Ingrid Bauer', 'Jonas Silva', 'Keiko Tanaka', 'Liam Byrne', 'Mara Novak', 'Noor Aziz', 'Oskar Nilsen',
        'Priya Nair', 'Quentin Roy', 'Rosa Delgado', 'Sven Holm', 'Tara Quinn']) WITH ORDINALITY AS u (name, n)) s;

-- The first twelve users own one project each.
CREATE TEMP TABLE demo_projects ON COMMIT DROP AS
SELECT p.n, pg_temp.demo_id(p.made, p.name) AS id, u.id AS owner_id, p.name, p.language, p.status, p.progress, p.made
FROM (SELECT n::int, split_part(v, '|', 1) AS name, split_part(v, '|', 2) AS language, split_part(v, '|', 3) AS status,
             split_part(v, '|', 4)::smallint AS progress, date_trunc('day', now()) - interval '365 days' + n * interval '7 days 5 hours' AS made
      FROM unnest(ARRAY['Harbour Booking|en|completed|100', 'Recipe Atlas|en|active|72', 'Werkstattplaner|de|active|64',
        'Архив карт|ru|active|58', 'Clinic Intake|en|review|91', 'Solar Yield Watch|en|active|47', 'Parcel Lockers|en|archived|100',
        'Lecture Notes|en|active|83', 'Vereinskasse|de|active|39', 'Museum Guide|en|active|66', 'Crop Rotation|en|draft|12',
        'Ferry Timetable|en|active|28']) WITH ORDINALITY AS t (v, n)) p
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM public.users) u ON u.n = p.n;
INSERT INTO public.projects (id, owner_id, name, description, language, status, progress, metadata, created_at, updated_at)
SELECT id, owner_id, name, name || ': idea, specification and plan', language, status, progress,
       jsonb_build_object('tags', jsonb_build_array((ARRAY['web', 'mobile', 'data', 'internal'])[1 + n % 4], 'demo'),
                          'priority', (ARRAY['low', 'normal', 'high'])[1 + n % 3], 'budget_hours', 40 * n), made, made
FROM demo_projects;

-- 150 documents with 10 to 30 versions each.
CREATE TEMP TABLE demo_versions ON COMMIT DROP AS
SELECT v.*, row_number() OVER (PARTITION BY doc ORDER BY at) AS version, row_number() OVER (ORDER BY doc, at) AS n
FROM (SELECT d AS doc, p.n AS project_n, p.id AS project_id, p.language, pg_temp.demo_moment(p.made) AS at
      FROM generate_series(1, 150) AS d JOIN demo_projects p ON p.n = 1 + d % 12, generate_series(1, 10 + (d * 8) % 21)) v;
INSERT INTO public.document_versions (id, project_id, language, document_id, version, document_type, title, content,
                                      readability_score, grammar_score, metadata, created_by, created_at, updated_at)
SELECT pg_temp.demo_id(v.at, 'version ' || v.doc || '.' || v.version), v.project_id, v.language,
       pg_temp.demo_id(p.made, 'document ' || v.doc), v.version,
       (ARRAY['about', 'specification', 'architecture', 'plan', 'guide', 'notes'])[1 + v.doc % 6],
       p.name || ' ' || (ARRAY['overview', 'specification', 'architecture', 'plan', 'guide', 'notes'])[1 + v.doc % 6] || ' ' || (1 + v.doc / 12),
       pg_temp.demo_text(w.words, 50 + (v.n % 13)::int * 8),
       round((45 + 40 * (1 - 1.0 / (1 + v.version)) + 8 * random())::numeric, 2),
       CASE WHEN v.n % 40 <> 0 THEN round((70 + 22 * (1 - 1.0 / (1 + v.version)) + 6 * random())::numeric, 2) END,
       jsonb_build_object('source', CASE WHEN v.n % 4 = 0 THEN 'user' ELSE 'agent' END, 'words', 50 + (v.n % 13) * 8),
       p.owner_id, v.at, v.at
FROM demo_versions v JOIN demo_projects p ON p.n = v.project_n JOIN demo_words w ON w.language = v.language
ORDER BY v.at;

-- 20,000 steps of workflows, four to a workflow, each about one document version.
CREATE TEMP TABLE demo_ids ON COMMIT DROP AS SELECT id, project_id, created_at, row_number() OVER (ORDER BY id) AS n FROM public.document_versions;
INSERT INTO public.agent_executions (id, project_id, document_version_id, correlation_id, agent, status, input, output, error,
                                     tokens_in, tokens_out, duration_ms, started_at, finished_at, created_at, updated_at)
SELECT pg_temp.demo_id(at, 'execution ' || i), project_id, CASE WHEN i % 10 < 8 THEN version_id END,
       pg_temp.demo_id(version_at, 'workflow ' || i / 4),
       (ARRAY['analyst', 'architect', 'writer', 'reviewer', 'planner', 'translator'])[1 + (i % 4 + i / 4) % 6], status,
       jsonb_build_object('step', 1 + i % 4, 'model', (ARRAY['small', 'medium', 'large'])[1 + i % 3], 'temperature', round((i % 10) / 10.0, 1)),
       CASE WHEN status = 'completed' THEN jsonb_build_object('accepted', i % 9 <> 0, 'changes', i % 17) END,
       CASE WHEN status = 'failed' THEN (ARRAY['the model did not answer in time', 'output is not valid JSON', 'rate limit reached'])[1 + i % 3] END,
       200 + (i * 37) % 3800, CASE WHEN status = 'completed' THEN 100 + (i * 53) % 1900 END, ms, at,
       at + make_interval(secs => ms / 1000.0), at, at + make_interval(secs => ms / 1000.0)
FROM (SELECT i, v.project_id, v.id AS version_id, v.created_at AS version_at,
             v.created_at - interval '10 minutes' + (i % 4) * interval '2 minutes' + random() * interval '1 minute' AS at,
             (400 * exp(2.2 * random() + 1.1 * random()))::int AS ms,
             CASE WHEN i % 19 = 7 THEN 'failed' WHEN i % 53 = 11 THEN 'cancelled' ELSE 'completed' END AS status
      FROM generate_series(0, 19999) AS i JOIN demo_ids v ON v.n = 1 + (i / 4 * 7919) % (SELECT count(*) FROM demo_ids)) s
ORDER BY at;

INSERT INTO public.exports (id, project_id, requested_by, format, status, file_path, file_bytes, sha256, manifest, expires_at,
                            download_count, last_downloaded_at, created_at, updated_at)
SELECT pg_temp.demo_id(at, 'export ' || i), project_id, owner_id, format, status,
       CASE WHEN status IN ('ready', 'expired') THEN 'exports/' || i || '.' || format END,
       CASE WHEN status IN ('ready', 'expired') THEN 20000 + (i * 7907) % 900000 END,
       CASE WHEN status IN ('ready', 'expired') THEN encode(sha256(convert_to('export ' || i, 'UTF8')), 'hex') END,
       jsonb_build_object('files', jsonb_build_array(jsonb_build_object('name', 'document.' || format, 'bytes', 20000 + (i * 7907) % 900000))),
       at + interval '7 days', downloads, CASE WHEN downloads > 0 THEN at + interval '2 hours' END, at, at
FROM (SELECT e.*, (ARRAY['markdown', 'pdf', 'docx', 'html', 'zip'])[1 + i % 5] AS format,
             CASE WHEN i % 25 = 3 THEN 'failed' WHEN at < date_trunc('day', now()) - interval '7 days' THEN 'expired' ELSE 'ready' END AS status,
             CASE WHEN i % 25 = 3 THEN 0 ELSE i % 6 END AS downloads
      FROM (SELECT i, p.id AS project_id, p.owner_id, pg_temp.demo_moment(p.made) AS at
            FROM generate_series(1, 400) AS i JOIN demo_projects p ON p.n = 1 + i % 12) e) s
ORDER BY at;

UPDATE public.projects p SET updated_at = v.last FROM (SELECT project_id, max(created_at) AS last FROM public.document_versions GROUP BY 1) v
WHERE v.project_id = p.id;
DROP FUNCTION pg_temp.demo_id, pg_temp.demo_moment, pg_temp.demo_text;
COMMIT;
ANALYZE public.users, public.projects, public.document_versions, public.agent_executions, public.exports;
\echo demo data loaded
\endif
