-- SPDX-License-Identifier: GPL-3.0-or-later
-- Purpose: what each agent did in a project: input, output, cost, and the correlation id that ties one workflow's
-- steps together.

-- migrate:up
CREATE TABLE public.agent_executions (
  id                  uuid PRIMARY KEY DEFAULT uuidv7(),
  project_id          uuid NOT NULL REFERENCES public.projects (id),
  document_version_id uuid,
  correlation_id      uuid NOT NULL,
  agent               text NOT NULL CHECK (length(agent) BETWEEN 1 AND 100),
  status              text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  input               jsonb NOT NULL DEFAULT '{}',
  output              jsonb,
  error               text,
  tokens_in           integer CHECK (tokens_in >= 0),
  tokens_out          integer CHECK (tokens_out >= 0),
  duration_ms         integer CHECK (duration_ms >= 0),
  started_at          timestamptz,
  finished_at         timestamptz,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  CHECK (finished_at IS NULL OR finished_at >= started_at),
  CHECK ((status = 'failed') = (error IS NOT NULL)),
  FOREIGN KEY (project_id, document_version_id) REFERENCES public.document_versions (project_id, id)
    ON DELETE SET NULL (document_version_id)
);
CREATE INDEX agent_executions_project_idx ON public.agent_executions (project_id, created_at DESC);
CREATE INDEX agent_executions_agent_idx ON public.agent_executions (project_id, agent, created_at DESC);
CREATE INDEX agent_executions_correlation_idx ON public.agent_executions (correlation_id);
CREATE INDEX agent_executions_document_fk_idx ON public.agent_executions (project_id, document_version_id);
CREATE INDEX agent_executions_open_idx ON public.agent_executions (project_id, created_at) WHERE status IN ('pending', 'running');
CREATE INDEX agent_executions_failed_idx ON public.agent_executions (project_id, created_at DESC) WHERE status = 'failed';
CREATE INDEX agent_executions_input_idx ON public.agent_executions USING gin (input jsonb_path_ops);

ALTER TABLE public.agent_executions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON public.agent_executions TO jeex_user
  USING (project_id = nullif(current_setting('app.project_id', true), '')::uuid)
  WITH CHECK (project_id = nullif(current_setting('app.project_id', true), '')::uuid);
CREATE POLICY report ON public.agent_executions FOR SELECT TO jeex_readonly USING (true);
CREATE POLICY owner_deliberately ON public.agent_executions TO jeex_owner
  USING (current_setting('app.all_projects', true) = 'on') WITH CHECK (current_setting('app.all_projects', true) = 'on');

CREATE TRIGGER touch BEFORE UPDATE ON public.agent_executions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON public.agent_executions
  FOR EACH ROW EXECUTE FUNCTION audit.row_change('input', 'output');
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON public.agent_executions FOR EACH STATEMENT EXECUTE FUNCTION audit.table_truncated();
ALTER TABLE public.agent_executions ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_truncate;

-- migrate:down
DROP TABLE public.agent_executions;
