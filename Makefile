# SPDX-License-Identifier: GPL-3.0-or-later
# The owner's names for what the scripts and howdahctl do. Nothing is decided here.
.PHONY: help run test verify-postgresql db-shell db-migrate-create db-migrate db-migrate-current db-backup
.DEFAULT_GOAL := help

help: ## What there is
	@sed -n 's/^\([a-z][a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: ## Set up, build, bring the stack up, open the window
	./run.sh

test: ## Set up, build, every test
	./test.sh

verify-postgresql: ## TLS only, roles, extensions, functions, archive and health of the stack's server
	./run.sh --in-session howdahctl --profile local verify

db-shell: ## psql of the stack's own version, as its administrator
	./run.sh --in-session howdahctl --profile local shell

# The stack's own schema: its files are the owner's, and so are its tables.
# FOLDER=… is another project, also Alembic's (then `alembic revision --autogenerate` and `alembic upgrade head`), with ROLE=… as its owner and PROFILE=… as its server.
FOLDER ?= docker/migrations
ROLE ?= $(if $(filter docker/migrations,$(FOLDER)),jeex_owner)
PROFILE ?= local
MIGRATE = ./run.sh --in-session howdahctl --profile $(PROFILE) migrate --folder $(FOLDER) $(if $(ROLE),--role $(ROLE))

db-migrate-create: ## A new migration: MSG="what it does" PURPOSE="why"
	@test -n "$(MSG)" || { echo 'make db-migrate-create MSG="what it does" PURPOSE="why"' >&2; exit 2; }
	$(MIGRATE) new "$(MSG)" --purpose "$(or $(PURPOSE),to be written: why $(MSG))"

db-migrate: ## Run what is pending
	$(MIGRATE) up

db-migrate-current: ## The version that was applied last
	$(MIGRATE) current

# A dump by the role that reads every row; stock pg_restore takes what lies in backups/dump/<id>/, and RUNBOOK.md there says how.
BACKUPS ?= backups

db-backup: ## jeex_idea with every row and the roles, into backups/ (BACKUPS=…, OPTIONS="--format directory --jobs 2")
	@mkdir -p -m 0700 $(BACKUPS)
	./run.sh --in-session howdahctl --profile $(PROFILE) backup dump --to $(BACKUPS) $(OPTIONS)
