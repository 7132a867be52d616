-- SPDX-License-Identifier: GPL-3.0-or-later
-- Purpose: every version of every document, scoped to its project, with scores and full-text search in the project's
-- language. The language column repeats the project's (a foreign key holds them equal), since a generated column
-- sees its own row only.

-- migrate:up
CREATE TABLE public.document_versions (
  id                uuid PRIMARY KEY DEFAULT uuidv7(),
  project_id        uuid NOT NULL,
  language          text NOT NULL,
  document_id       uuid NOT NULL,
  version           integer NOT NULL CHECK (version > 0),
  document_type     text NOT NULL CHECK (document_type IN ('about', 'specification', 'architecture', 'plan', 'guide', 'notes')),
  title             text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
  content           text NOT NULL,
  readability_score numeric(5,2) CHECK (readability_score BETWEEN 0 AND 100),
  grammar_score     numeric(5,2) CHECK (grammar_score BETWEEN 0 AND 100),
  metadata          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  created_by        uuid REFERENCES public.users (id),
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  search            tsvector GENERATED ALWAYS AS (
    CASE language
      WHEN 'en' THEN setweight(to_tsvector('pg_catalog.english', title), 'A') || to_tsvector('pg_catalog.english', content)
      WHEN 'de' THEN setweight(to_tsvector('pg_catalog.german', title), 'A') || to_tsvector('pg_catalog.german', content)
      WHEN 'fr' THEN setweight(to_tsvector('pg_catalog.french', title), 'A') || to_tsvector('pg_catalog.french', content)
      WHEN 'es' THEN setweight(to_tsvector('pg_catalog.spanish', title), 'A') || to_tsvector('pg_catalog.spanish', content)
      WHEN 'ru' THEN setweight(to_tsvector('pg_catalog.russian', title), 'A') || to_tsvector('pg_catalog.russian', content)
      ELSE setweight(to_tsvector('pg_catalog.simple', title), 'A') || to_tsvector('pg_catalog.simple', content)
    END) STORED,
  FOREIGN KEY (project_id, language) REFERENCES public.projects (id, language),
  UNIQUE (project_id, document_id, version),
  UNIQUE (project_id, id) -- target of foreign keys that must not cross projects
);
CREATE INDEX document_versions_project_idx ON public.document_versions (project_id, created_at DESC);
CREATE INDEX document_versions_type_idx ON public.document_versions (project_id, document_type, document_id, version DESC);
CREATE INDEX document_versions_language_fk_idx ON public.document_versions (project_id, language);
CREATE INDEX document_versions_author_fk_idx ON public.document_versions (created_by);
CREATE INDEX document_versions_metadata_idx ON public.document_versions USING gin (metadata jsonb_path_ops);
CREATE INDEX document_versions_search_idx ON public.document_versions USING gin (search);
CREATE INDEX document_versions_unscored_idx ON public.document_versions (project_id, created_at)
  WHERE readability_score IS NULL OR grammar_score IS NULL;

ALTER TABLE public.document_versions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON public.document_versions TO jeex_user
  USING (project_id = nullif(current_setting('app.project_id', true), '')::uuid)
  WITH CHECK (project_id = nullif(current_setting('app.project_id', true), '')::uuid);
CREATE POLICY report ON public.document_versions FOR SELECT TO jeex_readonly USING (true);
CREATE POLICY owner_deliberately ON public.document_versions TO jeex_owner
  USING (current_setting('app.all_projects', true) = 'on') WITH CHECK (current_setting('app.all_projects', true) = 'on');

CREATE TRIGGER touch BEFORE UPDATE ON public.document_versions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
-- The versions are the history of the content; the audit log need not repeat it.
CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON public.document_versions
  FOR EACH ROW EXECUTE FUNCTION audit.row_change('content', 'search');
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON public.document_versions FOR EACH STATEMENT EXECUTE FUNCTION audit.table_truncated();
ALTER TABLE public.document_versions ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_truncate;

-- migrate:down
DROP TABLE public.document_versions;
