-- SPDX-License-Identifier: GPL-3.0-or-later
-- Purpose: people who sign in. Emails are unique among accounts that are not deleted; deleting is marking, so that
-- documents keep their authors. Also the trigger function that keeps updated_at, used by the tables to come.
-- Needs: docker/postgres/init-db.sql (roles, schema audit).

-- migrate:up
CREATE FUNCTION public.touch_updated_at() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;

CREATE TABLE public.users (
  id            uuid PRIMARY KEY DEFAULT uuidv7(),
  email         text NOT NULL CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND length(email) <= 254),
  display_name  text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 200),
  password_hash text,
  is_active     boolean NOT NULL DEFAULT true,
  settings      jsonb NOT NULL DEFAULT '{}',
  last_login_at timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  deleted_at    timestamptz
);
COMMENT ON TABLE public.users IS 'Accounts; deleted_at marks a deleted one';
CREATE UNIQUE INDEX users_email_key ON public.users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_active_idx ON public.users (created_at) WHERE deleted_at IS NULL AND is_active;
CREATE INDEX users_name_trgm_idx ON public.users USING gin (display_name ext.gin_trgm_ops);

-- Deleting is an UPDATE of deleted_at; reports never see a password hash.
REVOKE DELETE ON public.users FROM jeex_user;
REVOKE SELECT ON public.users FROM jeex_readonly;
GRANT SELECT (id, email, display_name, is_active, settings, last_login_at, created_at, updated_at, deleted_at)
  ON public.users TO jeex_readonly;

CREATE TRIGGER touch BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON public.users
  FOR EACH ROW EXECUTE FUNCTION audit.row_change('password_hash');
CREATE TRIGGER audit_truncate AFTER TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION audit.table_truncated();
-- ALWAYS: session_replication_role = replica does not switch the audit off.
ALTER TABLE public.users ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_truncate;

-- dbmate's own table is no business of the application's.
REVOKE INSERT, UPDATE, DELETE ON public.schema_migrations FROM jeex_user;

-- migrate:down
GRANT INSERT, UPDATE, DELETE ON public.schema_migrations TO jeex_user;
DROP TABLE public.users;
DROP FUNCTION public.touch_updated_at();
