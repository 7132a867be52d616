# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the script tests share. Sourced with the repository's root as the script's first argument.
set -euo pipefail
export LC_ALL=C.UTF-8
# shellcheck disable=SC2034 # for who sources this
ROOT=$1
FAILS=0
fail() { echo "FAIL: $*"; FAILS=$((FAILS + 1)); }
same() { [ "$2" = "$3" ] || fail "$1: \"$2\" where \"$3\" was expected"; }
done_testing() { [ "$FAILS" -eq 0 ]; }
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
