-- SPDX-License-Identifier: GPL-3.0-or-later
-- Purpose: projects, the unit that everything else is isolated by. The language is fixed when a project is made: its
-- documents are indexed by it. Row security: a session sees the project it has set in app.project_id and the projects
-- of the user it has set in app.user_id; without a setting it sees none.

-- migrate:up
CREATE TABLE public.projects (
  id          uuid PRIMARY KEY DEFAULT uuidv7(),
  owner_id    uuid NOT NULL REFERENCES public.users (id),
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description text,
  language    text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de', 'fr', 'es', 'it', 'pt', 'ru')),
  status      text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'review', 'completed', 'archived')),
  progress    smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  metadata    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  deleted_at  timestamptz,
  UNIQUE (id, language) -- target of the documents' foreign key, which so carry the project's language
);
COMMENT ON COLUMN public.projects.language IS 'Fixed at creation; a trigger refuses changes';
CREATE INDEX projects_owner_idx ON public.projects (owner_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX projects_owner_fk_idx ON public.projects (owner_id);
CREATE INDEX projects_status_idx ON public.projects (status, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX projects_metadata_idx ON public.projects USING gin (metadata jsonb_path_ops);

CREATE FUNCTION public.refuse_language_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the language of a project cannot be changed'
    USING ERRCODE = 'restrict_violation', HINT = 'Create a new project in the other language.';
END $$;
CREATE TRIGGER language_immutable BEFORE UPDATE ON public.projects FOR EACH ROW
  WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION public.refuse_language_change();

ALTER TABLE public.projects ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON public.projects TO jeex_user
  USING (id = nullif(current_setting('app.project_id', true), '')::uuid
         OR owner_id = nullif(current_setting('app.user_id', true), '')::uuid)
  WITH CHECK (id = nullif(current_setting('app.project_id', true), '')::uuid
         OR owner_id = nullif(current_setting('app.user_id', true), '')::uuid);
CREATE POLICY report ON public.projects FOR SELECT TO jeex_readonly USING (true);
-- The owner is bound too, or a careless script would touch every project. Data migrations say: SET LOCAL app.all_projects = on.
CREATE POLICY owner_deliberately ON public.projects TO jeex_owner
  USING (current_setting('app.all_projects', true) = 'on') WITH CHECK (current_setting('app.all_projects', true) = 'on');

REVOKE DELETE ON public.projects FROM jeex_user; -- deleting is an UPDATE of deleted_at
CREATE TRIGGER touch BEFORE UPDATE ON public.projects FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON public.projects
  FOR EACH ROW EXECUTE FUNCTION audit.row_change();
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON public.projects FOR EACH STATEMENT EXECUTE FUNCTION audit.table_truncated();
ALTER TABLE public.projects ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_truncate;

-- migrate:down
DROP TABLE public.projects;
DROP FUNCTION public.refuse_language_change();
