#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# First start: the owner's schema, as the role that owns it.
set -euo pipefail
exec howdah-apply-migrations --dir /usr/share/howdah/migrations --role jeex_owner -- -U postgres -d jeex_idea
