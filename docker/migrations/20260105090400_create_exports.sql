-- SPDX-License-Identifier: GPL-3.0-or-later
-- Purpose: exported documents: which files (manifest), until when they may be fetched, how often they were.

-- migrate:up
CREATE TABLE public.exports (
  id                 uuid PRIMARY KEY DEFAULT uuidv7(),
  project_id         uuid NOT NULL REFERENCES public.projects (id),
  requested_by       uuid REFERENCES public.users (id),
  format             text NOT NULL CHECK (format IN ('markdown', 'pdf', 'docx', 'html', 'zip')),
  status             text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed', 'expired')),
  file_path          text,
  file_bytes         bigint CHECK (file_bytes >= 0),
  sha256             text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  manifest           jsonb NOT NULL DEFAULT '{"files": []}' CHECK (jsonb_typeof(manifest) = 'object'),
  expires_at         timestamptz NOT NULL DEFAULT now() + interval '7 days',
  download_count     integer NOT NULL DEFAULT 0 CHECK (download_count >= 0),
  last_downloaded_at timestamptz,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  CHECK (expires_at > created_at),
  CHECK (status <> 'ready' OR file_path IS NOT NULL)
);
CREATE INDEX exports_project_idx ON public.exports (project_id, created_at DESC);
CREATE INDEX exports_requester_fk_idx ON public.exports (requested_by);
CREATE INDEX exports_expiry_idx ON public.exports (expires_at) WHERE status = 'ready';
CREATE INDEX exports_manifest_idx ON public.exports USING gin (manifest jsonb_path_ops);

ALTER TABLE public.exports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON public.exports TO jeex_user
  USING (project_id = nullif(current_setting('app.project_id', true), '')::uuid)
  WITH CHECK (project_id = nullif(current_setting('app.project_id', true), '')::uuid);
CREATE POLICY report ON public.exports FOR SELECT TO jeex_readonly USING (true);
CREATE POLICY owner_deliberately ON public.exports TO jeex_owner
  USING (current_setting('app.all_projects', true) = 'on') WITH CHECK (current_setting('app.all_projects', true) = 'on');

CREATE TRIGGER touch BEFORE UPDATE ON public.exports FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON public.exports
  FOR EACH ROW EXECUTE FUNCTION audit.row_change();
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON public.exports FOR EACH STATEMENT EXECUTE FUNCTION audit.table_truncated();
ALTER TABLE public.exports ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_truncate;

-- migrate:down
DROP TABLE public.exports;
