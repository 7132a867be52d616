#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every shell script of the repository is clean for shellcheck.
# shellcheck source=tests/house/expect.sh
. "$(dirname "$0")/expect.sh"
cd "$ROOT"
mapfile -t scripts < <({ if [ -e .git ]; then git -c safe.directory='*' ls-files -co --exclude-standard; else find . -path ./build -prune -o -type f -print; fi } |
    grep -E '\.sh$|(^|/)\.ci/run$' | while read -r path; do [ ! -f "$path" ] || printf '%s\n' "$path"; done)
[ "${#scripts[@]}" -gt 5 ] || fail "only ${#scripts[@]} scripts found"
shellcheck -x "${scripts[@]}" || fail "shellcheck"
# And it would say so.
# shellcheck disable=SC2016
printf '#!/bin/bash\necho $1\n' >"$TMP/bad.sh"
! shellcheck "$TMP/bad.sh" >/dev/null || fail "a planted fault passed"
done_testing
